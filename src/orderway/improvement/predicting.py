"""What a change would do before it is made: the same weeks simulated the old way and the new, from our own journal. In the worker only.

Both ways get the same orders and the same chance, so the difference is the change's; its interval comes from the replications.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from orderway.engine.program import Program, compile_standard
from orderway.engine.refusals import Mistake
from orderway.improvement import backlog, own_log, words
from orderway.improvement.backlog import Standing
from orderway.improvement.models import Cycle, WhatIf
from orderway.masterdata import presence
from orderway.masterdata.models import Person, RoleMember
from orderway.mining.plain import loaded
from orderway.releases.effects import Effect
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation import running, settings
from orderway.simulation.assumptions import parameters_of, stage_work
from orderway.simulation.moves import Moves
from orderway.simulation.outcome import Outcome
from orderway.simulation.parameters import Parameters
from orderway.simulation.refusals import NobodyMay
from orderway.simulation.summary import DAY, Figure, Summary, figure, summarised
from orderway.simulation.world import World
from orderway.standard.canonical import canonical, content_hash, from_canonical
from orderway.standard.document import Standard

WEEKS = 52 / 12  # a month of orders per replication
LEAST_ORDERS = 40
MOST_STANDSTILLS = 0.5  # of the replications: with more it is the way itself that leads nowhere


class NothingToCompare(Mistake):
    """The same on both sides."""

    code = "nothing_to_compare"
    message = "Nothing would be different."
    remedy = "Choose a draft, or change people, limits or orders."


class OpenOrdersStay(Mistake):
    """Open orders cannot be simulated on by a document that they do not run."""

    code = "open_orders_stay"
    message = "Open orders stay with the version that they began with, so they cannot be simulated on with another."
    remedy = "Compare people, limits or working hours, or let the simulation begin empty."


@dataclass(frozen=True, slots=True)
class Basis:
    """What a stage's times stand on: how often its work and its waiting were seen, and their means in hours."""

    stage: str
    work_hours: float
    work_n: int
    delay_hours: float
    delay_n: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """Both ways, the relative changes of mean and P80 lead time, and of the share of orders with a stage beyond its limit."""

    before: Summary
    after: Summary
    lead_mean: Figure
    lead_p80: Figure
    late_points: Figure  # percentage points: a relative change of nearly nothing says nothing
    per_week: float
    orders_seen: int
    basis: tuple[Basis, ...]
    people_before: tuple[tuple[str, int], ...]
    people_after: tuple[tuple[str, int], ...]
    error_points: Figure | None = None
    backlog: int = 0  # open orders with which both ways begin


# --- asking -----------------------------------------------------------------------------------------------------------------


def ask(
    title: str, version: Version, given: Mapping[str, str], *, by: Person, now: datetime, draft: Standard | None = None,
    draft_name: str = "", cycle: Cycle | None = None, from_now: bool = False,
) -> WhatIf:  # fmt: skip
    """Queue a question. Refused with NothingToCompare, OpenOrdersStay, UnknownSetting or BadSetting; what only the journal can say, its
    answer says. `from_now`: both ways begin with the orders that are open, instead of empty."""
    base = program_of(version.pk, version.content_hash).standard
    if not given and (draft is None or content_hash(draft) == version.content_hash):
        raise NothingToCompare(field="draft")
    if from_now and draft is not None:
        raise OpenOrdersStay(field="from_now")
    _check_settings(draft or base, given)
    return WhatIf.objects.create(
        title=title[:160],
        version=version,
        draft=canonical(draft) if draft else "",
        draft_hash=content_hash(draft) if draft else "",
        draft_name=draft_name[:80],
        given=dict(given),
        asked_by=by,
        asked_at=now,
        cycle=cycle,
        from_now=from_now,
    )


def _check_settings(standard: Standard, given: Mapping[str, str]) -> None:
    settings.apply(standard, parameters_of(compile_standard(standard)), given)


# --- answering ----------------------------------------------------------------------------------------------------------------


def predicted(row: WhatIf, now: datetime, progress: Callable[[float], None]) -> Prediction:
    """The answer. Refused with LogTooSmall, NobodyInRole, NobodyMay or NotStable."""
    old = program_of(row.version_id, row.version.content_hash)
    before = own_log.parameters(old, own_log.own_log(old), now)
    progress(0.05)
    new, after = _changed(row, old, before, now)
    open_now = backlog.standing(row.version) if row.from_now else []
    first, second = _both(_Way(old, before, row, now, open_now), _Way(new, after, row, now, open_now), row.replications, progress)
    return Prediction(
        before=summarised(first),
        after=summarised(second),
        lead_mean=_change(first, second, fmean),
        lead_p80=_change(first, second, lambda leads: sorted(leads)[int(0.8 * (len(leads) - 1))]),
        late_points=figure(_late(new_one) - _late(old_one) for old_one, new_one in zip(first, second, strict=True)),
        per_week=after.arrivals.per_week,
        orders_seen=before.arrivals.n,
        basis=_basis(before),
        people_before=_heads(before),
        people_after=_heads(after),
        error_points=figure(_wrong(new_one) - _wrong(old_one) for old_one, new_one in zip(first, second, strict=True)),
        backlog=len(open_now),
    )


def _changed(row: WhatIf, old: Program, before: Parameters, now: datetime) -> tuple[Program, Parameters]:
    """The other way. Stages that the journal does not know yet go by the assumptions of `assumptions`, n = 0."""
    standard = from_canonical(row.draft) if row.draft else old.standard
    program = compile_standard(standard)
    stages = {
        str(stage.id): before.stages[str(stage.id)] if stage.id in old.standard.stages else stage_work(stage)
        for stage in standard.stages.values()
    }
    crew = before.people if not row.draft else own_log.people(program, now)
    parameters = replace(before, stages=stages, people=crew)
    standard, parameters = settings.apply(standard, parameters, row.given)
    return compile_standard(standard), parameters


class _Way:
    """One of the two ways: the same orders and chance by number, whichever way it is."""

    def __init__(self, program: Program, parameters: Parameters, row: WhatIf, now: datetime, open_now: Sequence[Standing]) -> None:
        running.require_people(program, parameters)
        running.require_time(program, parameters)
        self._moves, self._parameters, self._seed, self._now = Moves(program, parameters.kinds), parameters, row.seed, now
        self._open_now = open_now
        self._orders = max(LEAST_ORDERS, round(parameters.arrivals.per_week * WEEKS))

    def run(self, number: int) -> Outcome:
        """One replication."""
        seed = self._seed * running.BETWEEN_SEEDS + number
        world = World(self._moves, self._parameters, seed=seed, begin=self._now, holidays=own_log.HOLIDAYS)
        return world.run(self._orders, backlog=backlog.starts(self._open_now, self._parameters, seed))


def _both(old: _Way, new: _Way, replications: int, progress: Callable[[float], None]) -> tuple[list[Outcome], list[Outcome]]:
    """Both ways, replication by replication. One that comes to a standstill on either (nobody may sign what they decided) is left out."""
    first: list[Outcome] = []
    second: list[Outcome] = []
    for number in range(replications):
        progress(0.05 + 0.95 * number / replications)
        try:
            pair = old.run(number), new.run(number)
        except NobodyMay:
            if number + 1 - len(first) > MOST_STANDSTILLS * replications:
                raise
            continue
        first.append(pair[0])
        second.append(pair[1])
    return first, second


def _leads(outcome: Outcome) -> list[float]:
    return [order.lead / DAY for order in outcome.orders if order.counted and order.ended >= 0]


def _change(first: Sequence[Outcome], second: Sequence[Outcome], of: Callable[[list[float]], float]) -> Figure:
    """The relative change, replication by replication."""
    return figure(of(_leads(new)) / max(1e-9, of(_leads(old))) - 1 for old, new in zip(first, second, strict=True))


def _wrong(outcome: Outcome) -> float:
    counted = [order for order in outcome.orders if order.counted and order.ended >= 0]
    return 100 * sum(order.error for order in counted) / max(1, len(counted))


def _late(outcome: Outcome) -> float:
    counted = [order for order in outcome.orders if order.counted and order.ended >= 0]
    return 100 * sum(order.late > 0 for order in counted) / max(1, len(counted))


def _basis(parameters: Parameters) -> tuple[Basis, ...]:
    return tuple(
        Basis(stage, work.work.mean / 3_600, work.work.n, work.delay.mean / 3_600, work.delay.n)
        for stage, work in parameters.stages.items()
    )


def _heads(parameters: Parameters) -> tuple[tuple[str, int], ...]:
    roles = dict.fromkeys(role for worker in parameters.people for role in worker.roles)
    return tuple((role, sum(role in worker.roles for worker in parameters.people)) for role in roles)


# --- reading ----------------------------------------------------------------------------------------------------------------


def result_of(row: WhatIf) -> Prediction:
    """The figures of an answered question."""
    return loaded(Prediction, row.result)


def in_short(found: Prediction) -> str:
    """The predicted effect in one sentence, with its interval and what it stands on."""
    said = {
        "change": words.percent(found.lead_mean.value),
        "interval": interval(found.lead_mean),
        "replications": found.after.replications,
        "orders": found.after.orders,
        "seen": found.orders_seen,
    }
    return (
        _(
            "Simulated lead time %(change)s (95 %% interval %(interval)s); %(replications)s replications of "
            "%(orders)s orders, from %(seen)s orders."
        )
        % said
    )


def relative(found: Figure) -> str:
    """A relative change with its interval."""
    return f"{words.percent(found.value)} ({interval(found)})"


def interval(found: Figure) -> str:
    """Both ends of a relative change."""
    if found.low is None or found.high is None:
        return "-"
    return _("%(low)s to %(high)s") % {"low": words.percent(found.low), "high": words.percent(found.high)}


def effects(old: Standard, new: Standard, now: datetime) -> list[Effect]:
    """What the editor says beside a draft: the newest answer about this very text, else where to ask."""
    same = Q(draft_hash=content_hash(new), version__content_hash=content_hash(old), state=WhatIf.State.DONE)
    row = WhatIf.objects.filter(same).order_by("-id").first()
    if row is None:
        words_ = _("Nobody has simulated it yet: what would change?")
        return [Effect(words_, f"{reverse('what_ifs')}?standard={new.id}")]
    return [Effect(in_short(result_of(row)), reverse("what_if", args=[row.pk]))]


def people_now(standard: Standard, now: datetime) -> dict[str, int]:
    """How many people have each role today; one statement."""
    rows = RoleMember.objects.filter(presence.valid_on(now.date()), person__is_active=True, role__in=list(standard.roles))
    return dict(rows.values("role").annotate(n=Count("person", distinct=True)).values_list("role", "n"))
