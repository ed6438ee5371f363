"""Milestones that somebody reached, and their suggestions that were taken up: theirs to keep, or to show to their team. No list by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from orderway.assessment.models import DoneTask, SharedMilestone
from orderway.assessment.refusals import NotReached
from orderway.assessment.rules.judging import Quality
from orderway.improvement import suggestions
from orderway.improvement.models import Reply
from orderway.masterdata.models import GroupMember, Person
from orderway.orders.models import Feedback

DONE = (100, 500, 1_000, 5_000, 10_000)
IN_A_ROW = (50, 100, 250, 500)
TAKEN_UP = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Milestone:
    """What was reached: "done-500", in words, and whether it is shared."""

    key: str
    words: str
    shared: bool


def reached(person: Person) -> list[Milestone]:
    """The highest milestone of each kind; five statements."""
    shared = set(SharedMilestone.objects.filter(person=person).values_list("milestone", flat=True))
    counted: dict[str, tuple[int, Sequence[int]]] = {
        "done": (DoneTask.objects.filter(person=person).count(), DONE),
        "row": (longest_run(_qualities(person)), IN_A_ROW),
        "suggestions": (len(taken_up(person)), TAKEN_UP),
    }
    keys = [f"{kind}-{_highest(number, steps)}" for kind, (number, steps) in counted.items() if number >= steps[0]]
    return [Milestone(key, words(key), key in shared) for key in keys]


def share(key: str, *, by: Person, now: datetime) -> None:
    """Show a milestone to one's team. Twice changes nothing. Refused with NotReached."""
    if key not in {one.key for one in reached(by)}:
        raise NotReached
    SharedMilestone.objects.get_or_create(person=by, milestone=key, defaults={"at": now})


def take_back(key: str, *, by: Person) -> None:
    """Show it no more; nothing is left of it."""
    SharedMilestone.objects.filter(person=by, milestone=key).delete()


def of_team(person: Person) -> list[tuple[str, str]]:
    """What people of this person's groups show, by name: (name, words); two statements. The lead of a group belongs to it."""
    groups = GroupMember.objects.filter(Q(person=person) | Q(group__lead=person), left_on__isnull=True, group__active=True).values("group")
    colleagues = Q(person__groups__group__in=groups, person__groups__left_on__isnull=True) | Q(person__leads__in=groups)
    rows = SharedMilestone.objects.filter(colleagues, person__is_active=True).exclude(person=person).distinct()
    return [(one.person.name, words(one.milestone)) for one in rows.select_related("person").order_by("person__name", "milestone")]


def taken_up(person: Person) -> list[Feedback]:
    """Suggestions of this person that were taken up or done."""
    own = Q(actor=person.key) | Q(actor__startswith=f"{person.key}:")
    states = (Reply.State.TAKEN_UP, Reply.State.DONE)
    return [one for state in states for one in suggestions.suggestions(state, "staff").filter(own)]


def longest_run(qualities: Sequence[int]) -> int:
    """The longest row of judged tasks, in the sequence of their end, that were right the first time."""
    wrong = np.flatnonzero(np.asarray(qualities, dtype=np.int64) != Quality.RIGHT)
    return int(np.diff(np.concatenate(([-1], wrong, [len(qualities)]))).max()) - 1


def words(key: str) -> str:
    """A milestone in words."""
    kind, _minus, number = key.partition("-")
    said = {
        "done": _("%(number)s tasks done"),
        "row": _("%(number)s tasks in a row right the first time"),
        "suggestions": _("suggestions taken up: %(number)s"),
    }
    return said[kind] % {"number": number}


def _qualities(person: Person) -> list[int]:
    judged = DoneTask.objects.filter(person=person).exclude(quality=Quality.NOT_JUDGED)
    return list(judged.order_by("done", "pk").values_list("quality", flat=True))


def _highest(number: int, steps: Sequence[int]) -> int:
    return max(step for step in steps if step <= number)
