"""orderway run, verify, order show: working what needs no person, proving the data, looking at one order."""

from __future__ import annotations

import json as json_module
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database, start_ready
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import progress_bar

if TYPE_CHECKING:
    from orderway.project.running import Ran

order = typer.Typer(help="Look at orders.", no_args_is_help=True)


def run(
    until: Annotated[str | None, typer.Option("--until", metavar="STAGE", help="Stop orders once they have entered this stage.")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON for machines.")] = False,
    database: Database = None,
) -> None:
    """Work everything that the system may do; say per stage what passed, what waits, and why."""
    start_ready()
    from orderway.project.running import UnknownStage, run_everything

    try:
        with progress_bar("running") as progress:
            ran = run_everything(until=until, now=datetime.now(UTC), progress=progress)
    except UnknownStage as mistake:
        sys.stderr.write(f"{mistake}\n")
        raise typer.Exit(2) from mistake
    if json:
        rows = [
            {"stage": row.stage, "passed": row.passed, "waiting": row.waiting, "why": dict(row.reasons), "broken": list(row.broken)}
            for row in ran.stages
        ]
        sys.stdout.write(json_module.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        _print_run(ran)
    broken = [(place, reason) for row in ran.stages for place, reason in row.broken.items()]
    for place, reason in broken:
        sys.stderr.write(f"{place}: {reason}\n")
    if broken:
        raise typer.Exit(1)


def _print_run(ran: Ran) -> None:
    table = Table("stage", "passed", "waiting", "why")
    for row in ran.stages:
        why = "\n".join(f"{count:,} x {reason}" for reason, count in row.reasons.most_common())
        table.add_row(row.stage, f"{row.passed:,}", f"{row.waiting:,}", why)
    answers().print(table)
    if ran.returns:
        sys.stdout.write(f"{ran.returns.capitalize()}.\n")


def verify(
    json: Annotated[bool, typer.Option("--json", help="One row per invariant, for machines.")] = False,
    decide: Annotated[bool, typer.Option("--decide", help="Also decide again from the frozen facts and report differences.")] = False,
    database: Database = None,
) -> None:
    """Check every invariant over all data. Exits 1 if one is broken."""
    start_ready()
    from orderway.journal.verify import verify as run_checks

    with progress_bar("verifying") as progress:
        rows = run_checks(decide=decide, progress=progress)
    if json:
        named = [{"invariant": row.invariant, "checked": row.checked, "broken": row.broken, "first": row.first or None} for row in rows]
        sys.stdout.write(json_module.dumps(named, ensure_ascii=False, indent=1) + "\n")
    else:
        table = Table("", "invariant", "checked", "broken", "first")
        for row in rows:
            table.add_row(str(row.invariant or ""), row.name, f"{row.checked:,}", f"{row.broken:,}", row.first)
        answers().print(table)
    if any(row.broken for row in rows):
        raise typer.Exit(1)


@order.command()
def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    json: Annotated[bool, typer.Option("--json", help="JSON for machines.")] = False,
    database: Database = None,
) -> None:
    """Show one order: where it stands, its lines, and what happened."""
    start_ready()
    from orderway.project.showing import describe

    described = describe(number)
    if described is None:
        sys.stderr.write(f"There is no order {number}. Order numbers look like SO-2026-00001.\n")
        raise typer.Exit(2)
    if json:
        sys.stdout.write(json_module.dumps(described.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        described.print(answers())


@order.command("mend-lines")
def mend_lines(
    write: Annotated[bool, typer.Option("--write", help="Write what the moves say; without it they are only listed.")] = False,
    database: Database = None,
) -> None:
    """List lines that say another quantity than their moves (verify, invariant 3), and put them right. Exits 1 if some stay wrong."""
    start_ready()
    from orderway.orders import mending
    from orderway.orders.actor import SYSTEM

    found = mending.mend(by=SYSTEM.key, now=datetime.now(UTC)) if write else list(mending.wrong_lines())
    for line in found:
        sys.stdout.write(f"{line.order} line {line.position}: {line.before.normalize():f} -> {line.after.normalize():f}\n")
    if not found:
        sys.stdout.write("Every line says what its moves say.\n")
    elif not write:
        sys.stdout.write("Nothing was written. Put them right with --write.\n")
        raise typer.Exit(1)
