"""Questions made from a standard: one right answer, every other one wrong by the same standard, three languages, no paper twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.standard.conditions import scope_of
from orderway.standard.document import QuizItem, StageId
from orderway.standard.parse import parse
from orderway.standard.tables import compile_table, decide
from orderway.standard.templates import shipped
from orderway.standard.vocabulary import Duration, Text
from orderway.training import papers, rules
from orderway.training.questions import bank
from orderway.training.rules import Ask, Mark, Standing
from orderway.training.wording import FACTS, LANGUAGES, STEMS, UNITS, WORDS

STANDARDS = sorted(shipped())
quickly = settings(max_examples=20)  # each example is a whole bank of about a hundred questions, or a dozen of them
any_bank = given(st.sampled_from(STANDARDS), st.integers(0, 10**6))


@cache
def standard(name):
    return parse(shipped()[name]).standard


def truths(one, question):
    """What the standard itself says is right, found without the code that made the question."""
    stage = one.stages[question.stage]
    _, kind, *rest = question.key.split(":")
    gate = stage.gate
    return {
        "written": lambda: {"right"},
        "order": lambda: {rest[0]},
        "key": lambda: {rest[0]},
        "proof": lambda: {proof(stage.step(rest[0]).evidence)},
        "limit": lambda: {str(stage.limit)},
        "warn": lambda: {str(stage.warn)},
        "told": lambda: {rule.to for rule in stage.escalate if str(rule.after) == rest[0]},
        "owner": lambda: {stage.owner},
        "owned": lambda: {known.id for known in one.stages.values() if known.owner == stage.owner},
        "criterion": lambda: {f"{stage.id}:{criterion.id}" for criterion in gate.criteria},
        "waive": lambda: waivers(gate, rest[0]),
        "back_to": lambda: {gate.fail.back_to},
        "at_most": lambda: {str(gate.fail.at_most)},
        "then": lambda: {gate.fail.then},
        "not_by": lambda: {",".join(gate.not_by), *gate.not_by},
        "row": lambda: {",".join(one.tables[rest[0]].rows[int(rest[1]) - 1].output)},
        "needs": lambda: {*stage.needs},
        "makes": lambda: {*stage.makes},
    }[kind]()


def proof(evidence):
    return f"document {evidence.document}" if evidence.document else evidence.kind


def waivers(gate, criterion):
    roles = next(known.waive for known in gate.criteria if known.id == criterion)
    return {",".join(roles), *roles} if roles else {"nobody"}


@quickly
@any_bank
def test_every_question_has_one_right_answer_and_the_others_are_wrong_by_the_same_standard(name, seed):
    one = standard(name)

    for question in bank(one, one.stages_in_flow(), Random(seed)):
        true = truths(one, question)
        right = [number for number, option in enumerate(question.options) if option.means in true]
        assert right == [question.right], question


@quickly
@any_bank
def test_every_text_is_there_in_three_languages_and_no_answer_twice(name, seed):
    one = standard(name)

    for question in bank(one, one.stages_in_flow(), Random(seed)):
        for text in question.texts():
            assert set(text.languages()) == set(LANGUAGES)
            assert all(said.strip() and "{" not in said for _, said in text.values), question
        for language in LANGUAGES:
            shown = [option.text.in_language(language) for option in question.options]
            assert len(set(shown)) == len(shown) >= 2, question
        assert question.ask.in_language("en") != question.ask.in_language("zh-Hans")


@quickly
@any_bank
def test_every_question_points_to_a_clause_that_is_there(name, seed):
    one = standard(name)
    questions = bank(one, one.stages_in_flow(), Random(seed))

    assert len({question.key for question in questions}) == len(questions)
    assert all(not question.step or one.stages[question.stage].step(question.step) for question in questions)


def test_all_kinds_of_questions_are_made_from_the_shipped_standards():
    kinds = {question.key.split(":")[1] for name in STANDARDS for question in bank(standard(name), standard(name).stages, Random(1))}

    assert kinds >= {"written", "order", "key", "proof", "limit", "warn", "told", "owner", "owned", "criterion", "waive", "back_to"}
    assert kinds >= {"at_most", "then", "not_by", "row", "needs", "makes"}


@given(st.sampled_from(["credit", "approval_level"]), st.integers(0, 10**6))
def test_the_facts_in_a_question_about_a_table_fire_the_row_that_is_the_answer(table, seed):
    one = standard("make-to-order")
    compiled = compile_table(one.tables[table], scope_of(one)).compiled
    asked = [question for question in bank(one, [StageId("review")], Random(seed)) if f":row:{table}:" in question.key]

    assert len(asked) >= len(compiled.table.rows) - 1
    for question in asked:
        values = stated(question.ask.in_language("en"))
        assert all(isinstance(value, bool) == (one.facts[name].type.kind == "bool") for name, value in values.items())
        decision = decide(compiled, lambda name, values=values: values[name])
        assert ",".join(decision.output) == question.options[question.right].means


def stated(sentence):
    """The facts that a question names, read back from its English sentence."""
    said = {}
    for part in sentence.rpartition(" when ")[2].removesuffix("?").split(", "):
        name, _, value = part.partition(" is ")
        said[name] = value == "yes" if value in ("yes", "no") else Decimal(value)
    return {fact: said[text[0]] for fact, text in FACTS.items() if text[0] in said}


def test_the_stems_and_words_are_complete():
    for sentences in (*STEMS.values(), *WORDS.values(), *FACTS.values()):
        assert len(sentences) == len(LANGUAGES)
        holes = [{hole for _, hole, _, _ in Formatter().parse(sentence) if hole} for sentence in sentences]
        assert holes[0] == holes[1] == holes[2], sentences
    assert set(UNITS) == {"m", "h", "d", "mo", "y"}


def test_a_written_question_keeps_one_of_several_right_answers_only():
    one = standard("make-to-order")
    stage = one.stages[StageId("review")]
    item = stage.quiz[0]
    both = QuizItem(item.ask, item.step, (*item.answers, replace(item.answers[0], right=True, text=Text((("en", "Never"),)))))
    changed = replace(one, stages={**one.stages, stage.id: replace(stage, quiz=(both,))})

    asked = next(question for question in bank(changed, [stage.id], Random(1)) if ":written:" in question.key)

    assert [option.means for option in asked.options].count("right") == 1


def test_a_standard_that_names_kinds_has_only_those_beside_steps_and_written_ones():
    one = standard("make-to-order")
    few = replace(one, training=replace(one.training, generate=("owners",)))

    kinds = {question.key.split(":")[1] for question in bank(few, few.stages, Random(1))}

    assert kinds == {"written", "order", "key", "proof", "owner", "owned"}


# --- papers -----------------------------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(st.sampled_from(STANDARDS), st.integers(0, 30))
def test_nobody_gets_the_same_paper_twice(name, role):
    one = standard(name)
    roles = rules.roles_with_courses(one)
    stages = rules.course_stages(one, roles[role % len(roles)])
    before = []

    for attempt in range(12):
        paper = papers.draw(one, stages, seed=("alice", one.version, str(attempt)), hardness={}, before=before)
        before.append(papers.fingerprint(paper))

    assert len(set(before)) == 12


@settings(max_examples=8)
@given(st.sampled_from(STANDARDS), st.text(min_size=1, max_size=5))
def test_a_paper_asks_about_every_stage_and_nothing_twice(name, person):
    one = standard(name)
    for role in rules.roles_with_courses(one):
        stages = rules.course_stages(one, role)
        paper = papers.draw(one, stages, seed=(person,), hardness={})

        assert {question.stage for question in paper} == set(stages)
        for language in LANGUAGES:
            asks = [question.ask.in_language(language) for question in paper]
            assert len(set(asks)) == len(asks)
        assert papers.LEAST <= len(paper) <= papers.MOST


def test_the_same_person_version_and_attempt_give_the_same_paper():
    one = standard("trade")
    stages = list(one.stages_in_flow())
    paper = papers.draw(one, stages, seed=("alice", "1"), hardness={})

    assert papers.draw(one, stages, seed=("alice", "1"), hardness={}) == paper
    assert papers.draw(one, stages, seed=("bob", "1"), hardness={}) != paper


def test_papers_are_equally_hard():
    one = standard("make-to-order")
    stages = list(one.stages_in_flow())
    hardness = {question.key: number / 104 for number, question in enumerate(bank(one, stages, Random(1)))}

    means = []
    for attempt in range(12):
        paper = papers.draw(one, stages, seed=("alice", str(attempt)), hardness=hardness)
        means.append(sum(hardness[question.key] for question in paper) / len(paper))

    assert max(means) - min(means) < 0.3
    assert papers.hardness_of({"a": (0, 0), "b": (8, 8)}) == {"a": 0.5, "b": 0.9}


def test_after_a_change_the_changed_clause_is_asked_first():
    old = standard("make-to-order")
    review = StageId("review")
    new = replace(old, stages={**old.stages, review: replace(old.stages[review], limit=Duration(Decimal(2), "h"))})

    changed = papers.changed_answers(old, new, [review])
    paper = papers.draw(new, [review], seed=("alice",), hardness={}, changed=changed)

    assert changed == {"review:limit"}
    asked = next(question for question in paper if question.key == "review:limit")
    assert asked.options[asked.right].text.in_language("en") == "2 hours"


# --- judgements -------------------------------------------------------------------------------------------------------


def at(version, old, **changed):
    review = StageId("review")
    return replace(old, version=version, stages={**old.stages, review: replace(old.stages[review], **changed)})


def test_a_patch_asks_nothing_a_minor_step_to_read_a_major_one_to_be_asked_and_only_about_what_changed():
    one = standard("make-to-order")
    faster = Duration(Decimal(2), "h")
    wording = replace(one.stages[StageId("review")].title, values=(("en", "Review of the order"),))

    assert rules.asked(one, at("1.0.1", one, title=wording))["review"] == Ask.NOTHING
    assert rules.asked(one, at("1.1.0", one, title=wording))["review"] == Ask.NOTHING
    assert rules.asked(one, at("1.1.0", one, limit=faster))["review"] == Ask.ACKNOWLEDGE
    assert rules.asked(one, at("2.0.0", one, title=wording))["review"] == Ask.QUIZ
    major = rules.asked(one, at("2.0.0", one, limit=faster))
    assert {stage for stage, ask in major.items() if ask} == {"review"}
    assert rules.asked_over([one, at("1.1.0", one, limit=faster), at("1.2.0", one, limit=faster)])["review"] == Ask.ACKNOWLEDGE


def test_another_row_of_a_table_concerns_the_stage_whose_gate_asks_it():
    one = standard("make-to-order")
    table = one.tables["approval_level"]
    fewer = replace(table, rows=(*table.rows[:-1], replace(table.rows[-1], output=("general_manager",))))
    new = replace(one, version="2.0.0", tables={**one.tables, table.id: fewer})

    assert {stage for stage, ask in rules.asked(one, new).items() if ask == Ask.QUIZ} == {"review"}


@pytest.mark.parametrize(
    ("until", "ask", "standing"),
    [
        (None, None, Standing.MISSING),
        (date(2026, 3, 1), Ask.NOTHING, Standing.EXPIRED),
        (date(2026, 3, 2), Ask.NOTHING, Standing.EXPIRING),
        (date(2026, 4, 1), Ask.NOTHING, Standing.EXPIRING),
        (date(2026, 4, 2), Ask.NOTHING, Standing.VALID),
        (date(2026, 4, 2), Ask.ACKNOWLEDGE, Standing.ACKNOWLEDGE),
        (date(2026, 4, 2), Ask.QUIZ, Standing.RETRAIN),
        (date(2026, 3, 1), Ask.QUIZ, Standing.EXPIRED),
    ],
)
def test_how_somebody_stands(until, ask, standing):
    assert rules.standing(until, ask, date(2026, 3, 2)) == standing


def test_a_paper_is_passed_from_the_pass_mark_on():
    assert Mark(4, 5, 80).passed
    assert not Mark(3, 5, 80).passed
    assert Mark(2, 3, 67).percent == 66
    assert not Mark(2, 3, 67).passed
    assert not Mark(0, 0, 1).passed


def test_the_wait_grows_with_every_failed_attempt():
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)

    assert rules.again_from([]) is None
    assert rules.again_from([nine]) == nine + timedelta(minutes=15)
    assert rules.again_from([nine, nine + timedelta(hours=1)]) == nine + timedelta(hours=5)
    assert rules.again_from([nine] * 7) == nine + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "valid", "until"),
    [
        (date(2026, 3, 2), None, date(2027, 3, 2)),
        (date(2026, 1, 31), Duration(Decimal(1), "mo"), date(2026, 2, 28)),
        (date(2028, 2, 29), Duration(Decimal(1), "y"), date(2029, 2, 28)),
        (date(2026, 3, 2), Duration(Decimal(10), "d"), date(2026, 3, 12)),
        (date(2026, 12, 31), Duration(Decimal(2), "mo"), date(2027, 2, 28)),
    ],
)
def test_until_when_a_certificate_holds(day, valid, until):
    assert rules.valid_until(day, valid) == until
