"""Why an act of improvement is refused. One class per reason; every sentence says what to do instead."""

from __future__ import annotations

from orderway.engine.refusals import Refusal


class LinkNotOurs(Refusal):
    """A link that this installation never signed, or a part of one."""

    code = "link_not_ours"
    message = "This link is not complete or was not made by us."
    remedy = "Open it from the message again, or ask whoever sent it to you."


class LinkRevoked(Refusal):
    """Somebody of the company took the link back."""

    code = "link_revoked"
    message = "This link was taken back."
    remedy = "Ask your contact for a new one."


class LinkTooOld(Refusal):
    """The time for an answer is over."""

    code = "link_too_old"
    message = "The time for an answer was over on {day}."
    remedy = "Your contact is glad to hear from you all the same."


class AnsweredAlready(Refusal):
    """One question, one answer."""

    code = "answered_already"
    message = "This question was answered on {day}."
    remedy = "Tell your contact what you want to add."


class NothingAsked(Refusal):
    """There is no question that stands."""

    code = "nothing_asked"
    message = "Nobody is asked about this order now."
    remedy = "The customer is asked once the stage that the standard names is done."


class AskedAlready(Refusal):
    """A question stands already."""

    code = "asked_already"
    message = "The customer of {order} is asked already."
    remedy = "Take the link back first if it should lead nowhere."
