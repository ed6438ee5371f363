"""The acts of the delivery stage: plan, pick, hand over, and what goes with them: book a trip, put back.

`planning`, `picking` and `handing_over` do the work of one act each, `undoing` takes it back.
"""

from __future__ import annotations

from datetime import datetime

from orderway.orders.actor import Actor
from orderway.orders.models import Delivery
from orderway.stages.delivery.handing_over import Proof, hand_over
from orderway.stages.delivery.models import Trip
from orderway.stages.delivery.picking import PickReport, pick
from orderway.stages.delivery.planning import TripWish, plan
from orderway.stages.delivery.undoing import put_back

__all__ = ["PickReport", "Proof", "TripWish", "book_trip", "hand_over", "pick", "plan", "put_back"]


def book_trip(delivery: Delivery, wish: TripWish, *, actor: Actor, now: datetime) -> Trip:
    """Book vehicle and time window of a delivery anew; the newest booking counts, the earlier ones stay on record."""
    return Trip.objects.create(
        delivery=delivery,
        carrier=wish.carrier,
        vehicle=wish.vehicle,
        window_from=wish.window_from,
        window_until=wish.window_until,
        booked_by=actor.key,
        booked_at=now,
    )
