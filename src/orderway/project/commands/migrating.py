"""orderway standard migrate: running orders take on another version of their standard, or the dry run that says what would happen."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database, start_ready
from orderway.project.commands.printing import answers
from orderway.project.commands.progress import progress_bar
from orderway.project.commands.standard import person_named, print_json, spoken, version_named

if TYPE_CHECKING:
    from orderway.masterdata.models import Person
    from orderway.orders.actor import Actor
    from orderway.orders.migration import Outcome, Outlook
    from orderway.releases.models import Version

WORDS: Mapping[Outcome, str] = {"kept": "go on where they stand", "again": "go on and pass stages again", "stays": "stay on their version"}
Pairs = Annotated[
    list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="Correct the generated map; OLD= leaves orders that stand there.")
]


def migrate(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The version whose running orders move, e.g. trade@1.0.0.")],
    target: Annotated[str, typer.Argument(metavar="[TO]", help="The version they move to; without it the one in force.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="PERSON", help="Sign-in name of who migrates: the owner of the standard.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the journal of every order.")] = "",
    pairs: Pairs = None,
    orders: Annotated[list[str] | None, typer.Option("--order", metavar="NUMBER", help="Only this order; may be given again.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen to each order and change nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON for machines.")] = False,
    database: Database = None,
) -> None:
    """Let running orders take on another version of their standard; what cannot move stays, with its reason."""
    start_ready()
    old, new, by_hand = version_named(source), _target(source, target), _map(pairs)
    if dry_run:
        found = spoken(lambda: list(_foreseen(old, new, by_hand, orders)))
    elif not (by and reason):
        sys.stderr.write("Say who migrates and why: --by PERSON --reason TEXT; or look first with --dry-run.\n")
        raise typer.Exit(2)
    else:
        actor = _actor(person_named(by))
        found = spoken(lambda: list(_migrated(old, new, by_hand, orders, actor, reason)))
    if json:
        print_json([_row(one) for one in found])
    else:
        _print(old, new, by_hand, found, dry_run)


def _target(source: str, target: str) -> Version:
    from orderway.releases.models import Version

    if target:
        return version_named(target)
    standard_id = source.partition("@")[0]
    version = Version.objects.filter(standard_id=standard_id, status=Version.Status.EFFECTIVE).first()
    if version is None:
        sys.stderr.write(f"No version of {standard_id} is in force. Name the version that the orders move to.\n")
        raise typer.Exit(2)
    return version


def _map(pairs: Sequence[str] | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in pairs or ():
        stage, equals, target = pair.partition("=")
        if not (stage and equals):
            sys.stderr.write(f"{pair} is no pair of stages. Write OLD=NEW, or OLD= for orders that are to stay.\n")
            raise typer.Exit(2)
        found[stage.strip()] = target.strip()
    return found


def _foreseen(old: Version, new: Version, by_hand: Mapping[str, str], numbers: Sequence[str] | None) -> Iterator[Outlook]:
    from orderway.orders import migration

    if numbers is not None:
        yield from migration.foresee(old, new, by_hand, numbers=numbers)
        return
    after = 0
    while found := migration.foresee(old, new, by_hand, after=after):
        after = found[-1].order_id
        yield from found


def _migrated(
    old: Version, new: Version, by_hand: Mapping[str, str], numbers: Sequence[str] | None, actor: Actor, reason: str
) -> Iterator[Outlook]:
    """Batch by batch, each its own transaction: what is done stays done if the command is stopped."""
    from orderway.orders import migration

    wanted = list(numbers) if numbers is not None else list(migration.running(old).values_list("number", flat=True))
    with progress_bar("migrating") as report:
        for begin in range(0, len(wanted), migration.BATCH):
            batch = wanted[begin : begin + migration.BATCH]
            yield from migration.migrate(batch, old, new, by_hand, reason=reason, actor=actor, now=datetime.now(UTC))
            report("migrating", begin + len(batch), len(wanted))


def _actor(person: Person) -> Actor:
    from orderway.masterdata.rights import Duty
    from orderway.orders.actor import Actor
    from orderway.releases.control import roles_today

    return Actor(person.key, person.pk, frozenset({Duty.READER}), roles_today(person), via="cli")


def _row(one: Outlook) -> dict[str, object]:
    refusal = one.refusal
    return {
        "order": one.number,
        "outcome": one.outcome,
        "stands": list(one.stands),
        "targets": list(one.targets),
        "again": list(one.again),
        "not_passed": list(one.unpassed),
        "code": refusal.code if refusal else None,
        "reason": str(refusal) if refusal else None,
    }


def _print(old: Version, new: Version, by_hand: Mapping[str, str], found: Sequence[Outlook], dry_run: bool) -> None:
    from orderway.standard.canonical import from_canonical
    from orderway.standard.stage_map import stage_map

    mapped = stage_map(from_canonical(old.document), from_canonical(new.document), by_hand)
    table = Table("stage", "becomes", "how")
    for row in mapped.rows:
        if row.kind != "unchanged":
            table.add_row(row.stage, row.target or "-", row.kind)
    if table.row_count:
        answers().print(table)
    counts = Counter(one.outcome for one in found)
    would = "would " if dry_run else ""
    said = ", ".join(f"{counts[outcome]} {would}{words}" for outcome, words in WORDS.items() if counts[outcome])
    sys.stdout.write(f"{old} -> {new}: {said or 'no order runs by it'}.\n")
    for one in found:
        for sentence in _notes(one):
            sys.stdout.write(f"{one.number}: {sentence}\n")


def _notes(one: Outlook) -> Iterator[str]:
    if one.refusal is not None:
        yield str(one.refusal)
    if one.again:
        yield f"passes again: {', '.join(one.again)}"
    if one.unpassed:
        yield f"not passed under the new version: {', '.join(one.unpassed)}"
