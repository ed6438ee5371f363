"""The deadline sweep: warnings and escalations whose time has come, holds that expire or need wait no longer, provisional deadlines.

Each alarm fires once: what has fired is read again under the order's lock. Informs and marks; never moves an item on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from orderway.engine import advance, scheduling
from orderway.engine.case import ItemKey
from orderway.engine.program import Program
from orderway.engine.replay import WITH_RUN
from orderway.masterdata.models import RoleMember
from orderway.orders import releasing
from orderway.orders.actor import SYSTEM
from orderway.orders.locking import Opened
from orderway.orders.models import Hold, WorkItem
from orderway.orders.session import ASKED_ALREADY, Entrance, Work, door
from orderway.orders.storing import HOLIDAYS
from orderway.releases.publishing import program_of
from orderway.sets.kept import Kept, given

BATCH = 500
EXPIRED = gettext_noop("The hold has expired.")
TOLD = {"responsible": "the person responsible", "order_owner": "the owner of the order", "standard_owner": "the owner of the standard"}


@dataclass(slots=True)
class Swept:
    """What a sweep did."""

    assigned: int = 0
    alarms: int = 0
    lifted: int = 0
    rescheduled: int = 0

    def __str__(self) -> str:
        return f"{self.assigned} assigned, {self.alarms} alarms, {self.lifted} holds lifted, {self.rescheduled} deadlines computed again"


def sweep(now: datetime) -> Swept:
    """Fire what is due, lift what has expired or waits no longer, settle what was provisional. Twice it does nothing more."""
    swept = Swept()
    for numbers in _batches(lambda after: _with_new_people.rows(after=after, today=now.date())):
        swept.assigned += _assign(numbers, now)
    for numbers in _batches(lambda after: _with_alarms.rows(after=after, now=now)):
        swept.alarms += _fire(numbers, now)
    for numbers in _batches(lambda after: _expired.rows(after=after, now=now)):
        swept.lifted += _lift(numbers, now)
    for numbers in _batches(lambda after: releasing.come(after, BATCH)):
        swept.lifted += releasing.lift(numbers, now)
    for numbers in _batches(_with_published_holidays):
        swept.rescheduled += _reschedule(numbers, now)
    return swept


# --- alarms -----------------------------------------------------------------------------------------------------------


def _fire(numbers: Sequence[str], now: datetime) -> int:
    fired = 0
    with door(numbers, Entrance("escalate", ASKED_ALREADY, None), actor=SYSTEM, now=now) as work:
        work.need_clocks()
        for place in work.places:
            fired += _fire_order(work, place, now)
    return fired


def _fire_order(work: Work, place: str, now: datetime) -> int:
    opened = work.opened(place)
    fired = 0
    for key, state in work.items_of(place).items():
        if state.clock.held_since is not None:
            continue
        due = [percent for percent, at in state.clock.calls[state.alarms_fired :] if at <= now]
        for percent in due:
            fired += _tell(work, place, key, percent, _told(opened, key, percent))
        if (
            not due
            and state.responsible_id is None
            and not _works_by_itself(opened, key)
            and state.next_alarm_at is not None
            and state.next_alarm_at <= now
        ):
            fired += _tell(work, place, key, 0, [TOLD["order_owner"], TOLD["standard_owner"]])
    return fired


def _tell(work: Work, place: str, key: ItemKey, percent: int, told: Iterable[str]) -> int:
    words = ", ".join(told)
    return work.move(
        place,
        lambda program, case, _item, _answers, actor: advance.escalate(program, case, key, level=percent, told=words, actor=actor),
    )


def _told(opened: Opened, key: ItemKey, percent: int) -> list[str]:
    calls = scheduling.calls_of(opened.program.stage(key.stage))
    return [TOLD.get(who, f"role {who}") for after, who in calls if after == percent]


# --- people -----------------------------------------------------------------------------------------------------------


def _assign(numbers: Sequence[str], now: datetime) -> int:
    """Work that nobody had goes to whom its role has got since."""
    found = 0
    with door(numbers, Entrance("assign", ASKED_ALREADY, None), actor=SYSTEM, now=now) as work:
        for place in work.places:
            for key, state in work.items_of(place).items():
                if state.responsible_id is None and not _works_by_itself(work.opened(place), key):
                    found += _give(work, place, key)
    return found


def _works_by_itself(opened: Opened, key: ItemKey) -> bool:
    """Whether the system still has it: nobody gets what has not come to wait."""
    item = opened.case.item(key)
    return item is not None and not item.waiting and item.kind in WITH_RUN and opened.stage_of(item).runs == "system"


def _give(work: Work, place: str, key: ItemKey) -> int:
    opened = work.opened(place)
    somebody = work.find_somebody(opened, key)
    if not somebody.responsible:
        return 0
    return work.move(place, lambda program, case, _item, _answers, actor: advance.reassign(program, case, key, somebody, actor=actor))


# --- holds and provisional deadlines ------------------------------------------------------------------------------------


def _lift(numbers: Sequence[str], now: datetime) -> int:
    lifted = 0
    expired = Hold.objects.filter(order__number__in=numbers, lifted_at__isnull=True, expires_at__lte=now)
    with door(numbers, Entrance("lift", ASKED_ALREADY, None), actor=SYSTEM, now=now) as work:
        work.need_clocks()
        standing = set(work.places)
        for number, hold_type in expired.order_by("order_id", "sequence").values_list("order__number", "type"):
            if number in standing:
                lifted += _lift_one(work, number, hold_type)
    return lifted


def _lift_one(work: Work, number: str, hold_type: str) -> int:
    return work.move(
        number,
        lambda program, case, _item, _answers, actor: advance.lift(program, case, hold_type, reason=EXPIRED, actor=actor),
    )


def _reschedule(numbers: Sequence[str], now: datetime) -> int:
    done = 0
    with door(numbers, Entrance("reschedule", ASKED_ALREADY, None), actor=SYSTEM, now=now) as work:
        work.need_clocks()
        for place in work.places:
            done += _reschedule_one(work, place)
    return done


def _reschedule_one(work: Work, place: str) -> int:
    reason = "The holidays of the year have been published."
    return work.move(place, lambda program, case, _item, _answers, actor: advance.reschedule(program, case, reason=reason, actor=actor))


# --- which orders --------------------------------------------------------------------------------------------------------


def _open() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(order_id__gt=given("after"), state=WorkItem.State.OPEN, held_since__isnull=True)


def _numbers(items: QuerySet[WorkItem]) -> QuerySet[WorkItem, tuple[int, str]]:
    return items.order_by("order_id").values_list("order_id", "order__number").distinct()[:BATCH]


_with_alarms = Kept(lambda: _numbers(_open().filter(next_alarm_at__lte=given("now"))))


@Kept
def _with_new_people() -> QuerySet[WorkItem, tuple[int, str]]:
    today = given("today")
    present = RoleMember.objects.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today), person__is_active=True)
    present = present.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    waiting = _open().exclude(by_system=True, waiting="")
    return _numbers(waiting.filter(responsible__isnull=True, role__in=present.values("role")))


@Kept
def _expired() -> QuerySet[Hold, tuple[int, str]]:
    holds = Hold.objects.filter(order_id__gt=given("after"), lifted_at__isnull=True, expires_at__lte=given("now"))
    return holds.order_by("order_id").values_list("order_id", "order__number").distinct()[:BATCH]


def _with_published_holidays(after: int) -> list[tuple[int, str]]:
    """Orders with a provisional deadline that is one no more: the year it runs into has been published since."""
    rows = _provisional.rows(after=after)
    return [(order, number if _published(program_of(version, hash_), *rest) else "") for order, number, version, hash_, *rest in rows]


_COLUMNS = ("order_id", "order__number", "order__version_id", "order__version__content_hash", "stage", "opened_at", "due_at")
_provisional = Kept(lambda: _open().filter(provisional=True, due_at__isnull=False).order_by("order_id").values_list(*_COLUMNS)[:BATCH])


def _published(program: Program, stage: str, opened_at: datetime, due_at: datetime) -> bool:
    calendar = program.standard.calendar_of(program.stage(stage))
    return HOLIDAYS.working_time(calendar, program.hash).published(opened_at, due_at)


def _batches(find: Callable[[int], list[tuple[int, str]]]) -> Iterator[list[str]]:
    """Order numbers in batches by ascending id; each batch is looked for when the one before is done."""
    after, full = 0, True
    while full and (rows := find(after)):
        after, full = rows[-1][0], len(rows) == BATCH
        numbers = list(dict.fromkeys(number for _, number in rows if number))
        if numbers:
            yield numbers
