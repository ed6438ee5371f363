"""orderway export: our history as an event log that other tools read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from django.utils import translation

from orderway.project.commands.database_option import Database, start_ready
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import progress_bar


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".json, .xml, .sqlite (OCEL 2.0), .xes, .csv or .parquet; also .gz.")],
    kind: Annotated[
        str, typer.Option("--format", metavar="NAME", help="Instead of the ending: ocel-json, ocel-xml, ocel-sqlite, xes, csv, parquet.")
    ] = "",
    also_open: Annotated[bool, typer.Option("--open", help="Also orders that are still open.")] = False,
    without_people: Annotated[bool, typer.Option("--without-people", help="Name nobody.")] = False,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="Of the stages: en, zh-hans or zh-hant.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Say what was written as JSON.")] = False,
    database: Database = None,
) -> None:
    """Export the history of all orders that have ended as an event log: one event per stage that was done. Changes nothing."""
    start_ready()
    from orderway.connect.eventlog import exporting
    from orderway.engine.refusals import Mistake
    from orderway.pages import languages

    code = languages.known(language)
    if code is None:
        sys.stderr.write(f"There is no language {language}. Choose one of: {', '.join(languages.TAGS)}.\n")
        raise typer.Exit(2)
    try:
        with progress_bar("exporting") as progress, translation.override(code):
            done = exporting.export(file, wanted=kind, also_open=also_open, people=not without_people, progress=progress)
    except Mistake as mistake:
        sys.stderr.write(f"{mistake}\n")
        raise typer.Exit(2) from mistake
    if as_json:
        said = {"format": done.format, "events": done.events, "objects": done.objects, "orders": done.orders, "left_out": done.left_out}
        sys.stdout.write(json.dumps(said) + "\n")
        return
    answers().print(
        f"{file}: {done.events:,} events of {done.orders:,} orders as {done.format}; {done.left_out:,} open orders were left out."
    )
