"""The document as a whole: every defect of version, texts, quizzes, training and measures is found at its place."""

import pytest

from standard.mutations import Mutation, assert_refused

CHANGES = """changes:                             # newest first; mandatory for every version after the first
  - version: 1.1.0
    reason: {en: Credit check moved before stock reservation, zh-Hans: 信用检查移至库存预留之前, zh-Hant: 信用檢查移至庫存預留之前}
    pdca: 2026-004                   # the improvement cycle that caused it
    running_orders: finish           # finish | migrate (then `map: {old_stage: new_stage}` for every changed stage)
"""
NEWEST = "  - version: 1.1.0\n"
FINISH = "running_orders: finish "


def following(version: str) -> tuple[tuple[str, str], ...]:
    return (("\nversion: 1.1.0", f"\nversion: {version}"), ("- version: 1.1.0", f"- version: {version}"))


VERSIONS = [
    Mutation("approver-missing", "approved_by: [general_manager] ", "approved_by: [] ", "[]  ", "Nobody approves"),
    Mutation("advisory-unknown", "\nlanguages:", "\nadvisory: [revew]\nlanguages:", "revew]", "is advisory and no stage of the flow"),
    Mutation("advisory-twice", "\nlanguages:", "\nadvisory: [review, review]\nlanguages:", "review]\nlang", "named twice"),
    Mutation("version-format", "\nversion: 1.1.0", "\nversion: 1.1", "1.1      ", "Write it as 1.2.3"),
    Mutation("change-missing", CHANGES, "", "1.1.0      ", "does not say what it changes"),
    Mutation("change-missing", NEWEST, "  - version: 1.0.9\n", "1.0.9", "The newest change is about 1.0.9"),
    Mutation("version-step", "limit: 7d", "limit: 6d", "1.1.1     ", "Write 1.2.0", also=following("1.1.1"), after_example=True),
    Mutation(
        "version-step", "limit: 7d", "limit: 6d", "1.0.5     ", "does not come after 1.1.0", also=following("1.0.5"), after_example=True
    ),
    Mutation(
        "migration-map",
        FINISH,
        "running_orders: migrate\n    map: {picking: packing} ",
        "{picking: packing}",
        "to 'packing', which is no stage",
    ),
    Mutation(
        "migration-map",
        FINISH,
        "running_orders: migrate\n    map: {packing: picking} ",
        "{packing: picking}",
        "which the version before does not have",
        also=following("1.2.0"),
        after_example=True,
    ),
    Mutation(
        "migration-map",
        FINISH,
        "running_orders: migrate ",
        "version: 1.2.0\n    reason",
        "'production' would have no place",
        also=(
            *following("1.2.0"),
            ("[[production], [purchasing]]", "[[making], [purchasing]]"),
            ("delivery_planning, production,", "delivery_planning, making,"),
            ("\n  production:\n", "\n  making:\n"),
        ),
        after_example=True,
    ),
]

TEXTS = [
    Mutation(
        "language-missing",
        "title: {en: Invoicing, zh-Hans: 发票开具, zh-Hant: 發票開具}",
        "title: {en: Invoicing, zh-Hans: 发票开具}",
        "{en: Invoicing, zh-Hans: 发票开具}",
        "The text 'Invoicing' is missing in zh-Hant",
        "warning",
    ),
    Mutation("quiz-answer", "zh-Hant: 客戶單據, right: true}", "zh-Hant: 客戶單據}", 'ask: {en: "Where does', "has no right answer"),
    Mutation(
        "quiz-answer",
        '{en: "Yes", zh-Hans: 可以, zh-Hant: 可以}',
        '{en: "Yes", zh-Hans: 可以, zh-Hant: 可以, right: true}',
        'ask: {en: "May you',
        "has no wrong answer",
    ),
    Mutation("quiz-step", "step: enter  ", "step: entry  ", "entry  ", "Did you mean 'enter'?"),
    Mutation("training-pass-mark", "pass_mark: 80%", "pass_mark: 180%", "180%", "cannot be"),
    Mutation("training-question", "generate: [limits,", "generate: [times,", "times,", "No questions can be made"),
]

MEASURES = [
    Mutation("kpi-twice", "- {id: csat,       title", "- {id: lead_time, title", "lead_time, title", "Two measures"),
    Mutation("kpi-unknown", "from: receipt.start", "from: reception.start", "reception.start", "no stage of the flow"),
    Mutation("kpi-unknown", "to: delivery.end", "to: dispatch.end", "dispatch.end", "no stage of the flow"),
    Mutation("kpi-unknown", "of: [stage_in_limit]", "of: [stage_in_time]", "[stage_in_time]", "Did you mean 'stage_in_limit'?"),
    Mutation("kpi-unknown", "of: feedback.csat", "of: feedback.nps", "feedback.nps", "feedback.csat"),
    Mutation("kpi-unknown", "of: feedback.csat", "of: order.new_customer", "order.new_customer, t", "which nobody records"),
    Mutation("kpi-unknown", "of: [stage_in_limit]", "of: []", "[], t", "does not say of what"),
    Mutation("kpi-statistic", "stat: p80", "stat: p800", "p800", "no statistic"),
    Mutation("kpi-target", 'target: "<= 6d"', 'target: "<= 6%"', '"<= 6%"', "is a time"),
    Mutation("kpi-target", 'target: ">= 95%"', 'target: ">= 95"', '">= 95"', "is a share"),
    Mutation("kpi-target", 'target: ">= 4.5"', 'target: ">= 4.5d"', '">= 4.5d"', "is a mean"),
    Mutation("kpi-target", "baseline: 4.1%", "baseline: 4.1", "4.1}", "its baseline"),
]

MUTATIONS = [*VERSIONS, *TEXTS, *MEASURES]


@pytest.mark.parametrize("mutation", VERSIONS, ids=str)
def test_a_defect_of_version_or_history_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


@pytest.mark.parametrize("mutation", TEXTS, ids=str)
def test_a_defect_of_texts_or_training_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


@pytest.mark.parametrize("mutation", MEASURES, ids=str)
def test_a_defect_of_a_measure_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


def test_other_words_need_no_more_than_a_patch():
    reworded = Mutation("", "title: {en: Purchasing,", "title: {en: Buying,", "Buying", "", also=following("1.1.1"), after_example=True)

    assert reworded.found() == ()
