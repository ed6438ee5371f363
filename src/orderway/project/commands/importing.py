"""orderway import: orders out of a file, with a report of what became of every row."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database, start_ready
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import progress_bar

if TYPE_CHECKING:
    from orderway.connect.csv_excel.report import Report

SHOWN_REFUSALS = 20


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV (also .gz), Excel or SQLite.")],
    mapping: Annotated[str, typer.Option("--mapping", metavar="NAME|FILE", help="A shipped mapping, or the path of your own.")] = "orders",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a row was refused.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="ROWS", help="Read only the first rows.")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE.json", help="Write the report here as well.")] = None,
    database: Database = None,
) -> None:
    """Import orders. Good rows are imported; every other row is named with its reason. Importing a file again changes nothing."""
    start_ready()
    if report is not None:
        report.touch()  # what cannot be written is said before anything is imported
    from orderway.connect.csv_excel import importing
    from orderway.connect.csv_excel import mapping as mappings
    from orderway.connect.csv_excel.reading import FileMistake
    from orderway.engine.refusals import Refusal

    try:
        chosen = mappings.load(mapping)
    except mappings.MappingMistake as mistake:
        sys.stderr.write(f"{mistake}\n")
        raise typer.Exit(2) from mistake
    try:
        with progress_bar("importing") as progress:
            done = importing.import_orders(file, chosen, now=datetime.now(UTC), dry_run=dry_run, limit=limit, progress=progress)
    except (FileMistake, Refusal) as mistake:
        sys.stderr.write(f"{mistake}\n")
        raise typer.Exit(3 if isinstance(mistake, FileMistake) else 1) from mistake
    if report is not None:
        report.write_text(json.dumps(done.as_json(), indent=1) + "\n", encoding="utf-8")
    _print(done, dry_run)
    if strict and done.refused:
        raise typer.Exit(1)


def _print(done: Report, dry_run: bool) -> None:
    console = answers()
    table = Table("", "rows", "amount", title="Dry run: nothing was changed" if dry_run else None)
    for name, rows in (("imported", done.imported), ("merged", done.merged), ("unchanged", done.unchanged)):
        table.add_row(name, f"{rows:,}", _exactly(done.amounts[name]))
    for code, rows in sorted(done.refused.items()):
        table.add_row(f"refused: {code}", f"{rows:,}", _exactly(done.refused_amounts[code]))
    table.add_row("rows", f"{done.rows:,}", _exactly(sum(done.amounts.values(), Decimal(0))))
    console.print(table)
    console.print(f"{done.orders:,} orders {'would be' if dry_run else 'were'} created.")
    for refused in done.first_refusals[:SHOWN_REFUSALS]:
        where = f"row {refused.row}, {refused.column}: {refused.code}: {refused.sentence}"
        console.print(where, soft_wrap=True)
    more = sum(done.refused.values()) - min(SHOWN_REFUSALS, len(done.first_refusals))
    if more > 0:
        console.print(f"... and {more:,} more refused rows.")


def _exactly(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"
