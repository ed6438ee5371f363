"""Why a draft may not be released: every defect and warning of a standard, in the order in which they stand in it.

Judges the document against itself and against what the product offers; never against live data (that is readiness).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orderway.standard.catalogue import Catalogue
from orderway.standard.document import Standard
from orderway.standard.document_defects import document_defects
from orderway.standard.draft import Draft
from orderway.standard.exception_defects import exception_defects
from orderway.standard.fact_defects import fact_defects
from orderway.standard.flow_defects import flow_defects
from orderway.standard.gate_defects import gate_defects
from orderway.standard.paper_defects import paper_defects
from orderway.standard.parse import parse
from orderway.standard.problems import Problem
from orderway.standard.role_defects import role_defects
from orderway.standard.rule_defects import rule_defects
from orderway.standard.stage_defects import stage_defects

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    document_defects,
    role_defects,
    paper_defects,
    fact_defects,
    flow_defects,
    exception_defects,
    stage_defects,
    gate_defects,
    rule_defects,
)


def defects(standard: Standard, catalogue: Catalogue, *, previous: Standard | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong with the draft, by line; it may be released if none of it is an error.

    `previous` is the released version that the draft follows: with it, version step and migration map are checked too.
    """
    draft = Draft(standard, catalogue, previous)
    found = [problem for check in CHECKS for problem in check(draft)]
    return tuple(sorted(found, key=lambda problem: (problem.mark, problem.code)))


def check_text(source: str, catalogue: Catalogue, *, previous: Standard | None = None) -> tuple[Problem, ...]:
    """Read and judge a YAML text at once: what cannot be read if it is no whole document, else that and its defects."""
    parsed = parse(source)
    if parsed.standard is None:
        return parsed.problems
    found = (*parsed.problems, *defects(parsed.standard, catalogue, previous=previous))
    return tuple(sorted(found, key=lambda problem: (problem.mark, problem.code)))
