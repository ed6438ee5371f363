"""What people say about the standard where they read it or work by it. Stores it; what becomes of it is decided above (improvement)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderway.engine.refusals import Mistake
from orderway.masterdata import rights
from orderway.orders.actor import Actor
from orderway.orders.models import Feedback
from orderway.orders.refusals import NotAllowed

MOST_LETTERS = 2000


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
