"""The acts of capture: place orders, enter them (complete the stage), settle amendments. Corrections before that stand in `editing`.

The form, the API and the file import call the same acts. Whether a draft is all right is said by `rules`; natural keys by `orders.placing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from orderway.engine.refusals import Mistake, Refusal
from orderway.orders import acts, documents, uploads
from orderway.orders.actor import Actor
from orderway.orders.amounts import total_of
from orderway.orders.keeping import act_transaction
from orderway.orders.locking import Opened
from orderway.orders.models import Order
from orderway.orders.refusals import PurchaseOrderExists
from orderway.orders.session import Entrance, door
from orderway.orders.work import Completion, place_orders, working_on
from orderway.orders.work import LineDraft as PricedLine
from orderway.orders.work import OrderDraft as CheckedDraft
from orderway.releases.models import Version
from orderway.releases.publishing import Coming, program_of, versions_for
from orderway.stages.capture import confirming, queries, rules
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.queries import InForce
from orderway.stages.capture.rules import Masters, OrderDraft, Problem

ACT = "capture.enter"


class DraftRefused(Mistake):
    """A draft that cannot be placed; `problems` name every field that is wrong, `field` the first."""

    code = "draft_refused"
    message = "The order was not placed: {said}"
    remedy = "Correct it and send it again."

    def __init__(self, *, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(field=self.problems[0].field, said=" ".join(str(each) for each in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return (_refused, (self.problems,))


def _refused(problems: Sequence[Problem]) -> DraftRefused:
    return DraftRefused(problems=problems)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one draft. `number`: the order (of an unchanged or amended one the first); `refusal` says why it was not placed."""

    state: Literal["placed", "unchanged", "amendment", "refused"]
    number: str = ""
    refusal: Refusal | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field; empty if it is not the draft that is wrong."""
        return self.refusal.problems if isinstance(self.refusal, DraftRefused) else ()


# --- placing ---------------------------------------------------------------------------------------------------------------


def place(drafts: Sequence[OrderDraft], *, actor: Actor, now: datetime) -> list[Outcome]:
    """Place n orders; one outcome per draft, in their sequence. A draft that is refused does not disturb the others.

    The same purchase order with the same content changes nothing and gives the first order's number; with another content it becomes an
    amendment proposal that waits (RULES 36). Papers and evidence that came along are recorded, and the stage is completed if all is there.
    Raises the refusal if the actor may not bring papers.
    """
    if not drafts:
        return []
    with act_transaction():
        outcomes = _place(drafts, actor=actor, now=now)
        files = {outcome.number: _files(draft) for draft, outcome in _placed(drafts, outcomes) if draft.attachments}
        for refusal in acts.attach(files, actor=actor, now=now).values() if files else ():
            raise refusal  # nothing is placed: the orders would wait without a word for papers that their sender believes to have sent
    proven = {outcome.number: Completion(evidence=draft.evidence) for draft, outcome in _placed(drafts, outcomes) if _proves(draft)}
    if proven:
        refused = enter(list(proven), actor=actor, now=now, brings=proven)
        _keep_evidence({place: proven[place].evidence for place in refused if proven[place].evidence}, actor=actor, now=now)
    return outcomes


def _place(drafts: Sequence[OrderDraft], *, actor: Actor, now: datetime) -> list[Outcome]:
    in_force = queries.versions_in_force(now=now)
    default = next(iter(in_force)) if len(in_force) == 1 else ""
    customers, skus = (draft.customer for draft in drafts), (line.sku for draft in drafts for line in draft.lines)
    masters = queries.masters_of(customers, skus, standards=in_force, now=now)
    owner_id = _owner(actor)
    versions = _versions(drafts, in_force, default, masters, owner_id, now=now)
    outcomes: dict[int, Outcome] = {}
    checked: dict[int, CheckedDraft] = {}
    for index, draft in enumerate(drafts):
        problems = [
            *rules.problems(draft, masters),
            *_standard_problems(draft, list(in_force)),
            *_file_problems(draft, versions.get(index)),
        ]
        if problems:
            outcomes[index] = Outcome("refused", refusal=DraftRefused(problems=problems))
        else:
            checked[index] = _checked(draft, masters, versions[index], owner_id=owner_id, now=now)
    firsts = _firsts(checked)
    fresh = [index for index, first in firsts.items() if first == index]
    placed = place_orders([checked[index] for index in fresh], actor=actor, now=now)
    for position, index in enumerate(fresh):
        outcomes[index] = _outcome(placed.numbers.get(position), placed.unchanged.get(position), placed.refused.get(position))
    for index, first in firsts.items():
        if first != index:
            outcomes[index] = _repeated(checked[index], checked[first], outcomes[first])
    _propose({index: (drafts[index], checked[index], outcomes[index]) for index in checked}, actor=actor, now=now)
    return [outcomes[index] for index in range(len(drafts))]


def _file_problems(draft: OrderDraft, version: Version | None) -> Iterator[Problem]:
    """Papers that are not kept: without them the order would wait for what its sender believes to have sent."""
    known = program_of(version.pk, version.content_hash).standard.documents if version and draft.attachments else {}
    for index, file in enumerate(draft.attachments):
        field = f"attachments.{index}"
        if version and file.kind not in known:
            yield _problem(field, acts.UnknownDocument(kind=file.kind, known=", ".join(known)))
            continue
        try:
            uploads.checked(file.name, file.body, field=field)
        except Mistake as mistake:
            yield _problem(field, mistake)


def _problem(field: str, refusal: Refusal) -> Problem:
    return Problem(field, refusal.code, refusal.message.format(**refusal.params), refusal.remedy.format(**refusal.params))


def _standard_problems(draft: OrderDraft, in_force: Sequence[str]) -> list[Problem]:
    """An order must say which standard it runs on, unless only one is in force."""
    if draft.standard or len(in_force) == 1:
        return []
    if not in_force:
        return [Problem("standard", "no_standard", "No standard is in force.", "Release one first (orderway init installs three).")]
    return [Problem("standard", "which_standard", "Several standards are in force.", f"Name one of them: {', '.join(in_force)}.")]


def _checked(draft: OrderDraft, masters: Masters, version: Version, *, owner_id: int | None, now: datetime) -> CheckedDraft:
    """The draft with ids, prices, tax rates, total and the version it is pinned to."""
    customer = masters.customers[draft.customer]
    lines = []
    for line in draft.lines:
        item, price = masters.items[line.sku], rules.price_of(line, customer, masters)
        assert price is not None, "a line without a price is a problem"
        amount = rules.amount_of(line.quantity, price, line.discount_percent)
        wanted = line.requested_on or draft.requested_on
        lines.append(PricedLine(item.id, line.quantity, price, line.discount_percent, item.tax_rate, amount, wanted, line.reference))
    amounts = [line.net for line in lines]
    return CheckedDraft(
        version=version,
        customer_id=customer.id,
        currency=customer.currency,
        lines=tuple(lines),
        ordered_at=draft.ordered_at or now,
        channel=draft.channel,
        customer_po=draft.customer_po.strip(),
        owner_id=owner_id,
        requested_on=draft.requested_on,
        total=total_of(amounts, draft.discount_percent, customer.currency, masters.rounding),
        discount_percent=draft.discount_percent,
        note=draft.note,
        as_history=draft.as_history,
    )


def _versions(
    drafts: Sequence[OrderDraft], in_force: Mapping[str, InForce], default: str, masters: Masters, owner_id: int | None, *, now: datetime
) -> dict[int, Version]:
    """The version that each draft is pinned to: the one in force, or the one on trial by a stable hash of the order."""
    found: dict[int, Version] = {}
    on_trial: dict[str, dict[int, Coming]] = defaultdict(dict)
    for index, draft in enumerate(drafts):
        standard = in_force.get(draft.standard or default)
        if standard is not None:
            found[index] = standard.version
        if standard is not None and standard.on_trial:
            own = rules.po_key(draft.customer_po) or f"{now.isoformat()}/{index}"
            customer = masters.customers.get(draft.customer)
            group = customer.price_list_id if customer else None
            on_trial[draft.standard or default][index] = Coming(f"{draft.channel}/{draft.customer}/{own}", group, owner_id)
    for standard_id, coming in on_trial.items():
        versions = versions_for(list(coming.values()), standard_id, now=now)
        found |= {index: versions[order.key] for index, order in coming.items()}
    return found


def _owner(actor: Actor) -> int | None:
    """Whoever enters an order answers for it until it is given to somebody else; nobody answers for a whole file."""
    return actor.person_id if actor.via in ("form", "api") else None


def _firsts(checked: Mapping[int, CheckedDraft]) -> dict[int, int]:
    """For each draft the first one of the same call with its natural key: itself, unless a customer's number comes twice."""
    seen: dict[tuple[str, int, str], int] = {}
    firsts = {}
    for index, draft in checked.items():
        key = (draft.channel, draft.customer_id, draft.po_key)
        firsts[index] = seen.setdefault(key, index) if draft.po_key else index
    return firsts


def _outcome(number: str | None, unchanged: str | None, refusal: Refusal | None) -> Outcome:
    if isinstance(refusal, PurchaseOrderExists):
        return Outcome("amendment", str(refusal.params["number"]), refusal)
    if refusal is not None:
        return Outcome("refused", refusal=refusal)
    return Outcome("placed", number) if number else Outcome("unchanged", unchanged or "")


def _repeated(draft: CheckedDraft, first: CheckedDraft, outcome: Outcome) -> Outcome:
    """A customer's number that came twice in one call: the same again, or an amendment of whatever the first one became."""
    if not outcome.number:
        return outcome
    if draft.content_hash == first.content_hash:
        return replace(outcome, state="unchanged") if outcome.state == "placed" else outcome
    return Outcome("amendment", outcome.number, PurchaseOrderExists(purchase_order=draft.customer_po, number=outcome.number))


def _propose(all_: Mapping[int, tuple[OrderDraft, CheckedDraft, Outcome]], *, actor: Actor, now: datetime) -> None:
    """Keep what came as an amendment; the same proposal twice is one."""
    amended = [entry for entry in all_.values() if entry[2].state == "amendment"]
    if not amended:
        return
    orders = dict(Order.objects.filter(number__in=[outcome.number for _, _, outcome in amended]).values_list("number", "pk"))
    proposals = [
        AmendmentProposal(
            order_id=orders[outcome.number],
            content_hash=checked.content_hash,
            draft=as_json(draft),
            channel=draft.channel,
            proposed_by=actor.key,
            proposed_at=now,
        )
        for draft, checked, outcome in amended
    ]
    AmendmentProposal.objects.bulk_create(proposals, ignore_conflicts=True)


def as_json(draft: OrderDraft) -> dict[str, object]:
    """What the customer wants according to a draft, as plain data for a page."""
    return {
        "customer_po": draft.customer_po,
        "requested_on": draft.requested_on.isoformat() if draft.requested_on else None,
        "discount_percent": str(draft.discount_percent),
        "note": draft.note,
        "lines": [
            {
                "sku": line.sku,
                "quantity": str(line.quantity),
                "unit_price": None if line.unit_price is None else str(line.unit_price),
                "discount_percent": str(line.discount_percent),
                "requested_on": line.requested_on.isoformat() if line.requested_on else None,
            }
            for line in draft.lines
        ],
    }


def _placed(drafts: Sequence[OrderDraft], outcomes: Sequence[Outcome]) -> list[tuple[OrderDraft, Outcome]]:
    return [(draft, outcome) for draft, outcome in zip(drafts, outcomes, strict=True) if outcome.state == "placed"]


def _files(draft: OrderDraft) -> list[acts.Attachment]:
    return [acts.Attachment(each.kind, each.name, each.media_type, each.body) for each in draft.attachments]


def _proves(draft: OrderDraft) -> bool:
    return bool(draft.evidence or draft.attachments)


def _keep_evidence(evidence: Mapping[str, Mapping[str, str]], *, actor: Actor, now: datetime) -> None:
    """What came along does not get lost when it was not everything."""
    if evidence:
        acts.add_evidence(evidence, actor=actor, now=now)


# --- the stage -------------------------------------------------------------------------------------------------------------


def enter(places: Sequence[str], *, actor: Actor, now: datetime, brings: Mapping[str, Completion] | None = None) -> Mapping[str, Refusal]:
    """Complete the stage of these orders; makes the order confirmation where the standard wants one. `brings`: evidence by place."""
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        work.complete()
        work.also(*documents.writes(confirming.of_entered(work), made_by=actor.key, now=now))
    return work.refused


# --- amendments ------------------------------------------------------------------------------------------------------------


class ProposalSettled(Refusal):
    """Somebody settled the proposal already."""

    code = "proposal_settled"
    message = "This amendment was settled already."
    remedy = "Open the order to see what it says now."


def settle_proposal(proposal_id: int, state: AmendmentProposal.State, *, reason: str, actor: Actor, now: datetime) -> None:
    """Say what became of an amendment: applied (by a change of the order, made before) or dismissed; by whoever may change the order.

    Raises ProposalSettled, or the refusal of the door.
    """
    number = Order.objects.values_list("number", flat=True).get(amendment_proposals=proposal_id)
    with door([number], Entrance("capture.settle", "order.change", None, _changers), actor=actor, now=now) as work:
        for refusal in work.refused.values():
            raise refusal
        waiting = AmendmentProposal.objects.filter(pk=proposal_id, state=AmendmentProposal.State.WAITING)
        if not waiting.update(state=state, reason=reason[:500], settled_by=actor.key, settled_at=now):
            raise ProposalSettled


def _changers(opened: Opened) -> Sequence[str]:
    change = opened.program.standard.exceptions.change
    return change.by if change else ()
