"""Check sheets: a stage's steps, questions and papers on one form, empty or filled with what an order has on record. Records nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orderway.engine.move import Move
from orderway.journal import reading
from orderway.manual import book
from orderway.manual.book import Book, Printing
from orderway.masterdata.models import Person
from orderway.orders.models import Evidence, Order, StoredDocument
from orderway.orders.storing import SUBJECT
from orderway.pages import standard_view
from orderway.pages.templatetags.ow import limit, said, when
from orderway.standard.document import Stage, Standard, Step

UNCHECKED, CHECKED = "empty", "checked"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands on record for one run of a stage: (value, who, when) by step, the answers of the gate, the papers that are there."""

    title: str = ""
    steps: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    papers: frozenset[str] = frozenset()


def sheet(standard: Standard, stage: Stage, printing: Printing, language: str, recorded: Recorded | None = None) -> Book:
    """The form as finished texts in one language; without `recorded` it is empty, to be filled by hand."""
    known = recorded or Recorded()
    with translation.override(language):
        number = list(standard.stages_in_flow()).index(stage.id) + 1
        view = standard_view.stage_view(standard, stage, number)
        kinds = [*stage.needs, *(kind for kind in stage.makes if kind not in stage.needs)]
        return {
            **book.head(standard, printing, language),
            "stage": f"{number} {said(stage.title)}",
            "about": known.title,
            "owner": view.owner,
            "limit": limit(stage.limit),
            "labels": _labels(),
            "steps": [_step(f"{number}.{at}", step, known) for at, step in enumerate(stage.steps, start=1)],
            "questions": [
                {
                    "text": one.text,
                    "marks": _answer(known.answers.get(one.id, "")),
                    "detail": _("judged by the system") if one.automatic else "",
                }
                for one in view.criteria
            ],
            "papers": [
                {"text": standard_view.document_title(standard, kind), "mark": CHECKED if kind in known.papers else UNCHECKED}
                for kind in kinds
            ],
        }


def recorded(order: Order, stage: Stage, path: str) -> Recorded:
    """What the latest run of this stage has on record; four statements. Reads as the order stands now."""
    of_stage = Evidence.objects.filter(order_id=order.pk, stage=stage.id, path=path)
    last = of_stage.aggregate(run=Max("run"))["run"]
    rows = list(of_stage.filter(run=last).order_by("id")) if last is not None else []
    names = dict(Person.objects.filter(key__in={row.actor for row in rows}).values_list("key", "name")) if rows else {}
    inside = {order.number, f"{order.number}/{path}"}
    papers = StoredDocument.objects.filter(order_id=order.pk, place__in=inside).values_list("kind", flat=True)
    title = f"{order.number}/{path}" if path else order.number
    steps = {row.step: (_value(stage, row), names.get(row.actor, row.actor), when(row.at)) for row in rows}
    return Recorded(f"{title} · {order.customer.name}", steps, _answers(order, stage, path), frozenset(papers))


def _answers(order: Order, stage: Stage, path: str) -> dict[str, str]:
    """The latest answer to each criterion of the gate at this place."""
    found: dict[str, str] = {}
    for entry in reading.of_subject(SUBJECT, order.number):
        turn = Move.from_payload(json.loads(entry.payload)).turn
        if turn.item is not None and turn.item.stage == stage.id and "/".join(turn.item.path) == path:
            found.update({one.criterion: one.result for one in turn.judged})
    return found


def _value(stage: Stage, row: Evidence) -> str:
    step = stage.step(row.step)
    if step is None or step.evidence is None:
        return row.value
    choices = dict(zip(step.evidence.choice_ids, map(said, step.evidence.choices), strict=True))
    return {"yes": "", **choices}.get(row.value, row.value)


def _step(number: str, step: Step, known: Recorded) -> dict[str, object]:
    value, who, at = known.steps.get(step.id, ("", "", ""))
    done = step.id in known.steps or (step.evidence is not None and step.evidence.document in known.papers)
    return {
        "number": number,
        "do": said(step.do),
        "key": said(step.key),
        "mark": CHECKED if done else UNCHECKED,
        "blank": "" if done else _blank(step),
        "value": value,
        "by": " · ".join(part for part in (who, at) if part),
    }


def _blank(step: Step) -> str:
    """What is to be written by hand: the unit of a number, the choices, or nothing beside a tick."""
    evidence = step.evidence
    if evidence is None or evidence.kind == "tick":
        return ""
    if evidence.kind == "number":
        return f"________ {said(evidence.label)}"
    if evidence.kind == "choice":
        return "  /  ".join(map(said, evidence.choices))
    return _("attach it")


def _answer(result: str) -> Sequence[str]:
    """The marks of yes and no; a waived criterion was answered no."""
    return [CHECKED if result == "true" else UNCHECKED, CHECKED if result in ("false", "waived") else UNCHECKED]


def _labels() -> dict[str, str]:
    return {
        "title": _("Check sheet"),
        "owner": _("Owner"),
        "limit": _("Time limit"),
        "order": _("Order"),
        "steps": _("Steps"),
        "questions": _("What the review must find"),
        "papers": _("Documents"),
        "key": _("Key point"),
        "yes": _("yes"),
        "no": _("no"),
        "by": pgettext("person", "Done by"),
        "on": _("Date"),
        "sign": _("Signature"),
    }
