"""The gate of a work item as programs see it: why each criterion stands so, what would change it, who must sign by which row.

Looks only, without a lock; the act asks everything again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from orderway.engine import gates
from orderway.engine.answers import FactAnswers
from orderway.engine.explaining import Why
from orderway.orders import proofs
from orderway.orders.facts import Facts
from orderway.orders.looking import opened_of
from orderway.orders.models import WorkItem
from orderway.orders.routes import Asked, Shown
from orderway.standard.remedies import Need
from orderway.standard.values import UNKNOWN


class PartOut(Shown):
    """A condition of a rule."""

    rule: str = Asked("The condition as the standard writes it.")
    holds: str = Asked("yes, no or unknown.")
    facts: dict[str, str] = Asked("The facts in it and their values; unknown for one that nobody knows.")
    record: int = Asked("Which record of a list it is about, from 1; 0 for none.")


class NeedOut(Shown):
    """A fact that would have to be otherwise."""

    fact: str = Asked("The fact.")
    record: int = Asked("Which record of a list, from 1; 0 for none.")
    operator: str = Asked("<, <=, >, >=, ==, !=, in, not in.")
    values: list[str] = Asked("What it would have to compare to.")


class CriterionStateOut(Shown):
    """How a criterion stands now."""

    id: str = Asked("The criterion's id.")
    holds: str = Asked("yes, no or unknown; empty for a question that nobody has answered.")
    waived: bool = Asked("Whether somebody let it pass in this run.")
    why: list[PartOut] = Asked("The conditions of its rule; empty for a question.")
    would_pass_if: list[list[NeedOut]] = Asked("Ways to make it hold; of each way everything is needed.")


class SignatureRowOut(Shown):
    """The row of the table that says who must sign."""

    table: str = Asked("The table.")
    row: int = Asked("The row that applies, from 1; 0 if several could.")
    inputs: dict[str, str] = Asked("Its inputs and their values.")
    signatories: list[str] = Asked("The roles that must still sign, in order.")


class GateOut(Shown):
    """The gate as it stands now."""

    criteria: list[CriterionStateOut] = Asked("Its criteria.")
    signatures: SignatureRowOut | None = Asked("Who must sign, and by which row; nothing where the gate has no table.")
    signed: list[list[str]] = Asked("Who has signed, each with the person they stand in for.")
    barred: list[str] = Asked("Who may not decide, as they worked on a stage that the gate names.")
    advisory: bool = Asked("Whether the stage is not on yet: what its gate finds is recorded and stops nobody.")


def gate_of(item: WorkItem) -> dict[str, object] | None:
    """The gate of an open item; None where there is none or the item is closed."""
    opened = opened_of(item.order, item)
    if opened is None or opened.item is None or opened.stage.gate is None or item.kind == "leftover":
        return None
    answers = FactAnswers(opened.program, Facts([item.order_id]).of(opened.program, item.order_id))
    verdict = gates.check(opened.program, opened.case, opened.item, proofs.Proofs([item.order_id]).proven(opened), answers)
    path, rules = opened.item.path, opened.program.criteria
    whys = {one.id: answers.why(rules[item.stage, one.id], path) for one in verdict.criteria if one.kind == "auto"}
    return {
        "criteria": [_criterion(one, whys.get(one.id)) for one in verdict.criteria],
        "signatures": _signatures(opened.stage.gate.approve, verdict, answers),
        "signed": [list(people) for people in verdict.signed],
        "barred": list(verdict.barred),
        "advisory": verdict.advisory,
    }


def _criterion(state: gates.CriterionState, why: Why | None) -> dict[str, object]:
    return {
        "id": state.id,
        "holds": "" if state.holds is None else _plain(state.holds),
        "waived": state.waived,
        "why": list(_parts(why)) if why else [],
        "would_pass_if": [[_need(need) for need in way] for way in why.remedies] if why else [],
    }


def _parts(why: Why) -> Iterator[dict[str, object]]:
    for part in why.parts:
        facts = {seen.name: _plain(seen.value) for seen in part.facts}
        yield {"rule": part.text, "holds": _plain(part.holds), "facts": facts, "record": part.record}
    for fired in why.tables:
        row = 0 if fired.decision.row is None else fired.decision.row + 1
        facts = {source: _plain(value) for source, value in fired.decision.inputs}
        yield {"rule": f"table.{fired.table} row {row}", "holds": _plain(fired.decision.value), "facts": facts, "record": 0}


def _need(need: Need) -> dict[str, object]:
    return {"fact": need.fact, "record": need.record, "operator": need.operator, "values": [_plain(value) for value in need.values]}


def _signatures(table: str | None, verdict: gates.GateVerdict, answers: FactAnswers) -> dict[str, object] | None:
    if table is None:
        return None
    decision = answers.fired(table).decision
    return {
        "table": table,
        "row": 0 if decision.row is None else decision.row + 1,
        "inputs": {source: _plain(value) for source, value in decision.inputs},
        "signatories": list(verdict.signatories) if isinstance(verdict.signatories, tuple) else [],
    }


def _plain(value: object) -> str:
    """A value as text: numbers by their digits, yes and no in words."""
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
