"""The route of one's own scorecard. It gives nobody else's: that is the lead's, on a page, once its person has had it."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query
from pydantic import BaseModel

from orderway.assessment import reading
from orderway.assessment.rules.shares import Comparison, Share
from orderway.orders.routes import Asked, Routes, Shown, caller_of
from orderway.orders.routes.fields import Day

routes = Routes(tags=["people"])
USUAL_DAYS = 89  # before today


class ShareOut(Shown):
    """A share of tasks; nothing but their number below twenty."""

    n: int = Asked("How many tasks could count.")
    hits: int | None = Asked("How many of them did.")
    share: str | None = Asked("The share, from 0 to 1.")
    low: str | None = Asked("The lower end of its 95 % interval.")
    high: str | None = Asked("The upper end.")
    expected: str | None = Asked("What the others reach with the same stages and kinds of order; nothing where nobody can be compared.")
    verdict: str = Asked("better, same, worse, alone (hardly anybody else does this work), too_few, or none.")


class VolumeOut(Shown):
    """How often a kind of work was done."""

    standard: str = Asked("The standard's id.")
    stage: str = Asked("The stage's id.")
    kind: str = Asked("stage, approval, decision, complaint or leftover.")
    count: int = Asked("How often.")


class CauseOut(Shown):
    """Tasks that were late or not timed through no fault of the person."""

    cause: str = Asked("came_late, goods, waited, held, away, taken, or overload.")
    count: int = Asked("How many.")


class ScorecardOut(Shown):
    """One's own scorecard."""

    since: str = Asked("The first day.")
    until: str = Asked("The last day.")
    tasks: int = Asked("How many tasks were done. Below twenty nothing else is said.")
    left_out: int = Asked("Tasks left out because of objections.")
    in_time: ShareOut = Asked("Done within the limit by the person's own clock.")
    right_first_time: ShareOut = Asked("Neither sent back nor with an error found later.")
    done_again_for_others: ShareOut = Asked("Done again although the person had done nothing wrong.")
    steps_proven: ShareOut = Asked("Steps that ask for proof and have it.")
    system_causes: list[CauseOut] = Asked("What lay in the system.")
    done: list[VolumeOut] = Asked("What was done.")


class ScorecardFilter(BaseModel):
    """Of which days."""

    since: Day | None = Asked("The first day; 90 days back if left out.", None)
    until: Day | None = Asked("The last day; today if left out.", None)


@routes.reads("/scorecard", right="scorecard.read", gives=ScorecardOut, summary="My scorecard")
def scorecard(request: HttpRequest, filter: Query[ScorecardFilter]) -> dict[str, object]:
    """What the journal says about the work of the token's person."""
    caller = caller_of(request)
    assert caller.actor.person_id is not None, "a token belongs to a person"
    until = filter.until or timezone.localdate(caller.now)
    since = filter.since or until - timedelta(days=USUAL_DAYS)
    card = reading.cards(since, until, [caller.actor.person_id])[caller.actor.person_id]
    causes = {kind.name.lower(): number for kind, number in (card.excuses or {}).items()} | {"overload": card.overloaded}
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "tasks": card.tasks,
        "left_out": card.left_out,
        "in_time": _share(card.on_time, card.on_time_beside),
        "right_first_time": _share(card.first_pass, card.first_pass_beside),
        "done_again_for_others": _share(card.rework),
        "steps_proven": _share(card.adherence),
        "system_causes": [{"cause": cause, "count": number} for cause, number in causes.items() if number],
        "done": [{"standard": one[0], "stage": one[1], "kind": one[2], "count": number} for one, number in (card.volume or {}).items()],
    }


def _share(share: Share, beside: Comparison | None = None) -> dict[str, object]:
    return {
        "n": share.n,
        "hits": share.hits,
        "share": _text(share.value),
        "low": _text(share.low),
        "high": _text(share.high),
        "expected": _text(beside.expected) if beside and share.shown else None,
        "verdict": beside.verdict if beside and share.shown else "too_few" if not share.shown else "none",
    }


def _text(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
