"""The papers of orders: stores files and the data of papers that are rendered on demand. Decides nothing about who needs what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from orderway import sets
from orderway.journal.writing import canonical
from orderway.orders.models import StoredDocument
from orderway.releases import catalogue
from orderway.releases.catalogue import Value
from orderway.sets.writing import Write

COLUMNS = ("order", "kind", "place", "name", "media_type", "body", "data", "size_bytes", "sha256", "made_by", "made_at")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be stored: either `body` (a file) or `data` (rendered by the template of its kind when somebody opens it)."""

    order_id: int
    kind: str
    place: str
    name: str
    media_type: str = "application/pdf"
    body: bytes | None = None
    data: object = None

    @property
    def content(self) -> bytes:
        """What is hashed: the file, or the canonical text of the data."""
        return self.body if self.body is not None else canonical(self.data).encode()


def writes(papers: Iterable[Paper], *, made_by: str, now: datetime) -> list[Write]:
    """The papers as a write for ``Work.also``."""
    rows = [_row(paper, made_by, now) for paper in papers]
    return [sets.Insert(StoredDocument, COLUMNS, rows)] if rows else []


def store(papers: Iterable[Paper], *, made_by: str, now: datetime) -> None:
    """Store at once, in the caller's transaction."""
    sets.store(writes(papers, made_by=made_by, now=now))


def kinds_at(order_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """(kind, place) of every document of these orders; one statement."""
    found: dict[int, list[tuple[str, str]]] = {order: [] for order in order_ids}
    rows = StoredDocument.objects.filter(order_id__in=order_ids).order_by("id").values_list("order_id", "kind", "place")
    for order, kind, place in rows:
        found[order].append((kind, place))
    return found


def as_facts(order_ids: Sequence[int]) -> dict[int, Value]:
    """``order.papers``: the kind of every document that the order has; one statement."""
    return {order: {str(n): {"kind": kind} for n, (kind, _place) in enumerate(found)} for order, found in kinds_at(order_ids).items()}


class NoTemplate(AssertionError):
    """A document has data but its template is registered by nobody."""


def content(document: StoredDocument, *, template: str, language: str) -> bytes:
    """The bytes of a document: the stored file, or what its template makes of the stored data."""
    if document.body is not None:
        return bytes(document.body)
    render = catalogue.renderer(template)
    if render is None:
        raise NoTemplate(f"{document.kind} needs the template {template}, which no stage registers")
    return render(with_what_replaced_it(document) if catalogue.replaces_older(template) else document.data, language)


def with_what_replaced_it(document: StoredDocument) -> object:
    """The data, with ``superseded_on`` if a newer one of its kind counts instead: an old print must say so itself."""
    newer = StoredDocument.objects.filter(order_id=document.order_id, kind=document.kind, pk__gt=document.pk, body__isnull=True)
    made_at = newer.order_by("-pk").values_list("made_at", flat=True).first()
    return document.data if made_at is None else {**document.data, "superseded_on": made_at.date().isoformat()}


def _row(paper: Paper, made_by: str, now: datetime) -> tuple[object, ...]:
    content_ = paper.content
    return (
        *(paper.order_id, paper.kind, paper.place, paper.name, paper.media_type, paper.body, paper.data),
        *(len(content_), sha256(content_).hexdigest(), made_by, now),
    )
