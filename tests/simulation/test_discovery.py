"""What a log says is found again: a world is run, its log read, and the times, gates, people and arrivals come back with their n."""

from __future__ import annotations

from statistics import fmean

import pytest

from orderway.engine.calendars import Holidays
from orderway.simulation.discovery import Observed, discovered
from orderway.simulation.parameters import Arrivals, Kind, StageWork
from orderway.simulation.refusals import LogTooSmall
from orderway.simulation.spreads import Share, assumed
from simulation.small import HOUR, minutes, program, run, world_of

WORLD = world_of(
    arrivals=Arrivals((3.0,) * 168),
    stages={
        "take": StageWork(assumed(300)),
        "check": StageWork(minutes(4), fails=Share(0.15)),
        "ship": StageWork(minutes(6), delay=assumed(5 * HOUR)),
    },
)


def observed(parameters, orders=600, **more):
    outcome = run(parameters, orders=orders)
    return outcome, Observed(outcome.passages, [order.arrived for order in outcome.orders], 0, [Kind()] * len(outcome.orders), **more)


def test_what_was_put_in_is_read_out_with_its_n():
    outcome, log = observed(WORLD)
    found = discovered(program(), log, Holidays())

    passages = sum(passage.stage == "take" for passage in outcome.passages)
    assert found.of("take").work.n == passages
    assert found.of("take").work.mean == pytest.approx(300, rel=0.05)
    assert found.of("check").fails == Share(
        pytest.approx(0.15, abs=0.03), len([p for p in outcome.passages if (p.stage, p.kind) == ("check", "stage")])
    )
    assert found.of("ship").delay.mean == pytest.approx(5 * HOUR, rel=0.08)
    assert found.arrivals.per_week == pytest.approx(3 * 168, rel=0.1)
    assert {worker.key: worker.roles for worker in found.people if worker.key != "carol"} == {"alice": ("clerk",), "bob": ("checker",)}


def test_the_world_read_from_its_log_takes_as_long_as_the_world():
    outcome, log = observed(WORLD)
    again = run(discovered(program(), log, Holidays(), WORLD.people), orders=600, seed=99)

    assert fmean(order.lead for order in again.orders) == pytest.approx(fmean(order.lead for order in outcome.orders), rel=0.1)


def test_where_nobody_knows_when_work_began_it_is_the_time_between_two_ends_of_a_busy_person():
    outcome = run(world_of(arrivals=Arrivals((5.0,) * 168)), orders=600)
    blind = [passage._replace(started=0.0) for passage in outcome.passages]
    log = Observed(blind, [order.arrived for order in outcome.orders], 0)

    assert discovered(program(), log, Holidays()).of("take").work.mean == pytest.approx(300, rel=0.3)


@pytest.mark.parametrize("orders", [1, 20])
def test_a_small_log_is_refused_with_how_many_would_do(orders):
    _, log = observed(WORLD, orders=orders)

    with pytest.raises(LogTooSmall, match="About 30 finished cases would do"):
        discovered(program(), log, Holidays())


def test_a_stage_that_was_hardly_done_is_named():
    outcome, log = observed(WORLD, orders=60)
    few = [passage for passage in outcome.passages if passage.stage != "ship" or passage.order < 3]

    with pytest.raises(LogTooSmall, match=r"ship was done 3 times.*About 240 finished cases"):
        discovered(program(), Observed(few, log.arrivals, 0), Holidays())
