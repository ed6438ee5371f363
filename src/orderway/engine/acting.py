"""Who acts and what they bring: the parameters of the engine's acts. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from orderway.engine.move import Evidence


class Actor(NamedTuple):
    """Who does it. `acting_for`: the absent person whose deputy acts; `deputy_of`: everybody for whom this person may stand in."""

    key: str
    acting_for: str = ""
    deputy_of: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """The actor and the person acted for."""
        return (self.key, self.acting_for) if self.acting_for else (self.key,)


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Work:
    """What stands proven for an item when it is completed.

    `steps`: ids of all steps with evidence in this run (from earlier acts and this one); `documents`: ids of all documents present for
    the order or, made inside a run, for this run; `findings`: answers to `ask` criteria, yes or no; `evidence`: what this act adds to
    the journal. `outcome` is text for the journal, `reason` is required where the standard says so.
    """

    steps: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    findings: tuple[tuple[str, bool], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    outcome: str = ""
    reason: str = ""


NO_WORK = Work()
