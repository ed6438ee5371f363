"""What is wrong with what may happen at any time: cancel, change, hold, complaint, and when the customer is asked. Never judges roles."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.document import ChangeRule, Mark, StageId
from orderway.standard.draft import Draft, suggestion
from orderway.standard.flow import possibly_before
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence


def exception_defects(draft: Draft) -> Iterator[Problem]:
    """Every stage that the exceptions or the feedback name, and whether an order can go there."""
    for stage, mark, key in _named_stages(draft):
        if stage not in draft.positions:
            hint = suggestion(stage, draft.positions)
            yield Problem(
                "exception-stage",
                mark,
                Sentence(
                    "{key} names '{stage}', which is no stage of the flow.{hint} Name a stage of the flow.", key=key, stage=stage, hint=hint
                ),
            )
    yield from _change_target(draft)
    yield from _complaint_target(draft)


def _named_stages(draft: Draft) -> Iterator[tuple[StageId, Mark, str]]:
    cancel, change, complaint = draft.standard.exceptions.cancel, draft.standard.exceptions.change, draft.standard.exceptions.complaint
    if cancel is not None:
        if cancel.until is not None:
            yield cancel.until, draft.at("exceptions", "cancel", "until", otherwise=cancel.mark), "cancel until"
        for index, stage in enumerate(cancel.undo):
            yield stage, draft.at("exceptions", "cancel", "do", "undo", index, otherwise=cancel.mark), "cancel undo"
    if change is not None:
        if change.until is not None:
            yield change.until, draft.at("exceptions", "change", "until", otherwise=change.mark), "change until"
        yield change.back_to, draft.at("exceptions", "change", "do", "back_to", otherwise=change.mark), "change back_to"
    if complaint is not None:
        if complaint.after is not None:
            yield complaint.after, draft.at("exceptions", "complaint", "after", otherwise=complaint.mark), "complaint after"
        yield complaint.opens, draft.at("exceptions", "complaint", "do", "open", otherwise=complaint.mark), "complaint open"
    customer = draft.standard.feedback.customer
    if customer is not None:
        yield customer.after, draft.at("feedback", "customer", "after", otherwise=customer.mark), "feedback after"


def _change_target(draft: Draft) -> Iterator[Problem]:
    change = draft.standard.exceptions.change
    if change is None or change.back_to not in draft.positions:
        return
    mark = draft.at("exceptions", "change", "do", "back_to", otherwise=change.mark)
    if draft.positions[change.back_to].blocks:
        message = Sentence(
            "A changed order cannot re-enter '{back_to}': it stands inside a block. Name a stage of the main sequence.",
            back_to=change.back_to,
        )
        yield Problem("change-target", mark, message)
    elif _is_behind(draft, change):
        message = Sentence(
            "A changed order would re-enter at '{back_to}', not before '{until}'. Name an earlier stage.",
            back_to=change.back_to,
            until=change.until or "",
        )
        yield Problem("change-target", mark, message)


def _is_behind(draft: Draft, change: ChangeRule) -> bool:
    if change.until is None or change.until not in draft.positions:
        return False
    return change.back_to != change.until and change.back_to not in possibly_before(draft.positions[change.until])


def _complaint_target(draft: Draft) -> Iterator[Problem]:
    complaint = draft.standard.exceptions.complaint
    if complaint is None or complaint.opens not in draft.positions or not draft.positions[complaint.opens].blocks:
        return
    mark = draft.at("exceptions", "complaint", "do", "open", otherwise=complaint.mark)
    message = Sentence(
        "A complaint cannot open '{opens}': it stands inside a block and belongs to one run. Name a stage of the main sequence.",
        opens=complaint.opens,
    )
    yield Problem("complaint-target", mark, message)
