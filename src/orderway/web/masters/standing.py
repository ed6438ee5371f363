"""Who keeps which masters: administrators, and for customers the roles whose work they are. Asks `masterdata.rights`."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

from orderway.engine.refusals import Refusal
from orderway.masterdata import rights
from orderway.masterdata.rights import Duty
from orderway.releases.owners import owners_of
from orderway.web import acting

MASTER, CUSTOMER, CREDIT = "master.edit", "customer.edit", "customer.credit"
WORK: Mapping[str, tuple[str, ...]] = {CUSTOMER: ("capture.enter",), CREDIT: ("review.decide",)}
"""Right -> the acts; whoever's role owns a stage that does one of them is its owner."""


class MayNotKeep(Refusal):
    """The person neither keeps the installation nor has a role whose work these masters are."""

    code = "may_not_keep"
    message = "{actor} may not change this."
    remedy = "It may be done by: {who}."


def may(request: HttpRequest, right: str) -> bool:
    """Whether the signed-in person has this right about masters."""
    actor = acting.actor_of(request)
    owns = right in WORK and bool(owners_of(*WORK[right]) & actor.roles)
    return rights.allows({*actor.duties, *({Duty.OWNER} if owns else ())}, right)


def require(request: HttpRequest, *any_of: str) -> None:
    """Refuse who has none of these rights. Raises MayNotKeep."""
    if not any(may(request, right) for right in any_of):
        roles = sorted(f"role {role}" for right in any_of for role in owners_of(*WORK.get(right, ())))
        raise MayNotKeep(actor=acting.person_of(request).name, who=["administrator", *dict.fromkeys(roles)])
