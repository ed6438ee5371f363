"""How acts of this stage enter the one door, and which working days they count with.

Their stages wait for goods that only a later receipt brings, so that missing evidence does not turn a place away at the door: the
engine asks for it when the stage is completed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderway.engine.calendars import WorkingTime
from orderway.masterdata import rights
from orderway.masterdata.rights import STAGE_WORK, Duty
from orderway.orders.actor import Actor
from orderway.orders.completion import DONE, Completion
from orderway.orders.locking import at_act
from orderway.orders.session import Entrance, Work, door
from orderway.orders.storing import HOLIDAYS
from orderway.releases.owners import owners_of
from orderway.stages.supply.refusals import MayNotSupply
from orderway.stages.supply.rules import Kind, shown

ACTS: Mapping[Kind, str] = {"make": "supply.produce", "buy": "supply.purchase"}


def supplying(
    places: Sequence[str], kind: Kind, *, actor: Actor, now: datetime, brings: Mapping[str, Completion] | None = None
) -> AbstractContextManager[Work]:
    """Work on the places that are open at production or purchasing."""
    act = ACTS[kind]
    return door(places, Entrance(act, STAGE_WORK, at_act(act)), actor=actor, now=now, brings=brings)


def complete(work: Work, arrived: Mapping[str, Decimal], brings: Mapping[str, Completion] | None = None) -> None:
    """Complete these places, at which so much has arrived: the goods receipts are the evidence, also of what came during a hold."""
    completions = {}
    for place, quantity in arrived.items():
        brought = (brings or {}).get(place, DONE)
        proven = _receipts_prove(work, place, quantity) if quantity else {}
        completions[place] = replace(brought, evidence={**proven, **brought.evidence})
    work.complete(completions, places=list(arrived))


def _receipts_prove(work: Work, place: str, arrived: Decimal) -> dict[str, str]:
    """What receipts prove: every quantity that the stage asks for, and its last step, which a tick proves. Never what came before."""
    steps = [step for step in work.stage(place).steps if step.evidence is not None]
    recorded = work.proofs.recorded_steps(work.opened(place))
    proven = {step.id: shown(arrived) for step in steps if step.evidence and step.evidence.kind == "number"}
    if steps and steps[-1].evidence and steps[-1].evidence.kind == "tick":
        proven[steps[-1].id] = "yes"
    return {step: value for step, value in proven.items() if step not in recorded}


class Days:
    """The working days of a company's calendar, seen from today."""

    def __init__(self, today: date, calendar: WorkingTime) -> None:
        self.today = today
        self._calendar = calendar

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on this day."""
        return bool(self._calendar.spans(day))


def days(work: Work) -> Days:
    """The working days that count for these places: those of the first one's stage. Lead times are the company's, not the order's."""
    opened = work.opened(work.places[0])
    calendar = opened.program.standard.calendar_of(opened.stage)
    return Days(work.now.astimezone(ZoneInfo(calendar.zone)).date(), WorkingTime(calendar, HOLIDAYS))


def require_right(actor: Actor, number: str, kind: Kind, work: Work | None = None) -> None:
    """Whoever may work on a stage that waits for this supply order may work on it, and whoever owns such a stage in a standard in force.

    Raises MayNotSupply.
    """
    if actor.is_system or (work and work.places):
        return
    owners = owners_of(ACTS[kind])
    duties = {*actor.duties, *({Duty.OWNER} if owners & actor.roles else ())}
    if not rights.allows(duties, "supply.receive"):
        raise MayNotSupply(actor=actor.key, number=number, who=sorted(f"role {role}" for role in owners))
