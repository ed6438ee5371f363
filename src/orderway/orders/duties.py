"""Which duties somebody has on a work item or order: the relation that `masterdata.rights` grants acts to. Grants nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orderway.engine.acting import SYSTEM
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.refusals import Refusal
from orderway.masterdata import rights
from orderway.masterdata.rights import Duty
from orderway.orders.actor import Actor
from orderway.orders.locking import Opened
from orderway.orders.refusals import ApprovesOwn, NotAllowed

APPROVING = frozenset({"sign", "decide"})  # acts that approve beside those that complete a stage


def duties_of(actor: Actor, opened: Opened, *, holder_id: int | None = None, named: Iterable[str] = ()) -> frozenset[str]:
    """The actor's duties here. `holder_id`: the responsible of the item; `named`: roles that the standard names for this act."""
    duties = set(actor.duties)
    if actor.person_id is not None:
        duties.add(Duty.READER)
        if actor.person_id == holder_id:
            duties.add(Duty.HOLDER)
        if actor.person_id == opened.order.owner_id:
            duties.add(Duty.ORDER_OWNER)
    roles = actor.roles | actor.lent.keys() if opened.item is not None else actor.roles  # a deputy takes work, not the say over orders
    if opened.item is not None and opened.stage.owner in roles:
        duties.add(Duty.OWNER)
    if opened.item is not None and opened.item.role in actor.leads:
        duties.add(Duty.LEAD)
    if opened.program.standard.owner in actor.roles:
        duties.add(Duty.STANDARD_OWNER)
    if not roles.isdisjoint(named):
        duties.add(Duty.NAMED)
    return frozenset(duties)


def acting_for(actor: Actor, opened: Opened, named: Iterable[str] = ()) -> str:
    """The absent person by whose role a deputy acts here, "" if the actor's own roles are enough: both names stand on the record."""
    if actor.acting_for or not actor.lent or opened.item is None:
        return actor.acting_for or ""
    roles = set(named) or {opened.stage.owner}
    return "" if roles & actor.roles else next((actor.lent[role] for role in sorted(roles) if role in actor.lent), "")


def refusal(actor: Actor, opened: Opened, act: str, *, holder_id: int | None = None, named: Iterable[str] = ()) -> Refusal | None:
    """None if the rights table allows the act, else who may do it. The system itself works what the standard gives it."""
    named = tuple(named)
    if actor.is_system or rights.allows(duties_of(actor, opened, holder_id=holder_id, named=named), act):
        return None
    who = _who(opened, act, named)
    return NotAllowed(actor=actor.key, act=act, place=opened.place, who=who)


def _who(opened: Opened, act: str, named: tuple[str, ...]) -> list[str]:
    needed = rights.needed(act)
    who = [f"role {role}" for role in named] if Duty.NAMED in needed else []
    if Duty.OWNER in needed and opened.item is not None:
        who.append(f"role {opened.stage.owner}")
    words = {Duty.HOLDER: "the person responsible", Duty.ORDER_OWNER: "the owner of the order", Duty.CUSTOMER: "the customer"}
    words[Duty.LEAD] = "the lead of a group with this role"
    return who + [word for duty, word in words.items() if duty in needed]


def approving_own(opened: Opened, acting: Callable[[], EngineActor]) -> Refusal | None:
    """Four eyes (RULES 35): who placed or last changed an order neither decides nor signs where others must; nor do their deputies."""
    gate = opened.stage.gate if opened.item else None
    if gate is None or opened.item is None or opened.item.stage in opened.program.advisory:
        return None
    if not (gate.not_by or opened.item.kind == "approval"):
        return None
    who, own = acting(), {opened.order.created_by, opened.order.edited_by} - {"", SYSTEM.key}
    return ApprovesOwn(person=who.key) if own & {*who.people, *who.deputy_of} else None
