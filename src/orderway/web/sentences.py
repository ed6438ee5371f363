"""The journal of an order in sentences: what happened, by whom, why. Reads entries; never evaluates a rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.engine.freezing import thaw
from orderway.engine.move import Assigned, Move
from orderway.journal.models import Entry
from orderway.pages.templatetags.ow import hold_kind
from orderway.releases import catalogue
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard
from orderway.web.fact_words import FactWords
from orderway.web.standard_view import criterion_text, role, stage_title, step_title
from orderway.web.words import title_of_kind


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it is read: the sentence, what belongs to it, and a colour that the words do not depend on.

    `judged`, `facts`: of a decision, how each criterion was found and the facts as they were frozen with it.
    """

    sentence: str
    detail: str
    who: str
    at: datetime
    css: str
    judged: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


CSS = {
    "complete": "ow-done",
    "decide": "ow-done",
    "sign": "ow-done",
    "refuse": "ow-soon",
    "open": "ow-now",
    "claim": "ow-now",
    "assign": "ow-now",
    "send_back": "ow-soon",
    "hold": "ow-soon",
    "wait": "ow-soon",
    "waive": "ow-soon",
    "escalate": "ow-late",
    "cancel": "ow-late",
    "cancel_part": "ow-late",
    "divide": "ow-soon",
    "reopen": "ow-late",
    "migrate": "ow-now",
}

TOLD = {
    "the person responsible": gettext_lazy("the person responsible"),
    "the owner of the order": gettext_lazy("the owner of the order"),
    "the owner of the standard": gettext_lazy("the owner of the standard"),
}


def told(entries: Iterable[Entry], standard: Standard, names: Mapping[str, str], currency: str) -> list[Told]:
    """The entries in sentences, each in the words of the version that it was made by; the order may have been migrated since.

    `standard`: of an entry that names none; `names`: the names of people by key, `currency`: of the order's amounts.
    """
    return [_told(entry, made_by, names, FactWords(made_by, currency)) for entry in entries for made_by in [_made_by(entry, standard)]]


def _made_by(entry: Entry, standard: Standard) -> Standard:
    hash_ = json.loads(entry.payload).get("standard")
    return program_of(0, hash_).standard if isinstance(hash_, str) else standard


def people_in(entry: Entry) -> Iterator[str]:
    """The keys of the people to whom an entry gives work, and of those in whose place."""
    for given in Move.from_payload(payload).assigned if "act" in (payload := json.loads(entry.payload)) else ():
        yield from (key for key in (given.responsible, given.stands_in_for) if key)


def _told(entry: Entry, standard: Standard, names: Mapping[str, str], facts: FactWords) -> Told:
    payload = json.loads(entry.payload)
    move = Move.from_payload(payload) if "act" in payload else None
    who = names.get(entry.actor, _("the system") if entry.actor == "system" else entry.actor)
    if move is None:
        return Told(_beside(entry.act, payload), "", who, entry.at, CSS.get(entry.act, ""))
    failed = any(closed.how in ("failed", "refused") for closed in move.closed)
    css = "ow-soon" if failed else CSS.get(move.act, "")
    judged = tuple((_criterion(standard, move, one.criterion), _found(one.result)) for one in move.turn.judged)
    seen = tuple(_frozen(move, standard, facts)) if judged else ()
    return Told(_sentence(move, standard, names), _detail(move, standard, payload), who, entry.at, css, judged, seen)


def _found(result: str) -> str:
    return {"true": _("Pass"), "false": _("Fail"), "unknown": _("not known")}.get(result) or _("waived")


def _frozen(move: Move, standard: Standard, words: FactWords) -> Iterator[tuple[str, str]]:
    """The facts of a decision as they were then; lists are too long to be read here."""
    for name, value in move.facts.items():
        if isinstance(value, bool):
            yield words.title(name), words.value(name, value)
        elif isinstance(value, str):
            declared = standard.facts.get(name) or (found.fact if (found := catalogue.fact(name)) else None)
            yield words.title(name), words.value(name, thaw(value, declared.type) if declared else value)


def _sentence(move: Move, standard: Standard, names: Mapping[str, str]) -> str:
    stage = stage_title(standard, move.turn.item.stage) if move.turn.item else ""
    delivery = "/".join(move.turn.item.path) if move.turn.item else ""
    words = {
        "stage": _of_delivery(stage, delivery),
        "task": _of_delivery(title_of_kind(move.turn.item.kind, stage), delivery) if move.turn.item else "",
        "opened": _opened(move, standard),
        "percent": move.level,
        "told": _(", ").join(_told_whom(whom, standard) for whom in move.told.split(", ")),
        "holds": _(", ").join(hold_kind(kind) for kind in move.turn.held),
        "people": _people(move, names),
        **dict(zip(("before", "after"), move.migrated, strict=False)),
        "criteria": _(", ").join(_criterion(standard, move, waived.criterion) for waived in move.turn.waived),
    }
    failed = any(closed.how in ("failed", "refused") for closed in move.closed)
    waits = bool(move.turn.decisions)
    sentences = {
        "open": _("Order placed; %(opened)s opened"),
        "complete": _("%(stage)s sent back")
        if failed
        else _("%(stage)s decided, waits for signatures")
        if waits
        else _("%(stage)s completed"),
        "decide": _("%(stage)s passed by decision"),
        "sign": _("%(stage)s signed"),
        "refuse": _("Signature for %(stage)s refused"),
        "send_back": _("%(stage)s sent back"),
        "waive": _("Waived: %(criteria)s"),
        "hold": _("Put on hold: %(holds)s"),
        "lift": _("Hold lifted"),
        "change": _("Order changed"),
        "cancel": _("Order cancelled"),
        "cancel_part": _("A part of the order was cancelled"),
        "divide": _("The order was divided"),
        "add_run": _("A further delivery was planned"),
        "withdraw_run": _("A delivery was withdrawn"),
        "reopen": _("Complaint recorded"),
        "record": _("News from outside recorded"),
        "wait": _("%(stage)s waits"),
        "assign": _("%(task)s given to %(people)s"),
        "claim": _("%(task)s taken over by %(people)s"),
        "delegate": _("%(task)s handed to %(people)s"),
        "escalate": _("%(task)s: %(percent)d %% of the time is over; %(told)s was told")
        if move.level
        else _("%(task)s: nobody has it; %(told)s was told"),
        "evidence": _("Work on %(stage)s recorded"),
        "leftover": _("Something was left over"),
        "reschedule": _("Deadlines computed again"),
        "migrate": _("Taken from version %(before)s of the standard to version %(after)s"),
    }
    return sentences.get(move.act, move.act) % words


def _of_delivery(title: str, number: str) -> str:
    return _("%(stage)s (delivery %(number)s)") % {"stage": title, "number": number} if number else title


def _told_whom(whom: str, standard: Standard) -> str:
    """Who was told, as the clock wrote it down: a duty at the order or a role of the standard."""
    return str(TOLD[whom]) if whom in TOLD else role(standard, whom.removeprefix("role "))


def _detail(move: Move, standard: Standard, payload: Mapping[str, object]) -> str:
    parts = [_(move.reason) if move.act == "lift" and move.reason else move.reason, move.outcome]
    parts += [text for _key, text in move.turn.waiting]
    parts += [leftover.text for leftover in move.leftovers]
    if move.unpassed:
        behind = _(", ").join(stage_title(standard, stage) for stage in move.unpassed)
        parts.append(_("Not passed under the new version: %(stages)s") % {"stages": behind})
    stage = standard.stages.get(move.turn.item.stage) if move.turn.item else None  # type: ignore[call-overload]
    parts += [f"{step_title(stage, one.step)}: {one.value}" for one in move.evidence if stage and one.value != "yes"]
    if move.act != "open" and move.opened:
        parts.append(_("Next: %(stages)s") % {"stages": _opened(move, standard)})
    if move.acting_for:
        parts.append(_("acting for %(person)s") % {"person": move.acting_for})
    note = payload.get("text")
    parts.append(note if isinstance(note, str) else "")
    return " · ".join(part for part in parts if part)


def _opened(move: Move, standard: Standard) -> str:
    titles = []
    for item in move.opened:
        title = stage_title(standard, item.stage)
        titles.append(_("signature of %(role)s") % {"role": role(standard, item.role)} if item.kind == "approval" else title)
    return _(", ").join(dict.fromkeys(titles))


def _people(move: Move, names: Mapping[str, str]) -> str:
    return _(", ").join(_person(given, names) for given in move.assigned)


def _person(given: Assigned, names: Mapping[str, str]) -> str:
    who = names.get(given.responsible, given.responsible) or _("nobody")
    if not given.stands_in_for:
        return who
    return _("%(person)s, in place of %(absent)s") % {"person": who, "absent": names.get(given.stands_in_for, given.stands_in_for)}


def _criterion(standard: Standard, move: Move, criterion_id: str) -> str:
    for stage in standard.stages.values():
        for criterion in stage.gate.criteria if stage.gate else ():
            if criterion.id == criterion_id:
                return criterion_text(criterion)
    return criterion_id


def _beside(act: str, payload: Mapping[str, object]) -> str:
    text = payload.get("text")
    return text if isinstance(text, str) else act
