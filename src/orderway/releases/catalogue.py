"""What a standard may refer to in the product: acts, facts, checks and document templates that stages register at start.

A list that this layer owns and upper layers fill in `AppConfig.ready`. Never imports a stage, never reads an order by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Generic, TypeVar

from orderway.engine.refusals import Refusal
from orderway.standard.catalogue import Catalogue, CatalogueAct, CatalogueFact
from orderway.standard.document import FactType

# A list fact is a mapping of record key -> record; what a record holds may again be a list of records.
Scalar = Decimal | str | bool | date | None
Value = Scalar | Mapping[str, "Value"] | Sequence["Value"]
LoadFact = Callable[[Sequence[int]], Mapping[int, Value]]
RunAct = Callable[..., Mapping[str, Refusal]]
RenderDocument = Callable[[object, str], bytes]
T = TypeVar("T")
Loaded = TypeVar("Loaded")


class Shared(Generic[Loaded]):
    """A loader of one fact out of several that one statement answers: whoever asks for n of them at once asks the statement once.

    `source(order_ids)` is the statement, `part` picks the fact out of what it gave.
    """

    def __init__(self, source: Callable[[Sequence[int]], Loaded], part: Callable[[Loaded], Mapping[int, Value]]) -> None:
        self.source = source
        self.part = part

    def __call__(self, order_ids: Sequence[int]) -> Mapping[int, Value]:
        """The fact of these orders, asked alone."""
        return self.part(self.source(order_ids))


@dataclass(frozen=True, slots=True)
class RegisteredAct:
    """An act with the callable ``run(places, *, actor, now) -> {place: Refusal}`` by which the system does it (None: people only)."""

    act: CatalogueAct
    run: RunAct | None


@dataclass(frozen=True, slots=True)
class RegisteredFact:
    """A fact with its loader: ONE statement for n orders. A missing order in the answer means that the fact is unknown there."""

    fact: CatalogueFact
    load: LoadFact


_acts: dict[str, RegisteredAct] = {}
_facts: dict[str, RegisteredFact] = {}
_checks: dict[str, tuple[str, ...]] = {}
_documents: dict[str, RenderDocument] = {}
_replacing: set[str] = set()


class RegisteredTwice(AssertionError):
    """Two stages claim the same name; the program is wired wrongly."""


def register_act(act: CatalogueAct, run: RunAct | None = None) -> None:
    """Let standards say ``does: act.name``. `run` is needed where `act.by_system` is true."""
    if act.by_system and run is None:
        raise AssertionError(f"The act {act.name} says that the system can do it but brings no callable. Pass run= or by_system=False.")
    _put(_acts, act.name, RegisteredAct(act, run))


def register_fact(name: str, type: FactType, *, provided_by: Iterable[str] = (), load: LoadFact) -> None:
    """Let conditions say `name`.

    `load(order_ids)` gives {order id: value} with one statement however many orders. A list fact (``order.lines``) gives
    {order id: {record key: {field: value}}}; a further field of its records (``order.lines.available``) is registered under its own
    name and gives {order id: {record key: value}}. `provided_by` names the acts after which it is known; empty: from the start.
    """
    _put(_facts, name, RegisteredFact(CatalogueFact(name, type, tuple(provided_by)), load))


def register_check(act: str, facts: Iterable[str]) -> None:
    """Name the facts that a person sees while answering the `ask` criteria of a stage doing `act`; they are frozen with the decision."""
    _put(_checks, act, tuple(facts))


def register_document(template: str, render: RenderDocument, *, replaces_older: bool = False) -> None:
    """Let documents say ``template: ...``; `render(data, language)` gives the bytes of a PDF.

    `replaces_older`: the newest one of an order counts, those before are superseded; else each stands for itself.
    """
    _put(_documents, template, render)
    if replaces_older:
        _replacing.add(template)


def catalogue() -> Catalogue:
    """Everything registered, frozen: what `standard.defects` checks a draft against. Read it after start, when all lists are filled."""
    return _frozen(len(_acts), len(_facts), len(_documents))


@cache
def _frozen(_acts_known: int, _facts_known: int, _documents_known: int) -> Catalogue:
    return Catalogue(
        acts={name: entry.act for name, entry in _acts.items()},
        facts={name: entry.fact for name, entry in _facts.items()},
        templates=tuple(_documents),
    )


def act(name: str) -> RegisteredAct | None:
    """The registered act of this name; None for plain work and for names nobody registered (a release refuses those)."""
    return _acts.get(name)


def fact(name: str) -> RegisteredFact | None:
    """The registered fact of this name; None for a company's own fact."""
    return _facts.get(name)


def fields_of(list_name: str) -> dict[str, RegisteredFact]:
    """The field providers of a list fact: field name -> fact (``order.lines`` -> {"available": ...})."""
    prefix = list_name + "."
    return {name.removeprefix(prefix): entry for name, entry in _facts.items() if name.startswith(prefix)}


def seen_by(act_name: str) -> tuple[str, ...]:
    """The facts shown beside the questions of a stage that does this act."""
    return _checks.get(act_name, ())


def replaces_older(template: str | None) -> bool:
    """Whether of the documents of this template only the newest one of an order counts."""
    return template in _replacing


def renderer(template: str) -> RenderDocument | None:
    """The renderer of a document template."""
    return _documents.get(template)


def _put(registry: dict[str, T], name: str, entry: T) -> None:
    if name in registry and registry[name] != entry:
        raise RegisteredTwice(f"{name} is registered twice. Give one of them another name.")
    registry[name] = entry
