"""What people say about the standard where they read it or work by it. Stores it; what becomes of it is decided above (improvement)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderway.engine.refusals import Mistake
from orderway.masterdata import rights
from orderway.orders.actor import Actor
from orderway.orders.models import Feedback
from orderway.orders.refusals import NotAllowed

MOST_LETTERS = 2000
LEAST, MOST = 1, 5  # of a score


class NothingSaid(Mistake):
    """A suggestion without words."""

    code = "nothing_said"
    message = "The suggestion is empty."
    remedy = "Write what should be different, and why."


class TooLong(Mistake):
    """A suggestion that nobody reads to its end."""

    code = "suggestion_too_long"
    message = "The suggestion has {letters} letters."
    remedy = "Say it in at most {most}."


@dataclass(frozen=True, slots=True)
class Clause:
    """A place of a standard: the version, the stage, the step (empty: the stage as a whole)."""

    version_id: int
    stage: str
    step: str = ""


class NoScore(Mistake):
    """An answer without its number, or with another than there is."""

    code = "no_score"
    message = "No answer was chosen."
    remedy = "Choose one from {least} to {most}."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer was asked about: the question's name in the standard, the order, and where it stood when it was asked."""

    name: str
    order_id: int
    version_id: int
    stage: str
    path: str = ""
    run: int | None = None


def answer(asked: Asked, score: int | None, comment: str, *, low: bool, actor: Actor, now: datetime) -> Feedback:
    """Keep a customer's answer. Refused with NoScore or TooLong."""
    if score is None or not LEAST <= score <= MOST:
        raise NoScore(field="score", least=LEAST, most=MOST)
    comment = comment.strip()
    if len(comment) > MOST_LETTERS:
        raise TooLong(field="comment", letters=len(comment), most=MOST_LETTERS)
    return Feedback.objects.create(
        kind=Feedback.Kind.ANSWER,
        name=asked.name,
        order_id=asked.order_id,
        version_id=asked.version_id,
        score=Decimal(score),
        low=low,
        comment=comment,
        stage=asked.stage,
        path=asked.path,
        run=asked.run,
        actor=actor.key,
        at=now,
    )


def suggest(clause: Clause, text: str, *, actor: Actor, now: datetime, order_id: int | None = None) -> Feedback:
    """Keep a suggestion about a clause. Refused with NotAllowed, NothingSaid or TooLong."""
    if not rights.allows(actor.duties, "standard.suggest"):
        raise NotAllowed(actor=actor.key, act="standard.suggest", place=clause.stage, who=["whoever works here"])
    text = text.strip()
    if not text:
        raise NothingSaid(field="text")
    if len(text) > MOST_LETTERS:
        raise TooLong(field="text", letters=len(text), most=MOST_LETTERS)
    return Feedback.objects.create(
        kind=Feedback.Kind.SUGGESTION,
        name="suggestion",
        order_id=order_id,
        version_id=clause.version_id,
        stage=clause.stage,
        step=clause.step,
        comment=text,
        actor=actor.key,
        at=now,
    )
