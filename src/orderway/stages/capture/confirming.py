"""Order confirmations: the first when an order is entered, another one whenever it says something else, with what changed.

The papers are data and are printed when somebody opens them. The newest one counts; those before say on their face that they do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderway.orders import amendments, documents, proofs
from orderway.orders.documents import Paper
from orderway.orders.models import StoredDocument
from orderway.orders.stages import Revised
from orderway.orders.work import Work
from orderway.releases.publishing import program_of
from orderway.stages.capture import queries

ORDER_FORM = "order_form"
FIRST_RUN = 1
BESIDE = ("revision", "changed")  # what a confirmation says about itself and not about the order


def of_entered(work: Work) -> list[Paper]:
    """The confirmation of every order that has just been completed. One that is entered again and says the same gets no second one."""
    kinds = {place: proofs.own_documents(work.opened(place)) for place in work.places}
    concerned = {place: work.opened(place).order.id for place, own in kinds.items() if own}
    if not concerned:
        return []
    data = queries.order_forms(list(dict.fromkeys(concerned.values())))
    again = [order for place, order in concerned.items() if (item := work.opened(place).item) is not None and item.run > FIRST_RUN]
    revisions, known = (amendments.last_revisions(again), _newest(again)) if again else ({}, {})
    return [
        Paper(order, kind, place, f"{work.opened(place).order.number}-{kind}.pdf", data=_numbered(data[order], revisions.get(order, 0)))
        for place, order in concerned.items()
        for kind in sorted(kinds[place])
        if not _says_the_same(known.get((order, kind)), data[order])
    ]


def of_revised(some: Sequence[Revised], actor: str, now: datetime) -> None:
    """A new confirmation for every order that has one and says something else now; three statements."""
    revised = {one.order_id: one for one in some}
    confirmed = _newest(list(revised))
    if not confirmed:
        return
    data = queries.order_forms(list(dict.fromkeys(order for order, _kind in confirmed)))
    papers = [
        Paper(
            order,
            kind,
            row.place,
            f"{data[order]['number']}-{kind}{_suffix(revised[order])}.pdf",
            data=_revised(data[order], revised[order]),
        )
        for (order, kind), row in confirmed.items()
    ]
    documents.store(papers, made_by=actor, now=now)


def _newest(order_ids: Sequence[int]) -> dict[tuple[int, str], StoredDocument]:
    """The confirmation that counts, by order and kind; one statement."""
    rows = StoredDocument.objects.filter(order_id__in=order_ids, body__isnull=True, erased_at__isnull=True).select_related("order__version")
    found = {}
    for row in rows.defer("order__version__document", "order__version__source").order_by("id"):
        kind = program_of(row.order.version_id, row.order.version.content_hash).standard.documents.get(row.kind)
        if kind is not None and kind.template == ORDER_FORM:
            found[row.order_id, row.kind] = row
    return found


def _says_the_same(known: StoredDocument | None, data: Mapping[str, object]) -> bool:
    return known is not None and {name: value for name, value in known.data.items() if name not in BESIDE} == data


def _numbered(data: Mapping[str, object], revision: int) -> Mapping[str, object]:
    return {**data, "revision": revision} if revision else data


def _revised(data: Mapping[str, object], one: Revised) -> Mapping[str, object]:
    changed = {"changed": [dict(each) for each in one.differences]} if one.differences else {}
    return {**_numbered(data, one.revision), **changed}


def _suffix(one: Revised) -> str:
    return f"-r{one.revision}" if one.revision else ""
