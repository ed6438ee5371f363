"""Why an act of improvement is refused. One class per reason; every sentence says what to do instead."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


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


class NothingAnswered(Mistake):
    """An author is owed words."""

    code = "nothing_answered"
    message = "The answer is empty."
    remedy = "Say to the author what becomes of it, and why."


class MissingInPlan(Mistake):
    """A plan without one of its parts."""

    code = "missing_in_plan"
    message = "The plan does not say {what}."
    remedy = "Write it; the others read it on one page."


class AimTooSmall(Mistake):
    """An aim that is none."""

    code = "aim_too_small"
    message = "An aim of {percent} % is none."
    remedy = "Say by how many percent it should fall, from 1 to 90."


class CycleClosed(Refusal):
    """What is closed stays as it is."""

    code = "cycle_closed"
    message = "“{cycle}” was closed on {day}."
    remedy = "Begin another cycle."


class NothingChangedYet(Refusal):
    """Nothing can be checked before anything is different."""

    code = "nothing_changed_yet"
    message = "Nothing has changed yet: there is no after."
    remedy = "Start the trial, or note since when all new orders go the new way. A plan that nobody tries is dropped."


class ChangedAlready(Refusal):
    """The change runs."""

    code = "changed_already"
    message = "The change runs since {day}."
    remedy = "What it is meant to do was written before; begin another cycle for more."


class NoDataYet(Refusal):
    """A cycle is closed with figures or not at all."""

    code = "no_data_yet"
    message = "There are {before} orders before and {after} after the change; {fewest} on each side are the least that can be judged."
    remedy = "Wait for more orders. About {needed} on each side find a change of the size aimed at."


class WrongMoment(Mistake):
    """A day that cannot be the beginning of a change."""

    code = "wrong_moment"
    message = "The change cannot begin on {day}."
    remedy = "Name a day between the beginning of the cycle and today."


class OneStep(Mistake):
    """Everything at once is a release."""

    code = "introduction_in_one_step"
    message = "An introduction has at least two steps."
    remedy = "Spread the stages over several steps, or put the version in force as a whole."


class StepWithoutStages(Mistake):
    """A step that switches nothing on."""

    code = "step_without_stages"
    message = "Step {step} switches no stage on."
    remedy = "Give it a stage, or leave its day empty."


class StageTwiceInPlan(Mistake):
    """A stage is switched on once."""

    code = "stage_twice_in_plan"
    message = "{stages} would be switched on twice."
    remedy = "Leave each stage in one step."


class StageNotInPlan(Mistake):
    """Each stage of the standard, and nothing else, is switched on by some step."""

    code = "stage_not_in_plan"
    message = "The plan and the standard differ in: {stages}."
    remedy = "Give every stage of the standard its step."


class DaysOutOfOrder(Mistake):
    """A later step on an earlier day would switch stages off again."""

    code = "days_out_of_order"
    message = "A step is planned for a day that is not after the one before."
    remedy = "Put the days in rising order."


class NotWhole(Refusal):
    """What is introduced must be complete."""

    code = "version_not_whole"
    message = "In {version} some stages are not on themselves: {stages}."
    remedy = "Plan from the version in which every stage is on."


class IntroductionRuns(Refusal):
    """One introduction of a standard at a time."""

    code = "introduction_runs"
    message = "{version} is being introduced already."
    remedy = "Go on with that plan, or stop it first."


class IntroductionOver(Refusal):
    """The plan has ended."""

    code = "introduction_over"
    message = "The introduction of {version} has ended."
    remedy = "Plan another one."


class StepBeforeOpen(Refusal):
    """Steps come one after the other."""

    code = "step_before_open"
    message = "Step {step} is not on yet."
    remedy = "Switch that one on first."
