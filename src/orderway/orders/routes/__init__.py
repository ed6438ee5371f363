"""What the routes of all stages share: the shape of an error, described fields, and how a request becomes one act. Knows no route."""

from orderway.orders.routes.fields import Asked, Body, Shown, exact, moment, plain
from orderway.orders.routes.inputs import ActInput
from orderway.orders.routes.problems import ERRORS, NotFound, Problem
from orderway.orders.routes.routing import Caller, Done, Routes, caller_of

__all__ = [
    "ERRORS",
    "ActInput",
    "Asked",
    "Body",
    "Caller",
    "Done",
    "NotFound",
    "Problem",
    "Routes",
    "Shown",
    "caller_of",
    "exact",
    "moment",
    "plain",
]
