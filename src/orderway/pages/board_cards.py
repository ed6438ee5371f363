"""The cards below the ribbon of the live board: a list that layers with measures fill at start. Draws nothing and measures nothing.

A card without anything to say is left out, so that the board never has a hole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

Context = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A card of the live board: `load(now)` gives the context of its template, or None to leave it out. Lower ranks stand first."""

    name: str
    template: str
    load: Callable[[datetime], Context | None]
    rank: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A card that has something to say."""

    template: str
    context: Context


_cards: dict[str, BoardCard] = {}


def register_card(card: BoardCard) -> None:
    """Show a card on the live board."""
    _cards[card.name] = card


def shown(now: datetime) -> list[Shown]:
    """The cards that have something to say, by rank."""
    cards = sorted(_cards.values(), key=lambda card: card.rank)
    loaded = [(card.template, card.load(now)) for card in cards]
    return [Shown(template, context) for template, context in loaded if context is not None]
