"""What a move looks like as rows and as journal text, computed once for all orders that make the same move in an act.

A move of n orders at the same place differs in order, facts and hash only: everything else is rendered once. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orderway.engine import payloads
from orderway.engine.case import ItemKey
from orderway.engine.move import Assigned, Json, Move
from orderway.journal.writing import canonical

PLAIN_ACTS = frozenset({"open", "complete"})


class PayloadText(NamedTuple):
    """The canonical text of an entry with a gap where the facts of one order stand."""

    head: str
    tail: str

    def with_facts(self, facts: Mapping[str, Json]) -> str:
        """The whole text; equal to the canonical text of the whole payload."""
        return f'{self.head}"facts":{canonical(facts)},{self.tail}' if facts else self.head + self.tail


class Rendered(NamedTuple):
    """A move that only closes and opens items: everything but order id, place, facts, and why somebody was chosen.

    `closed`: (item, state); `opened`: (the item, what a place adds to the order number, the columns after it but the last).
    """

    text: PayloadText
    closed: tuple[tuple[ItemKey, str], ...]
    opened: tuple[tuple[ItemKey, str, tuple[Any, ...]], ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain move of an act, its times found, and how it looks by the people that its items go to.

    `by_load`: they are chosen by what they have to do, order by order.
    """

    move: Move
    by_load: bool
    rendered: dict[tuple[Assigned, ...], Rendered] = field(default_factory=dict)


def likeness(move: Move) -> tuple[Any, ...]:
    """What plain moves have in common whose entries differ in facts and people only. Keep the move as long as this: a turn is told by
    its identity.
    """
    return (id(move.turn), move.actor, move.acting_for, move.outcome, move.reason, move.documents, move.evidence)


def payload_text(move: Move, beside: Mapping[str, Json]) -> PayloadText:
    """The text of a move's entry around its facts."""
    before, after = payloads.around_facts(move)
    return PayloadText(canonical(before)[:-1] + ",", canonical({**after, **beside})[1:])


def is_plain(move: Move) -> bool:
    """Whether the move only closes and opens items, so that its rows are the same for every order."""
    turn = move.turn
    others = turn.waiting or turn.held or turn.lifted or move.leftovers or move.level or move.recorded
    return not others and turn.act in PLAIN_ACTS
