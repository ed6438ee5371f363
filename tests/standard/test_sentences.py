"""What the checks of a standard say can be said in every language: each template is a literal whose holes are its values."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import orderway
from orderway.standard.document import Mark
from orderway.standard.problems import Problem
from orderway.standard.sentences import NOTHING, Sentence, quoted

pytestmark = pytest.mark.pure
PACKAGE = Path(orderway.__file__).parent
IN_CHINESE = {
    "The flow names '{stage}'.{hint} Define it.": "流程写了“{stage}”。{hint}请补上定义。",
    " Did you mean '{word}'?": "您是否想写“{word}”？",
    "Name one of: {known}.": "可选：{known}。",
    ", ": "、",
}


def calls() -> list[tuple[str, ast.Call]]:
    """Every sentence that the program writes, with where."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if "Sentence(" in source else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", node))
    return found


def test_a_sentence_is_english_by_itself_and_its_hint_disappears_if_there_is_none():
    hint = Sentence(" Did you mean '{word}'?", word="review")

    assert str(Sentence("The flow names '{stage}'.{hint} Define it.", stage="revew", hint=hint)) == (
        "The flow names 'revew'. Did you mean 'review'? Define it."
    )
    assert str(Sentence("The flow names '{stage}'.{hint} Define it.", stage="x", hint=NOTHING)) == "The flow names 'x'. Define it."


def test_a_translation_reaches_the_sentences_in_a_sentence_and_the_commas_of_a_list():
    hint = Sentence(" Did you mean '{word}'?", word="review")
    sentence = Sentence("The flow names '{stage}'.{hint} Define it.", stage="revew", hint=hint)
    known = Sentence("Name one of: {known}.", known=("a", "b"))

    def chinese(template: str) -> str:
        return IN_CHINESE.get(template, template)

    assert sentence.said(chinese) == "流程写了“revew”。您是否想写“review”？请补上定义。"
    assert known.said(chinese) == "可选：a、b。"


def test_what_a_person_wrote_is_never_taken_for_a_template():
    assert str(quoted("{stage} and %s")) == "'{stage} and %s'"


def test_sentences_are_values():
    assert quoted("a") == quoted("a") != quoted("b")
    assert len({Problem("x", Mark(1, 1), quoted("a")), Problem("x", Mark(1, 1), quoted("a"))}) == 1


def test_every_template_is_a_literal_whose_holes_are_its_values():
    wrong = []
    for place, call in calls():
        template = call.args[0]
        if isinstance(template, ast.Name) and template.id == "_EMPTY":
            continue
        if not isinstance(template, ast.Constant):
            wrong.append(f"{place} is no literal")
            continue
        holes = {hole for _text, hole, _spec, _conversion in Formatter().parse(template.value) if hole is not None}
        if holes != {keyword.arg for keyword in call.keywords}:
            wrong.append(place)

    assert wrong == []
    assert len(calls()) > 300
