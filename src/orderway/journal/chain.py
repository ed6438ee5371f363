"""How entries hang together: each hash covers its entry and the hash before it, per subject. Pure; reads and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple


class Head(NamedTuple):
    """The end of a subject's journal: the sequence and hash of its last entry; (0, "") before the first."""

    sequence: int = 0
    hash: str = ""


class NewEntry(NamedTuple):
    """What is to be written about one subject. `payload` is canonical JSON and is hashed as it stands."""

    subject_kind: str
    subject_key: str
    at: datetime
    act: str
    actor: str
    payload: str


class ChainedEntry(NamedTuple):
    """An entry with its place in the chain: the columns of `journal.models.Entry`, in their sequence."""

    subject_kind: str
    subject_key: str
    sequence: int
    at: datetime
    act: str
    actor: str
    payload: str
    previous_hash: str
    hash: str

    @property
    def head(self) -> Head:
        """The head of the journal once this entry is written."""
        return Head(self.sequence, self.hash)


def link(entry: NewEntry, head: Head) -> ChainedEntry:
    """The entry hung onto this head."""
    kind, key, at, act, actor, payload = entry
    sequence = head.sequence + 1
    return ChainedEntry(
        kind, key, sequence, at, act, actor, payload, head.hash, digest(head.hash, kind, key, sequence, at, act, actor, payload)
    )


def link_all(entries: Iterable[NewEntry], head: Head) -> list[ChainedEntry]:
    """Several entries of one subject, one after the other."""
    chained: list[ChainedEntry] = []
    for entry in entries:
        chained.append(link(entry, head))
        head = chained[-1].head
    return chained


def digest(previous: str, kind: str, key: str, sequence: int, at: datetime, act: str, actor: str, payload: str) -> str:
    """SHA-256 over the previous hash and everything the entry says; `at` in UTC, so that no zone of a reader matters."""
    return sha256(f"{previous}\n{kind}\n{key}\n{sequence}\n{_moment(at)}\n{act}\n{actor}\n{payload}".encode()).hexdigest()


@lru_cache(maxsize=1_000)
def _moment(at: datetime) -> str:
    """The time as text; the entries of a batch have one time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
