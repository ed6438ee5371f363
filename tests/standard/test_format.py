"""What the formatter writes reads back as the same standard, in one style, whatever the standard holds."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard.document import (
    Answer,
    Block,
    Branch,
    Change,
    Criterion,
    DocumentKind,
    Duration,
    Each,
    Evidence,
    Exceptions,
    Expression,
    Fact,
    FactType,
    Feedback,
    Gate,
    QuizItem,
    Sequence,
    StageRef,
    Standard,
    Step,
    Text,
    Training,
)
from orderway.standard.format import WIDTH, write
from orderway.standard.parse import parse
from orderway.standard.parse_stages import choice_id

SOURCE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")
STANDARD = parse(SOURCE).standard
LITTLE = dataclasses.replace(  # what the drawn standards stand on: quick to read
    STANDARD,
    stages={"receipt": STANDARD.stages["receipt"]},
    roles={"sales": STANDARD.roles["sales"]},
    **{key: {} for key in ("facts", "errors", "tables", "documents")},
    kpis=(),
)


def reads_back(standard: Standard) -> None:
    parsed = parse(write(standard))
    assert parsed.problems == ()
    assert parsed.standard == standard
    assert [list(getattr(parsed.standard, name)) for name in ("stages", "roles", "facts", "tables")] == [
        list(getattr(standard, name)) for name in ("stages", "roles", "facts", "tables")
    ]


def test_the_example_reads_back_as_itself():
    reads_back(STANDARD)


def test_writing_twice_changes_nothing():
    once = write(STANDARD)
    assert write(parse(once).standard) == once


def test_the_style_is_that_of_the_example():
    """Most lines of the example stand unchanged in what is written (it aligns columns and comments, which are not kept)."""
    written = {line.strip() for line in write(STANDARD).splitlines()}
    expected = [line.split(" #")[0].strip() for line in SOURCE.splitlines() if line.strip() and not line.strip().startswith("#")]
    unchanged = [line for line in expected if line in written]
    assert len(unchanged) / len(expected) > 0.7
    assert all(len(line) <= WIDTH for line in write(STANDARD).splitlines())


def test_a_missing_step_id_is_added():
    standard = parse(SOURCE.replace("      - id: split\n        do:", "      - do:")).standard
    assert "      - id: split\n" in write(standard)
    reads_back(standard)


def test_a_small_change_is_a_small_difference():
    before, after = write(STANDARD).splitlines(), write(parse(SOURCE.replace("limit: 5d", "limit: 6d")).standard).splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [("    limit: 5d", "    limit: 6d")]


WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TRICKY = st.sampled_from(
    [
        *(
            "true",
            "No",
            "null",
            "~",
            "- a",
            "a: b",
            "a, b",
            "a #b",
            "#a",
            "'a'",
            '"a"',
            "a\\b",
            "{a}",
            "[a]",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "a:",
        ),
        *(
            "2026-03-01",
            "010",
            "1e3",
            "=",
            "<<",
            "---",
            "...",
            "?",
            "？",
            "料号、数量",
            "🙂",
            " a",
            "a ",
            "a  b",
            "a\nb",
            "a\tb",
            "\u2028",
            "\x85",
        ),
    ]
)
SAID = st.one_of(TRICKY, st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30))
TEXTS = st.one_of(
    SAID.map(lambda said: Text((("", said),))),
    st.dictionaries(st.sampled_from(["en", "zh-Hans", "zh-Hant"]), SAID, min_size=1).map(lambda said: Text(tuple(said.items()))),
)


@given(TEXTS, SAID)
def test_any_text_survives(text, line):
    stage = dataclasses.replace(
        LITTLE.stages["receipt"],
        steps=(Step("one", text, key=text, why=text, evidence=Evidence("number", label=text, fact="order.weight")),),
        quiz=(QuizItem(text, "one", (Answer(text, True), Answer(text))),),
        gate=Gate((Criterion("c", ask=text, title=text), Criterion("d", auto=Expression(line)))),
    )
    reads_back(
        dataclasses.replace(
            LITTLE,
            version=line,
            title=text,
            changes=(Change(line, text, pdca=line, running_orders="migrate", map=(("receipt", "review"),)),),
            documents={"paper": DocumentKind("paper", text, source="supplier")},
            stages={**LITTLE.stages, "receipt": stage},
        )
    )


@pytest.mark.parametrize("kind", ["tick", "number", "photo", "scan", "file", "system"])
def test_every_kind_of_evidence_survives_with_and_without_label_and_fact(kind):
    labels = (None, Text((("", "true"),)), Text((("en", "Weight"),)))
    steps = tuple(
        Step(f"s{n}", Text((("", "x"),)), evidence=Evidence(kind, label=label, fact=fact))
        for n, (label, fact) in enumerate([(label, fact) for label in labels for fact in (None, "order.weight")])
    )
    stages = {**STANDARD.stages, "receipt": dataclasses.replace(STANDARD.stages["receipt"], steps=steps)}
    reads_back(dataclasses.replace(STANDARD, stages=stages))


def test_choices_survive_in_languages_and_as_words():
    choices = (Text((("", "none"),)), Text((("en", "Wrong item"), ("zh-Hans", "料号错误"))), Text((("zh-Hans", "其他"),)))
    evidence = Evidence("choice", choices=choices, choice_ids=tuple(choice_id(choice) for choice in choices), fact="order.cause")
    stages = {
        **STANDARD.stages,
        "receipt": dataclasses.replace(STANDARD.stages["receipt"], steps=(Step("s", choices[1], evidence=evidence),)),
    }
    assert evidence.choice_ids == ("none", "wrong_item", "其他")
    reads_back(dataclasses.replace(STANDARD, stages=stages))


def branch(when: str | None, *nodes: object) -> Branch:
    return Branch(Expression(when) if when else None, Sequence(nodes))


NODES = st.recursive(
    WORDS.map(StageRef),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda nodes: Sequence(tuple(nodes))),
        st.tuples(st.sampled_from(["every", "choose"]), inner, inner).map(
            lambda drawn: Block(drawn[0], (branch("order.total > 5, or so", drawn[1]), branch(None, drawn[2], drawn[1])))
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda nodes: Block("parallel", tuple(branch(None, node) for node in nodes))),
        inner.map(lambda node: Each("delivery", "order.deliveries", Sequence((node, StageRef("z"))))),
    ),
    max_leaves=8,
)


@given(st.lists(NODES, min_size=1, max_size=4))
def test_any_flow_survives(nodes):
    reads_back(dataclasses.replace(LITTLE, flow=Sequence(tuple(nodes))))


FACTS = [
    Fact("a.money", FactType("money"), Decimal("-12.50"), True),
    Fact("a.text", FactType("text"), "no", True, source="erp"),
    Fact("a.empty", FactType("text"), "", True),
    Fact("a.day", FactType("date"), "2026-03-01", True),
    Fact("a.word", FactType("one_of", choices=("true", "b, c")), "b, c", True),
    Fact("a.list", FactType("list", record=(("x", FactType("list", record=(("y", FactType("bool")),))),)), source="erp"),
]


def test_every_type_of_fact_survives():
    reads_back(dataclasses.replace(STANDARD, facts={fact.name: fact for fact in FACTS}))


def test_a_standard_with_only_what_it_must_have_survives():
    bare = dataclasses.replace(
        STANDARD,
        approved_by=(),
        effective=None,
        review_every=None,
        changes=(),
        documents={},
        facts={},
        errors={},
        tables={},
        exceptions=Exceptions(),
        feedback=Feedback(),
        training=Training(),
        kpis=(),
        stages={
            "receipt": dataclasses.replace(STANDARD.stages["receipt"], steps=(), quiz=(), gate=Gate(()), limit=Duration(Decimal(90), "m"))
        },
    )
    assert "training" not in write(bare)
    reads_back(bare)


def test_hours_that_differ_by_day_survive():
    days = (((0, 1440),), (), ((60, 120), (120, 180)), ((60, 120), (120, 180)), (), (), ((1, 2),))
    calendars = {"odd": dataclasses.replace(STANDARD.calendars["office"], id="odd", hours=days, holidays=None)}
    reads_back(dataclasses.replace(STANDARD, calendars=calendars))
