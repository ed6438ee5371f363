"""Why a criterion came out as it did, in sentences: its conditions, the row of a table that fired, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orderway.engine.explaining import Fired, PartSeen, Why
from orderway.standard.document import Standard
from orderway.standard.remedies import Need, Remedy
from orderway.standard.values import UNKNOWN
from orderway.web.fact_words import FactWords
from orderway.web.standard_view import table_view


@dataclass(frozen=True, slots=True)
class PartRow:
    """A condition of a rule: as written, `state` met, unmet or unknown, and its facts in words."""

    text: str
    state: str
    facts: str


@dataclass(frozen=True, slots=True)
class FiredRow:
    """The row of a table that applies: its number from 1 (0: several could), its tests beside the values, and what follows."""

    table: str
    number: int
    cells: tuple[tuple[str, str, str], ...]
    output: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Everything about one criterion. `would`: what would make it hold, one sentence, empty if there is nothing to say."""

    rule: str
    parts: tuple[PartRow, ...]
    tables: tuple[FiredRow, ...]
    would: str


STATES: Mapping[object, str] = {True: "met", False: "unmet"}


def reason_of(why: Why, standard: Standard, words: FactWords) -> Reason:
    """The explanation of a rule in the language in use."""
    return Reason(
        rule=why.rule,
        parts=tuple(_part(part, words) for part in why.parts),
        tables=tuple(fired_row(fired, standard, words) for fired in why.tables),
        would=would_pass(why.remedies, words),
    )


def fired_row(fired: Fired, standard: Standard, words: FactWords) -> FiredRow:
    """A row of a table with the values that chose it."""
    decision, table = fired.decision, standard.tables[fired.table]
    view = table_view(standard, table)
    tests, output = view.rows[decision.row] if decision.row is not None else (("",) * len(decision.inputs), "")
    cells = tuple(
        (words.expression(source), words.value(source, value), test) for (source, value), test in zip(decision.inputs, tests, strict=True)
    )
    return FiredRow(fired.table, 0 if decision.row is None else decision.row + 1, cells, output)


def would_pass(ways: Iterable[Remedy], words: FactWords) -> str:
    """What would make a criterion hold, as one sentence."""
    said = [_(" and ").join(_need(need, words) for need in way) for way in ways]
    return _("Would pass if %(ways)s.") % {"ways": _("; or if ").join(said)} if said else ""


def _part(part: PartSeen, words: FactWords) -> PartRow:
    facts = [
        _("%(fact)s: %(value)s") % {"fact": words.title(seen.name, part.record), "value": words.value(seen.name, seen.value)}
        for seen in part.facts
        if not seen.name.startswith("table.")  # its row is shown by itself
    ]
    return PartRow(part.text, "unknown" if part.holds is UNKNOWN else STATES[part.holds], _(", ").join(facts))


def _need(need: Need, words: FactWords) -> str:
    values = _(" or ").join(words.value(need.fact, value) for value in need.values)
    sentence = {
        "<": _("%(fact)s were below %(value)s"),
        "<=": _("%(fact)s were at most %(value)s"),
        ">": _("%(fact)s were above %(value)s"),
        ">=": _("%(fact)s were at least %(value)s"),
        "==": _("%(fact)s were %(value)s"),
        "in": _("%(fact)s were %(value)s"),
        "!=": _("%(fact)s were not %(value)s"),
        "not in": _("%(fact)s were not %(value)s"),
    }[need.operator]
    return sentence % {"fact": words.title(need.fact, need.record), "value": values}
