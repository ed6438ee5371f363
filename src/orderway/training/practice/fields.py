"""What a person enters at a stage besides its proof, as the form of the real act asks: what was found, taken, signed, booked.

Made up from one seed like the rest of a practice order; what lies there is what is right. Writes no stock and no delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Literal

from orderway.training.practice.paper import Paper

Kind = Literal["found", "parcel", "kept", "signed_by", "carrier", "vehicle"]

COUNTED: frozenset[Kind] = frozenset({"found", "kept"})
CHANCE = 0.5  # that one line is short: else whoever types nothing at all would never be found out
CARRIERS = ("SF", "Deppon", "JD Logistics")
SIGNERS = ("Chen Li", "Zhang Wei", "Zhou Mei", "Lin Tao", "Wu Xia")
PLATES = ("苏E", "沪A", "浙A", "苏B")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `wanted`: what lies there; `usual`: what the order says, for what is counted; `sku` of its line."""

    name: str
    kind: Kind
    wanted: str
    sku: str = ""
    usual: str = ""

    def reads(self, typed: str) -> bool:
        """Whether what was typed is what lies there; of what is counted nothing typed means all of it, as on the real form."""
        said = typed.strip()
        if self.kind not in COUNTED:
            return said.casefold() == self.wanted.casefold()
        try:
            return Decimal(said or self.usual) == Decimal(self.wanted)
        except InvalidOperation:
            return False


def fields_of(act: str | None, order: Paper, random: Random) -> tuple[Field, ...]:
    """The fields of an act for an order; none for an act without a form that is practised."""
    made = _FORMS.get(act or "")
    return tuple(made(order, random)) if made else ()


def _pick(order: Paper, random: Random) -> Iterator[Field]:
    yield from _counted("found", order, random)
    yield Field("parcel", "parcel", f"YT{random.randint(10**9, 10**10 - 1)}")


def _hand_over(order: Paper, random: Random) -> Iterator[Field]:
    yield from _counted("kept", order, random)
    yield Field("signed_by", "signed_by", random.choice(SIGNERS))


def _plan(_order: Paper, random: Random) -> Iterator[Field]:
    yield Field("carrier", "carrier", random.choice(CARRIERS))
    yield Field("vehicle", "vehicle", f"{random.choice(PLATES)}{random.randint(10_000, 99_999)}")


def _counted(kind: Kind, order: Paper, random: Random) -> Iterator[Field]:
    """One of the lines is short at times."""
    short = random.randrange(len(order.lines)) if random.random() < CHANCE else -1
    for at, line in enumerate(order.lines):
        there = line.quantity - random.randint(1, line.quantity) if at == short else line.quantity
        yield Field(f"{kind}.{at + 1}", kind, str(there), line.sku, str(line.quantity))


_FORMS: Mapping[str, Callable[[Paper, Random], Iterator[Field]]] = {
    "delivery.pick": _pick,
    "delivery.hand_over": _hand_over,
    "delivery.plan": _plan,
}
