"""The journal of a master in sentences: who changed what, from which value to which. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json import loads

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.journal import reading
from orderway.web.masters.forms import MasterForm

SHOWN = 20
ACTS: Mapping[str, object] = {
    "create": gettext_lazy("created"),
    "bill": gettext_lazy("bill of material changed"),
    "term": gettext_lazy("supplier terms changed"),
    "price": gettext_lazy("price changed"),
    "stock.count": gettext_lazy("counted"),
    "stock.book": gettext_lazy("stock booked"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: what was done, with its details, by whom, when."""

    what: str
    details: tuple[str, ...]
    who: str
    at: datetime


def history(subject: str, key: str, form: MasterForm) -> list[Told]:
    """The newest entries of a master; one statement."""
    newest = reading.of_subject(subject, key).order_by("-sequence")[:SHOWN]
    return [_told(entry.act, loads(entry.payload), entry.actor, entry.at, form) for entry in newest]


def _told(act: str, payload: Mapping[str, object], who: str, at: datetime, form: MasterForm) -> Told:
    changed = payload.get("changed")
    if act == "edit" and isinstance(changed, Mapping):
        return Told(_("changed"), tuple(_change(form.title_of(name), *values) for name, values in changed.items()), who, at)
    said = payload.get("said")
    return Told(str(ACTS.get(act, act)), (str(said),) if said else (), who, at)


def _change(title: str, before: object, after: object) -> str:
    if "…" in (before, after):  # personal data: the journal does not hold it
        return title
    return _("%(field)s: %(before)s → %(after)s") % {"field": title, "before": _value(before), "after": _value(after)}


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return " / ".join(str(each) for each in value.values()) or "–"
    return "–" if value in (None, "") else str(value)
