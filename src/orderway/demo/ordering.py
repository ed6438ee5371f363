"""How orders come in and get approved in the demo: taken in, entered, reviewed, signed. Through the acts, n orders at a time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from orderway.demo.arrivals import Arrival
from orderway.demo.fates import Fate
from orderway.demo.scene import Scene, Task, evidence_of, papers_of
from orderway.demo.workdays import Slot
from orderway.engine.refusals import CriterionBlocks, Refusal
from orderway.orders import acts, changes, idempotency
from orderway.orders.actor import Actor
from orderway.orders.acts import Refused
from orderway.orders.completion import Completion
from orderway.orders.work import run_open
from orderway.releases.publishing import Coming, program_of, version_for
from orderway.stages.capture import actions as capture
from orderway.stages.capture import editing
from orderway.stages.capture.rules import Attachment, LineDraft, LineEdit, OrderDraft, OrderEdit
from orderway.stages.review import actions as review
from orderway.standard.document import Standard

PAPER = b"%PDF-1.4\n% Purchase order (demo)\n%%EOF\n"
ROUTE = "POST /api/v1/orders"
WORKING_DAY = 480  # minutes
NOBODY_LEFT = "signatory_not_distinct"

WRONG = (
    "Line 1: the quantity is not the one of the purchase order.",
    "The price is last year's; the list says otherwise.",
    "The delivery address differs from the purchase order.",
    "Size 25 was ordered, size 20 was entered.",
)


class OrderDesk:
    """Sales and those who check its work."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._standards: dict[str, Standard] = {}
        self._said_no: Counter[str] = Counter()
        self._blocked: Counter[str] = Counter()

    # --- taking in ------------------------------------------------------------------------------------------------------

    def take_in(self, arrivals: Sequence[Arrival], slot: Slot) -> list[str]:
        """Place what has come since the last slot: by form, or by the customers' portal. Gives the new numbers."""
        by_form = [one for one in arrivals if one.channel == "form"]
        by_portal = [one for one in arrivals if one.channel != "form"]
        clerk = self._scene.staff.at_desk("sales", None, slot).key
        numbers = self._by_form(clerk, by_form, slot.at) if by_form else []
        return numbers + (self._by_portal(clerk, by_portal, slot.at) if by_portal else [])

    def _by_form(self, clerk: str, arrivals: Sequence[Arrival], now: datetime) -> list[str]:
        actor = self._scene.staff.actor(clerk)
        outcomes = self._place([self._draft(one) for one in arrivals], actor, now)
        again = [self._draft(one) for one in arrivals if self._fate(one).sent_twice]  # the same mail came twice
        self._place([*again, *self._amended(arrivals)], actor, now)
        return self._numbers(arrivals, outcomes)

    def _by_portal(self, clerk: str, arrivals: Sequence[Arrival], now: datetime) -> list[str]:
        """One request with an idempotency key; a portal that got no answer in time sends it again."""
        actor = self._scene.staff.portal(clerk)
        body = json.dumps([[one.customer, one.purchase_order, *([line.sku, line.quantity] for line in one.lines)] for one in arrivals])
        request = idempotency.Request("portal", ROUTE, f"portal-{arrivals[0].index}", body.encode())
        outcomes: list[capture.Outcome] = []

        def do() -> idempotency.Reply:
            outcomes.extend(self._place([self._draft(one) for one in arrivals], actor, now))
            return idempotency.Reply(201, json.dumps([outcome.number for outcome in outcomes]))

        for _ in range(2 if any(self._fate(one).sent_twice for one in arrivals) else 1):
            idempotency.once(request, do, now=now)
        self._place(self._amended(arrivals), actor, now)
        return self._numbers(arrivals, outcomes)

    def _amended(self, arrivals: Sequence[Arrival]) -> list[OrderDraft]:
        """Orders that come again with other quantities under the same number (RULES 36)."""
        return [
            replace(self._draft(one), lines=tuple(LineDraft(line.sku, Decimal(line.quantity + 2)) for line in one.lines))
            for one in arrivals
            if self._fate(one).amended
        ]

    def _place(self, drafts: Sequence[OrderDraft], actor: Actor, now: datetime) -> list[capture.Outcome]:
        outcomes = capture.place(drafts, actor=actor, now=now)
        self._scene.note("capture.place", [outcome.refusal for outcome in outcomes if outcome.refusal])
        return outcomes

    def _numbers(self, arrivals: Sequence[Arrival], outcomes: Sequence[capture.Outcome]) -> list[str]:
        placed = {outcome.number: one for one, outcome in zip(arrivals, outcomes, strict=True) if outcome.state == "placed"}
        self._scene.arrivals.update(placed)
        return list(placed)

    def _fate(self, arrival: Arrival) -> Fate:
        return self._scene.fates[arrival.index]

    def _draft(self, arrival: Arrival) -> OrderDraft:
        standard = self._standard(arrival.standard)
        first = standard.stages[next(standard.stages_in_flow())]
        complete = arrival.complete and first.runs != "system"
        papers = papers_of(first, standard) if complete else []
        return OrderDraft(
            customer=arrival.customer,
            lines=tuple(LineDraft(line.sku, Decimal(line.quantity)) for line in arrival.lines),
            channel=arrival.channel,
            customer_po=arrival.purchase_order,
            standard=arrival.standard,
            ordered_at=arrival.at,
            requested_on=arrival.wished_on,
            discount_percent=Decimal(arrival.discount_percent),
            note="Urgent: a machine stands still." if arrival.urgent else "",
            evidence=evidence_of(first, str(arrival.index)) if complete else {},
            attachments=tuple(Attachment(kind, _name(arrival), "application/pdf", PAPER) for kind in papers),
        )

    def _standard(self, standard_id: str) -> Standard:
        if standard_id not in self._standards:
            version = version_for(Coming(""), standard_id, now=self._scene.until)
            self._standards[standard_id] = program_of(version.pk, version.content_hash).standard
        return self._standards[standard_id]

    # --- the stages -----------------------------------------------------------------------------------------------------

    def enter(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Complete the entry, with the customer's paper; what came back from review is corrected first."""
        back = [task for task in tasks if task.run > 1]
        if back:
            edits = {task.place: OrderEdit(lines=(LineEdit(1, quantity=self._corrected(task)),), note="Corrected.") for task in back}
            self._scene.note("capture.edit", editing.edit(edits, actor=actor, now=now))
        papers = {task.place: self._papers(task) for task in tasks if task.run == 1}
        if any(papers.values()):
            acts.attach({place: files for place, files in papers.items() if files}, actor=actor, now=now)
        brings = {task.place: Completion(evidence=evidence_of(task.definition, task.number)) for task in tasks}
        return capture.enter([task.place for task in tasks], actor=actor, now=now, brings=brings)

    def _papers(self, task: Task) -> list[acts.Attachment]:
        name = _name(self._scene.arrivals[task.number])
        return [acts.Attachment(kind, name, "application/pdf", PAPER) for kind in papers_of(task.definition, task.standard)]

    def _corrected(self, task: Task) -> Decimal:
        line = self._scene.arrivals[task.number].lines[0]
        return Decimal(max(1, line.quantity + (task.run % 3) - 1))

    def review(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Answer the gate's questions; credit that does not suffice waits, is put on hold, or waived."""
        brings = {task.place: self._judged(task) for task in tasks}
        refused = review.decide(list(brings), actor=actor, now=now, brings=brings)
        self._note_blocked(tasks, refused, slot, now)
        return refused

    def _note_blocked(self, tasks: Sequence[Task], refused: Refused, slot: Slot, now: datetime) -> None:
        by_place = {task.place: task for task in tasks}
        for place, refusal in refused.items():
            if isinstance(refusal, CriterionBlocks):
                self._blocked_by(by_place[place], refusal, slot, now)

    def _judged(self, task: Task) -> Completion:
        gate = task.definition.gate
        asked = [criterion.id for criterion in gate.criteria if criterion.ask is not None] if gate else []
        fails = self._said_no[task.number] < self._scene.fate(task.number).review_fails and bool(asked)
        wrong = self._scene.luck("wrong", task.place, task.run)
        self._said_no[task.number] += fails
        findings = dict.fromkeys(asked, True) | ({wrong.choice(asked[:2]): False} if fails else {})
        return Completion(
            findings=findings, evidence=evidence_of(task.definition, task.number), reason=wrong.choice(WRONG) if fails else ""
        )

    def _blocked_by(self, task: Task, refusal: CriterionBlocks, slot: Slot, now: datetime) -> None:
        """The first day one waits for a payment; then finance holds the order or the general manager lets it pass."""
        self._blocked[task.number] += 1
        tries = self._blocked[task.number]
        self._scene.later(task, slot, WORKING_DAY)
        if tries == 2 and self._scene.luck("hold", task.number).random() < 0.4:
            actor = self._scene.staff.at_work("finance", None, slot.day, *self._scene.named(task.number))
            self._scene.note(
                "hold", acts.hold([task.number], "credit", reason="Waits for a payment of the customer.", actor=actor, now=now)
            )
        elif tries >= 3:
            self.waive([task], str(refusal.params["criterion"]), slot, now)

    def waive(self, tasks: Sequence[Task], criterion: str, slot: Slot, now: datetime) -> None:
        """The general manager lets orders of a good customer pass."""
        actor = self._scene.staff.at_work("general_manager", None, slot.day)
        reason = "An old customer; payment was promised by telephone."
        self._scene.note("waive", acts.waive([task.place for task in tasks], criterion, reason=reason, actor=actor, now=now))
        for task in tasks:
            self._scene.later(task, slot, 20)
        by_system = sorted({task.number for task in tasks if task.by_system})
        if by_system:
            run_open(by_system, now=now, retry=True)

    def sign(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Sign, or now and then refuse to."""
        refuses = [task for task in tasks if self._scene.fate(task.number).approval_refused and task.run == 1]
        signs = [task.place for task in tasks if task not in refuses]
        refused = dict(acts.sign(signs, approve=True, actor=actor, now=now)) if signs else {}
        self._give_up([task for task in tasks if refused.get(task.place, None) and refused[task.place].code == NOBODY_LEFT], slot, now)
        if refuses:
            places = [task.place for task in refuses]
            refused |= acts.sign(places, approve=False, reason="The discount is too high for this quantity.", actor=actor, now=now)
        return refused

    def _give_up(self, tasks: Sequence[Task], slot: Slot, now: datetime) -> None:
        """Who decided may not sign, and nobody else has the role: the customer is asked to order anew."""
        if tasks:
            actor = self._scene.staff.at_work("sales_manager", None, slot.day)
            numbers = [task.number for task in tasks]
            self._scene.note("cancel", changes.cancel(numbers, reason="The customer orders anew, in writing.", actor=actor, now=now))

    def decide(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """A gate that failed too often: the role named in the standard passes it with a reason."""
        completions = {}
        for task in tasks:
            gate = task.definition.gate
            findings = {one.id: True for one in gate.criteria if one.ask is not None} if gate else {}
            evidence = evidence_of(task.definition, task.number)
            completions[task.place] = Completion(findings=findings, evidence=evidence, reason="Settled with the customer by telephone.")
        refused = acts.decide(completions, actor=actor, now=now)
        self._note_blocked(tasks, refused, slot, now)
        return refused

    def settle(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Leftovers of a cancellation or change are dealt with; an order may have several, each at its stage."""
        refused: dict[str, Refusal] = {}
        for stage in sorted({task.stage for task in tasks}):
            places = [task.place for task in tasks if task.stage == stage]
            refused |= acts.settle(places, stage=stage, outcome="Put back on the shelf.", actor=actor, now=now)
        return refused


def _name(arrival: Arrival) -> str:
    return f"{arrival.purchase_order}.pdf"
