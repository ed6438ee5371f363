"""A what-if is one `key=value`; what means nothing is refused with what would."""

from __future__ import annotations

import pytest

from orderway.simulation import shifts
from orderway.simulation.parameters import Kind
from orderway.simulation.refusals import BadSetting, UnknownSetting
from orderway.simulation.settings import apply
from orderway.standard.parse import parse
from orderway.standard.templates import shipped
from simulation.small import program, world_of


def applied(**settings):
    return apply(program().standard, world_of(), {key.replace("__", "."): value for key, value in settings.items()})


def test_people_work_limits_and_arrivals_change():
    standard, parameters = applied(people__clerk="3", work__take="x2", delay__ship="1d", limit__check="2h", arrivals__per_week="100")

    assert [worker.key for worker in parameters.people if "clerk" in worker.roles] == ["alice", "clerk+1", "clerk+2"]
    assert parameters.of("take").work.mean == 600
    assert parameters.of("ship").delay.mean == pytest.approx(8 * 3_600)
    assert str(standard.stages["check"].limit) == "2h"
    assert parameters.arrivals.per_week == pytest.approx(100)


def test_fewer_people_means_the_first_ones_stay():
    _, parameters = applied(people__boss="0")

    assert all("boss" not in worker.roles for worker in parameters.people)


def test_a_share_of_the_kinds_skips_a_stage():
    standard = parse(shipped()["make-to-order"]).standard
    parameters = world_of(kinds=tuple(Kind(weight=2) for _ in range(5)))
    _, changed = apply(standard, parameters, {"skip.production": "30%"})

    skipped = sum(kind.weight for kind in changed.kinds if kind.holds["skip:production"][0])
    assert skipped == pytest.approx(3)
    assert sum(kind.weight for kind in changed.kinds) == pytest.approx(10)


@pytest.mark.parametrize(
    ("key", "hint"),
    [("people.clark", "Did you mean people.clerk?"), ("qwx", "There are arrivals.per_week"), ("fails.take", "Did you mean")],
)
def test_an_unknown_key_is_refused_with_the_nearest(key, hint):
    with pytest.raises(UnknownSetting, match=f"There is no setting {key}") as refused:
        apply(program().standard, world_of(), {key: "1"})
    assert hint in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("people.clerk", "-1"), ("people.clerk", "2.5"), ("work.take", "soon"), ("fails.check", "200%"), ("fails.check", "nan"),
        ("limit.take", "4"), ("arrivals.per_week", "0"), ("arrivals.per_week", "inf"), ("absence", "100%"), ("helps", "maybe"),
        ("capacity.clerk", "0"), ("urgent", "-0.1"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_an_example(key, value):
    with pytest.raises(BadSetting, match="Write for example"):
        apply(program().standard, world_of(), {key: value})


@pytest.mark.parametrize(
    "text",
    ["mon-fri 08:00-12:00 13:00-17:00; sat 08:00-12:00", "mon 22:00-30:00", "mon-sun 00:00-24:00"],
)
def test_working_hours_are_read_as_they_are_said(text):
    assert shifts.said(shifts.read(text)) == text


@pytest.mark.parametrize(
    "text", ["", "always", "mon", "fri-mon 08:00-12:00", "mon 12:00-08:00", "mon 8-12", "mon 08:00-12:00 11:00-13:00", "mon 08:00-12:00;"]
)
def test_what_is_no_working_hours_is_not_read(text):
    assert shifts.read(text) is None


def test_a_calendar_is_a_setting_of_the_standard():
    standard, _ = apply(program().standard, world_of(), {"calendar.open": "mon-fri 08:00-12:00"})

    assert standard.calendars["open"].hours == (((480, 720),),) * 5 + ((),) * 2


def test_an_hour_of_a_role_has_a_cost():
    _, parameters = apply(program().standard, world_of(), {"cost.clerk": "35"})

    assert [worker.cost_per_hour for worker in parameters.people] == [35, 0, 0]
