"""The stage map between two versions: what is the same, what moved, what has another name, and what the map cannot decide."""

from __future__ import annotations

from decimal import Decimal

from engine.standards import a_standard, parallel, text
from orderway.standard.document import Change, Duration, StageId, Text
from orderway.standard.stage_map import stage_map, strange_in

REWORDED = {"limit": Duration(Decimal(8), "h")}


def kinds(old, new, by_hand=None):
    return {row.stage: (row.target, row.kind) for row in stage_map(old, new, by_hand).rows}


def test_the_same_flow_maps_every_stage_to_itself():
    assert kinds(a_standard("a", "b"), a_standard("a", "b")) == {"a": ("a", "unchanged"), "b": ("b", "unchanged")}


def test_a_stage_that_is_said_otherwise_has_changed_and_one_in_another_place_has_moved():
    old = a_standard("a", "b", "c", "d")
    assert kinds(old, a_standard("c", "a", "b", "d", d=REWORDED)) == {
        "a": ("a", "unchanged"),
        "b": ("b", "unchanged"),
        "c": ("c", "moved"),
        "d": ("d", "changed"),
    }
    assert kinds(a_standard("a", "b"), a_standard("a", parallel(("b",), ("c",))))["b"] == ("b", "moved")


def test_a_stage_with_the_title_of_one_that_is_gone_is_that_stage_under_another_name():
    found = stage_map(a_standard("a", "b"), a_standard("a", "check", "n", check={"title": text("b")}))
    assert [(row.stage, row.target, row.kind, row.origin) for row in found.rows][1] == ("b", "check", "renamed", "alike")
    assert found.added == ("n",)


def test_two_new_stages_that_are_alike_are_not_chosen_between():
    same = {"title": text("b")}
    assert kinds(a_standard("a", "b"), a_standard("a", "c", "d", c=same, d=same))["b"] == (None, "removed")


def test_the_map_of_the_document_wins_over_ids_and_a_map_by_hand_over_everything():
    new = a_standard("a", "c", "d")
    change = Change("1.1.0", Text((("", "better"),)), running_orders="migrate", map=((StageId("b"), StageId("c")),))
    new = type(new)(**{**{name: getattr(new, name) for name in new.__slots__}, "changes": (change,)})
    old = a_standard("a", "b", "d")
    assert kinds(old, new)["b"] == ("c", "renamed")
    assert kinds(old, new, {"b": "d"})["b"] == ("d", "renamed")
    assert kinds(old, new, {"b": ""})["b"] == (None, "removed")


def test_a_map_by_hand_that_names_what_is_not_there_is_found():
    assert strange_in(a_standard("a", "b"), a_standard("a"), {"x": "a", "b": "y", "a": ""}) == (("x", "1.0.0"), ("y", "1.0.0"))
