"""What every stage can, whatever it does: evidence, plain work, sign, decide, waive, send back, hold, lift, claim, delegate, complain.

Each takes n places through the one door and gives {place: Refusal} for those it could not. `stage` narrows a place to one stage id of the
order's standard where several are open there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from orderway.engine import advance
from orderway.engine.acting import Work as Proven
from orderway.engine.move import Assigned
from orderway.engine.move import Evidence as Brought
from orderway.engine.refusals import Mistake, Refusal
from orderway.engine.replay import WITH_RUN
from orderway.masterdata import presence
from orderway.masterdata.models import Person
from orderway.orders import corrections, documents, proofs, stages, uploads
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.corrections import Fault
from orderway.orders.locking import Opened, at_kind
from orderway.orders.models import Evidence
from orderway.orders.refusals import HasLeft, HoldOver, NotThere
from orderway.orders.session import Decide, Entrance, Work, door
from orderway.orders.work import working_on
from orderway.sets import Insert

Refused = Mapping[str, Refusal]
ANY_KIND = ("stage", "complaint", "approval", "decision", "leftover")


# --- work ---------------------------------------------------------------------------------------------------------------


def complete(completions: Mapping[str, Completion], *, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Complete plain work: stages without `does`. Evidence and answers come along per place."""
    with working_on(list(completions), "", actor=actor, now=now, stage=stage, brings=completions) as work:
        work.complete()
    return work.refused


def settle(places: Sequence[str], *, stage: str = "", outcome: str = "", actor: Actor, now: datetime) -> Refused:
    """Say that a leftover (what an undo could not take back) has been dealt with."""
    with door(places, Entrance("settle", "stage.work", at_kind("leftover", stage=stage)), actor=actor, now=now) as work:
        work.complete(dict.fromkeys(work.places, Completion(outcome=outcome)))
    return work.refused


def add_evidence(evidence: Mapping[str, Mapping[str, str]], *, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Record evidence ({place: {step: value}}) without completing; whoever does it counts as having worked there. Allowed on hold."""
    with door(list(evidence), Entrance("evidence", "stage.work", at_kind(*WITH_RUN, stage=stage)), actor=actor, now=now) as work:
        for place in work.places:
            misfit = proofs.misfit(work.stage(place), evidence[place])
            if misfit is not None:
                work.refuse(place, misfit)
            else:
                _enter(work, place, evidence[place])
    return work.refused


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for a place: its kind is a document id of the standard."""

    kind: str
    name: str
    media_type: str
    body: bytes


class UnknownDocument(Refusal):
    """The standard knows no document of this kind."""

    code = "unknown_document"
    message = "The standard of this order has no document {kind}."
    remedy = "It has: {known}."


def attach(files: Mapping[str, Sequence[Attachment]], *, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Store files at places and record them as evidence of the steps of that stage that ask for such a document.

    What a file is, says its content (`uploads`); one that is not kept refuses its place.
    """
    with door(list(files), Entrance("attach", "document.attach", at_kind(*WITH_RUN, stage=stage)), actor=actor, now=now) as work:
        for place in work.places:
            known = work.opened(place).program.standard.documents
            strange = next((file.kind for file in files[place] if file.kind not in known), None)
            if strange is not None:
                work.refuse(place, UnknownDocument(kind=strange, known=list(known)))
            else:
                try:
                    _attach_here(work, place, files[place])
                except Mistake as harmful:
                    work.refuse(place, harmful)
    return work.refused


def _attach_here(work: Work, place: str, files: Sequence[Attachment]) -> None:
    order = work.opened(place).order
    kept = [(file, *uploads.checked(file.name, file.body, field=f"document.{file.kind}")) for file in files]
    papers = [documents.Paper(order.id, file.kind, place, name, media_type, file.body) for file, name, media_type in kept]
    work.also(*documents.writes(papers, made_by=work.actor.key, now=work.now))
    kinds = {file.kind: name for file, name, _ in kept}
    steps = [step for step in work.stage(place).steps if step.evidence and step.evidence.document in kinds]
    _enter(work, place, {step.id: kinds[step.evidence.document or ""] for step in steps if step.evidence})


def _enter(work: Work, place: str, given: Mapping[str, str]) -> None:
    """Evidence as a move and as rows."""
    if not given:
        return
    stage = work.stage(place)
    kinds = {step.id: step.evidence.kind for step in stage.steps if step.evidence}
    brought = tuple(Brought(step, kinds.get(step, "tick"), value) for step, value in given.items())
    decide: Decide = lambda program, case, item, _answers, actor: advance.enter_evidence(program, case, item.key, brought, actor=actor)  # noqa: E731
    if work.move(place, decide):
        rows = proofs.rows(work.opened(place), brought, actor=work.actor.key, now=work.now)
        work.also(Insert(Evidence, proofs.ROW, rows))


# --- gates --------------------------------------------------------------------------------------------------------------


def sign(places: Sequence[str], *, approve: bool, reason: str = "", stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Sign an open approval, or refuse it with a reason: that is a failure of the gate."""
    entrance = Entrance("sign", "item.sign", at_kind("approval", stage=stage), _role_of_item)
    with door(places, entrance, actor=actor, now=now) as work:
        for place in work.places:
            work.move(
                place,
                lambda program, case, item, answers, signatory: advance.sign(
                    program,
                    case,
                    item.key,
                    answers,
                    approve=approve,
                    reason=reason,
                    actor=signatory,
                ),
            )
    return work.refused


def decide(completions: Mapping[str, Completion], *, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Pass a gate that failed too often, with a reason, by the role that the standard names in `then`; books what the stage's act would."""
    entrance = Entrance("decide", "item.decide", at_kind("decision", stage=stage), _role_of_item)
    with door(list(completions), entrance, actor=actor, now=now) as work:
        for place in work.places:
            work.move(place, _deciding(work.proofs.proven(work.opened(place), completions[place])))
        _book_decided(work)
    return work.refused


def _book_decided(work: Work) -> None:
    by_act: dict[str, list[str]] = {}
    for place in work.places:
        by_act.setdefault(work.stage(place).does or "", []).append(place)
    for act, places in by_act.items():
        book = stages.decided_at(act)
        if book is not None:
            book(work, places)


def _deciding(proven: Proven) -> Decide:
    return lambda program, case, item, answers, actor: advance.decide(program, case, item.key, proven, answers, actor=actor)


def waive(places: Sequence[str], criterion: str, *, reason: str, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Let an automatic criterion pass for this run of the gate; on the record and on every later page of the order."""

    def waivers(opened: Opened) -> Sequence[str]:
        gate = opened.stage.gate
        return [role for found in (gate.criteria if gate else ()) if found.id == criterion for role in found.waive]

    entrance = Entrance("waive", "item.waive", at_kind(*WITH_RUN, stage=stage), waivers)
    with door(places, entrance, actor=actor, now=now) as work:
        for place in work.places:
            work.move(
                place,
                lambda program, case, item, _answers, waiver: advance.waive(
                    program,
                    case,
                    item.key,
                    criterion,
                    reason=reason,
                    actor=waiver,
                ),
            )
    return work.refused


def send_back(places: Sequence[str], *, reason: str, fault: Fault | None = None, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Fail the gate of an open stage: back to where it says, or, failed too often, to the role in `then`. `fault`: what went wrong."""
    with door(places, Entrance("send_back", "item.send_back", at_kind(*WITH_RUN, stage=stage)), actor=actor, now=now) as work:
        for place in work.places:
            misfit = corrections.misfit(work.opened(place).program, fault) if fault else None
            if misfit is not None:
                work.refuse(place, misfit)
                continue
            moved = work.move(
                place,
                lambda program, case, item, answers, sender: advance.send_back(
                    program,
                    case,
                    item.key,
                    answers,
                    reason=reason,
                    actor=sender,
                ),
            )
            if moved and fault is not None:
                work.also_fault(place, fault)
    return work.refused


def note_fault(numbers: Sequence[str], fault: Fault, *, found_at: str, actor: Actor, now: datetime) -> Refused:
    """Put on record an error that was found and corrected beside any gate. `found_at`: the stage where it came to light."""
    with door(numbers, Entrance("note_fault", "order.comment", None), actor=actor, now=now) as work:
        for place in work.places:
            program = work.opened(place).program
            misfit = corrections.misfit(program, fault) or corrections.misplaced(program, found_at)
            if misfit is not None:
                work.refuse(place, misfit)
        orders = [work.opened(place).order.id for place in work.places]
        work.also(*corrections.writes([(order, found_at, fault) for order in orders], actor=actor.key, now=now))
    return work.refused


# --- holds and complaints -------------------------------------------------------------------------------------------------


def hold(numbers: Sequence[str], hold_type: str, *, reason: str = "", until: date | None = None, actor: Actor, now: datetime) -> Refused:
    """Put orders on hold; the clocks of all their items stop. `until`: the day on which it lifts itself, if not sooner."""
    entrance = Entrance("hold", "order.hold", None, lambda opened: _holders(opened, hold_type))
    with door(numbers, entrance, actor=actor, now=now) as work:
        for place in work.places:
            ends = _beginning(work.opened(place), until) if until else None
            if ends is not None and ends <= now:
                work.refuse(place, HoldOver(field="until", day=until))
            else:
                work.move(place, _holding(hold_type, reason, ends))
    return work.refused


def _holding(hold_type: str, reason: str, until: datetime | None) -> Decide:
    return lambda program, case, _item, answers, who: advance.hold(program, case, hold_type, answers, reason=reason, until=until, actor=who)


def _beginning(opened: Opened, day: date) -> datetime:
    """Where the order's company is, the day begins at this moment."""
    standard = opened.program.standard
    return datetime.combine(day, time.min, ZoneInfo(standard.calendars[standard.calendar].zone))


def lift(numbers: Sequence[str], hold_type: str, *, reason: str = "", actor: Actor, now: datetime) -> Refused:
    """Lift the oldest hold of this type; with the last one the clocks go on with the working time that was left."""
    entrance = Entrance("lift", "order.lift", None, lambda opened: _holders(opened, hold_type))
    with door(numbers, entrance, actor=actor, now=now) as work:
        work.need_clocks()
        for place in work.places:
            work.move(place, lambda program, case, _item, _answers, who: advance.lift(program, case, hold_type, reason=reason, actor=who))
    return work.refused


def complain(numbers: Sequence[str], *, reason: str, path: tuple[str, ...] = (), actor: Actor, now: datetime) -> Refused:
    """A complaint, return or low score: opens the stage that the standard names, also when the order has ended long ago."""

    def named(opened: Opened) -> Sequence[str]:
        rule = opened.program.standard.exceptions.complaint
        return rule.by if rule else ()

    with door(numbers, Entrance("complain", "order.complain", None, named), actor=actor, now=now) as work:
        for place in work.places:
            work.move(place, lambda program, case, _item, _answers, who: advance.reopen(program, case, reason=reason, path=path, actor=who))
    return work.refused


# --- who does it ------------------------------------------------------------------------------------------------------------


def claim(places: Sequence[str], *, stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Take open work of the own role."""
    assert actor.person_id is not None, "only a person can hold work"
    entrance = Entrance("claim", "item.claim", at_kind(*ANY_KIND, stage=stage), _role_of_item)
    return _give(places, entrance, (actor.key, actor.person_id), "claim", actor=actor, now=now)


def delegate(places: Sequence[str], to: Person, *, reason: str = "", stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Give open work to somebody else who is there: one's own, as lead that of the group's roles, as owner of the order any of it."""
    elsewhere = _not_there(to, now)
    if elsewhere is not None:
        return dict.fromkeys(places, elsewhere)
    entrance = Entrance("delegate", "item.delegate", at_kind(*ANY_KIND, stage=stage))
    return _give(places, entrance, (to.key, to.pk), "delegate", reason=reason, actor=actor, now=now)


def _not_there(person: Person, now: datetime) -> Refusal | None:
    if not person.is_active:
        return HasLeft(person=person.key)
    away = person.absences.filter(presence.covering(timezone.localdate(now))).select_related("deputy").first()
    return NotThere(person=person.key, until=away.last_day, deputy=away.deputy.key if away.deputy else "-") if away else None


def release(places: Sequence[str], *, reason: str = "", stage: str = "", actor: Actor, now: datetime) -> Refused:
    """Give one's open work back to the role: nobody holds it until somebody claims it, and it shows as unassigned."""
    entrance = Entrance("release", "item.release", at_kind(*ANY_KIND, stage=stage))
    return _give(places, entrance, ("", 0), "assign", reason=reason or f"given back by {actor.key}", actor=actor, now=now)


def _give(
    places: Sequence[str], entrance: Entrance, to: tuple[str, int], act: str, *, reason: str = "", actor: Actor, now: datetime
) -> Refused:
    key, person_id = to
    with door(places, entrance, actor=actor, now=now) as work:
        if key:
            work.know_person(key, person_id)
        for place in work.places:
            uncertified = work.certificates.missing(work.opened(place), key, person_id or None)
            if uncertified is not None:
                work.refuse(place, uncertified)
                continue
            work.move(
                place,
                lambda program, case, item, _answers, who: advance.reassign(
                    program,
                    case,
                    item.key,
                    Assigned(item.key, key, reason or act),
                    act=act,
                    reason=reason,
                    actor=who,
                ),
            )
    return work.refused


def _role_of_item(opened: Opened) -> Sequence[str]:
    return [opened.item.role] if opened.item else []


def _holders(opened: Opened, hold_type: str) -> Sequence[str]:
    rule = opened.program.standard.exceptions.hold
    kind = rule.type(hold_type) if rule else None
    return kind.by if kind else ()


__all__ = [
    *("Attachment", "StoredDocument", "UnknownDocument", "add_evidence", "attach", "claim", "complain", "complete", "decide", "delegate"),
    *("hold", "lift", "note_fault", "release", "send_back", "settle", "sign", "waive"),
]
