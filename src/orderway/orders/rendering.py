"""What a move looks like as rows and as journal text, computed once for all orders that make the same move in an act.

A move of n orders at the same place differs in order, facts and hash only: everything else is rendered once. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from orderway.engine.case import ItemKey
from orderway.engine.move import Json, Move
from orderway.journal.writing import canonical


class PayloadText(NamedTuple):
    """The canonical text of an entry with a gap where the facts of one order stand."""

    head: str
    tail: str

    def with_facts(self, facts: Mapping[str, Json]) -> str:
        """The whole text; equal to the canonical text of the whole payload."""
        return f'{self.head}"facts":{canonical(facts)},{self.tail}' if facts else self.head + self.tail


class Rendered(NamedTuple):
    """A move that only closes items and opens items of the system: everything but order id, place and facts.

    `closed`: (item, state); `opened`: (what a place adds to the order number, columns before `role` and after it as stored).
    """

    move: Move
    text: PayloadText
    closed: tuple[tuple[ItemKey, str], ...]
    opened: tuple[tuple[str, tuple[Any, ...]], ...]


def payload_text(move: Move, beside: Mapping[str, Json]) -> PayloadText:
    """The text of a move's entry around its facts. Keys keep the order of `Move.to_payload`, in which facts follow the reason."""
    payload: dict[str, Json] = {**replace(move, facts={"": ""}).to_payload(), **beside}
    names = list(payload)
    gap = names.index("facts")
    before = {name: payload[name] for name in names[:gap]}
    after = {name: payload[name] for name in names[gap + 1 :]}
    return PayloadText(canonical(before)[:-1] + ",", canonical(after)[1:])


def is_plain(move: Move) -> bool:
    """Whether the move only closes and opens items, so that its rows are the same for every order."""
    turn = move.turn
    others = turn.waiting or turn.held or turn.lifted or move.leftovers or move.level or move.recorded or move.evidence
    return not others and turn.act == "complete"
