"""The pages of measures: all figures, and one figure with its definition, chart and breakdown. Moves no order."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orderway.measures import figures, periods, reading, showing
from orderway.measures.showing import Card
from orderway.pages.guarding import needs
from orderway.pages.next_steps import FigureSeen, steps_of


@needs("measures.read")
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """All figures over a period, grouped."""
    today = timezone.localdate()
    period = periods.period_of(request.GET.dict(), today)
    cards = [showing.card(one) for one in figures.figures(period, today)]
    context = periods.context(period) | {"groups": _grouped(cards), "ended": reading.orders_ended(period.since, period.until)}
    return render(request, "measures/measures.html", context | {"empty": not any(one.figure.number for one in cards)})


@needs("measures.read")
@require_safe
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure: definition, chart with its rows, and by every dimension."""
    today = timezone.localdate()
    period = periods.period_of(request.GET.dict(), today)
    figure = figures.figure(name, period, today)
    if figure is None:
        raise Http404
    card = showing.card(figure)
    seen = FigureSeen(name, str(card.title), card.value, card.number)
    context = periods.context(period) | {
        "card": card,
        "steps": steps_of(seen) if figure.number else [],
        "definition": [(title, text) for title, text in _definition(figure.kind) if text],
        "drawing": showing.drawing(figure),
        "tables": showing.breakdown(figure.kind, period),
    }
    return render(request, "measures/measure.html", context)


def _grouped(cards: list[Card]) -> list[tuple[object, list[Card]]]:
    groups: dict[str, list[Card]] = {name: [] for name in showing.GROUPS}
    for card in cards:
        groups["standard" if card.standard else card.figure.kind.definition.group].append(card)
    return [(title, groups[name]) for name, title in showing.GROUPS.items() if groups[name]]


def _definition(kind: figures.Kind) -> list[tuple[str, str]]:
    definition = kind.definition
    return [
        (_("Counted"), showing.words(definition.numerator)),
        (_("Divided by"), showing.words(definition.denominator)),
        (_("Promised date"), showing.words(definition.promise)),
        (_("Scope"), showing.words(definition.scope)),
        (_("Target"), showing.target_words(kind)),
        (_("Baseline"), kind.baseline),
        (_("Standard"), kind.standard),
        (_("Note"), showing.words(definition.note)),
    ]


urlpatterns = [path("", measures, name="measures"), path("figure/<str:name>/", measure, name="measure")]
