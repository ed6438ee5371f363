"""Many open items at once: take, give, hand back, finish. Each item is refused or done by itself; a gate is never passed blind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Person
from orderway.orders import acts
from orderway.orders.actor import Actor
from orderway.orders.completion import DONE
from orderway.orders.models import WorkItem
from orderway.orders.refusals import NotBlind
from orderway.releases import catalogue
from orderway.releases.publishing import program_of

Refused = dict[str, Refusal]
Act = Callable[[Sequence[str], str], Mapping[str, Refusal]]
AsksInputs = Callable[[str], bool]
GATE, SIGNATURE, INPUTS = gettext_noop("it has a gate"), gettext_noop("it is a decision"), gettext_noop("something is to be entered")


def claim(items: Iterable[WorkItem], *, actor: Actor, now: datetime) -> Refused:
    """Take open items of one's roles."""
    return _by_stage(items, lambda places, stage: acts.claim(places, stage=stage, actor=actor, now=now))


def give(items: Iterable[WorkItem], to: Person, *, reason: str, actor: Actor, now: datetime) -> Refused:
    """Give open items to somebody who is there."""
    return _by_stage(items, lambda places, stage: acts.delegate(places, to, reason=reason, stage=stage, actor=actor, now=now))


def release(items: Iterable[WorkItem], *, reason: str, actor: Actor, now: datetime) -> Refused:
    """Hand open items back to their roles."""
    return _by_stage(items, lambda places, stage: acts.release(places, reason=reason, stage=stage, actor=actor, now=now))


def finish(items: Iterable[WorkItem], *, asks_inputs: AsksInputs, actor: Actor, now: datetime) -> Refused:
    """Finish what needs no eyes: no gate, no signature, nothing to enter. `asks_inputs(act)`: whether a person must type something."""
    refused: Refused = {}
    plain: dict[str, list[WorkItem]] = {}
    for item in items:
        why = _why_not(item, asks_inputs)
        if why:
            refused[item.place] = NotBlind(place=item.place, reason=why)
        else:
            plain.setdefault(item.act, []).append(item)
    for act, alike in plain.items():
        refused |= _by_stage(alike, _finishing(act, actor, now))
    return refused


def _why_not(item: WorkItem, asks_inputs: AsksInputs) -> str:
    stage = program_of(item.order.version_id, item.order.version.content_hash).stage(item.stage)
    if item.kind != "stage":
        return SIGNATURE
    if stage.gate is not None:
        return GATE
    return INPUTS if item.act and asks_inputs(item.act) else ""


def _finishing(act: str, actor: Actor, now: datetime) -> Act:
    if not act:
        return lambda places, stage: acts.complete(dict.fromkeys(places, DONE), stage=stage, actor=actor, now=now)
    registered = catalogue.act(act)
    assert registered is not None, "the standard's acts were checked at its release"
    run = registered.run
    assert run is not None, "an act without inputs can be run"
    return lambda places, _stage: run(places, actor=actor, now=now)


def _by_stage(items: Iterable[WorkItem], act: Act) -> Refused:
    """One act per stage: a place may stand at several, and each call names the one that is meant."""
    by_stage: dict[str, list[str]] = {}
    for item in items:
        by_stage.setdefault(item.stage, []).append(item.place)
    refused: Refused = {}
    for stage, places in sorted(by_stage.items()):
        refused |= act(places, stage)
    return refused
