"""Why the door turns a place away before the engine is asked. One class per reason; the engine's own stand in `engine.refusals`."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class HoldOver(Mistake):
    """A hold until a day that has begun."""

    code = "hold_over"
    message = "A hold until {day} would be over already."
    remedy = "Enter a later day, or none."


class OrderUnknown(Refusal):
    """There is no order of this number."""

    code = "order_unknown"
    message = "There is no order {number}."
    remedy = "Check the number."


class NotOpenHere(Refusal):
    """Nothing at this place is open at that act."""

    code = "not_open"
    message = "{act} is not open at {place}; open is: {open}."
    remedy = "Open the order to see where it stands now."


class SeveralPlaces(Refusal):
    """The order stands at this act in several runs at once."""

    code = "several_places"
    message = "{act} is open at several places: {places}."
    remedy = "Name one of them."


class NotAllowed(Refusal):
    """The actor has no duty that allows this."""

    code = "not_allowed"
    message = "{actor} may not do this ({act}) at {place}."
    remedy = "It may be done by: {who}."


class NotThere(Refusal):
    """Work cannot be given to somebody who is away or has left."""

    code = "person_not_there"
    message = "{person} is away until {until}."
    remedy = "Choose somebody who is there; the deputy is: {deputy}."


class HasLeft(Refusal):
    """Work cannot be given to somebody who has left."""

    code = "person_has_left"
    message = "{person} is not active any more."
    remedy = "Choose somebody who works here."


class NotBlind(Refusal):
    """A gate, an approval or work with evidence is never finished in bulk."""

    code = "not_in_bulk"
    message = "{place} is not finished together with others: {reason}."
    remedy = "Open it and finish it by itself."


class ApprovesOwn(Refusal):
    """Who placed or last changed an order would approve it (RULES 35)."""

    code = "approves_own"
    message = "{person} (or somebody they stand in for) placed or last changed this order and may not approve it."
    remedy = "Ask somebody else of the role; administrators cannot do it either."


class PurchaseOrderExists(Refusal):
    """The customer's purchase order number is known with another content (RULES 36)."""

    code = "purchase_order_exists"
    message = "The purchase order {purchase_order} is known already as {number}, with another content."
    remedy = "Change {number} instead, or give the order another number."


class OnOtherVersion(Refusal):
    """An order is not pinned to the version whose orders are migrated."""

    code = "on_other_version"
    message = "{number} does not run by version {version}."
    remedy = "Migrate it from the version that it runs by."


class VersionNotInForce(Refusal):
    """Orders are migrated to a version in force only."""

    code = "version_not_in_force"
    message = "{version} is not in force, so no order is migrated to it."
    remedy = "Put it in force first; what would happen can be looked at before."


class OtherStandard(Mistake):
    """Orders move between versions of one standard."""

    code = "other_standard"
    message = "{version} is no version of the standard {standard}."
    remedy = "Choose a version of the same standard."


class NoLines(Mistake):
    """An order without lines."""

    code = "no_lines"
    message = "The order has no lines."
    remedy = "Enter at least one line with item, quantity and price."


class EvidenceDoesNotFit(Mistake):
    """Evidence of the wrong kind."""

    code = "evidence_does_not_fit"
    message = "{value} is no evidence for the step {step}."
    remedy = "It wants {wanted}."


class ActBroke(Refusal):
    """The program failed at this order: a bug, noted on the order so that its neighbours could pass."""

    code = "act_broke"
    message = "The program failed at this order ({error}); nothing of this was booked."
    remedy = "Tell your administrator: the log says where. It is tried again every 15 minutes."
