"""Whatever is wrong in a standard is named with line, column and what to do, and one pass finds all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard import yaml_tree
from orderway.standard.document import Mark
from orderway.standard.parse import parse

SOURCE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert SOURCE.count(old) == 1, f"{old!r} must stand in the example exactly once"
    return SOURCE.replace(old, new)


def mark_of(source: str, part: str) -> Mark:
    before = source[: source.index(part)]
    return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))


# old text, new text, code, the part that the mark points at, a word of the message
MISTAKES = [
    ("runs: system                     # default", "rnus: system   # default", "unknown-key", "rnus", "Did you mean 'runs'?"),
    ('{en: "Split into deliveries; book', "{en: Split into deliveries, book", "no-language", "book vehicle", "quotes"),
    ("{en: Order receipt, zh-Hans: 订单接收", "{en: Order receipt, fr: Réception, zh-Hans: 订单接收", "no-language", "fr:", "languages"),
    (
        "{en: Order receipt, zh-Hans: 订单接收",
        "{en: Order receipt, zh_Hans: 订单接收",
        "no-language",
        "zh_Hans:",
        "Did you mean 'zh-Hans'?",
    ),
    ("owner: process_owner ", "owner: [process_owner] ", "bad-word", "[process_owner]", "one word"),
    ("owner: process_owner ", "author: process_owner ", "missing-key", "format:", "needs 'owner'"),
    ("calendar: office\n", "", "missing-key", "format:", "needs 'calendar'"),
    ("    limit: 5d\n", "    limit: 5\n", "bad-limit", "5\n    steps:\n      - id: finish", "30m, 4h or 2d"),
    ("    limit: 5d\n", "    limit: 1.5d\n", "bad-limit", "1.5d", "30m, 4h or 2d"),
    ("    limit: 5d\n", "    limit: 0h\n", "bad-limit", "0h", "above zero"),
    ("    limit: 5d\n", "    limit: 3mo\n", "bad-limit", "3mo", "working time"),
    ("review_every: 12mo", "review_every: yearly", "bad-duration", "yearly", "12mo"),
    ("expires: 5d", "expires: never", "bad-limit", "never", "working time"),
    ("    limit: 5d\n", "", "missing-key", "title: {en: Production, zh", "needs 'limit'"),
    ("    runs: system                     # default", "    runs: robot  # default", "bad-word", "robot", "person, system"),
    ("    warn: 50% ", "    warn: half ", "wrong-type", "half", "80%"),
    ("at_most: 3,", "at_most: often,", "wrong-type", "often", "whole number"),
    ("order.total: money ", "order.total: mony ", "bad-type", "mony", "Did you mean 'money'?"),
    ("order.total: money ", "total: money ", "bad-word", "total: money", "order.total"),
    ("order.total: money ", "table.total: money ", "bad-word", "table.total", "dot"),
    ("{type: bool, default: false}", "{type: bool, default: maybe}", "bad-default", "maybe", "bool"),
    ('["0", ">= 0", ok]', '["0", ok]', "bad-row", '["0", ok]', "2 cells"),
    ('hit: first\n    rows:\n      - ["0"', 'hit: any\n    rows:\n      - ["0"', "bad-word", "any\n", "first, unique"),
    ("each: delivery in order.deliveries", "each: order.deliveries", "bad-block", "each: order", "each: NAME in LIST"),
    ("- parallel: [[production]", "- paralel: [[production]", "bad-block", "paralel", "Did you mean 'parallel'?"),
    ("evidence: {document: delivery_note}", "evidence: document", "bad-evidence", "document\n\n  invoicing", "which"),
    (
        "evidence: {document: delivery_note}",
        "evidence: {document: delivery_note, scan: true}",
        "bad-evidence",
        "{document: delivery_note, s",
        "one of",
    ),
    ("evidence: photo", "evidence: foto", "bad-word", "foto", "Did you mean 'photo'?"),
    ("choice: [product, quantity,", "choice: [product, product,", "bad-evidence", "{choice", "differ"),
    ("does: stock.reserve", "does: reserve", "bad-word", "reserve\n    runs", "stock.reserve"),
    ('["09:00-12:00", "13:00-18:00"]', '["09:00-12:00", "11:00-18:00"]', "bad-hours", '"11:00-18:00"', "ascending"),
    ("{mon-sat: [", "{mon-son: [", "bad-hours", "mon-son", "mon-fri"),
    ("{zone: Asia/Shanghai, hours: {mon-sat", "{zone: Asia/Shangri-La, hours: {mon-sat", "bad-zone", "{zone: Asia/Shangri", "time zone"),
    ('effective: "2026-03-01"', 'effective: "2026-02-30"', "bad-date", '"2026-02-30"', "2026-03-01"),
    ('target: "<= 6d"', "target: soon", "bad-target", "soon", "<= 6d"),
    ("baseline: 8.6d", "baseline: long", "bad-target", "long}", "8.6d"),
    ("from: receipt.start", "from: receipt", "bad-word", "{id: lead_time", "receipt.start"),
    ("measure: mean, of:", "measure: mean, stat: p80, of:", "unknown-key", "stat: p80, of", "'mean'"),
    ("format: order-standard/1", "format: order-standard/9", "bad-format", "order-standard/9", "order-standard/1"),
    ("languages: [zh-Hans, zh-Hant, en]", "languages: [zh-Hans, zh-Hans]", "no-language", "zh-Hans]", "different"),
    ("right: true}\n          - {en: Last", "right: perhaps}\n          - {en: Last", "bad-word", "perhaps", "true, false"),
    ("do: {back_to: review}", "do: {back: review}", "unknown-key", "back: review", "Did you mean 'back_to'?"),
    ("reason: required, do: {end", "reason: maybe, do: {end", "bad-word", "maybe", "required, optional"),
    ("criteria:\n        - id: covered", "criteria:\n        - ids: covered", "unknown-key", "ids: covered", "Did you mean 'id'?"),
]


@pytest.mark.parametrize(("old", "new", "code", "at", "says"), MISTAKES, ids=[f"{m[2]}-{m[1][:24].strip()}" for m in MISTAKES])
def test_a_mistake_is_named_with_its_place_and_a_remedy(old, new, code, at, says):
    source = changed(old, new)

    parsed = parse(source)

    found = {(problem.code, problem.mark): problem.message for problem in parsed.errors}
    assert (code, mark_of(source, at)) in found
    assert says in found[code, mark_of(source, at)]


def test_one_pass_finds_all_mistakes_in_the_order_of_the_file():
    source = (
        SOURCE.replace("review_every: 12mo", "review_every: x").replace("limit: 5d", "limit: x").replace("evidence: photo", "evidence: x")
    )

    found = parse(source).problems

    assert [problem.code for problem in found] == ["bad-duration", "bad-limit", "bad-word"]
    assert [problem.mark for problem in found] == sorted(problem.mark for problem in found)


def test_a_hole_leaves_no_standard_but_an_unknown_key_does():
    assert parse(changed("    limit: 5d\n", "")).standard is None
    parsed = parse(changed("    limit: 5d\n", "    limit: 5d\n    colour: red\n"))
    assert [problem.code for problem in parsed.errors] == ["unknown-key"]
    assert parsed.standard == parse(SOURCE).standard


def test_a_step_without_id_is_named_after_its_first_word_with_a_warning():
    parsed = parse(changed("      - id: split\n        do:", "      - do:"))

    assert [(problem.code, problem.severity) for problem in parsed.problems] == [("step-without-id", "warning")]
    assert parsed.standard.stages["delivery_planning"].steps[0].id == "split"


def test_choices_in_languages_are_known_by_their_english_text():
    parsed = parse(changed("{choice: [product,", "{choice: [{en: Wrong Item, zh-Hans: 料号错误},"))

    assert parsed.standard.stages["after_sales"].steps[0].evidence.choice_ids[:2] == ("wrong_item", "quantity")


def test_words_stay_what_was_written():
    source = (
        changed("pdca: 2026-004", "pdca: 010")
        .replace("version: 1.1.0", "version: 1.10")
        .replace("holidays: CN}\n  warehouse", "holidays: NO}\n  warehouse")
    )

    standard = parse(source).standard

    assert standard.changes[0].pdca == "010"
    assert standard.version == "1.10"
    assert standard.calendars["office"].holidays == "NO"


YAML_MISTAKES = [
    ("id: &name x\n", "yaml-anchor", Mark(1, 5)),
    ("id: x\nversion: *x\n", "yaml-alias", Mark(2, 10)),
    ("id: !!str x\n", "yaml-tag", Mark(1, 5)),
    ("id: x\nid: y\n", "yaml-duplicate-key", Mark(2, 1)),
    ("id: x\n---\nid: y\n", "yaml-many-documents", Mark(2, 1)),
    ("id: x: y\n", "yaml-syntax", Mark(1, 6)),
    ("id: 'x\n", "yaml-syntax", Mark(2, 1)),
    ("\tid: x\n", "yaml-syntax", Mark(1, 1)),
    ("? [a]\n: b\n", "wrong-type", Mark(1, 3)),
    ("", "yaml-empty", Mark(1, 1)),
    ("id: \x00", "yaml-syntax", Mark(1, 1)),
]


@pytest.mark.parametrize(("source", "code", "mark"), YAML_MISTAKES)
def test_what_two_readers_would_read_differently_is_refused(source, code, mark):
    assert (code, mark) in [(problem.code, problem.mark) for problem in parse(source).errors]


@pytest.mark.parametrize("source", ["just a text", "[a, b]", "3", "~"])
def test_something_else_than_a_standard_says_how_one_begins(source):
    parsed = parse(source, name="orders.yaml")
    assert parsed.standard is None
    assert "order-standard/1" in parsed.problems[0].message


def test_size_and_depth_are_bounded():
    assert parse("a" * (yaml_tree.MAX_CHARACTERS + 1)).problems[0].code == "yaml-too-large"
    assert parse("[" * 100_000).problems[0].code == "yaml-too-deep"
    assert parse("flow: " + "[" * 39 + "]" * 39).problems[0].code != "yaml-too-deep"


def test_a_problem_prints_as_file_line_column_code_sentence():
    problem = parse("id: x\nid: y\n").problems[0]
    assert problem.line("a.yaml").startswith("a.yaml:")
    assert any(
        found.line("a.yaml").startswith("a.yaml:2:1: yaml-duplicate-key 'id' stands here twice")
        for found in parse("id: x\nid: y\n").problems
    )


LINES = SOURCE.splitlines()


@given(st.integers(0, len(LINES) - 1), st.sampled_from(["drop", "double", "indent", "{", ",", "quote", "list"]), st.integers(0, 80))
def test_a_damaged_line_never_breaks_the_reader(number, damage, at):
    line = LINES[number]
    damaged = {
        "drop": [],
        "double": [line, line],
        "indent": [" " + line],
        "{": [line[:at] + "{" + line[at:]],
        ",": [line[:at] + "," + line[at:]],
        "quote": [line[:at] + '"' + line[at:]],
        "list": [line[:at] + "- " + line[at:]],
    }[damage]

    parsed = parse("\n".join([*LINES[:number], *damaged, *LINES[number + 1 :]]))

    assert parsed.standard is not None or parsed.errors
    assert all(problem.mark.line >= 1 and problem.message.endswith((".", "?", ")")) for problem in parsed.problems)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(source):
    parsed = parse(source)
    assert parsed.standard is None
    assert parsed.errors
