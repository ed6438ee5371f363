"""A draft under examination: the standard with the answers that every check asks for again. Never judges it (the `*_defects` do)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from orderway.standard import flow
from orderway.standard.catalogue import Catalogue, CatalogueAct
from orderway.standard.conditions import Scope, scope_of
from orderway.standard.document import Each, Mark, Stage, StageId, Standard
from orderway.standard.flow import Position
from orderway.standard.sentences import NOTHING, Sentence, quoted


@dataclass(frozen=True)
class Draft:
    """A standard, what the product offers, and the version before it, if there is one."""

    standard: Standard
    catalogue: Catalogue
    previous: Standard | None = None

    @cached_property
    def positions(self) -> Mapping[StageId, Position]:
        """Where each stage of the flow stands; of a stage that stands twice the first place."""
        return flow.positions(self.standard.flow)

    @cached_property
    def scope(self) -> Scope:
        """What every rule may use, run records apart."""
        return scope_of(self.standard)

    @cached_property
    def eaches(self) -> tuple[Each, ...]:
        """Every `each` of the flow, in its order."""
        return tuple(place.node for place in flow.walk(self.standard.flow) if isinstance(place.node, Each))

    def placed_stages(self) -> Iterator[tuple[Stage, Position]]:
        """The stages that are both defined and in the flow, in the order of the flow."""
        for stage_id, position in self.positions.items():
            if stage_id in self.standard.stages:
                yield self.standard.stages[stage_id], position

    def act_of(self, stage: Stage) -> CatalogueAct | None:
        """The product's act that the stage names; None for plain work and for an act that the product does not have."""
        return self.catalogue.acts.get(stage.does) if stage.does else None

    def at(self, *path: str | int, otherwise: Mark) -> Mark:
        """Where the value at this path of keys stands (``"stages", "review", "limit"``), else the mark of the part it belongs to.

        A list of one may be written as a single word; then the word stands where the list would.
        """
        whole = path[:-1] if isinstance(path[-1], int) else path
        return self.standard.marks.get(path) or self.standard.marks.get(whole) or otherwise


def suggestion(word: str, known: Iterable[str]) -> Sentence:
    """`` Did you mean "review"?`` if a known word is close, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return Sentence(" Did you mean '{word}'?", word=close[0]) if close else NOTHING


def listed(words: Iterable[str]) -> Sentence | tuple[Sentence, ...]:
    """The words in quotes, separated by commas; ``none`` if there are none."""
    return tuple(quoted(word) for word in words) or Sentence("none")
