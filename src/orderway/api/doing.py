"""From what a program sends to the act that a work item needs: which item is meant, what comes along, and which stage's act does it.

Judges nothing; the acts refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from pydantic import BaseModel, Field, StrictBool, create_model

from orderway.api import queries
from orderway.engine.case import PLACE_SEPARATOR
from orderway.engine.refusals import Mistake, Refusal
from orderway.masterdata.models import Person
from orderway.orders import acts
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.corrections import Fault
from orderway.orders.models import WorkItem
from orderway.orders.refusals import NotOpenHere, SeveralPlaces
from orderway.orders.routes import ActInput, Asked, Body, NotFound
from orderway.orders.routes.fields import Id, Line
from orderway.stages.capture.api import PaperIn, papers_of
from orderway.stages.capture.rules import Attachment

WORK = ("stage", "complaint", "leftover")
Refused = Mapping[str, Refusal]


class FaultIn(Body):
    """An error that was found."""

    kind: Id = Asked("Which kind of error, an id of the standard's errors.")
    caught_at: Id = Asked("The stage whose gate should have caught it; empty for none.", "")

    def fault(self, note: str) -> Fault:
        """As the acts take it."""
        return Fault(self.kind, self.caught_at, note)


class ActIn(Body):
    """What a program brings to complete a work item. Only the input of the item's own act may be given."""

    stage: Id = Asked("The stage, where several stages are open at the place.", "")
    act: Id = Asked("The act, if the caller knows it: with a place instead of an id it saves a look-up.", "")
    evidence: dict[Id, Line] = Asked("What proves steps, by step id: yes for a tick, digits, or a choice.", {})
    findings: dict[Id, StrictBool] = Asked("Answers to the questions of the gate, by criterion; a no sends the order back.", {})
    documents: list[PaperIn] = Asked("Papers that come along.", [], max_length=20)
    reason: Line = Asked("Why, where the standard asks for a reason.", "")
    outcome: Line = Asked("What came of it, for the journal.", "")
    error: FaultIn | None = Asked("What went wrong, where a finding is false.", None)


class InputOfAnotherAct(Mistake):
    """The input belongs to another act than the item's."""

    code = "input_of_another_act"
    message = "{field} is not what {act} takes."
    remedy = "Leave it out; read the work item to see what it does."


class NoProgram(Refusal):
    """Programs cannot do this act."""

    code = "no_program"
    message = "The act {act} cannot be done by a program."
    remedy = "Do it on the order's page."


@dataclass(frozen=True, slots=True)
class Target:
    """The open item that a program means."""

    place: str
    stage: str
    kind: str
    act: str

    @property
    def order(self) -> str:
        """The order's number."""
        return self.place.partition(PLACE_SEPARATOR)[0]


_inputs: dict[str, ActInput] = {}


def with_inputs(inputs: Sequence[ActInput]) -> type[ActIn]:
    """The request of the act route with the input of every stage's act as a field of its own."""
    _inputs.update({each.act: each for each in inputs})
    fields: dict[str, Any] = {
        each.name: (each.schema | None, Field(None, description=f"What the act {each.act} takes.")) for each in inputs if each.schema
    }
    return create_model("ActIn", __base__=ActIn, __doc__=ActIn.__doc__, **fields)


def target(item: str, stage: str, kinds: Sequence[str]) -> Target:
    """The open item of an id or a place; raises NotFound, NotOpenHere or SeveralPlaces."""
    if item.isascii() and item.isdigit():
        return _by_id(int(item[:18]), item, kinds)
    found = queries.open_at(item, stage=stage, kinds=kinds)
    if not found:
        raise _nothing_at(item, kinds)
    if len(found) > 1:
        raise SeveralPlaces(act="work", places=[f"{each.place} ({each.stage}, item {each.pk})" for each in found])
    return _target(found[0])


def _by_id(item_id: int, said: str, kinds: Sequence[str]) -> Target:
    found = WorkItem.objects.filter(pk=item_id).only("id", "place", "stage", "kind", "act", "state").first()
    if found is None:
        raise NotFound(what="work item", key=said)
    if found.state != WorkItem.State.OPEN or found.kind not in kinds:
        raise NotOpenHere(act=found.stage, place=found.place, open=f"{found.kind} {found.state}")
    return _target(found)


def _target(item: WorkItem) -> Target:
    return Target(item.place, item.stage, item.kind, item.act)


def _nothing_at(place: str, kinds: Sequence[str]) -> Refusal:
    number = place.partition(PLACE_SEPARATOR)[0]
    found = queries.order(number)
    if found is None:
        return NotFound(what="work item", key=place)
    standing = [f"{item.stage} ({item.kind}) at {item.place}" for item in queries.open_items_of([found.pk])[found.pk]]
    return NotOpenHere(act=" or ".join(kinds), place=place, open=standing or found.status)


def person(key: str) -> Person:
    """The active person of this key; raises NotFound."""
    found = Person.objects.filter(key=key, is_active=True).first()
    if found is None:
        raise NotFound(what="person", key=key)
    return found


# --- doing ------------------------------------------------------------------------------------------------------------------


def do(item: str, sent: ActIn, *, actor: Actor, now: datetime) -> Target:
    """Do what the item's stage does; gives the item. Raises what refuses it: then nothing of what was sent is kept."""
    known = not item.isdigit() and bool(sent.act)
    meant = Target(item, sent.stage, "stage", sent.act) if known else target(item, sent.stage, WORK)
    given = _given(sent, meant.act)
    fault = sent.error.fault(sent.reason) if sent.error else None
    completion = Completion(sent.findings, sent.evidence, reason=sent.reason, outcome=sent.outcome, fault=fault)
    if not sent.documents:
        _raise(_perform(meant, completion, given, actor=actor, now=now))
        return meant
    with transaction.atomic():
        bring(meant, {}, list(papers_of(sent.documents)), actor=actor, now=now)
        _raise(_perform(meant, completion, given, actor=actor, now=now))
    return meant


def bring(meant: Target, evidence: Mapping[str, str], papers: Sequence[Attachment], *, actor: Actor, now: datetime) -> None:
    """Record evidence and papers without completing: all of it, or nothing."""
    files = [acts.Attachment(paper.kind, paper.name, paper.media_type, paper.body) for paper in papers]
    with transaction.atomic():
        if files:
            _raise(acts.attach({meant.place: files}, stage=meant.stage, actor=actor, now=now))
        if evidence:
            _raise(acts.add_evidence({meant.place: evidence}, stage=meant.stage, actor=actor, now=now))


def _given(sent: ActIn, act: str) -> BaseModel | None:
    """The input of this act; raises InputOfAnotherAct for any other."""
    own = _inputs[act].name if act in _inputs else ""
    for name in sent.model_fields_set - ActIn.model_fields.keys():
        if name != own and getattr(sent, name) is not None:
            raise InputOfAnotherAct(field=name, act=act or "plain work")
    found: BaseModel | None = getattr(sent, own, None) if own else None
    return found


def takes_input(act: str) -> bool:
    """Whether an act takes an input of its own."""
    return act in _inputs and _inputs[act].schema is not None


def _perform(meant: Target, completion: Completion, given: BaseModel | None, *, actor: Actor, now: datetime) -> Refused:
    if meant.kind == "leftover":
        return acts.settle([meant.place], stage=meant.stage, outcome=completion.outcome, actor=actor, now=now)
    if not meant.act:
        return acts.complete({meant.place: completion}, stage=meant.stage, actor=actor, now=now)
    known = _inputs.get(meant.act)
    if known is None:
        raise NoProgram(act=meant.act)
    perform: Callable[..., Refused] = known.perform
    return perform(meant.place, completion, given, actor=actor, now=now)


def _raise(refused: Refused) -> None:
    for refusal in refused.values():
        raise refusal
