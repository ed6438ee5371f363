"""`/api/v1`: puts the routes of the stages and of the order as a whole together into one described API. Has no route of its own."""

from __future__ import annotations

from ninja import NinjaAPI, Router

from orderway.api import (
    board,
    changes,
    comments,
    doing,
    health,
    migrating,
    orders,
    people,
    problems,
    proposals,
    scorecards,
    standards,
    training,
    work_items,
)
from orderway.api.authentication import BearerToken
from orderway.stages.aftersales import api as aftersales
from orderway.stages.capture import api as capture
from orderway.stages.delivery import api as delivery
from orderway.stages.invoicing import api as invoicing
from orderway.stages.review import api as review
from orderway.stages.stock import api as stock
from orderway.stages.supply import api as supply

DESCRIPTION = """Orders on their way through the company's standard.

Every request carries a token (`Authorization: Bearer ow_...`, made by `orderway token make`). Numbers travel as exact text. Acts take an
`Idempotency-Key`: the same key with the same request gives the same reply and at most one effect. Every error has one shape, Problem."""

STAGES = (capture, review, stock, supply, delivery, invoicing, aftersales)

work_items.make_act_route(doing.with_inputs([each for stage in STAGES for each in stage.ACTS]))

api = NinjaAPI(
    title="Orderway",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=BearerToken(),
    docs_url=None,
)
problems.install(api)

MODULES = (*STAGES, orders, changes, proposals, comments, work_items, board, people, scorecards, training, standards, migrating, health)
MADE = [made for module in MODULES for made in module.routes.made]
_router = Router()
for made in MADE:
    _router.add_api_operation(made.path, [made.method], made.answer, **made.described)
api.add_router("", _router)
