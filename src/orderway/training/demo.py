"""The certificates of the demo company: some hold, some end soon, some have ended, some are missing; somebody failed, one is watched.

A few have practised: rightly, without looking, or not to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot
from orderway.engine.case import OpenItem
from orderway.engine.program import Program
from orderway.masterdata.models import Person
from orderway.releases.control import roles_today
from orderway.releases.models import Version
from orderway.training import certifying, keeping, overriding, rules
from orderway.training.models import Attempt
from orderway.training.practice import practising
from orderway.training.practice.playing import Given, Play
from orderway.training.practice.rightly import blindly, rightly
from orderway.training.practice.scene import Scene as PracticeScene
from orderway.training.refusals import NoCourse, NothingDue, NothingToPractise
from orderway.training.standings import standard_of, standards_to_learn

How = Callable[[Program, PracticeScene, Play, OpenItem], Given]
OWNER, WATCHED, WATCHER = "gao.xin", "hu.bin", "zhu.hong"
PASSED_DAYS = 24  # the youngest certificate is so old
ENDS_IN = {"ends soon": 12, "ended": -9}  # days from today
FATES = ("passed", "passed", "ends soon", "passed", "ended", "passed", "missing", "failed")
PRACTISED: tuple[tuple[str, str, How | None], ...] = (
    ("chen.jie", "finance", rightly),
    ("zhu.hong", "warehouse", rightly),
    ("wang.fang", "sales", blindly),
    ("he.jing", "logistics", None),
)
"""Who, by which role, how; with None the practice order is still open."""

MOST_ACTS = 40  # of one practice order: whoever does not look may go round for ever
FORMER = "certificate of the former system"


class Learners:
    """Who learns in the demo company, once its orders stand there."""

    def __init__(self, scene: Scene, since: datetime) -> None:
        self._people, self._since = scene.company.people, since

    def morning(self, slot: Slot, now: datetime) -> None:
        """Nothing: a day's work of the demo does not hang on certificates."""

    def finish(self, now: datetime) -> None:
        """Let everybody have learned, or not."""
        furnish(self._people, self._since, now)


def furnish(people: Mapping[str, Person], since: datetime, now: datetime) -> None:
    """Everybody has learned or not learned the courses of their roles, by their place in the list of people and of standards."""
    for shift, version in enumerate(standards_to_learn()):
        standard = standard_of(version)
        for at, (key, person) in enumerate(sorted(people.items())):
            fate = "passed" if key == WATCHER else "missing" if key == WATCHED else FATES[(at + 3 * shift) % len(FATES)]
            for role in sorted(roles_today(person) & set(rules.roles_with_courses(standard))):
                if fate in ENDS_IN and key != OWNER:
                    until = (now + timedelta(days=ENDS_IN[fate])).date()
                    for stage in rules.course_stages(standard, role):
                        where = standard.stages[stage]
                        overriding.attest(version, where, person, until=until, reason=FORMER, by=people[OWNER], now=since)
                elif fate in ("passed", "failed"):
                    learned = max(since, now - timedelta(days=PASSED_DAYS + at))
                    with suppress(NothingDue):  # the same work stands in another standard, and they are certified for it
                        _write(certifying.begin(version, role, person=person, now=learned), learned, right=fate == "passed")
        picking = next((stage for stage in standard.stages.values() if stage.owner == "warehouse"), None)
        if picking is not None:
            until = (now + timedelta(days=5)).date()
            overriding.supervise(
                version, picking, people[WATCHED], until=until, reason="first weeks at the shelves", by=people[WATCHER], now=now
            )
    for version in standards_to_learn()[:1]:
        _practise(version, people, now)


def _practise(version: Version, people: Mapping[str, Person], now: datetime) -> None:
    """A handful of practice orders: each is played by the engine, which is what they cost."""
    for days, (key, role, how) in enumerate(PRACTISED, start=1):
        then = now - timedelta(days=days)
        with suppress(NoCourse, NothingToPractise):
            practice = practising.begin(version, role, person=people[key], now=then)
            for _act in range(MOST_ACTS if how else 0):
                play, then = practising.play_of(practice), then + timedelta(seconds=50)
                if play.task is None or how is None:
                    break
                given = how(practising.program_for(practice), practising.scene_of(practice), play, play.task)
                practice = practising.do(practice, given, seen=practice.steps.count(), now=then)


def _write(attempt: Attempt, now: datetime, *, right: bool) -> None:
    """Every eighth answer is wrong; of a paper that is failed every second one."""
    each = 8 if right else 2
    for number, question in enumerate(keeping.read(attempt.paper), start=1):
        choice = question.right if number % each else (question.right + 1) % len(question.options)
        certifying.answer(attempt, number - 1, choice, now=now)
    certifying.hand_in(attempt, now=now + timedelta(minutes=12))
