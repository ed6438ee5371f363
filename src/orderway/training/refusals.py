"""Why training refuses something. One class per reason; every sentence says what to do instead."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class NothingDue(Refusal):
    """There is nothing to be asked about."""

    code = "nothing_to_learn"
    message = "You are certified for all stages of this course."
    remedy = "Renew it in the last 30 days before it ends."


class ReadInstead(Refusal):
    """The change asks for reading, not for a quiz."""

    code = "read_instead"
    message = "This version changed little: no quiz is asked."
    remedy = "Read the changed sections in the manual and answer their questions."


class TooSoon(Refusal):
    """The waiting time after a failed attempt is not over."""

    code = "too_soon"
    message = "The last attempt was not passed; the next one may begin at {at}."
    remedy = "Read the lessons until then: every question you missed names its clause."


class NoCourse(Refusal):
    """This version has no course for the role, or is not in force."""

    code = "no_course"
    message = "There is no course for {role} in {version}."
    remedy = "Choose one of your courses."


class PaperFinished(Refusal):
    """The paper was handed in already."""

    code = "paper_finished"
    message = "This paper has been handed in."
    remedy = "Begin another attempt."


class AnswersMissing(Refusal):
    """Some questions have no answer yet."""

    code = "answers_missing"
    message = "{count} questions have no answer yet."
    remedy = "Answer them first; a guess is better than nothing."


class NotAnAnswer(Mistake):
    """No answer was chosen, or one that the question does not have."""

    code = "not_an_answer"
    message = "No answer was chosen."
    remedy = "Choose one."


class NotASupervisor(Refusal):
    """Only somebody certified for the stage, or the owner of the standard, supervises."""

    code = "not_a_supervisor"
    message = "{person} may not supervise “{stage}”."
    remedy = "It may be done by somebody who is certified for it, or by: {owner}."


class OwnSupervisor(Refusal):
    """Nobody supervises themselves."""

    code = "own_supervisor"
    message = "Nobody can supervise or certify themselves."
    remedy = "Ask a colleague who is certified."


class NeedsNone(Refusal):
    """The person is certified."""

    code = "needs_no_supervision"
    message = "{person} is certified for “{stage}” already."
    remedy = "Give them the work."


class NoReasonGiven(Mistake):
    """An override without a reason."""

    code = "no_reason_given"
    message = "The record needs a reason."
    remedy = "Write one sentence."


class BadPeriod(Mistake):
    """The last day lies before today, or too far away."""

    code = "bad_period"
    message = "The last day must lie between {first} and {last}."
    remedy = "Choose a day in between."


class NotAttested(Refusal):
    """Only the owner of the standard takes proof from elsewhere."""

    code = "not_attested"
    message = "{person} may not enter certificates from elsewhere."
    remedy = "It may be done by: {owner}."


class NothingToPractise(Refusal):
    """The role does nothing by hand in this version: the system does its stages."""

    code = "nothing_to_practise"
    message = "There is nothing to practise: the system does the work of {role} in {version} by itself."
    remedy = "Read the lessons; the quiz asks about them."


class PracticeStuck(Refusal):
    """The made-up order cannot go its way through this version."""

    code = "practice_stuck"
    message = "The practice order cannot go on by this version of the standard."
    remedy = "Begin another one; if it happens again, tell the owner of the standard."


class PracticeOver(Refusal):
    """The practice order is finished."""

    code = "practice_over"
    message = "This practice order is finished."
    remedy = "Begin another one."


class PracticeMovedOn(Refusal):
    """The page was older than the practice order: sent twice, or from another window."""

    code = "practice_moved_on"
    message = "The practice order has moved on since this page was opened; nothing was done twice."
    remedy = "Go on with what it shows now."


class NothingNamed(Mistake):
    """Somebody says that something is wrong and not what."""

    code = "nothing_named"
    message = "What is wrong was not named."
    remedy = "Choose what differs, what is missing or what is not met."
