"""What a new version would cause, in sentences: a list that this layer owns and upper layers fill at start.

Never changes anything, and judges nothing; each source looks at live data with a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.masterdata.models import RoleMember
from orderway.standard.diff import roles_concerned, smallest_step
from orderway.standard.document import Standard


@dataclass(frozen=True, slots=True)
class Effect:
    """One sentence; `address` leads to where it can be looked at, empty for nowhere."""

    text: str
    address: str = ""


Foresee = Callable[[Standard, Standard, datetime], Sequence[Effect]]
"""(the version in force, the draft, now) -> what the draft would cause."""

_sources: dict[str, Foresee] = {}


def register_effects(name: str, foresee: Foresee) -> None:
    """Let a layer say what a new version would cause."""
    _sources[name] = foresee


def effects(old: Standard, new: Standard, *, now: datetime) -> list[Effect]:
    """Everything that the new version would cause."""
    return [effect for name in sorted(_sources) for effect in _sources[name](old, new, now)]


def people_concerned(old: Standard, new: Standard, now: datetime) -> list[Effect]:
    """How many people have to read it again: those with a role whose work changes by more than wording."""
    step = smallest_step(old, new)
    if step is None:
        return []
    if step == "patch":
        return [Effect(_("Only wording changed: nobody has to read it again."))]
    roles = roles_concerned(old, new)
    people = RoleMember.objects.filter(role__in=roles, person__is_active=True).values("person").distinct().count()
    return [
        Effect(
            ngettext("%(n)d person has to read and acknowledge it.", "%(n)d people have to read and acknowledge it.", people)
            % {"n": people}
        )
    ]


register_effects("people", people_concerned)
