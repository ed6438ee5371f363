"""Practice in the reader's words: what is wrong, the verdict on an act, who did a step. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orderway.pages import refusing
from orderway.pages.standard_view import criterion_text, document_title, stage_title, step_title
from orderway.pages.standard_view import role as role_title
from orderway.pages.templatetags.ow import day, money, quantity
from orderway.standard.document import Stage, Standard
from orderway.standard.values import UNKNOWN, Value
from orderway.training.models import PracticeStep
from orderway.training.practice.playing import FIELD, LEARNER

FIELDS: Mapping[str, Promise] = {
    "item": gettext_lazy("Item"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Price"),
    "date": gettext_lazy("Wished day"),
    "address": gettext_lazy("Delivery address"),
    "terms": gettext_lazy("Payment terms"),
}
ROUTES: Mapping[str, Promise] = {
    "stock": gettext_lazy("from stock"),
    "make": gettext_lazy("make"),
    "buy": gettext_lazy("buy"),
}
ACTS: Mapping[str, Promise] = {
    "open": pgettext_lazy("practice step", "ordered"),
    "complete": pgettext_lazy("practice step", "completed"),
    "finish": pgettext_lazy("practice step", "completed"),
    "sign": pgettext_lazy("practice step", "signed"),
    "refuse": pgettext_lazy("practice step", "refused to sign"),
    "send_back": pgettext_lazy("practice step", "sent back"),
    "stop": pgettext_lazy("practice step", "stopped"),
    "waive": pgettext_lazy("practice step", "waived a criterion"),
    "decide": pgettext_lazy("practice step", "passed with a reason"),
    "hold": pgettext_lazy("practice step", "put on hold"),
    "lift": pgettext_lazy("practice step", "lifted the hold"),
    "give_up": pgettext_lazy("practice step", "gave up"),
}
ENTERED: Mapping[str, Promise] = {
    "found": gettext_lazy("Found"),
    "parcel": gettext_lazy("Parcel number"),
    "kept": gettext_lazy("Taken by the customer"),
    "signed_by": gettext_lazy("Signed by"),
    "carrier": gettext_lazy("Carrier"),
    "vehicle": gettext_lazy("Vehicle"),
}
LIES: Mapping[str, Promise] = {
    "found": gettext_lazy("On the shelf"),
    "parcel": gettext_lazy("On the label of the parcel"),
    "kept": gettext_lazy("Taken by the customer"),
    "signed_by": gettext_lazy("Signature on the delivery note"),
    "carrier": gettext_lazy("Booked carrier"),
    "vehicle": gettext_lazy("Its vehicle"),
}
USUAL: Mapping[str, Promise] = {"found": gettext_lazy("To pick"), "kept": gettext_lazy("Brought")}
MISTAKES: Mapping[str, Promise] = {
    "missed": gettext_lazy("Faults that went through"),
    "false_alarm": gettext_lazy("False alarms"),
    "wrong_place": gettext_lazy("Something else named than what was wrong"),
    "wrong_reading": gettext_lazy("Evidence that does not match"),
    "refused": gettext_lazy("Refused by the standard: proof or criteria missing"),
}


def wrong(standard: Standard, stage: Stage | None, answer: str) -> str:
    """What a fault is called, from `Fault.answer`."""
    how, _colon, what = answer.partition(":")
    if how == "difference":
        return str(FIELDS.get(what, what))
    if how == "document":
        return _("%(document)s: missing, or of another order") % {"document": document_title(standard, what)}
    found = next((one for one in (stage.gate.criteria if stage and stage.gate else ()) if one.id == what), None)
    return _("Not met: %(criterion)s") % {"criterion": criterion_text(found) if found else what}


def verdict(standard: Standard, step: PracticeStep) -> str:
    """What came of an act of the learner, in a sentence."""
    stage = _stage(standard, step.stage)
    if step.verdict == "refused":
        return refusing.retold(step.about, lambda name, value: _name(standard, stage, name, value))
    words = {"what": wrong(standard, stage, step.about)} if ":" in step.about else {"what": step.about}
    if step.verdict == "wrong_reading":
        return _("What you entered for “%(step)s” is not what lies there.") % {"step": _read(stage, step.about)}
    if step.verdict == "missed":
        return _("This went through although something was wrong: %(what)s. With a real order the customer would have found it.") % words
    if step.verdict == "false_alarm":
        return _("Nothing was wrong there: %(what)s. It cost a colleague a look.") % words
    if step.verdict == "wrong_place":
        if step.act == "stop":
            return _("Something is wrong, but not this: %(what)s. Compare again.") % words
        return _("It was right to say no. What was wrong: %(what)s.") % words
    return _right(step, words)


def who(standard: Standard, step: PracticeStep) -> str:
    """Whose step it was."""
    if step.who == LEARNER:
        return _("you")
    return _("the system") if step.who == "system" else role_title(standard, step.who)


def act(step: PracticeStep) -> str:
    """What was done."""
    found = ACTS.get(step.act)
    return str(found) if found else step.act


def value(found: Value, kind: str = "") -> str:
    """What a fact is worth."""
    if found is UNKNOWN:
        return _("not known yet")
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if isinstance(found, Decimal):
        return money(found) if kind == "money" else quantity(found) + (" %" if kind == "percent" else "")
    if isinstance(found, str):
        return str(ROUTES.get(found, found))
    return "" if isinstance(found, tuple | Mapping) else day(found)


def _read(stage: Stage | None, about: str) -> str:
    """The step or field that was read wrongly."""
    if about.startswith(FIELD):
        kind, _dot, line = about.removeprefix(FIELD).partition(".")
        label = str(ENTERED.get(kind, kind))
        return _("%(field)s, line %(line)s") % {"field": label, "line": line} if line else label
    return step_title(stage, about) if stage else about


def _right(step: PracticeStep, words: Mapping[str, str]) -> str:
    if step.act == "stop":
        return _("Rightly stopped: %(what)s. A colleague has settled it.") % words
    if step.act in ("finish", "send_back", "refuse") and step.about:
        return _("Rightly sent back: %(what)s. A colleague has corrected it.") % words
    if step.act == "waive":
        return _("Waived; your reason stays on the order.")
    return _("Done as the standard says.")


def _name(standard: Standard, stage: Stage | None, name: str, value: str) -> str:
    if name in ("stage", "stages"):
        return stage_title(standard, value)
    if name in ("role", "roles"):
        return role_title(standard, value)
    if name == "documents":
        return document_title(standard, value)
    if stage is not None and name == "steps":
        return step_title(stage, value)
    if stage is not None and name in ("criterion", "criteria"):
        return next((criterion_text(one) for one in (stage.gate.criteria if stage.gate else ()) if one.id == value), value)
    return value


def _stage(standard: Standard, stage: str) -> Stage | None:
    return next((one for one in standard.stages.values() if one.id == stage), None)


def recorded() -> str:
    """What stands beside a step that is proven."""
    return _("done")
