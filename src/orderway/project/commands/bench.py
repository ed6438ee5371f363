"""orderway bench: how fast this installation is, each figure beside its physical limit measured in the same run."""

from __future__ import annotations

import json as json_module
import sys
from typing import Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import progress_bar


def bench(
    json: Annotated[bool, typer.Option("--json", help="JSON for machines.")] = False,
    only: Annotated[
        str | None, typer.Option("--only", metavar="NAME", help="Only figures whose name begins like this, e.g. run or life.http.")
    ] = None,
    scale: Annotated[
        float, typer.Option("--scale", min=0.001, max=10, help="Share of the full sizes; 1 is what bench/README.md describes.")
    ] = 1.0,
    database: Database = None,
) -> None:
    """Measure place, advance, reserve, import, run and whole lives in databases of its own (PostgreSQL where it is installed)."""
    from orderway.project.benchmarks import measure

    with progress_bar("measuring") as progress:
        rows = measure(only=only or "", scale=scale, progress=progress)
    if not rows:
        sys.stderr.write(f"Nothing was measured: no figure begins with {only!r}, or what it needs is not installed.\n")
        raise typer.Exit(2)
    if json:
        sys.stdout.write(json_module.dumps([row._asdict() for row in rows], indent=1) + "\n")
        return
    table = Table("name", "value", "unit", "control", "ratio")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.value:,.6g}",
            row.unit,
            "-" if row.control is None else f"{row.control:,.6g}",
            "-" if row.ratio is None else f"{row.ratio:.2f}",
        )
    answers().print(table)
