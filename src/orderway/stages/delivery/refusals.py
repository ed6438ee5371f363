"""Why an act of the delivery stage is refused: one class per reason."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class NothingToDeliver(Refusal):
    """The place has no open delivery."""

    code = "nothing_to_deliver"
    message = "There is no open delivery at {place}."
    remedy = "Plan the deliveries of the order first."


class NothingReserved(Refusal):
    """Nothing of the delivery lies in stock for this order."""

    code = "nothing_reserved"
    message = "Nothing of delivery {place} lies reserved: {items}."
    remedy = "Receive goods or transfer them, then pick again."


class MorePickedThanPossible(Mistake):
    """More was reported than is planned and reserved."""

    code = "more_picked_than_possible"
    message = "More of {item} was reported than can be picked: {given}, at most {most}."
    remedy = "Count again; more than was ordered stays on the shelf."


class NegativeQuantity(Mistake):
    """A quantity below nothing."""

    code = "negative_quantity"
    message = "{given} of {item} is less than nothing."
    remedy = "Enter what was counted."


class UnknownLine(Mistake):
    """A line that the delivery does not carry."""

    code = "unknown_line"
    message = "Delivery {place} does not carry line {line}."
    remedy = "Use the positions of the order that the delivery shows."


class NothingPicked(Refusal):
    """Nothing was picked for the delivery."""

    code = "nothing_picked"
    message = "Nothing is picked for delivery {place}."
    remedy = "Pick it first."


class MoreKeptThanBrought(Mistake):
    """The customer cannot keep more than was brought."""

    code = "more_kept_than_brought"
    message = "The customer cannot keep more than was brought to {place}."
    remedy = "Enter what was handed over, line by line."


class RefusalNeedsReason(Mistake):
    """A refused delivery without a word why."""

    code = "refusal_needs_reason"
    message = "A delivery that the customer refused needs a reason."
    remedy = "Say in a sentence what the customer said."


class NoRunForTheRest(Refusal):
    """The rest needs a further delivery, and the standard has no `each` over deliveries here."""

    code = "no_run_for_the_rest"
    message = "Something is left over at {place}, and the standard plans no further delivery here."
    remedy = "Put the order on hold or change it to what is there."


class PackedTogether(Refusal):
    """Something would have to come out of a packed delivery that goes on."""

    code = "packed_together"
    message = "{quantity} of line {line} are packed in delivery {delivery} with other goods; {by} packed it."
    remedy = "Cancel less of it or all that is in that delivery, or let the customer send it back."


class WarehouseStillShips(Refusal):
    """A warehouse from which deliveries are planned."""

    code = "warehouse_still_ships"
    message = "Deliveries are planned from {warehouse}: {deliveries} ({count} in all)."
    remedy = "Let them go out or plan them from another warehouse, then close this one."
