"""What changed between two versions, in sentences of the reader's language. Finds nothing by itself (`standard.diff` does)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.pages.standard_view import document_title, role, stage_title
from orderway.pages.templatetags.ow import limit, said
from orderway.standard import flow
from orderway.standard.diff import Difference, diff
from orderway.standard.document import Stage, StageId, Standard, Text
from orderway.standard.durations import read_duration

KINDS: dict[str, str | LazyText] = {
    "document": gettext_lazy("The document"),
    "calendar": gettext_lazy("Calendar"),
    "role": gettext_lazy("Role"),
    "paper": gettext_lazy("Document"),
    "fact": gettext_lazy("Fact"),
    "error": gettext_lazy("Kind of error"),
    "table": gettext_lazy("Decision table"),
    "exceptions": gettext_lazy("Exceptions"),
    "feedback": gettext_lazy("Feedback"),
    "training": gettext_lazy("Training"),
    "kpi": gettext_lazy("Measure"),
}
LABELS: dict[str, str | LazyText] = {
    "title": gettext_lazy("title"),
    "owner": gettext_lazy("owner"),
    "does": gettext_lazy("act"),
    "runs": gettext_lazy("done by"),
    "force": gettext_lazy("switched on"),
    "limit": gettext_lazy("time limit"),
    "warn": gettext_lazy("warning at"),
    "escalate": gettext_lazy("escalation"),
    "calendar": gettext_lazy("calendar"),
    "needs": gettext_lazy("needed documents"),
    "makes": gettext_lazy("documents made"),
    "skip_when": gettext_lazy("skipped when"),
    "gate": gettext_lazy("gate"),
    "gate not_by": gettext_lazy("who may not decide"),
    "gate approve": gettext_lazy("table of signatures"),
    "gate fail": gettext_lazy("what happens after a no"),
    "order of steps": gettext_lazy("order of the steps"),
    "order of criteria": gettext_lazy("order of the criteria"),
    "approved_by": gettext_lazy("approved by"),
    "effective": gettext_lazy("effective date"),
    "review_every": gettext_lazy("period of review"),
    "languages": gettext_lazy("languages"),
    "keep": gettext_lazy("kept for"),
    "target": gettext_lazy("goal"),
    "pass_mark": gettext_lazy("pass mark"),
    "valid": gettext_lazy("certificates valid for"),
    "do": gettext_lazy("what to do"),
    "key": gettext_lazy("key point"),
    "why": gettext_lazy("reason"),
    "evidence": gettext_lazy("proof"),
    "ask": gettext_lazy("question"),
    "waive": gettext_lazy("may be waived by"),
}
FORCES = {"advisory": gettext_lazy("not yet"), "binding": gettext_lazy("yes")}
ROLE_LABELS = ("owner", "approved_by", "waive")
DOCUMENT_LABELS = ("needs", "makes")
TIME_LABELS = ("limit", "keep", "valid", "review_every")
_STEP, _CRITERION = re.compile(r'step "([^"]*)"(?: (.+))?'), re.compile(r'criterion "([^"]*)"(?: (.+))?')


@dataclass(frozen=True, slots=True)
class Said:
    """A difference as its reader sees it; `stage` where its link leads, `kind` added, removed, moved or changed."""

    sentence: str
    stage: str
    kind: str
    wording: bool


def sentences(old: Standard, new: Standard) -> list[Said]:
    """Every difference in the language in use, in the order of the document."""
    return [Said(_sentence(one, old, new), _link(one, new), _kind(one), one.wording) for one in diff(old, new)]


def concerned(changes: Iterable[Said]) -> dict[str, int]:
    """How many changes each stage has."""
    counted: dict[str, int] = {}
    for change in changes:
        if change.stage:
            counted[change.stage] = counted.get(change.stage, 0) + 1
    return counted


def _link(one: Difference, new: Standard) -> str:
    return one.subject if one.stage is not None and one.subject in new.stages else ""


def _kind(one: Difference) -> str:
    if one.kind == "flow" and one.label == "position":
        return "moved"
    return "added" if one.before is None else "removed" if one.after is None else "changed"


def _sentence(one: Difference, old: Standard, new: Standard) -> str:
    if one.kind == "flow":
        return _of_flow(one, old, new)
    part = _part(one, old, new)
    what = _("%(part)s: %(label)s") % {"part": part, "label": _label(one, old, new)} if one.label else part
    if one.before is None:
        text = _value(one, one.after or "", new)
        return _("%(what)s added") % {"what": what} + (f" ({text})" if text and one.label else "")
    if one.after is None:
        return _("%(what)s removed") % {"what": what}
    before, after = _value(one, one.before, old), _value(one, one.after, new)
    return _("%(what)s: %(before)s → %(after)s") % {"what": what, "before": before or "–", "after": after or "–"}


def _of_flow(one: Difference, old: Standard, new: Standard) -> str:
    if not one.subject:
        return _("The blocks of the flow changed")
    if one.after is None:
        return _("%(what)s removed") % {"what": stage_title(old, one.subject)}
    words = {"what": stage_title(new, one.subject), "where": _where(new, StageId(one.subject))}
    return _("%(what)s moved: now %(where)s") % words if one.label == "position" else _("%(what)s added %(where)s") % words


def _where(standard: Standard, stage: StageId) -> str:
    order = list(flow.positions(standard.flow))
    place = order.index(stage)
    return _("after %(stage)s") % {"stage": stage_title(standard, order[place - 1])} if place else _("at the beginning")


def _part(one: Difference, old: Standard, new: Standard) -> str:
    standard = new if _has(new, one) else old
    if one.kind == "stage":
        return stage_title(standard, one.subject)
    name = KINDS.get(one.kind, one.kind)
    titles = {"role": role, "paper": document_title}
    if one.kind in titles:
        return f"{name} {titles[one.kind](standard, one.subject)}"
    return str(name) if one.subject in (one.kind, "document") else f"{name} {one.subject}"


def _has(standard: Standard, one: Difference) -> bool:
    places: dict[str, frozenset[str]] = {
        "stage": frozenset(standard.stages),
        "role": frozenset(standard.roles),
        "paper": frozenset(standard.documents),
    }
    return one.subject in places.get(one.kind, ())


def _label(one: Difference, old: Standard, new: Standard) -> str:
    for pattern, kind, order in ((_STEP, _("step"), _step_number), (_CRITERION, _("criterion"), _criterion_number)):
        found = pattern.fullmatch(one.label)
        if found:
            stage = _stage(one, new) if order(_stage(one, new), found[1]) else _stage(one, old)
            named = f"{kind} {order(stage, found[1]) or found[1]}"
            return f"{named}, {LABELS.get(found[2], found[2])}" if found[2] else named
    return str(LABELS.get(one.label, one.label))


def _stage(one: Difference, standard: Standard) -> Stage | None:
    return standard.stages.get(StageId(one.subject))


def _step_number(stage: Stage | None, step: str) -> int:
    ids = [one.id for one in stage.steps] if stage else []
    return ids.index(step) + 1 if step in ids else 0


def _criterion_number(stage: Stage | None, criterion: str) -> int:
    ids = [one.id for one in stage.gate.criteria] if stage and stage.gate else []
    return ids.index(criterion) + 1 if criterion in ids else 0


def _value(one: Difference, text: str, standard: Standard) -> str:
    """What was said, with roles and documents by their titles, times in words and texts in the reader's language."""
    own = _own_words(one, standard)
    if own is not None:
        return _("“%(text)s”") % {"text": said(own)}
    last = one.label.rpartition(" ")[2]
    if last in ROLE_LABELS:
        return _(", ").join(role(standard, name) for name in text.split(", ") if name)
    if last in DOCUMENT_LABELS:
        return _(", ").join(document_title(standard, name) for name in text.split(", ") if name)
    if one.label == "force":
        return str(FORCES.get(text, text))
    if last in TIME_LABELS and (length := read_duration(text)):
        return limit(length)
    return text


def _own_words(one: Difference, standard: Standard) -> Text | None:
    """The text of the document that the difference is about, if it is about one."""
    stage = _stage(one, standard) if one.kind == "stage" else None
    if stage is None:
        return None
    if one.label == "title":
        return stage.title
    if found := _STEP.fullmatch(one.label):
        step = stage.step(found[1])
        return {"do": step.do, "key": step.key, "why": step.why, None: step.do}.get(found[2]) if step else None
    if (found := _CRITERION.fullmatch(one.label)) and stage.gate:
        criterion = next((known for known in stage.gate.criteria if known.id == found[1]), None)
        return {"ask": criterion.ask, "title": criterion.title}.get(found[2] or "ask") if criterion else None
    return None
