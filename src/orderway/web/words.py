"""The words of an order's standard for the ids that a refusal names: titles of stages, steps, documents, roles, criteria."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orderway.orders.models import Order, WorkItem
from orderway.pages.refusing import Words
from orderway.pages.templatetags.ow import hold_kind
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard
from orderway.web.standard_view import criterion_text, document_title, role, stage_title, step_title

STAGES = frozenset({"stage", "stages", "after", "until", "open", "providers"})
ROLES = frozenset({"role", "roles", "who"})


def title_of_kind(kind: str, stage: str) -> str:
    """What is to be done at a stage of this title, by the kind of the open item."""
    return {
        "approval": _("Sign: %(stage)s"),
        "decision": _("Decide: %(stage)s"),
        "complaint": _("Complaint: %(stage)s"),
        "leftover": _("Left over: %(stage)s"),
    }.get(kind, "%(stage)s") % {"stage": stage}


def words_of(item: WorkItem) -> Words:
    """The words for a refusal at this item."""
    return _words(_standard(item.order), item.stage)


def words_of_order(order: Order) -> Words:
    """The words for a refusal of an act on the whole order."""
    return _words(_standard(order), "")


def _standard(order: Order) -> Standard:
    return program_of(order.version_id, order.version.content_hash).standard


def _words(standard: Standard, stage_id: str) -> Words:
    def words(name: str, value: str) -> str:
        if name in STAGES:
            return stage_title(standard, value)
        if name in ROLES:
            return role(standard, value.removeprefix("role "))
        if name in ("type", "types"):
            return hold_kind(value)
        if name in ("documents", "document"):
            return document_title(standard, value)
        stage = standard.stages.get(stage_id)  # type: ignore[call-overload]
        if name in ("steps", "step") and stage is not None:
            return step_title(stage, value)
        if name in ("criterion", "criteria") and stage is not None and stage.gate is not None:
            return next((criterion_text(criterion) for criterion in stage.gate.criteria if criterion.id == value), value)
        return _(value) if name == "reason" and value else value

    return words
