"""The quick reader of YAML says what the thorough one says or nothing: of what is unusual it leaves the judgement to the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.standard import yaml_tree
from orderway.standard.templates import shipped
from orderway.standard.yaml_tree import Tree, read_tree

pytestmark = pytest.mark.pure
EXAMPLE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")
LINES = EXAMPLE.split("\n")
SLIPS = [
    *":,[]{}#&*!|>'\"%@`-? \n\\/=~.",
    "中",
    "- ",
    ": ",
    '"x":',
    "\n  ",
    "|\n",
    "---\n",
    "\t",
    "\r\n",
    "\u2028",
    "? ",
    "''",
    "[a:b]",
    '{"a":b}',
    "|#",
]


def quickly(source: str) -> Tree | None:
    return yaml_tree._Quick.tree(source)


def thoroughly(source: str, monkeypatch: pytest.MonkeyPatch) -> object:
    with monkeypatch.context() as patched:
        patched.setattr(yaml_tree, "CSafeLoader", None)
        return read_tree(source)


@pytest.mark.parametrize("source", [EXAMPLE, *shipped().values()], ids=["example", *shipped()])
def test_a_whole_standard_is_read_alike_by_both(source, monkeypatch):
    assert (quickly(source), ()) == thoroughly(source, monkeypatch)


@pytest.mark.parametrize(
    "unusual",
    [
        "a: &x 1",
        "a: *x",
        "a: !int 1",
        "a: 1\na: 2",
        "[a]: 1",
        "a: 1\n---\nb: 2",
        "%YAML 1.1\n---\na: 1",
        "a:",
        "a: [",
        "",
        "a:\tb",
        "a: b\u2028c",
        'a: ["x":y]',
        "a: |# no block\n  b",
        "[" * 50 + "]" * 50,
    ],
)
def test_what_is_unusual_is_left_to_the_thorough_reader(unusual, monkeypatch):
    assert quickly(unusual) is None
    assert read_tree(unusual) == thoroughly(unusual, monkeypatch)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_text_with_slips_is_read_alike_or_left_to_the_thorough_reader(data):
    first = data.draw(st.integers(0, len(LINES) - 12))
    indent = len(LINES[first]) - len(LINES[first].lstrip())
    text = "\n".join(line[min(indent, len(line) - len(line.lstrip())) :] for line in LINES[first : first + 10]) + "\n"
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(SLIPS)) + text[at + data.draw(st.integers(0, 2)) :]

    quick = quickly(text)

    with pytest.MonkeyPatch.context() as monkeypatch:
        assert quick is None or (quick, ()) == thoroughly(text, monkeypatch)
