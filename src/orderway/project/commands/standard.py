"""orderway standard: check, draft, approve, release, show, diff, list. `check` and `diff` of files need no database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.table import Column, Table

from orderway.project.commands.database_option import Database, start_ready, start_without_database
from orderway.project.commands.printing import answers

if TYPE_CHECKING:
    from orderway.masterdata.models import Person
    from orderway.releases.models import Version
    from orderway.standard.document import Standard
    from orderway.standard.problems import Problem

standard = typer.Typer(help="Check, release and compare versions of the standard.", no_args_is_help=True)
T = TypeVar("T")
By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Sign-in name of the person who does this.")]
Which = Annotated[str, typer.Argument(metavar="ID[@VERSION]", help="A standard, e.g. trade or trade@1.0.0.")]


@standard.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Standards as YAML.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON list for machines.")] = False,
    database: Database = None,
) -> None:
    """Say everything that would keep these files from being released. Needs no database. Warnings alone exit 0."""
    start_without_database()
    found = [(path, problem) for path in files for problem in _checked(path)[1]]
    if json:
        print_json([{"file": str(path), **_problem_row(problem)} for path, problem in found])
    else:
        for path, problem in found:
            note = " (warning)" if problem.severity == "warning" else ""
            sys.stdout.write(problem.line(str(path)) + note + "\n")
        _summary(len(files), found)
    if any(problem.severity == "error" for _path, problem in found):
        raise typer.Exit(1)


@standard.command()
def draft(file: Annotated[Path, typer.Argument(metavar="FILE")], by: By, database: Database = None) -> None:
    """Store a file as a draft of its standard."""
    start_ready()
    from orderway.releases import publishing

    author = person_named(by)
    document, problems = _checked(file)
    if document is None or any(problem.severity == "error" for problem in problems):
        _refuse(file, problems)
    version = spoken(lambda: publishing.draft(file.read_text(encoding="utf-8-sig"), author=author.key, now=datetime.now(UTC)))
    sys.stdout.write(
        f"{version} is a draft by {by}. Next: orderway standard approve {version.standard_id}@{version.version} --by SOMEBODY-ELSE\n"
    )


@standard.command()
def approve(
    which: Which,
    by: By,
    accept: Annotated[str, typer.Option("--accept", metavar="REASON", help="Accept what is not ready yet, with this reason.")] = "",
    database: Database = None,
) -> None:
    """Approve a draft; not by its author."""
    start_ready()
    from orderway.releases import publishing

    version = version_named(which, "draft")
    spoken(lambda: publishing.approve(version, by=person_named(by), accept=accept, now=datetime.now(UTC)))
    sys.stdout.write(f"{version} is approved by {by}. Next: orderway standard release {which} --by {by}\n")


@standard.command()
def release(which: Which, by: By, database: Database = None) -> None:
    """Make an approved version effective: new orders run by it, running orders keep theirs."""
    start_ready()
    from orderway.releases import publishing

    version = version_named(which, "approved")
    spoken(lambda: publishing.release(version, by=person_named(by), now=datetime.now(UTC)))
    sys.stdout.write(f"{version} is effective: new orders run by it.\n")


@standard.command()
def show(which: Which, database: Database = None) -> None:
    """Print a stored version as YAML."""
    start_ready()
    sys.stdout.write(version_named(which).source)


@standard.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A file or ID[@VERSION].")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="A file or ID[@VERSION].")],
    database: Database = None,
) -> None:
    """Say in sentences what changed between two versions or files. Two files need no database."""
    start_without_database()
    from orderway.standard import diff as differences

    changes = differences.diff(stored_or_file(old), stored_or_file(new))
    for change in changes:
        sys.stdout.write(f"{change.sentence}\n")
    if not changes:
        sys.stdout.write("Nothing changed.\n")


@standard.command("list")
def list_versions(
    json: Annotated[bool, typer.Option("--json", help="One JSON list for machines.")] = False, database: Database = None
) -> None:
    """List the stored versions."""
    start_ready()
    from orderway.releases.models import Version

    rows = [
        {
            "standard": version.standard_id,
            "version": version.version,
            "status": version.status,
            "author": version.author,
            "approved_by": version.approved_by.key if version.approved_by else None,
            "effective_at": version.effective_at.isoformat() if version.effective_at else None,
            "hash": version.content_hash,
        }
        for version in Version.objects.select_related("approved_by").order_by("standard_id", "id")
    ]
    if json:
        print_json(rows)
        return
    table = Table(Column("standard", no_wrap=True), "version", "status", "author", "approved by", "effective")
    for row in rows:
        day = str(row["effective_at"] or "-")[:10]
        table.add_row(f"{row['standard']}", row["version"], row["status"], row["author"], row["approved_by"] or "-", day)
    answers().print(table)


def _checked(path: Path) -> tuple[Standard | None, tuple[Problem, ...]]:
    from orderway.releases import catalogue
    from orderway.standard.defects import defects
    from orderway.standard.document import Mark
    from orderway.standard.parse import parse
    from orderway.standard.problems import Problem
    from orderway.standard.sentences import Sentence

    try:
        source = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        return None, (
            Problem("encoding", Mark(1, 1), Sentence("The file is not UTF-8 (byte {byte}). Save it as UTF-8.", byte=problem.start)),
        )
    parsed = parse(source, name=str(path))
    if parsed.standard is None:
        return None, parsed.problems
    found = (*parsed.problems, *defects(parsed.standard, catalogue.catalogue()))
    return parsed.standard, tuple(sorted(found, key=lambda problem: (problem.mark, problem.code)))


def stored_or_file(which: str) -> Standard:
    """A standard out of a file, or ID[@VERSION] out of the database; ends the program where there is none."""
    if Path(which).suffix in (".yaml", ".yml") or Path(which).exists():  # a file that is not there is said as such
        document, problems = _checked(Path(which))
        if document is None:
            _refuse(Path(which), problems)
        return document
    start_ready()
    from orderway.standard.canonical import from_canonical

    return from_canonical(version_named(which).document)


def version_named(which: str, status: str | None = None) -> Version:
    """The named version; without a version number the newest (of that status)."""
    from orderway.releases.models import Version

    standard_id, _, number = which.partition("@")
    found = Version.objects.filter(standard_id=standard_id)
    found = found.filter(version=number) if number else found.filter(status=status) if status else found
    version = found.order_by("-id").first()
    if version is None:
        known = ", ".join(f"{v.standard_id}@{v.version} ({v.status})" for v in Version.objects.order_by("standard_id", "id")) or "none"
        sys.stderr.write(f"There is no version {which}{f' that is {status}' if status else ''}. Known: {known}.\n")
        raise typer.Exit(2)
    return version


def person_named(key: str) -> Person:
    """The active person of this sign-in name; ends the program where there is none."""
    from orderway.masterdata.models import Person

    person = Person.objects.filter(key=key, is_active=True).first()
    if person is None:
        sys.stderr.write(f"Nobody here is called {key}. Use the sign-in name of an active person.\n")
        raise typer.Exit(2)
    return person


def spoken(act: Callable[[], T]) -> T:
    """Do it; a refusal becomes its sentence and exit code 1."""
    from orderway.engine.refusals import Refusal

    try:
        return act()
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise typer.Exit(1) from refusal


def _refuse(path: Path, problems: tuple[Problem, ...]) -> NoReturn:
    for problem in problems:
        sys.stderr.write(problem.line(str(path)) + "\n")
    raise typer.Exit(1)


def _problem_row(problem: Problem) -> dict[str, object]:
    mark = problem.mark
    return {"line": mark.line, "column": mark.column, "code": problem.code, "severity": problem.severity, "message": problem.message}


def print_json(rows: Sequence[Mapping[str, object]]) -> None:
    """Rows as JSON for machines."""
    import json

    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _summary(files: int, found: list[tuple[Path, Problem]]) -> None:
    errors = sum(problem.severity == "error" for _path, problem in found)
    sys.stderr.write(f"{files} checked: {errors} defects, {len(found) - errors} warnings.\n")
