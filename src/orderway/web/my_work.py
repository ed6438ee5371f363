"""The list of a person's tasks in the order of the working time that is left, in three bands. Reads; moves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderway.masterdata.models import Person
from orderway.orders.models import WorkItem
from orderway.pages import refusing
from orderway.pages.templatetags.ow import said, worked
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard
from orderway.web.clocks import Clock, clock_of
from orderway.web.standard_view import role
from orderway.web.words import title_of_kind, words_of

FAR = 10**9
WHY_NOBODY = {
    "no_member": gettext_lazy("nobody has this role"),
    "all_absent": gettext_lazy("everybody with this role is absent"),
    "none_qualified": gettext_lazy("nobody with this role is certified for it"),
    "all_barred": gettext_lazy("everybody with this role worked on an earlier stage that bars them"),
    "nobody was found": gettext_lazy("nobody was found"),
}
BANDS = (("late", gettext_lazy("Late")), ("today", gettext_lazy("Today")), ("later", gettext_lazy("Later")))


@dataclass(frozen=True, slots=True)
class Row:
    """A task on the list. `because` says why it is mine (or why nobody has it)."""

    item: WorkItem
    stage: str
    clock: Clock
    because: str


@dataclass(frozen=True, slots=True)
class Band:
    """Late, today or later, with its rows."""

    name: str
    title: object
    rows: tuple[Row, ...]


def rows_of(items: Iterable[WorkItem], person: Person, *, now: datetime, names: Mapping[str, str] | None = None) -> list[Row]:
    """The tasks, least working time left first. `names`: the names of absent people by key."""
    rows = [_row(item, person, now, names or {}) for item in items]
    rows.sort(key=lambda row: (FAR if row.clock.left_minutes is None else row.clock.left_minutes, row.item.pk))
    return rows


def bands_of(rows: Iterable[Row]) -> list[Band]:
    """The rows in their bands; empty bands are left out."""
    rows = list(rows)
    bands = (Band(name, title, tuple(row for row in rows if row.clock.band == name)) for name, title in BANDS)
    return [band for band in bands if band.rows]


def item_title(item: WorkItem, standard: Standard) -> str:
    """What is to be done, by the item's kind."""
    stage = said(standard.stages[item.stage].title) if item.stage in standard.stages else item.stage  # type: ignore[index]
    return title_of_kind(item.kind, stage)


def why_nobody(item: WorkItem) -> str:
    """Why an item has nobody, in words; a reason that somebody typed stays as it is."""
    return str(WHY_NOBODY.get(item.unassigned_reason, item.unassigned_reason))


def standing(item: WorkItem, standard: Standard) -> str:
    """Who has an item, or why nobody does, and what it waits for."""
    if item.responsible:
        who = item.responsible.name
    elif item.by_system:
        who = _("the system")
    else:
        who = _("nobody: %(reason)s") % {"reason": why_nobody(item)}
    waiting = _("Waits: %(reason)s") % {"reason": refusing.retold(item.waiting, words_of(item))} if item.waiting else ""
    return " · ".join(part for part in (who, role(standard, item.role), waiting) if part)


def _row(item: WorkItem, person: Person, now: datetime, names: Mapping[str, str]) -> Row:
    program = program_of(item.order.version_id, item.order.version.content_hash)
    return Row(item, item_title(item, program.standard), clock_of(item, program, now), _because(item, person, program.standard, names))


def _because(item: WorkItem, person: Person, standard: Standard, names: Mapping[str, str]) -> str:
    absent = names.get(item.stands_in_for, item.stands_in_for)
    words = {"role": role(standard, item.role), "name": item.responsible.name if item.responsible else "", "absent": absent}
    if item.responsible_id == person.pk:
        sentence = _mine(item)
    elif item.responsible_id:
        sentence = _("%(name)s has it as %(role)s, in place of %(absent)s.") if absent else _("%(name)s has it as %(role)s.")
    else:
        sentence = _("Nobody has it; %(role)s is to do it.")
    if not item.responsible_id and not item.by_system:
        sentence += f" ({why_nobody(item)})".replace("%", "%%")
    waiting = _("Waits: %(reason)s") % {"reason": refusing.retold(item.waiting, words_of(item))} if item.waiting else ""
    return " ".join(part for part in (sentence % words, _load(item), waiting) if part)


def _mine(item: WorkItem) -> str:
    if item.stands_in_for:
        return _("You have it in place of %(absent)s, as %(role)s.")
    return _("You took it as %(role)s.") if item.claimed else _("Assigned to you as %(role)s.")


def _load(item: WorkItem) -> str:
    """The load that decided when the item was given out."""
    if not item.given_because or not item.responsible:
        return ""
    minutes, present = (int(part) for part in item.given_because.split())
    words = {"name": item.responsible.name, "open": worked(minutes), "present": present}
    if present == 1:
        return _("%(name)s was the only one there.") % words
    return _("%(name)s had %(open)s open, least of the %(present)d who were there.") % words
