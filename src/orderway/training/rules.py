"""What a new version asks of people who were certified for an older one, when a paper is passed, when the next one may begin.

Pure judgements: standards, dates and counts in, verdicts out. Reads no table and asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from hashlib import sha256
from itertools import pairwise

from orderway.standard.canonical import stage_hash
from orderway.standard.diff import read_version, roles_in, stages_reworked
from orderway.standard.document import StageId, Standard
from orderway.standard.vocabulary import Duration

EXPIRING_DAYS = 30  # from so many days before its end on, a certificate is shown and reminded of as expiring
WAITS = (timedelta(minutes=15), timedelta(hours=4), timedelta(days=1))  # after the first, second, third and every later failed attempt
SLIPS = 1  # that a practice order forgives, whatever their share: they were put right
VALID_MONTHS = 12  # where the standard does not say how long


class Ask(IntEnum):
    """What somebody certified for a stage of the older version has to do for the newer one; the larger one counts."""

    NOTHING = 0
    ACKNOWLEDGE = 1
    QUIZ = 2


class Standing(StrEnum):
    """How somebody stands to a stage."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    ACKNOWLEDGE = "acknowledge"  # a minor step: read the section and answer its check question
    RETRAIN = "retrain"  # a major step changed the stage: a quiz is due
    MISSING = "missing"

    @property
    def counts(self) -> bool:
        """Whether the person may be given the stage."""
        return self in (Standing.VALID, Standing.EXPIRING)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a paper came to."""

    right: int
    asked: int
    pass_mark: int

    @property
    def percent(self) -> int:
        """The share of right answers, rounded down, so that nobody seems to have passed who has not."""
        return self.right * 100 // self.asked if self.asked else 0

    @property
    def passed(self) -> bool:
        """Whether it is enough."""
        return self.asked > 0 and self.right * 100 >= self.pass_mark * self.asked


@dataclass(frozen=True, slots=True)
class PracticeMark:
    """What a practice order came to: acts of the learner, how many were right, and faults that went through unseen."""

    acts: int
    right: int
    missed: int
    pass_mark: int

    @property
    def percent(self) -> int:
        """The share of right acts, rounded down."""
        return self.right * 100 // self.acts if self.acts else 0

    @property
    def passed(self) -> bool:
        """Whether it is enough. A fault that went through is never made good by other acts: it would have reached the customer.

        One slip that was put right fails nobody: with two or three acts it would weigh more than the pass mark leaves over.
        """
        enough = self.right * 100 >= self.pass_mark * self.acts or self.acts - self.right <= SLIPS
        return self.right > 0 and not self.missed and enough


def course_stages(standard: Standard, role: str) -> list[StageId]:
    """The stages of a role's course: every stage that it owns, and those at whose gates it signs, waives or decides."""
    return [stage for stage in standard.stages_in_flow() if role in roles_in(standard.stages[stage], standard)]


def roles_with_courses(standard: Standard) -> list[str]:
    """The roles that have anything to learn, in the order of the document."""
    return [role for role in standard.roles if course_stages(standard, role)]


def hashes(standard: Standard) -> dict[StageId, str]:
    """What a certificate covers, stage by stage."""
    return {stage: stage_hash(standard, stage) for stage in standard.stages}


def content_hash(stages: Mapping[StageId, str]) -> str:
    """The hash of all the stages that a certificate covers."""
    return sha256("\n".join(f"{stage} {hash_}" for stage, hash_ in sorted(stages.items())).encode()).hexdigest()


def asked(old: Standard, new: Standard) -> dict[StageId, Ask]:
    """What the step from one version to the next asks, for every stage that both have.

    Nothing where the stage is word for word the same, or only its wording changed and the step is not a major one. The owner of the
    standard chose a major step so that people learn anew, so it makes every change of a stage one.
    """
    before, after = hashes(old), hashes(new)
    reworked = stages_reworked(old, new)
    major = _is_major(old.version, new.version)
    found = {}
    for stage in after:
        if stage not in before:
            continue
        changed = before[stage] != after[stage]
        found[stage] = Ask.QUIZ if changed and major else Ask.ACKNOWLEDGE if changed and stage in reworked else Ask.NOTHING
    return found


def asked_over(chain: Sequence[Standard]) -> dict[StageId, Ask]:
    """The same over several versions, oldest first: the largest of their steps."""
    found: dict[StageId, Ask] = {}
    for old, new in pairwise(chain):
        step = asked(old, new)
        found = {stage: max(found.get(stage, Ask.NOTHING), ask) for stage, ask in step.items()}
    return found


def standing(until: date | None, ask: Ask | None, today: date) -> Standing:
    """How somebody stands who is certified until that day (None: never was); `ask`: what newer versions ask of them."""
    if until is None:
        return Standing.MISSING
    if until < today:
        return Standing.EXPIRED
    if ask == Ask.QUIZ:
        return Standing.RETRAIN
    if ask == Ask.ACKNOWLEDGE:
        return Standing.ACKNOWLEDGE
    return Standing.EXPIRING if until <= today + timedelta(days=EXPIRING_DAYS) else Standing.VALID


def valid_until(today: date, valid: Duration | None) -> date:
    """The last day of a certificate that is issued today."""
    if valid is None or valid.unit in ("m", "h"):
        return _months_after(today, VALID_MONTHS)
    if valid.unit == "d":
        return today + timedelta(days=int(valid.amount))
    return _months_after(today, int(valid.amount) * (12 if valid.unit == "y" else 1))


def again_from(failed: Iterable[datetime]) -> datetime | None:
    """When the next attempt may begin after these failed ones in a row; None for at once."""
    moments = sorted(failed)
    return moments[-1] + WAITS[min(len(moments), len(WAITS)) - 1] if moments else None


def _is_major(old: str, new: str) -> bool:
    before, after = read_version(old), read_version(new)
    return before is not None and after is not None and after[0] > before[0]


def _months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
