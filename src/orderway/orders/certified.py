"""Who may work in a stage where the standard lets only certified people: asked of whoever completes, signs, decides, or is given an item.

Certificates are rows that training fills; one statement per act and person, and none where no standard of the set asks for them.
"""

from __future__ import annotations

from datetime import datetime

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Qualification
from orderway.orders.actor import Actor
from orderway.orders.locking import Opened

WORKING = frozenset({"sign", "decide"})  # acts that end an item beside those that complete a stage


class NotCertified(Refusal):
    """The standard lets only certified people work here."""

    code = "not_certified"
    message = "{person} is not certified for {stage}."
    remedy = "Pass the quiz of its course under Training, or let a certified colleague supervise, on the record."


class Certificates:
    """What people are certified for at the moment of an act; read on the first question about each person."""

    def __init__(self, now: datetime) -> None:
        self._today = now.date()
        self._held: dict[int, frozenset[str]] = {}

    def missing(self, opened: Opened, key: str, person_id: int | None) -> Refusal | None:
        """The refusal if the order's standard lets only certified people work at this item and this person is not. Leftovers are free."""
        if person_id is None or opened.item is None or opened.item.kind == "leftover" or not opened.program.only_certified:
            return None
        wanted = opened.program.certified.get(opened.item.stage)  # none where the stage is advisory
        if wanted is None or wanted in self._of(person_id):
            return None
        return NotCertified(person=key, stage=opened.item.stage)

    def missing_of(self, opened: Opened, actor: Actor, act: str, *, completes: bool) -> Refusal | None:
        """The same for whoever acts, where the act ends the item. The system works what the standard gives it."""
        if actor.is_system or not (completes or act in WORKING):
            return None
        return self.missing(opened, actor.key, actor.person_id)

    def holds(self, content: str, person_id: int) -> bool:
        """Whether the person is certified for this content of a stage."""
        return content in self._of(person_id)

    def _of(self, person_id: int) -> frozenset[str]:
        known = self._held.get(person_id)
        if known is None:
            rows = Qualification.objects.filter(person=person_id, valid_until__gte=self._today)
            known = self._held[person_id] = frozenset(rows.values_list("stage_hash", flat=True))
        return known
