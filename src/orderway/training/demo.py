"""The certificates of the demo company: some hold, some end soon, some have ended, some are missing; somebody failed, one is watched."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot
from orderway.masterdata.models import Person
from orderway.releases.control import roles_today
from orderway.training import certifying, keeping, overriding, rules
from orderway.training.models import Attempt
from orderway.training.refusals import NothingDue
from orderway.training.standings import standard_of, standards_to_learn

OWNER, WATCHED, WATCHER = "gao.xin", "hu.bin", "zhu.hong"
PASSED_DAYS = 24  # the youngest certificate is so old
ENDS_IN = {"ends soon": 12, "ended": -9}  # days from today
FATES = ("passed", "passed", "ends soon", "passed", "ended", "passed", "missing", "failed")
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


def _write(attempt: Attempt, now: datetime, *, right: bool) -> None:
    """Every eighth answer is wrong; of a paper that is failed every second one."""
    each = 8 if right else 2
    for number, question in enumerate(keeping.read(attempt.paper), start=1):
        choice = question.right if number % each else (question.right + 1) % len(question.options)
        certifying.answer(attempt, number - 1, choice, now=now)
    certifying.hand_in(attempt, now=now + timedelta(minutes=12))
