"""orderway diagnose: what an event log says. Needs no database."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database, start_without_database
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import Report, progress_bar

if TYPE_CHECKING:
    from orderway.mining.diagnosis import Against, Diagnosis
    from orderway.mining.logs.reading import LogFile
    from orderway.mining.models import Model
    from orderway.mining.summary import Summary
    from orderway.standard.document import Standard

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Files:
    """Where the report and the draft are written; empty for not at all."""

    html: str
    pdf: str
    draft: str


def diagnose(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="CSV, Excel, XES or OCEL 2.0, also packed as .gz.")],
    mapping: Annotated[str, typer.Option("--mapping", metavar="M", help="case=COLUMN,activity=COLUMN,... or a YAML or JSON file.")] = "",
    against: Annotated[str, typer.Option("--against", metavar="STANDARD", help="A standard (file, shipped, stored) or a PNML model.")] = "",
    json_file: Annotated[str, typer.Option("--json", metavar="FILE", help="Write the answers as JSON; - for standard output.")] = "",
    html_file: Annotated[str, typer.Option("--html", metavar="FILE", help="Write the report as one page of HTML.")] = "",
    pdf_file: Annotated[str, typer.Option("--pdf", metavar="FILE", help="Write the report as PDF.")] = "",
    draft_file: Annotated[str, typer.Option("--draft", metavar="FILE", help="Write a draft standard of what most cases do.")] = "",
    language: Annotated[str, typer.Option("--language", metavar="L", help="Of the report: en, zh-Hans or zh-Hant.")] = "en",
    database: Database = None,
) -> None:
    """Say what an event log shows: variants, times between steps, rework, people; and what is wrong in the file."""
    start_without_database()
    from orderway.mining.log import Unreadable
    from orderway.pages import languages

    if languages.known(language) is None:
        sys.stderr.write(f"There is no report in {language}. There are: {', '.join(languages.TAGS.values())}.\n")
        raise typer.Exit(2)
    try:
        with progress_bar("reading") as progress:
            read, found = _diagnosed(log, _mapping(mapping), against, languages.tag(language), progress)
    except Unreadable as problem:
        sys.stderr.write(f"{log.name}: {problem}\n")
        raise typer.Exit(2 if problem.code.startswith(("mapping", "object_type")) else 3) from problem
    if json_file == "-":
        sys.stdout.write(_as_json(read, found, log.name))
        return
    if html_file or pdf_file or draft_file:
        _write_report(found, log.name, Files(html_file, pdf_file, draft_file), language)
    if json_file:
        Path(json_file).write_text(_as_json(read, found, log.name), encoding="utf-8")
    _print(read, found)


def _diagnosed(path: Path, mapping: dict[str, str], against: str, language: str, progress: Report) -> tuple[LogFile, Diagnosis]:
    from orderway.mining.diagnosis import diagnose
    from orderway.mining.logs.reading import read_log

    def report(step: str, share: float) -> None:
        progress(step, round(share * 100), 100 if share else None)

    model = _model(against)
    read = read_log(path, mapping, report)
    return read, diagnose(read.log, model, against, report, language=language)


def _model(against: str) -> Standard | Model | None:
    """What to compare with: a PNML file, a standard in a file, a shipped one, or one of the database."""
    from orderway.mining.models import from_pnml
    from orderway.project.commands.standard import stored_or_file
    from orderway.standard.parse import parse
    from orderway.standard.templates import shipped

    if not against:
        return None
    if against.endswith(".pnml"):
        return from_pnml(Path(against).read_bytes())
    if against in shipped():
        return parse(shipped()[against], name=against).standard
    return stored_or_file(against)


def _write_report(found: Diagnosis, source: str, files: Files, language: str) -> None:
    from django.utils import translation

    from orderway.diagnosis.showing import report
    from orderway.mining.summary import summarise
    from orderway.pages import languages

    now = datetime.now(UTC)
    summary = summarise(found, source=source, draft_title=found.log.name, effective=f"{now:%Y-%m-%d}")
    if files.draft:
        Path(files.draft).write_text(summary.draft, encoding="utf-8")
    if files.html:
        with translation.override(languages.known(language)):
            Path(files.html).write_text(report(summary, now), encoding="utf-8")
    if files.pdf:
        _print_report(summary, now, Path(files.pdf), languages.known(language) or "en")


def _print_report(summary: Summary, now: datetime, path: Path, code: str) -> None:
    from orderway.diagnosis import paper
    from orderway.pages.printing import MissingGlyphs

    try:
        path.write_bytes(paper.pdf(summary, now, code))
    except MissingGlyphs as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise typer.Exit(3) from refusal


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


def _as_json(read: LogFile, whole: Diagnosis, source: str) -> str:
    from orderway.mining import answers as mining
    from orderway.mining import diagnosis, ocel
    from orderway.mining.findings import sentence

    objects, found = read.objects, whole.answers
    said = mining.of_objects(ocel.summary(objects), read.object_type, found, source) if objects else mining.as_json(found, source)
    said["taken"] = dict(read.log.taken.columns)
    said["findings"] = [
        {"code": one.code, "count": one.count, "example": one.example, "left_out": one.left_out, "sentence": sentence(one)}
        for one in read.log.findings
    ]
    said |= diagnosis.as_json(whole)
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _print(read: LogFile, whole: Diagnosis) -> None:
    from orderway.mining.findings import sentence

    console, log, found = answers(), read.log, whole.answers
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
    if whole.against is not None:
        _print_deviations(whole.against)


def _print_deviations(beside: Against) -> None:
    console = answers()
    fits = beside.conformance
    console.print(f"Against {beside.name}: fitness {fits.log_fitness:.4f}, {fits.fitting_share:.1%} of the cases fit.", soft_wrap=True)
    table = Table("step", "deviation", "cases", "longer by", "who", title="Most frequent deviations")
    for row in beside.rows[:SHOWN]:
        who = ", ".join(name for name, _count in row.people[:3])
        table.add_row(row.step, row.kind.replace("_", " "), f"{row.cases:,}", spoken(row.extra_seconds or 0.0), who)
    console.print(table)


def spoken(seconds: float) -> str:
    """A duration as people say it."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
