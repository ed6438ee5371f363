"""What is wrong with a gate: its criteria, who is barred, who signs, the way out when it fails. Never judges rules or rework targets."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.document import Gate, Stage
from orderway.standard.draft import Draft, suggestion
from orderway.standard.flow import possibly_before
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence


def gate_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of every gate."""
    for stage in draft.standard.stages.values():
        if stage.gate is not None:
            yield from _barred(draft, stage, stage.gate)
            yield from _criteria(draft, stage, stage.gate)
            yield from _approval(draft, stage, stage.gate)
            yield from _way_out(draft, stage, stage.gate)


def _barred(draft: Draft, stage: Stage, gate: Gate) -> Iterator[Problem]:
    for index, barred in enumerate(gate.not_by):
        mark = draft.at("stages", stage.id, "gate", "not_by", index, otherwise=gate.mark)
        if barred not in draft.standard.stages:
            hint = suggestion(barred, draft.standard.stages)
            yield Problem(
                "not-by-unknown",
                mark,
                Sentence(
                    "not_by of '{stage}' names '{barred}', which is no stage.{hint} Name an earlier stage.",
                    stage=stage.id,
                    barred=barred,
                    hint=hint,
                ),
            )
        elif stage.id in draft.positions and barred not in possibly_before(draft.positions[stage.id]):
            message = Sentence(
                "not_by of '{stage}' names '{barred}', which does not come before it, so it bars nobody. Name an earlier stage.",
                stage=stage.id,
                barred=barred,
            )
            yield Problem("not-by-later", mark, message)


def _criteria(draft: Draft, stage: Stage, gate: Gate) -> Iterator[Problem]:
    if not gate.criteria:
        mark = draft.at("stages", stage.id, "gate", "criteria", otherwise=gate.mark)
        yield Problem(
            "gate-criteria",
            mark,
            Sentence("The gate of '{stage}' has no criteria, so it would let everything pass. Write one.", stage=stage.id),
        )
    seen: set[str] = set()
    for criterion in gate.criteria:
        if (criterion.ask is None) == (criterion.auto is None):
            message = Sentence(
                "Criterion '{criterion}' of '{stage}' must have exactly one of ask and auto. Keep one of them.",
                criterion=criterion.id,
                stage=stage.id,
            )
            yield Problem("criterion-kind", criterion.mark, message)
        if criterion.id in seen:
            message = Sentence(
                "The gate of '{stage}' has two criteria with the id '{criterion}'. Rename one; decisions hang on the id.",
                stage=stage.id,
                criterion=criterion.id,
            )
            yield Problem("criterion-twice", criterion.mark, message)
        seen.add(criterion.id)


def _approval(draft: Draft, stage: Stage, gate: Gate) -> Iterator[Problem]:
    if gate.approve is None:
        return
    mark = draft.at("stages", stage.id, "gate", "approve", otherwise=gate.mark)
    table = draft.standard.tables.get(gate.approve)
    if table is None:
        hint = suggestion(gate.approve, draft.standard.tables)
        yield Problem(
            "approval-table",
            mark,
            Sentence(
                "approve of '{stage}' names no table: '{approve}'.{hint} Name a table with output: role.",
                stage=stage.id,
                approve=gate.approve,
                hint=hint,
            ),
        )
    elif table.output != "role":
        message = Sentence(
            "approve of '{stage}' names table '{table}', which gives {output}. Name a table with output: role.",
            stage=stage.id,
            table=table.id,
            output=table.output,
        )
        yield Problem("approval-table", mark, message)


def _way_out(draft: Draft, stage: Stage, gate: Gate) -> Iterator[Problem]:
    if gate.fail is None:
        message = Sentence("The gate of '{stage}' has no way out when it fails. Add fail: {{back_to, at_most, then}}.", stage=stage.id)
        yield Problem("gate-no-way-out", gate.mark, message)
    elif gate.fail.at_most < 1:
        mark = draft.at("stages", stage.id, "gate", "fail", "at_most", otherwise=gate.fail.mark)
        message = Sentence(
            "The gate of '{stage}' may fail {at_most} times. Give at_most a number of 1 or more.", stage=stage.id, at_most=gate.fail.at_most
        )
        yield Problem("gate-maximum", mark, message)
