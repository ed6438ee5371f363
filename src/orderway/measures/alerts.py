"""Tells the owners of standards when a run rule fires to the worse side: once per figure and week. Draws nothing and moves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone, translation

from orderway.masterdata import presence
from orderway.masterdata.models import Person
from orderway.measures import figures, periods, showing
from orderway.measures.figures import Figure
from orderway.orders.models import Notification


def tell(now: datetime) -> str:
    """Tell about the last whole week; gives how many messages are new."""
    today = timezone.localdate(now)
    worse = [one for one in figures.figures(periods.period_of({}, today), today) if one.chart.arrow and not one.good]
    owners = {standard.id: str(standard.owner) for standard in figures.standards_in_force()}
    rows: list[Notification] = []
    for figure in worse:
        roles = {owners[figure.of_standard]} if figure.of_standard in owners else set(owners.values())
        rows += [_message(figure, person, now) for person in _members(roles, now)]
    before = Notification.objects.filter(kind=Notification.Kind.MEASURE).count()
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return f"{Notification.objects.filter(kind=Notification.Kind.MEASURE).count() - before} told"


def _members(roles: Iterable[str], now: datetime) -> list[Person]:
    held = presence.valid_on(timezone.localdate(now), "roles__")
    return list(Person.objects.filter(held, roles__role__in=list(roles), is_active=True).distinct().order_by("key"))


def _message(figure: Figure, person: Person, now: datetime) -> Notification:
    name, week = figure.kind.definition.id, figure.chart.points[-1].day.isoformat()
    with translation.override(person.language or None):
        card = showing.card(figure)
        text = f"{card.title}{f' ({card.standard})' if card.standard else ''}: {card.arrow}"
    return Notification(
        person=person,
        kind=Notification.Kind.MEASURE,
        source=f"measure:{name}:{week}"[:120],
        subject_kind="measure",
        subject_key=name[:96],
        actor="system",
        text=text[:500],
        at=now,
    )
