"""orderway simulate: figures with intervals for a standard, and sentences for what cannot be simulated."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from orderway.project.cli import app

SMALL = ["simulate", "--orders", "30", "--replications", "2", "--seed", "5"]


def run(*arguments):
    return CliRunner().invoke(app, [*SMALL, *arguments])


def test_it_prints_lead_times_stages_and_roles_and_writes_the_same_as_json(tmp_path):
    file = tmp_path / "figures.json"
    result = run("--json", str(file))

    assert result.exit_code == 0, result.stderr
    assert "lead time, 80 % within" in result.stdout
    assert "picking" in result.stdout
    assert "n = 0" in result.stderr
    found = json.loads(file.read_text())
    assert found["replications"] == 2
    assert found["lead_p80"]["low"] <= found["lead_p80"]["value"] <= found["lead_p80"]["high"]
    assert {stage["stage"] for stage in found["stages"]} >= {"picking", "invoicing"}
    assert found["parameters"]["stages"]["picking"]["work_n"] == 0


def test_one_seed_gives_the_same_file_twice(tmp_path):
    for name in ("a", "b"):
        assert run("--json", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "people.salse=2"], "Did you mean people.sales?"),
        (["--set", "people.sales=0"], "Nobody has the role sales"),
        (["--set", "people.sales"], "has no value"),
        (["--set", "arrivals.per_week=9999"], "More work arrives for"),
    ],
)
def test_what_cannot_be_simulated_is_said_in_a_sentence(arguments, sentence):
    result = run(*arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_standard_with_defects_is_refused_line_by_line(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text("format: order-standard/1\nid: bad\n")
    result = run("--standard", str(file))

    assert result.exit_code == 1
    assert "bad.yaml:" in result.stderr


def test_staffing_says_how_many_people_keep_the_limits():
    result = run("--staffing")

    assert result.exit_code == 0, result.stderr
    assert "needed" in result.stdout
    assert "90% of its passages" in " ".join(result.stderr.split())


def a_log(path, cases):
    rows = ["case,activity,resource,start,end"]
    for case in range(cases):
        day = f"2026-{1 + case // 25:02d}-{1 + case % 25:02d}"
        rows.append(f"{case},take,alice,{day}T09:00:00Z,{day}T09:{10 + case % 40}:00Z")
        rows.append(f"{case},ship,bob,{day}T{11 + case % 5}:00:00Z,{day}T{12 + case % 5}:00:00Z")
    path.write_text("\n".join(rows) + "\n")
    return str(path)


def test_a_foreign_log_is_simulated_beside_itself(tmp_path):
    file = tmp_path / "found.json"
    result = run("--log", a_log(tmp_path / "log.csv", 60), "--json", str(file))

    assert result.exit_code == 0, result.stderr
    assert "95 % within" in result.stdout
    assert "60 cases in the log" in result.stderr
    found = json.loads(file.read_text())
    assert found["cycle_time_days"]["mean"]["value"] == pytest.approx(found["cycle_time_days"]["mean"]["log"], rel=0.2)


@pytest.mark.parametrize(
    ("cases", "more", "sentence"), [(5, [], "About 30 finished cases would do"), (40, ["--set", "urgent=5%"], "a foreign log has none")]
)
def test_a_log_that_is_too_small_or_asked_for_what_it_has_not_is_said(tmp_path, cases, more, sentence):
    result = run("--log", a_log(tmp_path / "log.csv", cases), *more)

    assert result.exit_code == 2
    assert sentence in result.stderr
