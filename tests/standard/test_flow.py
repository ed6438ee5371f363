"""The block tree: what encloses a stage, what every path to it has passed, where it may send back to, how the manual numbers it."""

import pytest

from orderway.standard.document import Sequence
from orderway.standard.flow import numbers, passed_before, positions, possibly_before, rework_targets
from orderway.standard.parse_flow import flow
from orderway.standard.reading import Log
from orderway.standard.yaml_tree import read_tree

EXAMPLE = """
- a
- every: [{when: x, do: [b]}, {do: [c, d]}]
- choose: [{when: x, do: [e]}, {do: [f]}]
- each: one in all.ones
  do: [g, {parallel: [[h, i], [j]]}, k]
- l
"""


def read(text: str) -> Sequence:
    tree, _ = read_tree(text)
    log = Log()
    found = flow(log, tree)
    assert log.problems == []
    return found


def words(stages) -> str:
    return "".join(sorted(stages))


@pytest.mark.parametrize(
    ("stage", "certain", "possible", "targets"),
    [
        ("a", "", "", ""),
        ("b", "a", "a", "a"),
        ("d", "ac", "ac", "ca"),
        ("e", "acd", "abcd", "a"),
        ("g", "acd", "abcdef", ""),
        ("h", "acdg", "abcdefg", "g"),
        ("i", "acdgh", "abcdefgh", "hg"),
        ("j", "acdg", "abcdefg", "g"),
        ("k", "acdghij", "abcdefghij", "g"),
        ("l", "acdghijk", "abcdefghijk", "a"),
    ],
)
def test_what_every_path_has_passed_and_what_some_path_has_passed(stage, certain, possible, targets):
    position = positions(read(EXAMPLE))[stage]

    assert words(passed_before(position)) == certain
    assert words(possibly_before(position)) == possible
    assert "".join(rework_targets(position)) == targets


def test_the_enclosing_blocks_are_told_in_words_and_as_runs():
    position = positions(read(EXAMPLE))["j"]

    assert position.enclosure() == ("each one in all.ones", "parallel branch 2")
    assert [each.items for each in position.eaches] == ["all.ones"]
    assert positions(read(EXAMPLE))["b"].enclosure() == ("every when x",)
    assert positions(read(EXAMPLE))["a"].enclosure() == ()


def test_the_manual_numbers_a_block_once_and_its_stages_below_it():
    assert numbers(read(EXAMPLE)) == {
        "a": "1",
        "b": "2.1",
        "c": "2.2",
        "d": "2.3",
        "e": "3.1",
        "f": "3.2",
        "g": "4.1",
        "h": "4.2.1",
        "i": "4.2.2",
        "j": "4.2.3",
        "k": "4.3",
        "l": "5",
    }


def test_a_sequence_inside_a_sequence_changes_nothing():
    nested = read("[a, [b, [c]], d]")

    assert numbers(nested) == {"a": "1", "b": "2", "c": "3", "d": "4"}
    assert rework_targets(positions(nested)["d"]) == ("a", "b", "c")
    assert words(passed_before(positions(nested)["c"])) == "ab"


def test_a_run_inside_a_run_sends_back_only_within_itself():
    nested = read("[a, {each: x in xs.list, do: [b, {each: y in ys.list, do: [c, d]}, e]}]")

    assert rework_targets(positions(nested)["d"]) == ("c",)
    assert rework_targets(positions(nested)["e"]) == ("b",)
    assert [each.name for each in positions(nested)["d"].eaches] == ["x", "y"]
