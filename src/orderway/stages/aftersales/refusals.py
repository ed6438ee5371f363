"""Why an act of after-sales is refused before any limit is judged; the limits' own refusals stand in `rules`."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class UnknownLine(Mistake):
    """A position that the order does not have."""

    code = "unknown_line"
    message = "The order has no line {positions}."
    remedy = "Use the positions that the order page shows."


class UnknownReturn(Mistake):
    """A return that is not awaited."""

    code = "unknown_return"
    message = "The order awaits no return {number}."
    remedy = "Announce it first; a return that has arrived is closed."


class ReturnsAwaited(Refusal):
    """Announced goods have not arrived."""

    code = "returns_awaited"
    message = "Return {numbers} is announced and has not arrived."
    remedy = "Receive the goods first, or close the return if they will not come."
