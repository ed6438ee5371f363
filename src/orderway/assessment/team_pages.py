"""What the lead of a group sees: the team as one, and its people by name, each only when their scorecard is open. Ranks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from orderway.assessment import reading, seeing, showing, standing
from orderway.assessment.reading import Card
from orderway.assessment.rules.shares import FEWEST
from orderway.assessment.seeing import Whole
from orderway.assessment.showing import Figure
from orderway.assessment.standing import Standing
from orderway.engine.refusals import Refusal
from orderway.masterdata import presence
from orderway.masterdata.models import Person
from orderway.orders import asking
from orderway.pages import refusing
from orderway.pages.guarding import needs

FEWEST_IN_TEAM = 4  # people with tasks: fewer, and the lead could work out one of them from the others


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team; `figures` is empty as long as their scorecard is theirs alone, or has too few tasks."""

    person: Person
    open: bool
    tasks: int
    figures: list[Figure]
    standing: Standing


@needs("scorecard.read")
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The people of the groups I lead, by name."""
    viewer, today = asking.person_of(request), timezone.localdate()
    try:
        period = _period(request, today)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    people = list(Person.objects.filter(pk__in=presence.led_by(viewer)).order_by("name"))
    cards = reading.cards(period.since, period.until, [one.pk for one in people])
    enough = sum(card.tasks > 0 for card in cards.values()) >= FEWEST_IN_TEAM
    context = {
        "period": period,
        "periods": seeing.shown(today),
        "members": _members(people, cards, period, today),
        "together": showing.figures(reading.team(period.since, period.until, cards.keys())) if enough else [],
        "fewest": FEWEST,
        "fewest_people": FEWEST_IN_TEAM,
    }
    return render(request, "assessment/team.html", context)


@needs("scorecard.see")
@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """The scorecard of somebody I lead, once it is open to me."""
    found, today = get_object_or_404(Person, pk=person_id), timezone.localdate()
    try:
        period = _period(request, today)
        seeing.require(asking.person_of(request), found, period, today)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    card = reading.cards(period.since, period.until, [found.pk])[found.pk]
    context = {"person": found, "period": period, "periods": seeing.shown(today)} | card_context(
        card, found.pk, period.since, period.until, today
    )
    return render(request, "assessment/person.html", context)


def card_context(card: Card, person_id: int, since: date, until: date, today: date) -> dict[str, object]:
    """What the part that shows a card needs."""
    return {
        "card": card,
        "fewest": FEWEST,
        "figures": showing.figures(card) if card.shown else [],
        "volume": showing.volume(card),
        "system": showing.system_causes(card),
        "personal": showing.personal_causes(card, reading.causes(person_id, since, until)) if card.shown else [],
        "standing": standing.of_people([person_id], today)[person_id],
    }


def _members(people: list[Person], cards: dict[int, Card], period: Whole, today: date) -> list[Member]:
    open_ = seeing.open_to_lead(cards.keys(), period, today)
    standings = standing.of_people(cards.keys(), today)
    return [
        Member(
            one, one.pk in open_, cards[one.pk].tasks,
            showing.figures(cards[one.pk]) if one.pk in open_ and cards[one.pk].shown else [], standings[one.pk],
        )
        for one in people
    ]  # fmt: skip


def _period(request: HttpRequest, today: date) -> Whole:
    """The month or quarter that the address names, else the last quarter. Refused with NotAPeriod."""
    key = request.GET.get("of", "")
    return seeing.whole(key, today) if key else seeing.shown(today)[seeing.MONTHS_SHOWN]


urlpatterns = [
    path("team", team, name="scorecard_team"),
    path("people/<int:person_id>/", person, name="scorecard_person"),
]
