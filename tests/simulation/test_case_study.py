"""The case study is recomputed, not quoted: its figures come from its seed and its published assumptions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orderway.project.cli import app
from orderway.simulation import case_assumptions, case_study

DOCS = Path(__file__).parents[2] / "docs" / "case-study.md"
SMALL = 80


@pytest.fixture(scope="module", autouse=True)
def fewer_replications():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_study, "REPLICATIONS", 1)
        yield


@pytest.fixture(scope="module")
def study(fewer_replications):
    return case_study.study(seed=11, orders_per_phase=SMALL)


def test_every_cycle_stands_with_what_was_predicted_and_what_was_measured(study):
    assert [cycle.name for cycle in study.cycles] == [cycle.name for cycle in case_assumptions.CYCLES]
    for cycle in study.cycles:
        assert -1 < cycle.lead.predicted < 1
        assert cycle.lead.measured.low <= cycle.lead.measured.change <= cycle.lead.measured.high
        assert cycle.lead.measured.n_before == SMALL


def test_the_year_is_shorter_and_has_fewer_errors_and_the_interval_says_how_sure(study):
    assert study.lead.word == "better"
    assert study.errors.change < -0.2
    assert study.csat.change > 0
    assert study.volume.low < study.volume.value < study.volume.high


def test_without_any_effect_nothing_gets_better(monkeypatch):
    """The figures come from the assumptions: take the effects away and they are gone."""
    idle = tuple(cycle._replace(effects=(), gate=False) for cycle in case_assumptions.CYCLES)
    monkeypatch.setattr(case_assumptions, "CYCLES", idle)

    study = case_study.study(seed=11, orders_per_phase=SMALL)

    assert study.lead.word == "no_difference_yet"
    assert study.errors.word == "no_difference_yet"
    assert all(abs(cycle.lead.predicted) < 0.01 for cycle in study.cycles)


def test_people_take_up_a_change_only_in_part():
    before = case_study._before()
    cycle = case_assumptions.CYCLES[0]

    def delay(adoption):
        return case_study.changed(before, cycle, adoption).of("take_in").delay.mean

    assert delay(0.0) == before.of("take_in").delay.mean
    assert delay(1.0) == pytest.approx(delay(0.0) * 0.5)
    assert delay(0.6) == pytest.approx(delay(0.0) * 0.7)


def test_errors_are_estimated_from_where_they_came_to_light(study):
    program, world = case_study._program("before"), case_study._before()
    from orderway.simulation.running import runs

    (outcome,) = runs(program, world, orders=400, replications=1, seed=3, begin=case_study.BEGIN, recording=True)
    found = case_study.with_errors(program, replace(world, notices=world.notices), outcome)

    assert found.of("take_in").defects.value == pytest.approx(0.22, abs=0.07)  # with those that making leaves
    assert found.of("ship").detects.value == pytest.approx(0.5, abs=0.12)


def test_the_command_writes_the_published_shape(tmp_path, study, monkeypatch):
    monkeypatch.setattr(case_study, "study", lambda **asked: study)
    file = tmp_path / "case.json"
    result = CliRunner().invoke(app, ["case-study", "--seed", "11", "--json", str(file)])

    assert result.exit_code == 0, result.stderr
    found = json.loads(file.read_text())
    assert set(found) == {"seed", "cycles", "headline", "assumptions"}
    assert {"name", "predicted", "measured", "interval"} <= set(found["cycles"][0])
    changes = {"lead_time_change", "error_rate_change", "csat_change", "volume_change"}
    assert changes <= set(found["headline"])
    assert set(found["headline"]["intervals"]) == changes
    assert "no standard" in found["assumptions"]["before"]
    assert "Simulated, not measured in a company" in result.stderr


def test_the_page_about_it_quotes_no_figure_of_the_result():
    """Numbers in the page are assumptions or the command; results would grow old."""
    page = DOCS.read_text(encoding="utf-8")
    for cycle in case_assumptions.CYCLES:
        assert cycle.name in page
        assert cycle.because in page
    for _, text in case_assumptions.TEXTS:
        assert text in page
