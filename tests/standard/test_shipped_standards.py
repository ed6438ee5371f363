"""The shipped standards: sound, complete in three languages, and what each is shipped for."""

import pytest

from orderway.standard.defects import check_text
from orderway.standard.document import Each, Standard, Text
from orderway.standard.document_defects import texts
from orderway.standard.flow import possibly_passed, walk
from orderway.standard.parse import parse
from orderway.standard.templates import SHIPPED, shipped
from standard.catalogue_for_tests import a_catalogue

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def standard(name: str) -> Standard:
    parsed = parse(shipped()[name]).standard
    assert parsed is not None
    return parsed


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_standard_has_no_defect_and_no_warning(name):
    assert check_text(shipped()[name], a_catalogue()) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_standard_bears_its_name_and_speaks_three_languages(name):
    parsed = standard(name)

    assert (parsed.id, parsed.version, parsed.languages) == (name, "1.0.0", LANGUAGES)
    for text in texts(parsed):
        assert set(text.languages()) == set(LANGUAGES), text


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_says_what_how_and_why_and_has_evidence(name):
    for stage in standard(name).stages.values():
        for step in stage.steps:
            assert isinstance(step.key, Text)
            assert isinstance(step.why, Text)
            assert step.evidence is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_chinese_texts_are_written_in_their_own_script(name):
    simplified, traditional = set("订单发货审购库签录规划产"), set("訂單發貨審購庫簽錄規劃產")
    for text in texts(standard(name)):
        values = dict(text.values)
        assert not set(values["zh-Hans"]) & traditional, values
        assert not set(values["zh-Hant"]) & simplified, values
        assert values["en"].isascii(), values


def test_trade_needs_no_person():
    trade = standard("trade")

    assert {stage.runs for stage in trade.stages.values()} == {"system"}
    assert {step.evidence.kind for stage in trade.stages.values() for step in stage.steps if step.evidence} == {"system"}
    assert not any(criterion.ask for stage in trade.stages.values() if stage.gate for criterion in stage.gate.criteria)
    assert not any(stage.gate.approve for stage in trade.stages.values() if stage.gate)
    assert [stage.does for stage in trade.stages.values()][:4] == ["capture.enter", "review.decide", "stock.reserve", "delivery.plan"]


def test_make_to_stock_takes_eight_acts_of_people_when_nothing_is_short():
    stages = standard("make-to-stock").stages
    normal = [stage for stage in stages.values() if stage.skip_when is None]

    assert len(normal) == 8
    assert {stage.runs for stage in stages.values()} == {"person"}
    assert {stage.does for stage in stages.values() if stage.skip_when} == {"supply.produce", "supply.purchase"}
    review = stages["review"].gate
    assert any(criterion.ask for criterion in review.criteria)
    assert any(criterion.auto for criterion in review.criteria)


def test_make_to_order_has_four_eyes_signatures_and_quizzes():
    parsed = standard("make-to-order")
    review = parsed.stages["review"].gate

    assert review.not_by == ("receipt",)
    assert parsed.tables[review.approve].output == "role"
    assert len([item for stage in parsed.stages.values() for item in stage.quiz]) >= 3


@pytest.mark.parametrize("name", SHIPPED)
def test_a_document_with_a_template_is_made_by_the_stage_whose_act_has_that_template(name):
    parsed = standard(name)
    acts = a_catalogue().acts

    for stage in parsed.stages.values():
        for made in stage.makes:
            template = parsed.documents[made].template
            assert template is None or template in acts[stage.does].templates


def test_project_has_milestones_that_are_tested_accepted_and_invoiced_one_by_one():
    parsed = standard("project")
    each = next(place.node for place in walk(parsed.flow) if isinstance(place.node, Each))

    inside = [parsed.stages[stage].does for stage in possibly_passed(each.do)]
    assert {"delivery.hand_over", "invoicing.issue"} <= set(inside)
    assert parsed.stages["milestone_test"].gate.fail.back_to == "milestone_work"
    assert parsed.stages["project_start"].makes == ("project_plan",)
