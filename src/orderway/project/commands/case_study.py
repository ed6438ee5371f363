"""orderway case-study: what a standard and three PDCA cycles do to an invented maker, every figure recomputed from the seed."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from orderway.project.commands.database_option import Database
from orderway.project.commands.printing import answers, remarks
from orderway.project.commands.progress import progress_bar

if TYPE_CHECKING:
    from orderway.simulation.case_study import CaseStudy, Change
    from orderway.simulation.verdicts import Verdict

WORDS = {"better": "better", "worse": "worse", "no_difference_yet": "no difference yet", "too_few": "too few orders"}


def case_study(
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same figures.")] = 2026,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures and all assumptions as JSON.")] = None,
    orders: Annotated[int, typer.Option("--orders", min=0, max=100_000, help="Orders per quarter; 0 is 13 weeks of 40.")] = 0,
    database: Database = None,
) -> None:
    """Simulate a maker for twelve months: before a standard, then three improvement cycles, predicted and measured side by side."""
    from orderway.simulation.case_study import study

    with progress_bar("simulating a year") as progress:
        found = study(seed=seed, orders_per_phase=orders, progress=progress)
    if json is not None:
        json.write_text(json_module.dumps(_jsonable(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _print(found)


def _print(found: CaseStudy) -> None:
    table = Table("cycle", "measure", *(Column(name, justify="right") for name in ("predicted", "measured", "95 % interval")), "verdict")
    for cycle in found.cycles:
        for measure, change in (("lead time", cycle.lead), ("error rate", cycle.errors)):
            verdict = change.measured
            interval = f"{verdict.low:+.0%} to {verdict.high:+.0%}"
            table.add_row(cycle.name, measure, f"{change.predicted:+.0%}", f"{verdict.change:+.0%}", interval, WORDS[verdict.word])
    answers().print(table)
    head = Table("over the year", *(Column(name, justify="right") for name in ("before", "after", "change", "95 % interval")))
    rows = (("lead time, days", found.lead, 1), ("orders with an error, %", found.errors, 100), ("satisfaction, stars of 5", found.csat, 1))
    for name, verdict, factor in rows:
        values = f"{verdict.before * factor:.2f}", f"{verdict.after * factor:.2f}"
        head.add_row(name, *values, f"{verdict.change:+.0%}", f"{verdict.low:+.0%} to {verdict.high:+.0%}")
    volume = found.volume
    head.add_row("orders by the same people", "", "", f"{volume.value:+.0%}", f"{volume.low or 0:+.0%} to {volume.high or 0:+.0%}")
    answers().print(head)
    remarks().print(
        f"Simulated, not measured in a company: seed {found.seed}, {found.orders_per_phase} orders per quarter. "
        "The assumptions stand in the JSON and in docs/case-study.md.",
        soft_wrap=True,
    )


def _jsonable(found: CaseStudy) -> dict[str, object]:
    volume = found.volume
    verdicts = {"lead_time_change": found.lead, "error_rate_change": found.errors, "csat_change": found.csat}
    intervals: dict[str, list[float | None]] = {name: [verdict.low, verdict.high] for name, verdict in verdicts.items()}
    intervals["volume_change"] = [volume.low, volume.high]
    headline: dict[str, object] = {name: verdict.change for name, verdict in verdicts.items()}
    return {
        "seed": found.seed,
        "cycles": [{"name": cycle.name, **_side_by_side(cycle.lead), "error_rate": _side_by_side(cycle.errors)} for cycle in found.cycles],
        "headline": {
            **headline,
            "volume_change": volume.value,
            "intervals": intervals,
            "levels": {name: {"before": v.before, "after": v.after, "n": [v.n_before, v.n_after]} for name, v in verdicts.items()},
        },
        "assumptions": _assumptions(found),
    }


def _side_by_side(change: Change) -> dict[str, object]:
    verdict: Verdict = change.measured
    return {
        "predicted": change.predicted,
        "measured": verdict.change,
        "interval": [verdict.low, verdict.high],
        "verdict": verdict.word,
        "n": [verdict.n_before, verdict.n_after],
        "needed": verdict.needed,
    }


def _assumptions(found: CaseStudy) -> dict[str, object]:
    from orderway.simulation import case_assumptions as assumed

    return {
        **dict(assumed.TEXTS),
        "orders_per_week": assumed.ORDERS_PER_WEEK,
        "orders_per_phase": found.orders_per_phase,
        "people": dict(assumed.PEOPLE),
        "stages_before": {name: stage._asdict() for name, stage in assumed.BEFORE.items()},
        "gate_added": assumed.GATE._asdict(),
        "cycles": [
            {"name": cycle.name, "because": cycle.because, "effects": [effect._asdict() for effect in cycle.effects], "adopted": share}
            for cycle, share in zip(assumed.CYCLES, found.adopted, strict=True)
        ],
    }
