"""A paper as it is stored with the attempt, and back. Marks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from orderway.standard.document import StageId
from orderway.standard.vocabulary import Text
from orderway.training.models import Paper
from orderway.training.questions import Option, Question


def written(paper: Iterable[Question]) -> Paper:
    """What is stored of the questions: everything, so that the record can be read after standard and program have changed."""
    return [
        {
            "key": one.key,
            "stage": one.stage,
            "step": one.step,
            "ask": dict(one.ask.values),
            "options": [{"text": dict(option.text.values), "means": option.means} for option in one.options],
            "right": one.right,
        }
        for one in paper
    ]


def read(paper: Paper) -> list[Question]:
    """The questions of a stored paper."""
    return [_question(one) for one in paper]


def _question(one: Mapping[str, object]) -> Question:
    options = cast("Sequence[Mapping[str, object]]", one["options"])
    return Question(
        key=str(one["key"]),
        stage=StageId(str(one["stage"])),
        step=str(one["step"]),
        ask=_text(one["ask"]),
        options=tuple(Option(_text(option["text"]), str(option["means"])) for option in options),
        right=cast(int, one["right"]),
    )


def _text(values: object) -> Text:
    return Text(tuple(cast("Mapping[str, str]", values).items()))
