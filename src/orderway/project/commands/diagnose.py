"""orderway diagnose: what an event log says. Needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database, start_without_database
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import Report, progress_bar

if TYPE_CHECKING:
    from orderway.mining.answers import Answers
    from orderway.mining.logs.reading import LogFile

SHOWN = 10


def diagnose(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="CSV, Excel, XES or OCEL 2.0, also packed as .gz.")],
    mapping: Annotated[str, typer.Option("--mapping", metavar="M", help="case=COLUMN,activity=COLUMN,... or a YAML or JSON file.")] = "",
    json_file: Annotated[str, typer.Option("--json", metavar="FILE", help="Write the answers as JSON; - for standard output.")] = "",
    database: Database = None,
) -> None:
    """Say what an event log shows: variants, times between steps, rework, people; and what is wrong in the file."""
    start_without_database()
    from orderway.mining import answers as mining
    from orderway.mining.log import Unreadable

    try:
        with progress_bar("reading") as progress:
            read = _read(log, _mapping(mapping), progress)
            progress("counting", 0, None)
            found = mining.answer(read.log)
    except Unreadable as problem:
        sys.stderr.write(f"{log.name}: {problem}\n")
        raise typer.Exit(2 if problem.code.startswith(("mapping", "object_type")) else 3) from problem
    if json_file == "-":
        sys.stdout.write(_as_json(read, found, log.name))
        return
    if json_file:
        Path(json_file).write_text(_as_json(read, found, log.name), encoding="utf-8")
    _print(read, found)


def _read(path: Path, mapping: dict[str, str], progress: Report) -> LogFile:
    from orderway.mining.logs.reading import read_log

    return read_log(path, mapping, lambda step, share: progress(step, round(share * 100), 100 if share else None))


def _mapping(given: str) -> dict[str, str]:
    """Part -> column, out of `part=column,...` or a file."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from orderway.mining.log import Unreadable

    if not given:
        return {}
    if "=" in given:
        pairs = (pair.partition("=") for pair in given.split(","))
        return {part.strip(): column.strip() for part, _equals, column in pairs}
    try:
        content = YAML(typ="safe", pure=True).load(Path(given).read_text(encoding="utf-8-sig"))
    except YAMLError as problem:
        raise Unreadable("mapping_file", "The mapping {name} is neither YAML nor JSON.", name=given) from problem
    if not isinstance(content, dict):
        raise Unreadable("mapping_file", "The mapping {name} must say part: column, e.g. case: Order.", name=given)
    return {str(part): str(column) for part, column in content.items()}


def _as_json(read: LogFile, found: Answers, source: str) -> str:
    from orderway.mining import answers as mining
    from orderway.mining.findings import sentence

    objects = read.objects
    said = mining.of_objects(objects, read.object_type, found, source) if objects else mining.as_json(found, source)
    said["taken"] = dict(read.log.taken.columns)
    said["findings"] = [
        {"code": one.code, "count": one.count, "example": one.example, "left_out": one.left_out, "sentence": sentence(one)}
        for one in read.log.findings
    ]
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _print(read: LogFile, found: Answers) -> None:
    from orderway.mining.findings import sentence

    console, log = answers(), read.log
    taken = ", ".join(f"{part} = {column}" for part, column in log.taken.columns.items())
    console.print(f"{log.taken.format}: {taken}", soft_wrap=True)
    for one in log.findings:
        console.print(f"- {sentence(one)}", soft_wrap=True)
    share = found.variants[0].count / log.case_count
    console.print(
        f"{log.events:,} events, {log.case_count:,} cases, {len(log.activities.names)} activities, {len(found.variants):,} variants; "
        f"the most frequent takes {share:.1%}, {found.rework.any_case.mean():.1%} of the cases repeat a step.",
        soft_wrap=True,
    )
    table = Table("from", "to", "count", "median", "95 %", title="Most frequent steps")
    names = log.activities.names
    for edge in found.edges[:SHOWN]:
        row = (names[edge.before], names[edge.after], f"{edge.count:,}", spoken(edge.median_seconds), spoken(edge.p95_seconds))
        table.add_row(*row)
    console.print(table)


def spoken(seconds: float) -> str:
    """A duration as people say it."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
