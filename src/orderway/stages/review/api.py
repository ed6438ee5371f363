"""What programs may do in review: decide. It has no routes of its own; the answers come with the act."""

from __future__ import annotations

from orderway.orders.routes import ActInput, Routes
from orderway.orders.routes.inputs import with_evidence
from orderway.stages.review import actions

routes = Routes(tags=["review"])
ACTS = (ActInput(actions.ACT, with_evidence(actions.decide)),)
