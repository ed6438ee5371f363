"""The invariants of TRUST: a list that upper layers fill, a runner that says for each what was checked and what is broken.

The journal itself checks its chain; everything else is registered by who knows it. Changes no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from orderway.journal.chain import digest
from orderway.journal.models import Entry
from orderway.sets import statistics

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: how many things it looked at, how many are broken, and the first of them in words."""

    checked: int = 0
    broken: int = 0
    first: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The answer for one invariant; `checked` 0 means that there was nothing to look at."""

    invariant: int
    name: str
    checked: int
    broken: int
    first: str


Check = Callable[[], Finding]
Progress = Callable[[str, int, int | None], None]

NAMES = {
    1: "stock on hand equals its moves",
    2: "reserved lies between 0 and on hand",
    3: "quantities of a line add up",
    4: "invoices and credits add up",
    5: "journals are gapless, chained and replay to the stored case",
    6: "one open work item per path, with somebody and a deadline",
    7: "orders pin an unchanged version",
    8: "no passage without its gate",
    9: "one effect per idempotency key and natural key",
    10: "deadlines fire once",
    11: "document numbers are unique and gapless",
    12: "totals reconcile",
}
_checks: dict[tuple[int, str], Check] = {}
_decisions: dict[str, Check] = {}


def register_invariant(number: int, name: str, check: Check) -> None:
    """Let verify run this check as part of invariant `number` (TRUST 1-12)."""
    _checks[number, name] = check


def register_information(name: str, check: Check) -> None:
    """Let ``verify --decide`` run this check: differences are information, not findings."""
    _decisions[name] = check


def verify(*, decide: bool = False, progress: Progress | None = None) -> list[Row]:
    """Run every check: one row per invariant, in their order, also where nothing was checked.

    PostgreSQL counts its tables first: what is asked here joins whole tables. `decide` adds a row 0 per registered question: what would
    be decided differently today; that is information, `broken` stays 0.
    """
    statistics.count_again()
    rows: list[Row] = []
    for number, name in NAMES.items():
        if progress is not None:
            progress(name, len(rows), len(NAMES))
        rows.append(_added_up(number, name, [check() for (known, _), check in _checks.items() if known == number]))
    return rows + (list(_information()) if decide else [])


def _information() -> Iterator[Row]:
    for name, check in sorted(_decisions.items()):
        found = check()
        yield Row(0, name, found.checked, 0, f"{found.broken} would be decided differently; {found.first}" if found.broken else "")


def _added_up(number: int, name: str, findings: Sequence[Finding]) -> Row:
    first = next((finding.first for finding in findings if finding.broken), "")
    return Row(number, name, sum(finding.checked for finding in findings), sum(finding.broken for finding in findings), first)


def tally(findings: Iterator[str | None]) -> Finding:
    """A finding from one sentence per thing that is broken and None per thing that is not."""
    checked = broken = 0
    first = ""
    for sentence in findings:
        checked += 1
        if sentence is not None:
            broken += 1
            first = first or sentence
    return Finding(checked, broken, first)


def check_chain() -> Finding:
    """Every subject's journal is gapless from 1 and every hash covers what the entry says and the entry before it."""
    return tally(_chain_faults())


def _chain_faults() -> Iterator[str | None]:
    subject, sequence, head = ("", ""), 0, ""
    for entry in Entry.objects.order_by("subject_kind", "subject_key", "sequence").iterator(CHUNK):
        if (entry.subject_kind, entry.subject_key) != subject:
            subject, sequence, head = (entry.subject_kind, entry.subject_key), 0, ""
        sequence += 1
        yield _fault(entry, sequence, head)
        sequence, head = entry.sequence, entry.hash


def _fault(entry: Entry, sequence: int, head: str) -> str | None:
    if entry.sequence != sequence:
        return f"{entry}: entry {sequence} is missing"
    if entry.previous_hash != head:
        return f"{entry}: does not follow the entry before it"
    said = digest(head, entry.subject_kind, entry.subject_key, entry.sequence, entry.at, entry.act, entry.actor, entry.payload)
    return f"{entry}: its content was changed" if said != entry.hash else None


register_invariant(5, "chain", check_chain)
