"""What the pages over several stages read: work items of people, orders by filter, one order with all that hangs on it. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from orderway.engine.program import Program
from orderway.masterdata import presence
from orderway.masterdata.models import Absence, Person
from orderway.orders.models import Notification, Order, WorkItem
from orderway.releases.publishing import program_of

LISTED_AT_MOST = 300  # a person with more open work has another problem than the length of the page
SHOWN_WORK = 50  # My work costs 0.8 ms of CPU per task; who has more finds the rest in the list of open work


@dataclass(frozen=True, slots=True)
class Waiting:
    """What stands in every page's head: a person's open tasks and unread messages."""

    tasks: int = 0
    messages: int = 0


def waiting_for(person: Person | AnonymousUser) -> Waiting:
    """How many open work items are a person's own, and how many messages they have not read; one statement."""
    if not person.pk:
        return Waiting()
    tasks = WorkItem.objects.filter(responsible_id=person.pk, state=WorkItem.State.OPEN).order_by().values("responsible")
    unread = Notification.objects.filter(person_id=person.pk, read_at__isnull=True).order_by().values("person")
    counts = Person.objects.filter(pk=person.pk).values_list(
        Coalesce(Subquery(tasks.annotate(n=Count("pk")).values("n")), 0), Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0)
    )
    return Waiting(*counts[0])


def work_of(person: Person) -> list[WorkItem]:
    """The open work items of a person with order, customer and version, most urgent first; one more than is shown, if there are more."""
    return list(_open_items().filter(responsible=person)[: SHOWN_WORK + 1])


def work_of_team(person: Person, roles: frozenset[str]) -> list[WorkItem]:
    """Open work items of a person's roles that others have, or nobody; one more than is shown, if there are more."""
    others = Q(responsible__isnull=True) | ~Q(responsible=person)
    return list(_open_items().filter(others, role__in=roles, by_system=False)[: SHOWN_WORK + 1])


def names_of(keys: Collection[str]) -> dict[str, str]:
    """The names of these people; no statement for nobody."""
    return dict(Person.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}


def absences_of(person: Person, lenders: Collection[str], *, today: date) -> list[Absence]:
    """My own absence of today, and those of the people for whom I stand in."""
    concerns = Q(person=person) | Q(person__key__in=lenders)
    return list(Absence.objects.filter(concerns, presence.covering(today)).select_related("person", "deputy").order_by("person__name"))


class Colleague(NamedTuple):
    """Somebody who may be chosen."""

    key: str
    name: str


def colleagues(person: Person) -> list[Colleague]:
    """Everybody else who works here, for a choice."""
    rows = Person.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name").values_list("key", "name")
    return [Colleague(*row) for row in rows]


def _open_items() -> QuerySet[WorkItem]:
    return (
        WorkItem.objects.filter(state=WorkItem.State.OPEN)
        .select_related("order__customer", "order__version", "responsible")
        .defer("order__case_text", "order__note", "order__version__document", "order__version__source")
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


SORTS = {
    "newest": ("-ordered_at", "-id"),
    "oldest": ("ordered_at", "id"),
    "number": ("number",),
    "customer": ("customer__name", "-ordered_at"),
    "promised": (F("promised_on").asc(nulls_last=True), "-ordered_at"),
    "total": ("-total", "-ordered_at"),
}


def orders(
    *, status: str = "", stage: str = "", customer: str = "", late: bool = False, text: str = "", sort: str = "newest", now: datetime
) -> QuerySet[Order]:
    """Orders by filter: `status` of the order, `stage` where it stands, `customer` by key, `late` with an item past its deadline.

    `text` is looked for in number, customer's number and customer; an empty value filters nothing.
    """
    found = Order.objects.select_related("customer", "version").defer("case_text", "note", "version__document", "version__source")
    if status in Order.Status.values:
        found = found.filter(status=status)
    if stage:
        found = found.filter(_has_open_item(stage=stage))
    if customer:
        found = found.filter(customer__key=customer)
    if late:
        found = found.filter(_has_open_item(due_at__lt=now))
    if text:
        found = found.filter(
            Q(number__icontains=text) | Q(customer_po__icontains=text) | Q(customer__name__icontains=text) | Q(customer__key__iexact=text)
        )
    return found.order_by(*SORTS.get(sort, SORTS["newest"]))


def _has_open_item(**conditions: object) -> Exists:
    return Exists(WorkItem.objects.filter(order=OuterRef("pk"), state=WorkItem.State.OPEN, **conditions))


def open_items_of(order_ids: Sequence[int]) -> dict[int, list[WorkItem]]:
    """The open items of these orders, by order."""
    items: dict[int, list[WorkItem]] = {}
    for item in WorkItem.objects.filter(order_id__in=order_ids, state=WorkItem.State.OPEN).select_related("responsible").order_by("id"):
        items.setdefault(item.order_id, []).append(item)
    return items


def order_by_number(number: str) -> Order | None:
    """An order with customer, owner and version; None if there is none of this number."""
    return (
        Order.objects.select_related("customer", "owner", "version")
        .defer("version__document", "version__source")
        .filter(number=number)
        .first()
    )


def items_of(order: Order) -> list[WorkItem]:
    """Every work item of an order, open and past, in the order in which they were opened."""
    return list(order.work_items.select_related("responsible").order_by("opened_at", "id"))


def on_the_way(roles: frozenset[str], *, until: datetime) -> tuple[int, datetime | None]:
    """How many open items of other roles are due until then in orders where one of these roles comes next, and when the first is due.

    "Next" is read from the flow of each order's pinned standard: the stage after the open one has one of the roles as owner.
    """
    items = (
        WorkItem.objects.filter(state=WorkItem.State.OPEN, due_at__lte=until)
        .exclude(role__in=roles)
        .order_by("due_at")
        .values_list("stage", "due_at", "order__version_id", "order__version__content_hash")[:LISTED_AT_MOST]
    )
    due = [due_at for stage, due_at, version, hash_ in items if _leads_to(program_of(version, hash_), stage, roles)]
    return len(due), due[0] if due else None


def _leads_to(program: Program, stage: str, roles: frozenset[str]) -> bool:
    order = list(program.order_of)
    at = program.order_of.get(stage, len(order))
    following = order[at + 1] if at + 1 < len(order) else ""
    return bool(following) and program.stage(following).owner in roles
