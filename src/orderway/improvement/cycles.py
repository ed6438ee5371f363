"""PDCA cycles: plan, do, check, act. A cycle is closed with figures or dropped before anything changed; what was measured is frozen.

Judges by `simulation.verdicts`; changes no standard (release and trial are acts of their own) and moves no order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from orderway.improvement import series, suggestions
from orderway.improvement.models import Cycle, Reply, Result
from orderway.improvement.refusals import (
    AimTooSmall,
    ChangedAlready,
    CycleClosed,
    MissingInPlan,
    NoDataYet,
    NothingChangedYet,
    WrongMoment,
)
from orderway.improvement.series import OrderSeen
from orderway.improvement.words import effect_for_author, reply_state
from orderway.masterdata.models import Person
from orderway.orders.models import Feedback
from orderway.pages.templatetags.ow import day
from orderway.releases import control, trials
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.releases.refusals import NoReason
from orderway.simulation.verdicts import FEWEST, Verdict, judged, judged_trial
from orderway.standard.document import Standard

SEED = 2026
MOST_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cycle sets out to do."""

    title: str
    standard_id: str
    stage: str
    measure: str
    aim_percent: int
    problem: str
    causes: str = ""

    def checked(self) -> Plan:
        """The plan, tidied. Refused with MissingInPlan or AimTooSmall."""
        plan = Plan(
            self.title.strip()[:160],
            self.standard_id,
            self.stage,
            self.measure,
            self.aim_percent,
            self.problem.strip(),
            self.causes.strip(),
        )
        if not plan.title:
            raise MissingInPlan(field="title", what=_("what it is called"))
        if not plan.problem:
            raise MissingInPlan(field="problem", what=_("which problem it is about"))
        if plan.measure not in Cycle.Measure.values:
            raise MissingInPlan(field="measure", what=_("what is measured"))
        if not 1 <= plan.aim_percent <= MOST_PERCENT:
            raise AimTooSmall(field="aim", percent=plan.aim_percent)
        return plan


# --- plan -------------------------------------------------------------------------------------------------------------------


def begin(plan: Plan, *, by: Person, now: datetime, about: Sequence[Feedback] = (), follows: Cycle | None = None) -> Cycle:
    """Begin a cycle, perhaps because of suggestions, whose authors are told. Refused with NotTheirs, MissingInPlan or AimTooSmall."""
    plan = plan.checked()
    control.require(standard_of(plan.standard_id), by, "cycle.lead")
    with transaction.atomic():
        cycle = Cycle(begun_by=by, begun_at=now, follows=follows)
        _take_over(cycle, plan)
        cycle.save()
        if about:
            suggestions.reply(about, Reply.State.TAKEN_UP, plan.title, by=by, now=now, cycle=cycle)
    return cycle


def replan(cycle: Cycle, plan: Plan, *, by: Person) -> None:
    """Write the plan anew, until something has changed. Refused with NotTheirs, CycleClosed or ChangedAlready."""
    plan = plan.checked()
    with transaction.atomic():
        cycle = _led(cycle, by)
        if cycle.changed_at is not None:
            raise ChangedAlready(day=day(cycle.changed_at))
        _take_over(cycle, plan)
        cycle.save()


def _take_over(cycle: Cycle, plan: Plan) -> None:
    cycle.title, cycle.standard_id, cycle.stage = plan.title, plan.standard_id, plan.stage
    cycle.measure, cycle.aim_percent = plan.measure, -plan.aim_percent
    cycle.problem, cycle.causes = plan.problem, plan.causes


# --- do ---------------------------------------------------------------------------------------------------------------------


def prepare(cycle: Cycle, version: Version | None, doing: str, *, by: Person) -> None:
    """Note the version that is tried and what else is done: training, forms, places."""
    with transaction.atomic():
        cycle = _led(cycle, by)
        if cycle.changed_at is not None and version != cycle.version:
            raise ChangedAlready(day=day(cycle.changed_at))
        cycle.version, cycle.doing = version, doing.strip()
        cycle.save(update_fields=["version", "doing"])


def changed(cycle: Cycle, at: datetime, *, by: Person, now: datetime) -> None:
    """From then on all new orders go the new way. Refused with ChangedAlready or WrongMoment."""
    with transaction.atomic():
        cycle = _led(cycle, by)
        if cycle.changed_at is not None:
            raise ChangedAlready(day=day(cycle.changed_at))
        if not cycle.begun_at - timedelta(days=1) <= at <= now:
            raise WrongMoment(field="day", day=day(at))
        cycle.changed_at = at
        cycle.save(update_fields=["changed_at"])


def start_trial(
    cycle: Cycle, share_percent: int, reason: str, *, pilot: trials.Pilot = trials.EVERYBODY, by: Person, now: datetime
) -> None:
    """Let a share of new orders, or a pilot's, go the new way. It is compared with the others of the same time; where all of a pilot's go
    the new way, with the pilot's before. Refused as `releases.trials.start`."""
    with transaction.atomic():
        cycle = _led(cycle, by)
        if cycle.changed_at is not None:
            raise ChangedAlready(day=day(cycle.changed_at))
        if cycle.version is None:
            raise MissingInPlan(field="version", what=_("which version is tried"))
        cycle.trial = trials.start(cycle.version, share_percent, reason, pilot=pilot, by=by, now=now)
        cycle.changed_at = now
        cycle.save(update_fields=["trial", "changed_at"])


def stop_trial(cycle: Cycle, reason: str, *, by: Person, now: datetime) -> None:
    """No further order goes the new way. Refused as `releases.trials.stop`, or with NothingChangedYet."""
    with transaction.atomic():
        cycle = _led(cycle, by)
        if cycle.trial is None:
            raise NothingChangedYet
        trials.stop(cycle.trial, reason, by=by, now=now)


# --- check ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """The orders and what they allow to be said; without a verdict while nothing has changed."""

    rows: Sequence[OrderSeen]
    verdict: Verdict | None


def check(cycle: Cycle) -> Checked:
    """The same measure after as before, with its verdict; a closed cycle says what was frozen."""
    frozen = Result.objects.filter(cycle=cycle).first()
    if frozen is not None:
        return _thawed(frozen)
    rows = series.of_cycle(cycle)
    return Checked(rows, _verdict(cycle, rows) if cycle.changed_at is not None else None)


def _verdict(cycle: Cycle, rows: Sequence[OrderSeen]) -> Verdict:
    looked_for = abs(cycle.aim_percent) / 100
    old, new = series.sides(cycle, rows)
    if cycle.trial is not None and cycle.trial.in_parallel:
        together = sorted((*old, *new), key=lambda row: row.at)
        if old and new:
            return judged_trial([(row.new, row.seen) for row in together], seed=SEED, looked_for=looked_for)
    return judged([row.seen for row in old], [row.seen for row in new], seed=SEED, looked_for=looked_for)


# --- act --------------------------------------------------------------------------------------------------------------------


def close(cycle: Cycle, outcome: Cycle.Outcome, reason: str, *, by: Person, now: datetime) -> Cycle:
    """End a cycle with a reason; its figures are frozen with the orders they were made of, and who suggested it reads the effect.

    Refused with CycleClosed, NoReason, NothingChangedYet (only dropping a plan needs no figures) or NoDataYet.
    """
    if not reason.strip():
        raise NoReason(field="reason")
    with transaction.atomic():
        cycle = _led(cycle, by)
        checked = check(cycle)
        _require_data(cycle, outcome, checked)
        cycle.outcome, cycle.reason, cycle.closed_by, cycle.closed_at = outcome, reason.strip(), by, now
        cycle.save(update_fields=["outcome", "reason", "closed_by", "closed_at"])
        text = frozen_text(checked)
        Result.objects.create(cycle=cycle, content=text, sha256=sha256(text.encode()).hexdigest(), at=now)
        _tell_authors(cycle, checked.verdict, by, now)
    return cycle


def _require_data(cycle: Cycle, outcome: Cycle.Outcome, checked: Checked) -> None:
    if checked.verdict is None:
        if outcome != Cycle.Outcome.DROP:
            raise NothingChangedYet
        return
    verdict = checked.verdict
    if verdict.word == "too_few":
        raise NoDataYet(before=verdict.n_before, after=verdict.n_after, fewest=FEWEST, needed=verdict.needed)


def _tell_authors(cycle: Cycle, verdict: Verdict | None, by: Person, now: datetime) -> None:
    """Everybody whose words began the cycle reads what came of it, in figures."""
    about = Feedback.objects.filter(replies__cycle=cycle).select_related("version").distinct()
    if about and cycle.outcome != Cycle.Outcome.NEXT:
        suggestions.reply(about, reply_state(cycle), effect_for_author(cycle, verdict), by=by, now=now, cycle=cycle)


def frozen_text(checked: Checked) -> str:
    """Rows and verdict as one text."""
    rows = [[row.number, row.at.isoformat(), row.value, row.kind, row.new] for row in checked.rows]
    return json.dumps({"rows": rows, "verdict": asdict(checked.verdict) if checked.verdict else None}, separators=(",", ":"))


def _thawed(frozen: Result) -> Checked:
    content = json.loads(frozen.content)
    rows = [OrderSeen(number, datetime.fromisoformat(at), value, kind, new) for number, at, value, kind, new in content["rows"]]
    return Checked(rows, Verdict(**content["verdict"]) if content["verdict"] else None)


def is_whole(frozen: Result) -> bool:
    """Whether a frozen result is what it was."""
    return sha256(frozen.content.encode()).hexdigest() == frozen.sha256


# --- who --------------------------------------------------------------------------------------------------------------------


def standard_of(standard_id: str) -> Standard:
    """The standard as it is in force, else as it was last."""
    versions = Version.objects.filter(standard_id=standard_id).exclude(status=Version.Status.DRAFT).only("id", "content_hash", "status")
    version = versions.filter(status=Version.Status.EFFECTIVE).first() or versions.order_by("-id").first()
    if version is None:
        raise MissingInPlan(field="standard", what=_("which standard it is about"))
    return program_of(version.pk, version.content_hash).standard


def may_lead(cycle: Cycle, person: Person) -> bool:
    """Whether somebody may take the cycle further."""
    return cycle.closed_at is None and control.may(standard_of(cycle.standard_id), person, "cycle.lead")


def _led(cycle: Cycle, by: Person) -> Cycle:
    """The cycle, locked, for somebody who may lead it. Refused with NotTheirs or CycleClosed."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)  # joined, it would keep the trial from before the wait
    control.require(standard_of(cycle.standard_id), by, "cycle.lead")
    if cycle.closed_at is not None:
        raise CycleClosed(cycle=cycle.title, day=day(cycle.closed_at))
    return cycle
