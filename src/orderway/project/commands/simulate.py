"""orderway simulate: what if. The company's standard on a virtual clock, with people, calendars and gates; needs no database."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.table import Column, Table

from orderway.project.commands.database_option import Database, start_without_database
from orderway.project.commands.printing import answers, remarks
from orderway.project.commands.progress import progress_bar
from orderway.project.commands.simulate_log import simulate_log

if TYPE_CHECKING:
    from orderway.simulation.parameters import Parameters
    from orderway.simulation.summary import Figure, Summary
    from orderway.standard.document import Standard

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday: figures of one seed stay the same whenever they are computed
STAFFING_ORDERS = 200  # per plan; a search simulates dozens
ASSUMED = "nobody measured: assumed (n = 0)"


def simulate(
    standard: Annotated[
        str, typer.Option("--standard", metavar="FILE", help="A standard as YAML, or the name of a shipped one.")
    ] = "make-to-order",
    orders: Annotated[int, typer.Option("--orders", min=10, max=1_000_000, help="Orders per replication that count.")] = 500,
    replications: Annotated[int, typer.Option("--replications", min=1, max=1_000, help="Runs with other chance.")] = 10,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same figures.")] = 2026,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change the world, e.g. people.sales=3. Repeatable.")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON too.")] = None,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="Simulate a foreign event log (CSV, XES) instead of a standard.")
    ] = None,
    staffing: Annotated[bool, typer.Option("--staffing", help="Search how many people per role keep the limits.")] = False,
    database: Database = None,
) -> None:
    """Run a standard on a virtual clock and say how long orders take, where they wait, how busy people are and what goes wrong."""
    if log is not None:
        if set_ or staffing:
            _refuse("--set and --staffing belong to a standard; a foreign log has none. Leave them out, or leave out --log.")
        said = simulate_log(log, replications=replications, seed=seed)
        if json is not None:
            _write(json, {"log": log.name, "seed": seed, **said})
        return
    start_without_database()
    from orderway.engine.program import compile_standard
    from orderway.engine.refusals import Refusal
    from orderway.simulation import assumptions, running, settings

    document = _document(standard)
    try:
        parameters = assumptions.parameters_of(compile_standard(document))
        document, parameters = settings.apply(document, parameters, _settings(set_ or []))
        if staffing:
            _print_staffing(document, parameters, min(orders, STAFFING_ORDERS), replications, seed)
            return
        with progress_bar("simulating") as progress:
            summary = running.simulate(
                compile_standard(document), parameters, orders=orders, replications=replications, seed=seed, begin=BEGIN,
                progress=lambda done, total: progress("replications", done, total),
            )  # fmt: skip
    except Refusal as refusal:
        _refuse(str(refusal))
    if json is not None:
        _write(json, {"standard": str(document.id), "seed": seed, "settings": set_ or [], **_jsonable(summary, parameters)})
    _print(summary, parameters)


def _print_staffing(document: Standard, parameters: Parameters, orders: int, replications: int, seed: int) -> None:
    """The numbers of people that keep every limit, beside those there are, and the limits that no number keeps."""
    from orderway.engine.calendars import Holidays
    from orderway.engine.program import compile_standard
    from orderway.simulation.staffing import KEPT_SHARE, Question, best_trainings, people_needed, weekly_cost

    question = Question(compile_standard(document), parameters, orders, min(replications, 3), seed, BEGIN, Holidays())
    with progress_bar("searching") as progress:
        plan = people_needed(question, progress=lambda done, total: progress("plans simulated", done, total))
        trainings = best_trainings(question, progress=lambda done, total: progress("second roles tried", done, total))
    table = Table("role", Column("people now", justify="right"), Column("needed", justify="right"))
    for role, needed in plan.people.items():
        table.add_row(role, str(sum(role in worker.roles for worker in parameters.people)), str(needed))
    answers().print(table)
    if plan.cost:
        now = weekly_cost(question.program, parameters)
        answers().print(f"A week costs {now:,.0f} with the people now, {plan.cost:,.0f} with those needed.")
    helpful = [training for training in trainings if training.helps]
    for training in helpful:
        change = f"{training.change.value:+.1%} lead time ({training.change.low:+.1%} to {training.change.high:+.1%})"
        answers().print(f"If {training.person} learned {training.role}: {change}.")
    if not helpful:
        answers().print("No second role would shorten lead times by more than chance.")
    for stage, kept in plan.missed:
        answers().print(
            f"{stage} keeps its limit in {kept:.0%} of its passages only: more people would not help, its limit or delay would."
        )
    remarks().print(
        f"Every stage keeps its limit in {KEPT_SHARE:.0%} of its passages; {plan.simulated} plans simulated. {_basis(parameters)}."
    )


def _document(which: str) -> Standard:
    """The standard of a file, or a shipped one by its name."""
    from orderway.releases import catalogue
    from orderway.standard.defects import defects
    from orderway.standard.parse import parse
    from orderway.standard.templates import shipped

    source = shipped()[which] if which in shipped() else Path(which).read_text(encoding="utf-8-sig")
    parsed = parse(source, name=which)
    found = parsed.problems if parsed.standard is None else defects(parsed.standard, catalogue.catalogue())
    errors = [problem for problem in found if problem.severity == "error"]
    if parsed.standard is None or errors:
        for problem in errors:
            sys.stderr.write(problem.line(which) + "\n")
        raise typer.Exit(1)
    return parsed.standard


def _settings(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        key, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not key or not value:
            _refuse(f"--set {text} has no value. Write KEY=VALUE, for example people.sales=3.")
        found[key] = value
    return found


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise typer.Exit(2)


def _print(summary: Summary, parameters: Parameters) -> None:
    console = answers()
    table = Table("", Column("mean", justify="right"), Column("95 % interval", justify="right"), "unit")
    for name, figure, unit, factor in _headline(summary):
        table.add_row(name, f"{figure.value * factor:,.2f}", _interval(figure, factor), unit)
    console.print(table)
    console.print(_stage_table(summary))
    roles = Table("role", Column("busy", justify="right"), Column("95 % interval", justify="right"), Column("people", justify="right"))
    for role, figure in summary.roles:
        people = sum(role in worker.roles for worker in parameters.people)
        roles.add_row(role, f"{figure.value:.0%}", _interval(figure, 100), str(people))
    console.print(roles)
    size = f"{summary.replications} replications of {summary.orders} orders"
    remarks().print(f"{size}. {_basis(parameters)}. Days are calendar days, hours working time.", soft_wrap=True)


def _headline(summary: Summary) -> list[tuple[str, Figure, str, float]]:
    return [
        ("lead time, mean", summary.lead_mean, "days", 1),
        ("lead time, half of the orders within", summary.lead_p50, "days", 1),
        ("lead time, 80 % within", summary.lead_p80, "days", 1),
        ("lead time, 95 % within", summary.lead_p95, "days", 1),
        ("orders with a stage beyond its limit", summary.late_share, "%", 100),
        ("orders with an error", summary.error_rate, "%", 100),
        ("orders with a complaint", summary.complaint_rate, "%", 100),
        ("orders ended", summary.per_week, "per week", 1),
    ]


def _stage_table(summary: Summary) -> Table:
    numbers = ("passages", "waits h", "interval", "works h", "late", "back")
    table = Table(Column("stage", no_wrap=True), *(Column(name, justify="right", no_wrap=True) for name in numbers))
    for stage in summary.stages:
        if stage.passages:
            shares = (f"{stage.late.value:.1%}", f"{stage.failed.value:.1%}")
            waits = (f"{stage.waiting.value:.2f}", _interval(stage.waiting, 1))
            table.add_row(stage.stage, f"{stage.passages:,}", *waits, f"{stage.working.value:.2f}", *shares)
    return table


def _interval(figure: Figure, factor: float) -> str:
    if figure.low is None or figure.high is None:
        return "-"
    return f"{max(0.0, figure.low * factor):,.2f} to {figure.high * factor:,.2f}"


def _basis(parameters: Parameters) -> str:
    measured = [stage for stage, work in parameters.stages.items() if work.work.n or work.delay.n]
    if not measured and not parameters.arrivals.n:
        return f"Times, arrivals and people: {ASSUMED}"
    missing = [stage for stage in parameters.stages if stage not in measured]
    return f"Arrivals from {parameters.arrivals.n} orders" + (f"; {', '.join(missing)}: {ASSUMED}" if missing else "")


def _jsonable(summary: Summary, parameters: Parameters) -> dict[str, object]:
    """The summary for machines; every parameter with its n."""
    figures = {name: _figure(value) for name, value in _named(summary)}
    return {
        "orders": summary.orders,
        "replications": summary.replications,
        **figures,
        "stages": [
            {"stage": stage.stage, "passages": stage.passages} | {name: _figure(getattr(stage, name)) for name in STAGE_FIGURES}
            for stage in summary.stages
        ],
        "roles": [{"role": role, "busy": _figure(figure)} for role, figure in summary.roles],
        "parameters": _parameters(parameters),
    }


STAGE_FIGURES = ("waiting", "working", "late", "failed")


def _named(summary: Summary) -> list[tuple[str, Figure]]:
    names = ("lead_mean", "lead_p50", "lead_p80", "lead_p95", "late_share", "error_rate", "complaint_rate", "per_week")
    return [(name, getattr(summary, name)) for name in names]


def _figure(figure: Figure) -> dict[str, float | int | None]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}


def _parameters(parameters: Parameters) -> dict[str, object]:
    stages = {
        stage: {
            "work_hours": work.work.mean / 3_600, "work_n": work.work.n, "delay_hours": work.delay.mean / 3_600, "delay_n": work.delay.n,
            "fails": work.fails.value, "fails_n": work.fails.n,
        }
        for stage, work in parameters.stages.items()
    }  # fmt: skip
    people = [{"key": worker.key, "roles": list(worker.roles), "capacity": worker.capacity} for worker in parameters.people]
    return {"arrivals_per_week": parameters.arrivals.per_week, "arrivals_n": parameters.arrivals.n, "stages": stages, "people": people}


def _write(path: Path, content: dict[str, object]) -> None:
    import json

    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
