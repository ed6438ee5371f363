"""`orderway diagnose` as it is typed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from mining.logs import ORDERS
from orderway.project.cli import app


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


def diagnose(*arguments):
    return CliRunner().invoke(app, ["diagnose", *map(str, arguments)])


def test_it_says_what_it_took_and_what_it_found(log):
    said = diagnose(log)

    assert said.exit_code == 0
    assert "case = case_id, activity = activity, timestamp = timestamp, resource = resource" in said.stdout
    assert "1 cases have a single event, e.g. 3" in said.stdout
    assert "9 events, 3 cases, 3 activities, 3 variants" in said.stdout


def test_the_json_has_the_keys_of_the_answers_and_goes_to_a_file_or_to_standard_output(log, tmp_path):
    written = diagnose(log, "--json", tmp_path / "answers.json")
    printed = diagnose(log, "--json", "-")

    assert written.exit_code == printed.exit_code == 0
    answers = json.loads(printed.stdout)
    assert json.loads((tmp_path / "answers.json").read_text()) == answers
    assert {"events", "cases", "variants", "dfg_top30", "case_duration_s", "taken", "findings"} <= set(answers)


def test_a_mapping_is_typed_or_kept_in_a_file(log, tmp_path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("activity: resource\n")

    by_file = json.loads(diagnose(log, "--mapping", mapping, "--json", "-").stdout)
    typed = json.loads(diagnose(log, "--mapping", "activity=resource", "--json", "-").stdout)

    assert by_file == typed
    assert set(typed["activity_counts"]) == {"Alice", "Bob", "Carol"}


def test_the_report_is_written_as_pdf_in_the_language_asked_for(log, tmp_path):
    for language in ("en", "zh-Hans"):
        assert diagnose(log, "--pdf", tmp_path / f"{language}.pdf", "--language", language).exit_code == 0

    english, chinese = ((tmp_path / f"{language}.pdf").read_bytes() for language in ("en", "zh-Hans"))
    assert english.startswith(b"%PDF")
    assert english != chinese


def test_wrong_usage_and_unreadable_files_have_their_exit_codes(log, tmp_path):
    assert diagnose(log, "--mapping", "case=Nothing").exit_code == 2
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert diagnose(empty).exit_code == 3


def test_it_compares_with_a_standard_and_writes_report_and_draft(log, tmp_path):
    draft, report, answers = (tmp_path / name for name in ("draft.yaml", "report.html", "answers.json"))

    first = diagnose(log, "--draft", draft)
    second = diagnose(log, "--against", draft, "--html", report, "--language", "zh-Hans", "--json", answers)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Most frequent deviations" in second.stdout
    assert "流程图" in report.read_text()
    assert json.loads(answers.read_text())["conformance"]["percentage_of_fitting_traces"] == pytest.approx(100 / 3)
    assert CliRunner().invoke(app, ["standard", "check", str(draft)]).exit_code == 0
    assert diagnose(log, "--against", tmp_path / "nothing.yaml").exit_code != 0
    assert diagnose(log, "--language", "tlh").exit_code == 2
