"""The routes of changes that wait: purchase orders that came again with another content, to be accepted or rejected."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Query

from orderway.api.changes import ChangedOut, done
from orderway.orders.routes import Asked, Body, Done, Routes, Shown, caller_of, moment
from orderway.orders.routes.fields import POSITIVE, Line, Reference, in_path
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.orders.routes.problems import NotFound
from orderway.stages.capture import amending
from orderway.stages.capture.models import AmendmentProposal

routes = Routes(tags=["changes"])
PROPOSAL = in_path("The proposal's id.", **POSITIVE)


class DecisionIn(Body):
    """Why a proposal is accepted or rejected."""

    reason: Line = Asked("Why, in a sentence.", "")
    seen: Reference = Asked("The stamp of the preview that it was decided on.", "")


class ProposalOut(Shown):
    """A purchase order that came again with another content."""

    id: int = Asked("The proposal's id.")
    order: str = Asked("The order that it would change.")
    customer: str = Asked("The customer's key.")
    channel: str = Asked("By which way it came.")
    proposed_by: str = Asked("Who sent it.")
    proposed_at: datetime = Asked("When it came.")


class ProposalsOut(Page):
    """A page of proposals."""

    rows: list[ProposalOut] = Asked("The proposals that wait, oldest first.")


@routes.reads("/proposals", right="order.list", gives=ProposalsOut, summary="Changes that wait for a decision")
def proposals(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, object]:
    """Purchase orders that came again with another content."""
    return page_of(amending.proposals(), wanted, lambda found: [_proposal_out(row) for row in found])


@routes.acts("/proposals/{proposal}/accept", right="order.change", gives=ChangedOut, summary="Accept a change that waits")
def accept(request: HttpRequest, why: DecisionIn, proposal: int = PROPOSAL) -> Done:
    """Change the order into what came."""
    found, caller = _proposal(proposal), caller_of(request)
    refusal = amending.accept(found.pk, reason=why.reason, seen=why.seen, actor=caller.actor, now=caller.now)
    return done(found.order.number, {} if refusal is None else {found.order.number: refusal})


@routes.acts("/proposals/{proposal}/reject", right="order.change", gives=ChangedOut, summary="Reject a change that waits")
def reject(request: HttpRequest, why: DecisionIn, proposal: int = PROPOSAL) -> Done:
    """Leave the order as it is, with the reason on the proposal."""
    found, caller = _proposal(proposal), caller_of(request)
    amending.reject(found.pk, reason=why.reason, actor=caller.actor, now=caller.now)
    return Done({"number": found.order.number})


def _proposal(proposal: int) -> AmendmentProposal:
    found = AmendmentProposal.objects.select_related("order").filter(pk=proposal).first()
    if found is None:
        raise NotFound(what="proposal", key=str(proposal))
    return found


def _proposal_out(row: AmendmentProposal) -> dict[str, object]:
    return {
        "id": row.pk,
        "order": row.order.number,
        "customer": row.order.customer.key,
        "channel": row.channel,
        "proposed_by": row.proposed_by,
        "proposed_at": moment(row.proposed_at),
    }
