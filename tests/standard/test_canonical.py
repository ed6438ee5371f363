"""The canonical text of a standard is the same for equal standards, differs for different ones, and gives the standard back."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard.canonical import canonical, content_hash, from_canonical, stage_hash
from orderway.standard.document import Block, Branch, Expression, Fact, FactType, Sequence, Stage, StageRef, Standard, Text
from orderway.standard.parse import parse

SOURCE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")
STANDARD = parse(SOURCE).standard


def test_a_standard_comes_back_exactly_with_the_order_of_its_parts():
    back = from_canonical(canonical(STANDARD))

    assert back == STANDARD
    assert list(back.stages) == list(STANDARD.stages)
    assert list(back.roles) == list(STANDARD.roles)
    assert canonical(back) == canonical(STANDARD)


def test_comments_layout_and_marks_do_not_count():
    assert content_hash(parse("# note\n\n" + SOURCE.replace("{en: Order receipt,", "{en:   Order receipt,")).standard) == content_hash(
        STANDARD
    )


def test_the_text_is_sorted_and_holds_no_floats_and_no_marks():
    def floats(text: str) -> object:
        raise AssertionError(f"{text} is a float")

    text = canonical(STANDARD)
    body = json.loads(text, parse_float=floats)
    assert json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text
    assert '"mark' not in text


def test_the_hash_is_pinned():
    """A released version is known by its hash: if this changes, every stored version becomes unreadable."""
    assert content_hash(STANDARD) == "615afc81401cb2000dae647b74cf04cf9e6126ddc2c9ef9e03f61afb34b51100"


def test_a_decimal_has_one_form():
    one, other = (dataclasses.replace(STANDARD, facts={"a.b": Fact("a.b", FactType("money"), Decimal(d), True)}) for d in ("5.0", "5"))
    assert one == other
    assert content_hash(one) == content_hash(other)
    assert from_canonical(canonical(one)).facts["a.b"].default == Decimal(5)


def test_a_text_default_that_looks_like_a_number_stays_text():
    standard = dataclasses.replace(STANDARD, facts={"a.b": Fact("a.b", FactType("text"), "5", True)})
    assert from_canonical(canonical(standard)).facts["a.b"].default == "5"


NESTED = st.recursive(
    st.sampled_from([StageRef("a"), StageRef("b")]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda nodes: Sequence(tuple(nodes))),
        st.tuples(st.sampled_from(["every", "choose", "parallel"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda drawn: Block(drawn[0], tuple(Branch(Expression("x"), Sequence((node,))) for node in drawn[1]))
        ),
    ),
    max_leaves=6,
)


@given(st.lists(NESTED, max_size=3), st.text(max_size=20), st.dictionaries(st.sampled_from(["", "en", "zh-Hans"]), st.text(max_size=10)))
def test_any_flow_and_text_comes_back(nodes, version, title):
    standard = dataclasses.replace(STANDARD, flow=Sequence(tuple(nodes)), version=version, title=Text(tuple(title.items())))
    assert from_canonical(canonical(standard)) == standard


def one_change(source: str) -> Standard:
    assert source != SOURCE
    return parse(source).standard


CHANGES = [
    ("limit: 5d", "limit: 6d"),
    ("at_most: 3", "at_most: 4"),
    ("Order receipt", "Order intake"),
    ('"< 20000"', '"< 30000"'),
    ("- picking\n", "- picking\n      - picking\n"),
    ("{type: bool, default: false}", "{type: bool, default: true}"),
    ("{type: bool, default: false}", "bool"),
    ("right: true}\n          - {en: Last", "right: false}\n          - {en: Last"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_every_change_of_meaning_or_wording_changes_the_hash(old, new):
    assert content_hash(one_change(SOURCE.replace(old, new))) != content_hash(STANDARD)


def changed_stages(source: str) -> set[str]:
    other = one_change(source)
    return {id for id in STANDARD.stages if stage_hash(other, id) != stage_hash(STANDARD, id)}


def test_the_hash_of_a_stage_changes_with_the_stage_alone():
    assert changed_stages(SOURCE.replace("limit: 5d", "limit: 6d")) == {"production"}
    assert changed_stages(SOURCE.replace("Photograph the closed parcel", "Photograph the open parcel")) == {"picking"}
    assert changed_stages(SOURCE.replace("version: 1.1.0", "version: 1.2.0")) == set()


def test_the_hash_of_a_stage_changes_with_the_tables_that_it_names():
    assert changed_stages(SOURCE.replace('"< 20000"', '"< 30000"')) == {"review"}
    assert changed_stages(SOURCE.replace('["0", ">= 0", ok]', '["<= 0", ">= 0", ok]')) == {"review"}


TEXT = canonical(STANDARD)
FOREIGN = [
    "",
    "{}",
    "[]",
    "3",
    "null",
    '{"format":"order-standard/2","standard":{}}',
    '{"format":"order-standard/1","standard":{}}',
    '{"format":"order-standard/1","standard":null}',
    TEXT + " ",
    TEXT.replace('"warn":50', '"warn":"50"'),
    TEXT.replace('"warn":50', '"warn":true'),
    TEXT.replace('"hit":"first"', '"hit":"any"'),
    TEXT.replace('"is":"StageRef"', '"is":"Standard"'),
    TEXT.replace('"is":"StageRef"', '"is":"Literal"'),
    TEXT.replace('"owner":"finance"', '"owner":"finance","colour":"red"'),
    TEXT.replace('"amount":"4"', '"amount":"four"'),
    TEXT.replace('"amount":"4"', '"amount":"4.0"'),
    "[" * 100_000,
]


@pytest.mark.parametrize("text", FOREIGN, ids=range(len(FOREIGN)))
def test_any_other_text_is_refused(text):
    assert text != TEXT
    with pytest.raises(ValueError):
        from_canonical(text)


def test_every_field_of_the_document_that_has_no_default_is_written():
    stage = json.loads(TEXT)["standard"]["stages"][0][1]
    needed = {f.name for f in dataclasses.fields(Stage) if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING}
    assert needed <= set(stage)
