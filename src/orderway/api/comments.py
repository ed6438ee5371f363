"""The routes of comments: what people say about an order. They move no order."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from orderway.api import queries
from orderway.orders import comments
from orderway.orders.models import Comment
from orderway.orders.refusals import OrderUnknown
from orderway.orders.routes import Asked, Body, Done, NotFound, Routes, Shown, caller_of, moment
from orderway.orders.routes.fields import ORDER_NUMBER, POSITIVE, Id, Text, in_path

routes = Routes(tags=["comments"])
COMMENT_ID = in_path("The comment's id.", **POSITIVE)


class CommentIn(Body):
    """A comment to be written."""

    text: Text = Asked("What is said; @key mentions a person, @role everybody who has that role.", min_length=1)
    stage: Id = Asked("The stage it is about; empty for the whole order.", "")
    step: Id = Asked("The step of the stage it is about.", "")


class TextIn(Body):
    """A comment's new text."""

    text: Text = Asked("What is said instead.", min_length=1)


class CommentOut(Shown):
    """A comment."""

    id: int = Asked("The comment's id.")
    order: str = Asked("The order's number.")
    stage: str = Asked("The stage it is about; empty for the whole order.")
    step: str = Asked("The step it is about.")
    text: str = Asked("What was said, as plain text; empty once it was withdrawn.")
    author: str = Asked("Who wrote it.")
    at: datetime = Asked("When it was written.")
    edited_at: datetime | None = Asked("When it was changed last.")
    withdrawn_at: datetime | None = Asked("When it was withdrawn.")
    mentioned: list[str] = Asked("The keys of the people who were mentioned.")


class CommentsOut(Shown):
    """The comments of an order."""

    rows: list[CommentOut] = Asked("The comments, oldest first.")


@routes.reads("/orders/{number}/comments", right="order.read", gives=CommentsOut, summary="Comments on an order")
def of_order(request: HttpRequest, number: str = ORDER_NUMBER) -> dict[str, object]:
    """What people said about an order, withdrawn comments without their text."""
    found = queries.order(number)
    if found is None:
        raise OrderUnknown(number=number)
    return {"rows": [_out(comment, number) for comment in comments.of_order(found.pk)]}


@routes.acts("/orders/{number}/comments", right="order.comment", gives=CommentOut, summary="Comment on an order", status=201)
def post(request: HttpRequest, comment: CommentIn, number: str = ORDER_NUMBER) -> Done:
    """Say something about an order, a stage or a step."""
    caller = caller_of(request)
    made = comments.post(number, comment.text, stage=comment.stage, step=comment.step, actor=caller.actor, now=caller.now)
    return Done(_out(made, number), 201)


@routes.acts("/comments/{comment_id}/edit", right="order.comment", gives=CommentOut, summary="Change a comment")
def edit(request: HttpRequest, comment: TextIn, comment_id: int = COMMENT_ID) -> Done:
    """Change one's own comment, for a quarter of an hour."""
    caller = caller_of(request)
    number = _number_of(comment_id)
    return Done(_out(comments.edit(comment_id, comment.text, actor=caller.actor, now=caller.now), number))


@routes.acts("/comments/{comment_id}/withdraw", right="order.comment", gives=CommentOut, summary="Withdraw a comment")
def withdraw(request: HttpRequest, comment_id: int = COMMENT_ID) -> Done:
    """Take one's own comment back: its text is gone, that there was one stays."""
    caller = caller_of(request)
    number = _number_of(comment_id)
    return Done(_out(comments.withdraw(comment_id, actor=caller.actor, now=caller.now), number))


def _number_of(comment_id: int) -> str:
    number = Comment.objects.filter(pk=comment_id).values_list("order__number", flat=True).first()
    if number is None:
        raise NotFound(what="comment", key=str(comment_id))
    return number


def _out(comment: Comment, number: str) -> dict[str, object]:
    return {
        "id": comment.pk,
        "order": number,
        "stage": comment.stage,
        "step": comment.step,
        "text": comment.text,
        "author": comment.author,
        "at": moment(comment.at),
        "edited_at": moment(comment.edited_at),
        "withdrawn_at": moment(comment.withdrawn_at),
        "mentioned": list(comment.mentions.order_by("person__key").values_list("person__key", flat=True)),
    }
