"""What a gate still needs: evidence, documents, answers, criteria, signatures. Looks only; passing is `advance.complete`."""

from __future__ import annotations

from dataclasses import dataclass

from orderway.engine.acting import Work
from orderway.engine.answers import Answers
from orderway.engine.case import Case, OpenItem
from orderway.engine.program import Program
from orderway.standard.values import Unknown


@dataclass(frozen=True, slots=True)
class CriterionState:
    """One criterion as it stands. `kind` ask or auto; `holds` None for an unanswered question; `missing`: facts that leave it open."""

    id: str
    kind: str
    holds: bool | Unknown | None
    waived: bool
    explanation: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """All that stands between an item and its completion. `signatories`: roles that must still sign, in order (UNKNOWN: not known yet)."""

    steps_missing: tuple[str, ...]
    documents_missing: tuple[str, ...]
    criteria: tuple[CriterionState, ...]
    signatories: tuple[str, ...] | Unknown
    barred: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether completing now would be accepted (signatures may follow)."""
        raise NotImplementedError


def check(program: Program, case: Case, item: OpenItem, work: Work, answers: Answers) -> GateVerdict:
    """The state of the item's gate, for the page and for `advance.complete`. `barred`: people who may not decide it."""
    raise NotImplementedError
