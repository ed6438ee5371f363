"""The lists that stages fill so that lower layers can ask them: panels, consequences, undo, done facts.

Never imports a stage and never decides anything; `changes.py`, `web/` and the acts on shared things read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor

if TYPE_CHECKING:
    from orderway.orders.session import Work
ZERO = Decimal(0)

# --- panels of pages --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page that a stage contributes. `load(order ids)` gives {order id: context}; `where` is "order", "line" or "entry"."""

    name: str
    where: str
    title: str | LazyText
    template: str
    load: Callable[[Sequence[int]], Mapping[int, object]]
    rank: int = 50


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Show this panel on every page of its kind."""
    _panels[panel.name] = panel


def panels(where: str) -> list[Panel]:
    """The panels of a kind of page, in their rank."""
    return sorted((panel for panel in _panels.values() if panel.where == where), key=lambda panel: (panel.rank, panel.name))


# --- what a change or cancellation touches ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineChange:
    """What is to become of one line: `open_quantity` has not been shipped, `new_quantity` is what will be open (None leaves it)."""

    line_id: int
    open_quantity: Decimal
    new_quantity: Decimal | None = None

    @property
    def lost(self) -> Decimal:
        """What the line loses."""
        return ZERO if self.new_quantity is None else max(ZERO, self.open_quantity - self.new_quantity)

    @property
    def gained(self) -> Decimal:
        """What the line gains."""
        return ZERO if self.new_quantity is None else max(ZERO, self.new_quantity - self.open_quantity)


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that a change would touch: in words, for which line, how much of it, what money, and whether undo can take it back.

    `said` is English with holes for `params` (marked by ``gettext_noop``), so that a document keeps it and every reader gets the own
    language. `amount` is net; `reference` is the document's number. What is not `reversible` stays for the owner of the act's stage.
    """

    order_id: int
    act: str
    said: str
    reversible: bool = True
    line_id: int | None = None
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    reference: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in the language in use."""
        return gettext(self.said).format(**self.params) if self.params else gettext(self.said)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What undo could not take back; becomes a work item for the owner of the stage that does `act`."""

    order_id: int
    act: str
    text: str


class FindConsequences(Protocol):
    """`consequences(orders, change)`: what a change would touch, without touching it."""

    def __call__(self, order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
        """`changes` by order id; a fixed number of statements."""


class Undo(Protocol):
    """`undo(orders, lines)`: take back what the act did for these open quantities, inside the caller's transaction and locks."""

    def __call__(
        self, order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime
    ) -> Sequence[Leftover]:
        """`lines` by order id (all open lines for a whole cancellation); gives what could not be taken back."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What a stage says to lines that lose something while the rest of their order goes on.

    `refusal`: why that cannot be; else `emptied` are the ids of deliveries that nothing would be left of.
    """

    refusal: Refusal | None = None
    emptied: tuple[int, ...] = ()


class Object(Protocol):
    """`object(orders, lines)`: asked under the locks before anything is written."""

    def __call__(self, order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]]) -> Mapping[int, Objection]:
        """By order id; a fixed number of statements."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another change of the order that waits for a decision."""

    by: str
    at: datetime


_consequences: dict[str, FindConsequences] = {}
_undo: dict[str, Undo] = {}
_objections: list[Object] = []
_waiting: list[Callable[[Sequence[int]], Mapping[int, Waiting]]] = []


def register_consequences(act: str, find: FindConsequences) -> None:
    """Ask `find` before a change or cancellation of orders that passed a stage doing `act`."""
    _consequences[act] = find


def register_undo(act: str, undo: Undo) -> None:
    """Let cancellations and changes take back what `act` did. Called last stage of the pinned flow first."""
    _undo[act] = undo


def consequences_of(act: str) -> FindConsequences | None:
    """How to foresee what a change touches in the stage doing `act`."""
    return _consequences.get(act)


def register_objection(find: Object) -> None:
    """Ask `find` before lines lose something while the rest of their order goes on."""
    _objections.append(find)


def objections(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Objection]:
    """What all of them say together; the first refusal of each order."""
    found: dict[int, Objection] = {}
    for find in _objections if order_ids else ():
        for order, said in find(order_ids, lines).items():
            known = found.get(order, Objection())
            found[order] = Objection(known.refusal or said.refusal, (*known.emptied, *said.emptied))
    return found


@dataclass(frozen=True, slots=True)
class Revised:
    """An order that says something else since a moment: `differences` as they stand on the amendment; revision 0: it was divided off."""

    order_id: int
    revision: int
    differences: tuple[Mapping[str, object], ...] = ()


Revise = Callable[[Sequence[Revised], str, datetime], None]
"""(the orders that were revised, the key of who did it, now), in the transaction of the change; they are locked."""
_revise: list[Revise] = []


def register_revision(do: Revise) -> None:
    """Let a stage bring its papers up to what changed orders say now."""
    _revise.append(do)


def revised(some: Sequence[Revised], *, actor: str, now: datetime) -> None:
    """Tell the stages."""
    for do in _revise if some else ():
        do(some, actor, now)


def register_waiting(find: Callable[[Sequence[int]], Mapping[int, Waiting]]) -> None:
    """Ask `find` which orders have another change that waits for a decision."""
    _waiting.append(find)


def waiting_changes(order_ids: Sequence[int]) -> Mapping[int, Waiting]:
    """The change that waits, by order; one statement per registered list."""
    return {order: waits for find in _waiting for order, waits in find(order_ids).items()}


def undo_of(act: str) -> Undo | None:
    """How to take back what `act` did."""
    return _undo.get(act)


# --- shared work ------------------------------------------------------------------------------------------------------

DoneFact = Callable[[Sequence[str]], Mapping[str, bool]]

_done: dict[str, DoneFact] = {}


def register_done(act: str, done: DoneFact) -> None:
    """`done(places)` says for each place whether the shared work (production order, trip ...) now covers it; one statement for n places."""
    _done[act] = done


def done_at(act: str, places: Sequence[str]) -> Mapping[str, bool]:
    """Which of these places have their shared work done; acts without a registered fact say no to none."""
    find = _done.get(act)
    return find(places) if find else dict.fromkeys(places, True)


# --- gates passed by decision ------------------------------------------------------------------------------------------

BookDecided = Callable[["Work", Sequence[str]], None]

_decided: dict[str, BookDecided] = {}


def register_decided(act: str, book: BookDecided) -> None:
    """The role in a gate's `then` may pass a stage doing `act` without it: `book(work, places)` books in the same store what the act would.

    Only for acts that book nothing when their gate fails; what others wrote stands already.
    """
    _decided[act] = book


def decided_at(act: str) -> BookDecided | None:
    """What to book where a gate of this act was passed by decision."""
    return _decided.get(act)


# --- what the product itself must tell apart -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidenced:
    """Evidence that a shared act recorded for one step of a place (quantity, goods receipt, photo)."""

    place: str
    step: str
    value: str
