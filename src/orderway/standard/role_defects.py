"""What is wrong with the roles: named but not defined, defined but without any duty. Never looks at people (readiness does)."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.document import Mark, Stage
from orderway.standard.draft import Draft, suggestion
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence

CUSTOMER = "customer"
"""Reserved in `by` of a complaint: the customer's own page."""

ESCALATION_WORDS = ("responsible", "order_owner", "standard_owner")
RESERVED_ROLES = (CUSTOMER, "none", *ESCALATION_WORDS)

Use = tuple[str, Mark, Sentence]
"""A role, where it is named, and as what."""


def role_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of the roles and of each place that names one."""
    standard = draft.standard
    used: set[str] = set()
    for role, mark, purpose in _uses(draft):
        used.add(role)
        if role not in standard.roles:
            hint = suggestion(role, standard.roles)
            yield Problem(
                "role-unknown",
                mark,
                Sentence(
                    "{purpose} is '{role}', which is no role of this standard.{hint} Define it under roles.",
                    purpose=purpose,
                    role=role,
                    hint=hint,
                ),
            )
    for known in standard.roles.values():
        if known.id in RESERVED_ROLES:
            message = Sentence("'{role}' is a word with a meaning of its own and cannot name a role. Rename the role.", role=known.id)
            yield Problem("role-reserved", known.mark, message)
        elif known.id not in used:
            message = Sentence(
                "Role '{role}' has no duty: it owns nothing, signs nothing, decides nothing. Give it one or delete it.", role=known.id
            )
            yield Problem("role-idle", known.mark, message)
    if standard.owner in standard.approved_by:
        mark = draft.at("approved_by", standard.approved_by.index(standard.owner), otherwise=standard.mark)
        message = Sentence("'{owner}' owns this document and approves it too. Let another role approve it.", owner=standard.owner)
        yield Problem("owner-approves", mark, message)


def _uses(draft: Draft) -> Iterator[Use]:
    standard = draft.standard
    yield standard.owner, draft.at("owner", otherwise=standard.mark), Sentence("The owner of the document")
    for index, role in enumerate(standard.approved_by):
        yield role, draft.at("approved_by", index, otherwise=standard.mark), Sentence("An approver of the document")
    for stage in standard.stages.values():
        yield from _uses_in_stage(draft, stage)
    yield from _uses_in_exceptions(draft)
    for table in standard.tables.values():
        if table.output == "role":
            for row in table.rows:
                for signatory in row.output:
                    yield signatory, row.mark, Sentence("A signatory in table '{table}'", table=table.id)


def _uses_in_stage(draft: Draft, stage: Stage) -> Iterator[Use]:
    yield stage.owner, draft.at("stages", stage.id, "owner", otherwise=stage.mark), Sentence("The owner of '{stage}'", stage=stage.id)
    for index, escalation in enumerate(stage.escalate):
        if escalation.to not in ESCALATION_WORDS:
            mark = draft.at("stages", stage.id, "escalate", index, "to", otherwise=escalation.mark)
            yield escalation.to, mark, Sentence("Who is told when '{stage}' is late", stage=stage.id)
    if stage.gate is None:
        return
    for place, criterion in enumerate(stage.gate.criteria):
        for index, role in enumerate(criterion.waive):
            mark = draft.at("stages", stage.id, "gate", "criteria", place, "waive", index, otherwise=criterion.mark)
            yield role, mark, Sentence("Who may waive '{criterion}' of '{stage}'", criterion=criterion.id, stage=stage.id)
    if stage.gate.fail is not None:
        mark = draft.at("stages", stage.id, "gate", "fail", "then", otherwise=stage.gate.fail.mark)
        yield stage.gate.fail.then, mark, Sentence("Who decides when the gate of '{stage}' has failed too often", stage=stage.id)


def _uses_in_exceptions(draft: Draft) -> Iterator[Use]:
    rules = draft.standard.exceptions
    for name, rule in (("cancel", rules.cancel), ("change", rules.change), ("complaint", rules.complaint)):
        for index, role in enumerate(rule.by if rule is not None else ()):
            if rule is not None and not (name == "complaint" and role == CUSTOMER):
                yield role, draft.at("exceptions", name, "by", index, otherwise=rule.mark), Sentence("Who may call '{name}'", name=name)
    for hold in rules.hold.types if rules.hold is not None else ():
        for index, role in enumerate(hold.by):
            mark = draft.at("exceptions", "hold", "types", hold.id, "by", index, otherwise=hold.mark)
            yield role, mark, Sentence("Who may hold an order ('{hold}')", hold=hold.id)
