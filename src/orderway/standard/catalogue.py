"""What the product can do, as frozen data: the acts, facts and papers that stages register.

`standard.defects` checks a draft against it; `releases.catalogue` fills it. Nothing here knows a stage of any company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderway.standard.document import FactType


@dataclass(frozen=True, slots=True)
class CatalogueAct:
    """An act that a stage may name in `does`.

    `needs`: facts that it reads before its writes. `provides`: facts (or fields, ``order.lines.route``) known once it is done.
    `templates`: document templates that it makes by itself. `by_system`: whether `runs: system` is possible.
    `records`: evidence kinds that the act's own record proves when the system runs it (always contains "system").
    """

    name: str
    needs: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    by_system: bool = True
    records: tuple[str, ...] = ("system",)


@dataclass(frozen=True, slots=True)
class CatalogueFact:
    """A fact of the product. `provided_by`: acts that make it known; empty means it is known from the start.

    A list knows its own record; a further field of it is a fact under its own name (``order.lines.available``) with its own acts.
    """

    name: str
    type: FactType
    provided_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that a standard may refer to in the product."""

    acts: Mapping[str, CatalogueAct] = field(default_factory=dict)
    facts: Mapping[str, CatalogueFact] = field(default_factory=dict)
    templates: tuple[str, ...] = ()
