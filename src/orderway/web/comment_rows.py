"""The comments of an order as its page shows them: escaped, with the people they name and what the reader may do. Looks only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orderway.engine.program import Program
from orderway.orders import comments
from orderway.orders.actor import Actor
from orderway.orders.models import Comment, Order, WorkItem
from orderway.standard.document import Standard
from orderway.web.order_view import names_of
from orderway.web.standard_view import role, stage_title, step_title


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as its order shows it: escaped text with people named, what it is about, and what the reader may do with it."""

    comment: Comment
    html: SafeString
    about: str
    who: str
    withdrawn_by: str
    may_edit: bool
    may_withdraw: bool


def rows_of(order: Order, program: Program, actor: Actor, now: datetime) -> list[CommentRow]:
    """The comments of an order, oldest first; two statements."""
    found = comments.of_order(order.pk)
    mentioned = {name for comment in found for name in comments.MENTION.findall(comment.text)}
    names = names_of({*mentioned, *(comment.author for comment in found), *(comment.withdrawn_by for comment in found)} - {""})
    return [
        CommentRow(
            comment=comment,
            html=_html(comment.text, names, program.standard),
            about=_about(program.standard, comment),
            who=names.get(comment.author, comment.author),
            withdrawn_by=names.get(comment.withdrawn_by, comment.withdrawn_by),
            may_edit=comments.may_edit(comment, actor, now),
            may_withdraw=comments.may_withdraw(comment, actor),
        )
        for comment in found
    ]


def abouts(program: Program, items: Sequence[WorkItem]) -> list[tuple[str, str]]:
    """What a comment may be about now: the open stages and their steps."""
    found: list[tuple[str, str]] = []
    for stage_id in dict.fromkeys(item.stage for item in items if item.state == WorkItem.State.OPEN):
        stage = program.stage(stage_id)
        title = stage_title(program.standard, stage_id)
        found.append((stage_id, title))
        found += [(f"{stage_id}.{step.id}", f"{title}: {step_title(stage, step.id)}") for step in stage.steps]
    return found


def _html(text: str, names: Mapping[str, str], standard: Standard) -> SafeString:
    """The text escaped, line ends kept by the style sheet, and names that mean somebody set apart."""
    parts, last = [], 0
    for found in comments.MENTION.finditer(text):
        key = found[1]
        meant = names.get(key) or (role(standard, key) if key in standard.roles else "")
        if meant:
            parts.append(format_html("{}<strong>@{}</strong>", text[last : found.start()], meant))
            last = found.end()
    return format_html_join("", "{}", [(part,) for part in [*parts, text[last:]]])


def _about(standard: Standard, comment: Comment) -> str:
    stage = standard.stages.get(comment.stage)  # type: ignore[call-overload]
    if stage is None:
        return ""
    title = stage_title(standard, comment.stage)
    return f"{title}: {step_title(stage, comment.step)}" if comment.step else title
