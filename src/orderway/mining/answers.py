"""The answers about a log in the keys and by the rules that independent tools can check: see RULE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from orderway.mining import counting
from orderway.mining.log import EventLog, Places

RULE = (
    "events ordered by (case_id, timestamp, file order); durations in seconds; quantiles linear interpolation; "
    "variant = tuple of activity names of all events of a case; where the log has starts of its own, a case begins with the first start"
)
SLOW_EDGES_FROM = 50  # an edge that is seldom taken is not called slow


@dataclass(frozen=True)
class Answers:
    """Everything counted, once; the JSON, the report and the pages read from here."""

    log: EventLog
    variants: list[counting.Variant]
    steps: counting.Steps
    edges: list[counting.Edge]
    durations: counting.Floats
    rework: counting.Rework
    handovers: list[counting.Handover]
    notes: list[str] = field(default_factory=list)


def answer(log: EventLog) -> Answers:
    """Count everything."""
    pairs = counting.steps(log)
    return Answers(
        log=log,
        variants=counting.variants(log),
        steps=pairs,
        edges=counting.edges(log, pairs),
        durations=counting.durations(log),
        rework=counting.rework(log),
        handovers=counting.handovers(log),
    )


def as_json(answers: Answers, source: str) -> dict[str, object]:
    """The answers by key."""
    return {
        "log": answers.log.name,
        "source": source,
        "rule": RULE,
        **_counted(answers),
        **_timed(answers),
        **_repeated(answers),
    } | _people(answers)


def _counted(answers: Answers) -> dict[str, object]:
    log, names = answers.log, answers.log.activities.names
    return {
        "events": log.events,
        "cases": log.case_count,
        "activities": len(names),
        "variants": len(answers.variants),
        "variants_with_one_case": sum(1 for variant in answers.variants if variant.count == 1),
        "first_timestamp": _moment(int(log.times.min())),
        "last_timestamp": _moment(int(log.times.max())),
        "activity_counts": ranked(log.activities.counts(), names),
        "start_activities": ranked(counting.starts(log), names),
        "end_activities": ranked(counting.ends(log), names),
    }


def _timed(answers: Answers) -> dict[str, object]:
    names, edges = answers.log.activities.names, answers.edges
    slow = sorted((edge for edge in edges if edge.count >= SLOW_EDGES_FROM), key=lambda edge: -edge.median_seconds)[:10]
    seconds = np.sort(answers.durations)
    return {
        "dfg_edges": len(edges),
        "dfg_top30": [_edge(edge, names) for edge in edges[:30]],
        "slowest_edges_count_ge_50": [
            {"a": names[edge.before], "b": names[edge.after], "count": edge.count, "median_s": round(edge.median_seconds, 3)}
            for edge in slow
        ],
        "case_duration_s": {
            "mean": round(float(answers.durations.mean()), 3),
            "median": counting.of_sorted(seconds, 0.5),
            "p90": counting.of_sorted(seconds, 0.9),
            "p95": counting.of_sorted(seconds, 0.95),
            "min": float(seconds[0]),
            "max": float(seconds[-1]),
        },
        "events_per_case": {"mean": round(answers.log.events / answers.log.case_count, 4), "max": int(np.diff(answers.log.offsets).max())},
    }


def _edge(edge: counting.Edge, names: Sequence[str]) -> dict[str, object]:
    return {
        "a": names[edge.before],
        "b": names[edge.after],
        "count": edge.count,
        "mean_s": round(edge.mean_seconds, 3),
        "median_s": round(edge.median_seconds, 3),
        "p95_s": round(edge.p95_seconds, 3),
        "max_s": edge.max_seconds,
    }


def _repeated(answers: Answers) -> dict[str, object]:
    log, names, again = answers.log, answers.log.activities.names, answers.rework
    top = answers.variants[:10]
    return {
        "top10_variants": [{"count": variant.count, "variant": [names[code] for code in variant.activities]} for variant in top],
        "happy_path_share_top1": round(top[0].count / log.case_count, 6),
        "share_top10": round(sum(variant.count for variant in top) / log.case_count, 6),
        "rework_cases_per_activity": ranked(again.cases, names),
        "cases_with_any_rework": int(again.any_case.sum()),
        "self_loop_edges": ranked(again.self_loops, names),
        "cases_started_per_month": started_per_month(log),
    }


def _people(answers: Answers) -> dict[str, object]:
    resources = answers.log.resources
    if resources is None:
        return {}
    names = resources.names
    return {
        "resources": int((resources.counts() > 0).sum()),
        "top10_resources_events": dict(list(ranked(resources.counts(), names).items())[:10]),
        "handover_pairs": len(answers.handovers),
        "top10_handovers": [{"a": names[pair.giver], "b": names[pair.taker], "count": pair.count} for pair in answers.handovers[:10]],
    }


def ranked(counts: Places, names: Sequence[str]) -> dict[str, int]:
    """Name -> count, the most frequent first, without those that do not occur."""
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], names[code]))
    return {names[code]: int(counts[code]) for code in order}


def started_per_month(log: EventLog) -> dict[str, int]:
    """Cases by the month (UTC) of their first event."""
    months, counts = np.unique(log.times[log.offsets[:-1]].astype("datetime64[us]").astype("datetime64[M]"), return_counts=True)
    return {str(month): int(count) for month, count in zip(months, counts, strict=True)}


def of_objects(whole: Mapping[str, object], object_type: str, flattened: Answers, source: str) -> dict[str, object]:
    """The answers about an object-centric log: the `whole` (`ocel.summary`), and the log of one type of object."""
    inner = as_json(flattened, source)
    inner["median_duration_s"] = counting.of_sorted(np.sort(flattened.durations), 0.5)
    return {"log": flattened.log.name, "source": source, **whole, f"flattened_on_{object_type}": inner}


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000).isoformat()
