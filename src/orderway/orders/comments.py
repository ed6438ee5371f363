"""Comments on orders: written, changed for a short while, withdrawn; who is mentioned. They move no order and stop no clock.

A comment may be changed by its author for `EDIT_WINDOW`, then it stands; author or administrator may withdraw it at any time, which
empties the text. All three are entries of the comment's own journal, with a salted digest instead of the text.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from orderway.engine.refusals import Mistake, Refusal
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata import rights
from orderway.masterdata.models import Person, RoleMember
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.orders.models import Comment, Mention, Order
from orderway.orders.refusals import NotAllowed, OrderUnknown
from orderway.releases.publishing import program_of

SUBJECT = "comment"
EDIT_WINDOW = timedelta(minutes=15)
LONGEST = 4_000
MOST_MENTIONED = 50
MENTION = re.compile(r"(?<![\w@./-])@(\w(?:[\w.-]*\w)?)")

Tell = Callable[[Sequence[Mention]], None]
_tell: list[Tell] = []


class EmptyComment(Mistake):
    """A comment that says nothing, or too much."""

    code = "empty_comment"
    message = "A comment has 1 to {most} characters."
    remedy = "Write what the others should know; attach longer texts as a file."


class UnknownPlace(Mistake):
    """A comment on a stage or step that the standard does not have."""

    code = "unknown_stage"
    message = "The standard of this order has no {place}."
    remedy = "Choose a stage or step of it, or the whole order."


class NotYourComment(Refusal):
    """Somebody else wrote it."""

    code = "not_your_comment"
    message = "This comment was written by {author}."
    remedy = "Only they can do this; answer with a comment of your own."


class CommentStands(Refusal):
    """Too late to change it."""

    code = "comment_stands"
    message = "A comment can be changed for {minutes} minutes, and only while it is not withdrawn; this one stands."
    remedy = "Write another one, or withdraw it."


def register_told(tell: Tell) -> None:
    """Let an upper layer be told of new mentions, inside the transaction of the comment."""
    _tell.append(tell)


def post(number: str, text: str, *, stage: str = "", step: str = "", also: Iterable[str] = (), actor: Actor, now: datetime) -> Comment:
    """Write a comment about an order, a stage or a step. `also`: roles whose people are mentioned besides those in the text."""
    said = _checked(text)
    order = Order.objects.select_related("version").filter(number=number).first()
    if order is None:
        raise OrderUnknown(number=number)
    _require(actor, number)
    _check_place(order, stage, step)
    with transaction.atomic():
        comment = Comment.objects.create(
            order=order, stage=stage, step=step, text=said, salt=secrets.token_hex(16), author=actor.key, at=now
        )
        _write_down(comment, "comment", actor, now)
        _mention(comment, [*_names_in(said), *also], now)
    return comment


def edit(comment_id: int, text: str, *, actor: Actor, now: datetime) -> Comment:
    """Change one's own comment while it may be changed; people mentioned for the first time are told."""
    said = _checked(text)
    with transaction.atomic():
        comment = _locked(comment_id)
        if comment.author != actor.key:
            raise NotYourComment(author=comment.author)
        if comment.withdrawn_at is not None or now - comment.at > EDIT_WINDOW:
            raise CommentStands(minutes=int(EDIT_WINDOW.total_seconds() // 60))
        comment.text, comment.edited_at = said, now
        comment.save(update_fields=["text", "edited_at"])
        _write_down(comment, "edit", actor, now)
        _mention(comment, _names_in(said), now)
    return comment


def withdraw(comment_id: int, *, actor: Actor, now: datetime) -> Comment:
    """Take a comment back: its text is gone, that there was one stays on record. Twice changes nothing."""
    with transaction.atomic():
        comment = _locked(comment_id)
        if comment.author != actor.key and Duty.ADMINISTRATOR not in actor.duties:
            raise NotYourComment(author=comment.author)
        if comment.withdrawn_at is None:
            comment.text, comment.withdrawn_by, comment.withdrawn_at = "", actor.key, now
            comment.save(update_fields=["text", "withdrawn_by", "withdrawn_at"])
            _write_down(comment, "withdraw", actor, now)
    return comment


def of_order(order_id: int) -> list[Comment]:
    """The comments of an order, oldest first, withdrawn ones too."""
    return list(Comment.objects.filter(order_id=order_id).order_by("at", "pk"))


def may_edit(comment: Comment, actor: Actor, now: datetime) -> bool:
    """Whether a page should offer to change it."""
    return comment.author == actor.key and comment.withdrawn_at is None and now - comment.at <= EDIT_WINDOW


def may_withdraw(comment: Comment, actor: Actor) -> bool:
    """Whether a page should offer to take it back."""
    return comment.withdrawn_at is None and (comment.author == actor.key or Duty.ADMINISTRATOR in actor.duties)


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not said or len(said) > LONGEST:
        raise EmptyComment(field="text", most=LONGEST)
    return said


def _require(actor: Actor, number: str) -> None:
    duties = {*actor.duties, *({Duty.READER} if actor.person_id is not None else ())}
    if not rights.allows(duties, "order.comment"):
        raise NotAllowed(actor=actor.key, act="order.comment", place=number, who=["whoever works here"])


def _check_place(order: Order, stage: str, step: str) -> None:
    if not stage and not step:
        return
    found = program_of(order.version_id, order.version.content_hash).standard.stages.get(stage)  # type: ignore[call-overload]
    if found is None or (step and found.step(step) is None):
        raise UnknownPlace(field="stage", place=f"{stage}.{step}" if step else stage)


def _locked(comment_id: int) -> Comment:
    comment = Comment.objects.select_for_update().filter(pk=comment_id).first()
    if comment is None:
        raise UnknownPlace(field="comment", place=f"comment {comment_id}")
    return comment


def _write_down(comment: Comment, act: str, actor: Actor, now: datetime) -> None:
    digest = sha256(f"{comment.salt}{comment.text}".encode()).hexdigest()
    payload = {"order": comment.order_id, "stage": comment.stage, "step": comment.step, "digest": digest}
    writing.append([NewEntry(SUBJECT, str(comment.pk), now, act, actor.key, writing.canonical(payload))])


# --- mentions ---------------------------------------------------------------------------------------------------------------


def _names_in(text: str) -> list[str]:
    return list(dict.fromkeys(MENTION.findall(text)))[:MOST_MENTIONED]


def _mention(comment: Comment, names: Sequence[str], now: datetime) -> None:
    """Names are keys of people, else ids of roles, whose people of today are meant; what is neither stays plain text."""
    if not names:
        return
    known = set(comment.mentions.values_list("person_id", flat=True))
    today = now.date()
    valid = Q(valid_from__isnull=True) | Q(valid_from__lte=today)
    valid &= Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    of_roles = RoleMember.objects.filter(valid, role__in=names).values("person_id")
    people = Person.objects.filter(Q(key__in=names) | Q(pk__in=of_roles), is_active=True).exclude(key=comment.author)
    fresh = [Mention(comment=comment, person=person, at=now) for person in people.order_by("pk") if person.pk not in known]
    Mention.objects.bulk_create(fresh[:MOST_MENTIONED])
    for tell in _tell:
        tell(fresh[:MOST_MENTIONED])
