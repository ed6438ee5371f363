"""Why something about a scorecard is refused. One class per reason; every sentence says what to do instead."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class NotOpenYet(Refusal):
    """A scorecard that is still its person's alone."""

    code = "scorecard_not_open"
    message = "The scorecard of {person} for {period} is theirs alone until {day}."
    remedy = "Wait until then, or ask them to release it."


class NotTheLead(Refusal):
    """Somebody who asks for the scorecard of a person whom they do not lead."""

    code = "scorecard_not_the_lead"
    message = "The scorecard of {person} is seen by them and by the lead of their group."
    remedy = "Ask {person}; they may give you their report."


class NotAPeriod(Mistake):
    """What is released or shown to a lead is a whole month or quarter that is over."""

    code = "scorecard_not_a_period"
    message = "{period} is no month or quarter that is over."
    remedy = "Choose one that is over, such as 2026-03 or 2026-Q1."


class NotYourTask(Refusal):
    """An objection to somebody else's task."""

    code = "not_your_task"
    message = "You may object to tasks of your own scorecard only."
    remedy = "Whoever did the task may object; tell them."


class ObjectionIncomplete(Mistake):
    """An objection or its answer without words."""

    code = "objection_incomplete"
    message = "The reason is missing or longer than {most} characters."
    remedy = "Say in a few sentences what is counted wrongly, or why not."


class ObjectedAlready(Refusal):
    """A task has one objection."""

    code = "objected_already"
    message = "You have objected to this task already."
    remedy = "Look under objections what became of it."


class NotForThem(Refusal):
    """Somebody who may not decide this objection."""

    code = "objection_not_for_them"
    message = "{person} may not decide this objection."
    remedy = (
        "The lead of the person’s group may, and who owns or approves the standard of the order; but nobody who worked on the same order, "
        "and never who objected."
    )


class DecidedAlready(Refusal):
    """Somebody was faster."""

    code = "objection_decided_already"
    message = "{person} has decided this objection already."
    remedy = "Look at the decision; it stands."


class NotReached(Refusal):
    """A milestone that the person has not reached."""

    code = "milestone_not_reached"
    message = "You have not reached this milestone."
    remedy = "Share one that stands on your scorecard."
