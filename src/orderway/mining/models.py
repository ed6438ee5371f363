"""A process model as the finite graph of its states: what alignments walk through. Made from a Petri net (PNML) or from a standard.

States are numbered; a move leads from state to state and shows an activity, or nothing. A model that has more states than MOST_STATES is
refused: its alignments would not be exact within bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from orderway.mining.log import Unreadable, gettext_noop
from orderway.mining.logs.markup import read_markup

MOST_STATES = 4_000  # the largest reference model has 520
Moves = Iterable[tuple[str | None, Hashable]]


@dataclass(frozen=True, slots=True)
class Model:
    """States 0 to `states` - 1, beginning in 0; `moves` are (from, activity or None, to); `ends` are the states that may be the last."""

    states: int
    moves: tuple[tuple[int, str | None, int], ...]
    ends: frozenset[int]
    titles: Mapping[str, str] = field(default_factory=dict)  # what an activity is called where that differs from its name

    @property
    def activities(self) -> frozenset[str]:
        """Every activity that the model can show."""
        return frozenset(activity for _from, activity, _to in self.moves if activity is not None)


def explored(first: Hashable, moves: Callable[[Hashable], Moves], is_end: Callable[[Hashable], bool]) -> Model:
    """The graph of every state that can be reached."""
    numbers: dict[Hashable, int] = {first: 0}
    found: list[tuple[int, str | None, int]] = []
    waiting = [first]
    while waiting:
        state = waiting.pop()
        for activity, following in moves(state):
            if following not in numbers:
                if len(numbers) >= MOST_STATES:
                    raise Unreadable(
                        "too_many_states",
                        gettext_noop("The model has more than {most} states. Compare with a part of it."),
                        most=MOST_STATES,
                    )
                numbers[following] = len(numbers)
                waiting.append(following)
            found.append((numbers[state], activity, numbers[following]))
    return Model(len(numbers), tuple(found), frozenset(number for state, number in numbers.items() if is_end(state)))


@dataclass
class _Net:
    """A Petri net as PNML says it."""

    labels: dict[str, str | None] = field(default_factory=dict)
    before: dict[str, list[str]] = field(default_factory=dict)
    after: dict[str, list[str]] = field(default_factory=dict)
    initial: dict[str, int] = field(default_factory=dict)
    final: dict[str, int] = field(default_factory=dict)


class _Pnml:
    """Elements of PNML."""

    def __init__(self) -> None:
        self.net = _Net()
        self.inside: list[tuple[str, str]] = []
        self.text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        key = attributes.get("id") or attributes.get("idref") or ""
        self.inside.append((name, key))
        self.text = []
        if name == "transition":
            self.net.labels[key] = key
            self.net.before[key], self.net.after[key] = [], []
        elif name == "toolspecific" and attributes.get("activity") == "$invisible$":
            self.net.labels[self.inside[-2][1]] = None
        elif name == "arc":
            source, target = attributes["source"], attributes["target"]
            if target in self.net.before:
                self.net.before[target].append(source)
            elif source in self.net.after:
                self.net.after[source].append(target)
            else:
                raise Unreadable(
                    "not_pnml", gettext_noop("The arc {arc} of this PNML leads nowhere. Transitions must stand before arcs."), arc=key
                )

    def end(self, name: str) -> None:
        path = [part for part, _key in self.inside]
        text = "".join(self.text).strip()
        if path[-3:] == ["transition", "name", "text"] and self.net.labels[self.inside[-3][1]] is not None:
            self.net.labels[self.inside[-3][1]] = text
        elif path[-3:] == ["place", "initialMarking", "text"]:
            self.net.initial[self.inside[-3][1]] = int(text)
        elif path[-3:] == ["marking", "place", "text"] and int(text):
            self.net.final[self.inside[-2][1]] = int(text)
        self.inside.pop()

    def characters(self, text: str) -> None:
        self.text.append(text)


def from_pnml(content: bytes) -> Model:
    """The model of a PNML file with initial and final marking."""
    elements = _Pnml()
    broken = read_markup(content, elements.start, elements.end, elements.characters)
    net = elements.net
    if broken or not net.initial or not net.final:
        raise Unreadable("not_pnml", gettext_noop("This is no PNML with an initial and a final marking. Export the net again with both."))
    final = frozenset(net.final.items())

    def moves(state: Hashable) -> Moves:
        tokens = dict(state)  # type: ignore[call-overload]
        for key, label in net.labels.items():
            if all(tokens.get(place, 0) >= 1 for place in net.before[key]):
                yield label, _fired(tokens, net.before[key], net.after[key])

    return explored(frozenset(net.initial.items()), moves, lambda state: state == final)


def _fired(tokens: Mapping[str, int], before: list[str], after: list[str]) -> frozenset[tuple[str, int]]:
    left = dict(tokens)
    for place in before:
        left[place] -= 1
    for place in after:
        left[place] = left.get(place, 0) + 1
    return frozenset((place, count) for place, count in left.items() if count)
