"""The routes of the live board, and of work done many at a time: each item is refused or done by itself, and no gate is passed blind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel

from orderway.api import doing
from orderway.engine.refusals import Refusal
from orderway.orders import board, bulk
from orderway.orders.actor import Actor
from orderway.orders.models import WorkItem
from orderway.orders.routes import Asked, Body, Done, NotFound, Routes, Shown, caller_of, moment
from orderway.orders.routes.fields import Key, Line, Word
from orderway.orders.routes.problems import Problem, problem_of
from orderway.releases import catalogue

routes = Routes(tags=["board"])
MOST = 200


# --- the board ----------------------------------------------------------------------------------------------------------------------


class StageOut(Shown):
    """The open work at a stage."""

    stage: str = Asked("The stage's id.")
    count: int = Asked("How much is open.")
    late: int = Asked("How much of it is past its deadline.")
    median_opened_at: datetime | None = Asked("Half of it was opened before this moment.")


class LoadOut(Shown):
    """What a person has."""

    person: str = Asked("The person's key.")
    count: int = Asked("Open items.")
    late: int = Asked("How many of them are past their deadline.")
    minutes: int = Asked("Their working time by the limits of the standard.")


class BoardOut(Shown):
    """What stands where now."""

    stages: list[StageOut] = Asked("The stages with open work.")
    nobody: int = Asked("Items that nobody has.")
    hold: int = Asked("Items of orders on hold.")
    outside: int = Asked("Items that wait for something.")
    people: list[LoadOut] = Asked("Those with the most open working time.")


class BoardFilter(BaseModel):
    """Of which work."""

    role: Word = Asked("Only work of this role.", "")
    responsible: Word = Asked("Only work of this person, by key.", "")
    customer: Word = Asked("Only work on orders of this customer, by key.", "")


@routes.reads("/board", right="item.list", gives=BoardOut, summary="The live board")
def live(request: HttpRequest, filter: Query[BoardFilter]) -> dict[str, object]:
    """Open work by stage, by person, and by what it waits for."""
    now = caller_of(request).now
    narrowed = {"role": filter.role, "responsible__key": filter.responsible, "order__customer__key": filter.customer}
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, **{name: value for name, value in narrowed.items() if value})
    waits = board.waiting(items)
    return {
        "stages": [
            {"stage": stage, "count": one.count, "late": one.late, "median_opened_at": moment(one.median_opened_at)}
            for stage, one in board.by_stage(items, now=now).items()
        ],
        "nobody": waits.nobody,
        "hold": waits.hold,
        "outside": waits.outside,
        "people": [
            {"person": load.key, "count": load.count, "late": load.late, "minutes": load.minutes}
            for load in board.by_person(items, now=now)
        ],
    }


# --- many at a time -----------------------------------------------------------------------------------------------------------------


class ChosenIn(Body):
    """Which open items are meant."""

    items: list[Key] = Asked("The ids of the work items.", min_length=1, max_length=MOST)


class ChosenWhyIn(ChosenIn):
    """Which items, and why."""

    reason: Line = Asked("Why, in a sentence.", "")


class GiveIn(ChosenWhyIn):
    """Which items, and to whom they go."""

    to: Word = Asked("The person's key.")


class OutcomeOut(Shown):
    """What became of one item."""

    item: int = Asked("The work item's id.")
    place: str = Asked("Where.")
    done: bool = Asked("Whether it was done.")
    problem: Problem | None = Asked("Why not; nothing if it was done.")


class OutcomesOut(Shown):
    """What became of each item."""

    results: list[OutcomeOut] = Asked("One result per item.")


Act = Callable[[Sequence[WorkItem], Actor, datetime], Mapping[str, Refusal]]


@routes.acts("/bulk/claim", right="item.claim", gives=OutcomesOut, summary="Take work items")
def claim(request: HttpRequest, chosen: ChosenIn) -> Done:
    """Take open items of one's roles."""
    return _each(request, chosen, lambda items, actor, now: bulk.claim(items, actor=actor, now=now))


@routes.acts("/bulk/release", right="item.release", gives=OutcomesOut, summary="Give work items back")
def release(request: HttpRequest, chosen: ChosenWhyIn) -> Done:
    """Hand open items back to their roles."""
    return _each(request, chosen, lambda items, actor, now: bulk.release(items, reason=chosen.reason, actor=actor, now=now))


@routes.acts("/bulk/delegate", right="item.delegate", gives=OutcomesOut, summary="Give work items to somebody")
def give(request: HttpRequest, chosen: GiveIn) -> Done:
    """Give open items to somebody who is there."""
    to = doing.person(chosen.to)
    return _each(request, chosen, lambda items, actor, now: bulk.give(items, to, reason=chosen.reason, actor=actor, now=now))


@routes.acts("/bulk/finish", right="stage.work", gives=OutcomesOut, summary="Finish work items")
def finish(request: HttpRequest, chosen: ChosenIn) -> Done:
    """Finish what needs no eyes: no gate, no signature, nothing to enter; all else is refused with its reason."""
    return _each(request, chosen, lambda items, actor, now: bulk.finish(items, asks_inputs=_asks_inputs, actor=actor, now=now))


def _each(request: HttpRequest, chosen: ChosenIn, act: Act) -> Done:
    """One result per item; a single item that is refused is refused as it would be alone."""
    caller, items = caller_of(request), _found(chosen.items)
    refused = act(items, caller.actor, caller.now)
    if len(items) == 1:
        for refusal in refused.values():
            raise refusal
    results = [
        {
            "item": item.pk,
            "place": item.place,
            "done": item.place not in refused,
            "problem": problem_of(refused[item.place]).model_dump() if item.place in refused else None,
        }
        for item in items
    ]
    return Done({"results": results}, orders=sorted({item.order.number for item in items if item.place not in refused}))


def _found(ids: Sequence[int]) -> list[WorkItem]:
    open_ones = WorkItem.objects.filter(pk__in=ids, state=WorkItem.State.OPEN).select_related("order__version")
    found = open_ones.defer("order__version__document", "order__version__source").in_bulk()
    missing = [one for one in ids if one not in found]
    if missing:
        raise NotFound(what="open work item", key=str(missing[0]))
    return [found[one] for one in dict.fromkeys(ids)]


def _asks_inputs(act: str) -> bool:
    registered = catalogue.act(act)
    return doing.takes_input(act) or registered is None or registered.run is None
