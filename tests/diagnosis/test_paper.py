"""The report on paper: what stands in it, in whose language, and who is not named."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation

from mining.logs import ORDERS, log_of
from orderway.diagnosis import paper_parts, showing
from orderway.mining.deviations import Deviation
from orderway.mining.diagnosis import diagnose
from orderway.mining.summary import Beside, summarise
from orderway.mining.timing import Person
from orderway.standard.parse import parse
from orderway.standard.templates import shipped


def summary_of(text=ORDERS, against=None, **more):
    return summarise(diagnose(log_of(text), against, "trade", **more), source="log.csv", draft_title="Orders", effective="2026-03-01")


def by_title(summary, code="en"):
    with translation.override(code):
        return {part.title: part for part in paper_parts.parts(summary, code)}


def test_the_paper_has_every_part_of_the_page_and_says_how_it_was_read_and_counted():
    parts = by_title(summary_of())

    assert list(parts) == [
        "Process map",
        "Ways that cases take",
        "Waiting and working",
        "Rework",
        "Causes",
        "Drift",
        "People",
        "Dotted chart",
        "Draft standard",
        "How the file was read",
        "How it was calculated",
    ]
    times = parts["Waiting and working"]
    assert len(times.bars) == len(times.rows)
    assert parts["Process map"].picture.startswith("<svg")
    assert "var(" not in parts["Process map"].picture
    assert any("have a single event" in sentence for sentence in parts["How the file was read"].sentences)


def test_stages_that_the_log_never_shows_are_called_in_the_language_of_the_report():
    trade = parse(shipped()["trade"], name="trade").standard

    in_english, in_chinese = (summary_of(against=trade, language=language).beside.never_seen for language in ("en", "zh-Hans"))

    assert "Stock check" in in_english
    assert not set(in_english) & set(in_chinese)


def test_nobody_with_few_cases_stands_beside_a_deviation():
    row = Deviation("skipped", "Check", 30, 30, None, (("Alice", 25), ("Bob", 5)))
    people = (Person("Alice", 25, 0.8, 25, 1, "Enter"), Person("Bob", 5, 0.2, 5, 1, "Check"))
    beside = Beside("trade", 0.9, 0.9, 0.5, 0.5, (row,), (), (), ())
    summary = replace(summary_of(), beside=beside, people=people)

    ((_kind, _row, who),) = showing.deviations(summary)

    assert who == [("Alice", 25)]
    printed = by_title(summary)["Deviations from trade"].rows[0]
    assert printed[-1] == "Alice (25)"
