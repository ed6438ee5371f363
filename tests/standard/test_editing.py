"""Changes of an editor: each gives a new standard that is still whole."""

from __future__ import annotations

import pytest

from orderway.standard import editing, flow
from orderway.standard.canonical import canonical
from orderway.standard.document import Block, Text
from orderway.standard.format import write
from orderway.standard.parse import parse
from orderway.standard.templates import shipped

STANDARD = parse(shipped()["make-to-order"]).standard
ALL = list(STANDARD.stages_in_flow())


def order(standard):
    return list(standard.stages_in_flow())


def test_a_stage_moves_past_its_neighbour_and_back():
    moved = editing.earlier(STANDARD, "stock_check")

    assert order(moved)[:3] == ["receipt", "stock_check", "review"]
    assert editing.later(moved, "stock_check") == STANDARD
    assert editing.earlier(STANDARD, "receipt") == STANDARD


def test_a_stage_that_stands_first_in_a_block_leaves_it():
    moved = editing.earlier(STANDARD, "purchasing")

    assert order(moved) == [*ALL[:4], "purchasing", "production", *ALL[6:]]
    assert not [place for place in flow.walk(moved.flow) if isinstance(place.node, Block)]


def test_a_stage_is_put_in_parallel_with_another_and_taken_away_again():
    wider = editing.beside(STANDARD, "delivery_planning", "production")
    block = next(place.node for place in flow.walk(wider.flow) if isinstance(place.node, Block))

    assert [branch.do.nodes[0].stage for branch in block.branches] == ["production", "purchasing", "delivery_planning"]
    assert editing.move(wider, "delivery_planning", "stock_check", after=True) == STANDARD
    assert order(editing.beside(STANDARD, "invoicing", "delivery"))[-3:] == ["delivery", "invoicing", "after_sales"]


@pytest.mark.parametrize("stage", ALL)
def test_every_stage_can_be_dragged_to_every_place_and_back_without_losing_another(stage):
    for target in ALL:
        moved = editing.move(STANDARD, stage, target, after=False)
        assert sorted(order(moved)) == sorted(ALL)
        if stage != target:
            assert order(moved)[order(moved).index(stage) + 1] == target


def test_a_new_stage_has_an_owner_a_limit_and_a_step_and_its_yaml_reads_back():
    made = editing.insert(STANDARD, "packing_check", Text((("zh-Hans", "包装检查"), ("en", "Packing check"))), "picking")

    assert order(made)[order(made).index("picking") + 1] == "packing_check"
    again = parse(write(made)).standard
    assert canonical(again) == canonical(made)
    assert order(editing.take_out(made, "packing_check")) == ALL


def test_every_text_is_found_and_can_be_written_in_one_language():
    places = list(editing.texts(STANDARD))
    assert len(places) > 90

    for path, text in places:
        changed = editing.with_text(STANDARD, path, "en", "Changed")
        found = dict(editing.texts(changed))[path]
        assert found.in_language("en") == "Changed"
        assert found.in_language("zh-Hant") == text.in_language("zh-Hant")
    assert editing.with_text(STANDARD, ("stages", "nowhere", "title"), "en", "x") == STANDARD


def test_steps_of_a_form_keep_their_other_languages_and_new_ones_get_an_id():
    stage = STANDARD.stages["receipt"]
    forms = (editing.StepForm("confirm", "Confirm it", "", "", "tick"), editing.StepForm("", "Smile", "", "", "tick"))

    changed = editing.with_steps(STANDARD, stage, forms, "en")

    assert [step.id for step in changed.steps] == ["confirm", "step1"]
    assert changed.steps[0].do.in_language("zh-Hans") == stage.step("confirm").do.in_language("zh-Hans")
    assert changed.steps[0].key.in_language("en") != "Name the revision of the drawing"
