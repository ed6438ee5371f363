"""The part of `orderway simulate` that reads a foreign event log: its cases simulated again beside the real ones, and how near they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Column, Table

from orderway.project.commands.printing import answers, remarks
from orderway.project.commands.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderway.simulation.accuracy import Accuracy
    from orderway.simulation.foreign import Trace
    from orderway.simulation.summary import Figure

SHARES = (("mean", None), ("half within", 0.5), ("80 % within", 0.8), ("95 % within", 0.95))


def simulate_log(path: Path, *, replications: int, seed: int) -> dict[str, object]:
    """Print cycle times of the log and of its simulation, and how near they are; give the same for JSON."""
    from orderway.engine.refusals import Refusal
    from orderway.mining.log import Unreadable
    from orderway.mining.logs.reading import read_log
    from orderway.simulation import foreign
    from orderway.simulation.accuracy import accuracy

    try:
        traces = foreign.traces_of(read_log(path).log)
        model = foreign.discovered(traces)
        with progress_bar("simulating") as progress:
            made = []
            for number in range(replications):
                progress("replications", number, replications)
                made.append(foreign.simulated(model, len(traces), seed=seed + number))
            found = accuracy(traces, seeds=min(replications, 5))
    except (Refusal, Unreadable) as problem:
        sys.stderr.write(f"{problem}\n")
        raise typer.Exit(2) from problem
    return _said(traces, made, found)


def _said(traces: Sequence[Trace], made: Sequence[Sequence[Trace]], found: Accuracy) -> dict[str, object]:
    from orderway.simulation.summary import figure

    table = Table("cycle time, days", *(Column(name, justify="right") for name in ("log", "simulated", "95 % interval")))
    rows: dict[str, object] = {}
    real, again = _days(traces), [_days(one) for one in made]
    for name, share in SHARES:
        simulated = figure(_value(days, share) for days in again)
        table.add_row(name, f"{_value(real, share):,.2f}", f"{simulated.value:,.2f}", _interval(simulated))
        rows[name] = {"log": _value(real, share), "value": simulated.value, "low": simulated.low, "high": simulated.high}
    answers().print(table)
    remarks().print(
        f"{found.cases} cases in the log. Read from one half, simulated cases lie {found.ratio:.2f} times as far from the other half "
        "as the halves lie from each other (1 is the noise of the log itself).",
        soft_wrap=True,
    )
    return {"cases": found.cases, "cycle_time_days": rows, "accuracy": {**found._asdict(), "ratio": found.ratio}}


def _days(traces: Sequence[Trace]) -> list[float]:
    return sorted((max(one.end for one in trace) - trace[0].start) / 86_400 for trace in traces)


def _value(days: Sequence[float], share: float | None) -> float:
    from orderway.simulation.spreads import quantile

    return sum(days) / len(days) if share is None else quantile(days, share)


def _interval(figure: Figure) -> str:
    return "-" if figure.low is None or figure.high is None else f"{figure.low:,.2f} to {figure.high:,.2f}"
