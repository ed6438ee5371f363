"""A whole diagnosis of a log, in one value: what the JSON, the report and the pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orderway.mining import alignments, answers, causes, counting, deviations, drift, standards, timing
from orderway.mining.log import EventLog
from orderway.mining.logs.packed import Progress, silent
from orderway.mining.models import Model
from orderway.standard.document import Standard


@dataclass(frozen=True, slots=True)
class Against:
    """The log beside a model. `matched`: activity -> stage of the standard; `unmatched`: activities that the model does not know."""

    name: str
    conformance: alignments.Conformance
    rows: list[deviations.Deviation]
    deviating_share: float
    matched: Mapping[str, str]
    unmatched: tuple[str, ...]
    never_seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found."""

    answers: answers.Answers
    activity_times: list[timing.ActivityTime]
    working_known: bool
    batching: list[timing.Batching]
    people: list[timing.Person]
    by_hour: NDArray[np.int64]
    causes: list[causes.Cause]
    drift: drift.Drift
    against: Against | None = None

    @property
    def log(self) -> EventLog:
        """The log."""
        return self.answers.log


def diagnose(
    log: EventLog, against: Standard | Model | None = None, name: str = "", progress: Progress = silent, *, language: str = ""
) -> Diagnosis:
    """Find everything; `name` is what the model is called, `language` that of its stages where the log has no word for them."""
    progress("counting", 0.2)
    found = answers.answer(log)
    progress("aligning", 0.5)
    beside = compare(found, against, name, language) if against is not None else None
    progress("explaining", 0.8)
    pieces = timing.work(log)
    return Diagnosis(
        answers=found,
        activity_times=timing.activity_times(log, pieces),
        working_known=bool(pieces.timed.any()),
        batching=timing.batching(log, pieces),
        people=timing.people(log, pieces),
        by_hour=timing.by_hour(pieces),
        causes=_causes(found, beside),
        drift=drift.drift(log, found.rework.any_case),
        against=beside,
    )


def compare(found: answers.Answers, against: Standard | Model, name: str, language: str = "") -> Against:
    """Align with the model and name what differs."""
    log, ways, pairs = found.log, found.variants, {activity: activity for activity in found.log.activities.names}
    model = against if isinstance(against, Model) else standards.model_of(against)
    if isinstance(against, Standard):
        log, pairs = standards.matched(log, against)
        ways = counting.variants(log)
    called = _called(against, pairs, language) if isinstance(against, Standard) else {}
    conformance = alignments.conformance(log, ways, model)
    return Against(
        name=name,
        conformance=conformance,
        rows=[replace(row, step=called.get(row.step, row.step)) for row in deviations.deviations(log, conformance)],
        deviating_share=float(deviations.deviating(log, conformance).mean()),
        matched={activity: stage for activity, stage in pairs.items() if stage in model.activities},
        unmatched=conformance.unknown,
        never_seen=tuple(called.get(stage, stage) for stage in sorted(model.activities - set(log.activities.names))),
    )


def _called(standard: Standard, pairs: Mapping[str, str], language: str) -> dict[str, str]:
    """Stage -> what the log calls it, else its title in the language asked for, or the standard's first one."""
    titles = {str(stage): standard.stages[stage].title.in_language(language or standard.languages[0]) for stage in standard.stages}
    return titles | {stage: activity for activity, stage in pairs.items()}


def _causes(found: answers.Answers, beside: Against | None) -> list[causes.Cause]:
    log = found.log
    rows = causes.causes(log, "slow", causes.slow(log)) + causes.causes(log, "rework", found.rework.any_case)
    if beside is not None:
        rows += causes.causes(log, "deviating", deviations.deviating(log, beside.conformance))
    return rows


def as_json(found: Diagnosis) -> dict[str, object]:
    """What goes beyond the counted answers, by key; durations in seconds."""
    said: dict[str, object] = {
        "activity_times": [_plain(row) for row in found.activity_times],
        "working_time_known": found.working_known,
        "batching": [_plain(row) for row in found.batching],
        "people": [_plain(row) for row in found.people],
        "events_by_weekday_and_hour": found.by_hour.tolist(),
        "causes": [_plain(row) for row in found.causes],
        "drift": _plain(found.drift) | {"changes": [_plain(change) for change in found.drift.changes]},
    }
    if found.against is not None:
        said["conformance"] = _against(found.against)
    return said


def _against(beside: Against) -> dict[str, object]:
    return {
        "model": beside.name,
        "log_fitness": beside.conformance.log_fitness,
        "average_trace_fitness": beside.conformance.average_fitness,
        "percentage_of_fitting_traces": 100 * beside.conformance.fitting_share,
        "deviations": [_plain(row) for row in beside.rows],
        "matched": dict(beside.matched),
        "unmatched": list(beside.unmatched),
        "never_seen": list(beside.never_seen),
    }


def _plain(row: object) -> dict[str, object]:
    names: tuple[str, ...] = getattr(row, "__slots__", ())
    return {name: getattr(row, name) for name in names}
