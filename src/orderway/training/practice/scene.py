"""What a practice order is about: a customer's order made up from one seed, and the facts by which the engine judges it.

The same seed gives the same scene. Reads no table and asks no clock; plants no fault (`planting` does) and moves nothing (`playing` does).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from orderway.demo import names
from orderway.demo.company import Goods, goods
from orderway.engine.program import Program
from orderway.standard.document import FactType
from orderway.standard.tables_cells import ORDERED
from orderway.standard.values import Value
from orderway.standard.vocabulary import Fact, Text
from orderway.training.practice.fields import Field
from orderway.training.practice.paper import Line, Paper

How = Literal["difference", "document", "criterion"]
Where = tuple[str, str]  # stage, and "stage" or "approval": a learner meets a fault at the first of these only

TERMS_DAYS = (14, 30, 45, 60)
DISCOUNTS = (0, 0, 3, 5, 8, 12, 20)  # percent: on both sides of what a table of authority usually asks
PIECES = (2, 4, 10, 25, 60, 150, 400)  # small orders and large ones, so that every row of such a table is met sooner or later
TAX = Decimal("1.13")
AMOUNTS = tuple(Decimal(amount) for amount in (0, 1, 1_000, 10_000, 50_000, 100_000))
TRADITIONAL = str.maketrans(
    "苏无锡宁绍兴温东华创凯达丰远恒锐数机动设备装医疗导体检测仪", "蘇無錫寧紹興溫東華創凱達豐遠恆銳數機動設備裝醫療導體檢測儀"
)
WORD, NUMBER = re.compile(r"'([^']*)'"), re.compile(r"(?<![\w.])\d+(?:\.\d+)?")  # what a rule compares with
RUN = "1"  # the number of the only record of every list: one delivery is enough to learn by


@dataclass(frozen=True, slots=True)
class Fault:
    """Something planted that the learner is to find, the first time they stand at `where`.

    `how`: the paper differs from the order in the field `what`; the document `what` that lies there belongs to another order; or facts
    make the criterion `what` of the gate false. `paper`: what lies there; `facts`: what the system sees until somebody settles it.
    """

    where: Where
    how: How
    what: str
    paper: Paper | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)

    @property
    def answer(self) -> str:
        """What the learner should say is wrong."""
        return f"{self.how}:{self.what}"


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything made up: the order as it should be, the facts, what the learner reads off, and the planted faults."""

    order: Paper
    facts: Mapping[str, Value]
    faults: tuple[Fault, ...] = ()
    readings: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by stage and step: what is counted, scanned or heard
    fields: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)  # by stage: what the form of its act asks besides

    def fault_at(self, where: Where) -> Fault | None:
        """The fault planted there."""
        return next((fault for fault in self.faults if fault.where == where), None)


def made_up(program: Program, random: Random, today: date) -> Scene:
    """A scene without faults: an order of the demo's customers for the demo's goods, and a value for every fact of the standard."""
    order = _order(random, today)
    return Scene(order, _facts(program, order, random, today))


def other_goods(sku: str, random: Random) -> Goods:
    """Something else that looks like it: of the same family, another size."""
    like = [one for one in goods() if one.sku != sku and one.sku[:2] == sku[:2]]
    return random.choice(like)


def place_of(city: tuple[str, str]) -> Text:
    """A city of the demo, (Chinese, English), in three languages."""
    return _named(city[1], city[0])


def candidates(program: Program, fact: Fact) -> Sequence[Value]:
    """Values of a fact that are worth trying: on both sides of everything that a table or rule of the standard compares it with."""
    kind = fact.type.kind
    if kind == "bool":
        return (False, True)
    if kind == "one_of":
        return fact.type.choices
    if kind == "text":
        return sorted({word for source in _sources(program, fact.name) for word in WORD.findall(source)})
    if kind not in ORDERED or kind == "date":
        return ()
    named = {Decimal(number) for source in _sources(program, fact.name) for number in NUMBER.findall(source)}
    axes = [
        axis
        for table in program.tables.values()
        for source, axis in zip(table.inputs, table.axes, strict=True)
        if source.source == fact.name
    ]
    compared = {point for axis in axes for point in axis.points if isinstance(point, Decimal)} | named
    points = {point + step for point in compared for step in (-1, 0, 1)}
    return sorted({*AMOUNTS, *(point for point in points if point >= 0)})


# --- inside -----------------------------------------------------------------------------------------------------------


def _sources(program: Program, name: str) -> list[str]:
    """The rules as written that ask for a fact."""
    branches = [rule for node in program.nodes for rule in node.when if rule is not None]
    rules = [*program.criteria.values(), *program.skips.values(), *branches]
    return [rule.compiled.source for rule in rules if name in rule.compiled.names]


def _named(english: str, chinese: str) -> Text:
    return Text((("en", english), ("zh-Hans", chinese), ("zh-Hant", chinese.translate(TRADITIONAL))))


def _order(random: Random, today: date) -> Paper:
    city, firm, trade = random.choice(names.CITIES), random.choice(names.FIRMS), random.choice(names.TRADES)
    chosen = random.sample(goods(), random.randint(2, 4))
    return Paper(
        number=f"PO-{random.randint(10_000, 99_999)}",
        customer=_named(f"{city[1]} {firm[1]} {trade[1]}", f"{city[0]}{firm[0]}{trade[0]}"),
        place=place_of(city),
        wished_on=today + timedelta(days=random.randint(8, 30)),
        terms_days=random.choice(TERMS_DAYS),
        discount=random.choice(DISCOUNTS),
        lines=tuple(
            Line(one.sku, Text(one.names), random.choice(PIECES), one.price, random.choice(("stock", one.route))) for one in chosen
        ),
    )


def _facts(program: Program, order: Paper, random: Random, today: date) -> dict[str, Value]:
    total, limit = order.total, order.total * random.randint(2, 5) + 50_000
    known: dict[str, Value] = {
        "order.total": total,
        "order.total_with_tax": (total * TAX).quantize(Decimal("0.01")),
        "order.total_with_siblings": total,
        "order.discount": Decimal(order.discount),
        "order.customer_po": order.number,
        "order.requested": order.wished_on,
        "order.new_customer": random.random() < 0.3,
        "customer.credit_limit": limit,
        "customer.credit_left": limit,
        "customer.overdue": Decimal(0),
        "customer.blocked": False,
        "feedback.low": random.random() < 0.5,
    }
    making = _Making(program, order, random, today)
    return {name: known[name] if name in known else making.value(fact) for name, fact in program.standard.facts.items()}


class _Making:
    """Values for facts that have no value of their own here: lists of records, and what the company declared itself."""

    def __init__(self, program: Program, order: Paper, random: Random, today: date) -> None:
        self._program, self._order, self._random, self._today = program, order, random, today

    def value(self, fact: Fact) -> Value:
        """A value of the fact's type."""
        tried = candidates(self._program, fact)
        return self._random.choice(tried) if tried else self._of_type(fact.name, fact.type)

    def _of_type(self, name: str, type: FactType) -> Value:
        if type.kind == "list":
            if type.field_type("sku") is not None:
                return tuple(self._record(type, line) for line in self._order.lines)
            return (self._record(type, None),)
        plain: dict[str, Value] = {"bool": False, "text": name.rpartition(".")[2], "date": self._today}
        return type.choices[0] if type.choices else plain.get(type.kind, Decimal(1))

    def _record(self, type: FactType, line: Line | None) -> Mapping[str, Value]:
        return {name: self._field(name, inner, line) for name, inner in type.record}

    def _field(self, name: str, type: FactType, line: Line | None) -> Value:
        own: dict[str, Value] = {"number": RUN}
        if line is not None:
            there = Decimal(line.quantity) if line.route == "stock" else Decimal(0)
            own |= {"sku": line.sku, "qty": Decimal(line.quantity), "available": there, "reserved": there, "route": line.route}
        elif type.kind == "bool":
            own[name] = self._random.random() < 0.4
        return own[name] if name in own else self._of_type(name, type)
