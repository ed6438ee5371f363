"""The only writer of the journal. Appends; never changes an entry and never decides what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from json import dumps

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from orderway import sets
from orderway.journal.chain import ChainedEntry, Head, NewEntry, link_all
from orderway.journal.models import Entry
from orderway.sets.kept import Kept, each_of, given
from orderway.sets.writing import Write

COLUMNS = ("subject_kind", "subject_key", "sequence", "at", "act", "actor", "payload", "previous_hash", "hash")


def append(entries: Sequence[NewEntry]) -> list[ChainedEntry]:
    """Append entries about any subjects, in this sequence; reads the heads itself.

    Call it inside the transaction of the act. Two writers of one subject cannot both win: the second gets an IntegrityError, so an act
    locks its subject first.
    """
    assert connection.in_atomic_block, "history is written in the transaction of the act"
    by_subject: dict[tuple[str, str], list[NewEntry]] = {}
    for entry in entries:
        by_subject.setdefault((entry.subject_kind, entry.subject_key), []).append(entry)
    heads = heads_of(list(by_subject))
    chained = [one for subject, news in by_subject.items() for one in link_all(news, heads.get(subject, Head()))]
    append_chained(chained)
    return chained


def append_chained(
    entries: Sequence[ChainedEntry], *, beside: Sequence[Write] = (), store: Callable[[Sequence[Write]], object] = sets.store
) -> None:
    """Write entries whose heads the caller holds under lock; `beside` are the writes that belong to them, in the same statement.

    `store` may let them wait for more of the same transaction.
    """
    assert connection.in_atomic_block, "history is written in the transaction of the act"
    store([*beside, sets.Insert(Entry, COLUMNS, entries)])


def heads_of(subjects: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Head]:
    """The head of each subject's journal; one statement per kind of subject."""
    found: dict[tuple[str, str], Head] = {}
    for kind in dict.fromkeys(kind for kind, _ in subjects):
        keys = [key for known, key in subjects if known == kind]
        found.update({(kind, key): Head(sequence, hash_) for key, sequence, hash_ in _heads.rows(kind=kind, keys=keys)})
    return found


@Kept
def _heads() -> QuerySet[Entry, tuple[str, int, str]]:
    of_kind = Entry.objects.filter(subject_kind=given("kind"))
    newest = of_kind.filter(subject_key=OuterRef("subject_key")).order_by("-sequence").values("pk")[:1]
    return of_kind.filter(subject_key__in=each_of("text", "keys"), pk=Subquery(newest)).values_list("subject_key", "sequence", "hash")


def canonical(payload: object) -> str:
    """The one text of a payload: UTF-8, no spaces, keys in the order they were given."""
    return dumps(payload, ensure_ascii=False, separators=(",", ":"))
