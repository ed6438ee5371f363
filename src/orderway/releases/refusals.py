"""Why a version of a standard may not take its next step. One class per reason."""

from __future__ import annotations

from orderway.engine.refusals import Mistake, Refusal


class DraftHasDefects(Refusal):
    """The document has defects."""

    code = "draft_has_defects"
    message = "The draft has {count} defects; the first: {first}"
    remedy = "Run `orderway standard check` and mend them."


class VersionExists(Refusal):
    """This version of the standard is stored already."""

    code = "version_exists"
    message = "{version} is stored already ({status})."
    remedy = "Give the draft a new version number."


class SameContent(Refusal):
    """The very same document is stored already."""

    code = "same_content"
    message = "The same document is stored already as {version}."
    remedy = "Change something, or use that version."


class WrongStatus(Refusal):
    """The version is not in the state that this step begins with."""

    code = "wrong_status"
    message = "{version} is {status}, not {needed}."
    remedy = "Its life is draft, approved, effective, retired, in this order."


class AuthorMayNotApprove(Refusal):
    """Four eyes: the author may not approve the own draft."""

    code = "author_may_not_approve"
    message = "{person} wrote {version} and may not approve it."
    remedy = "Ask somebody else."


class NotAnApprover(Refusal):
    """The person has none of the roles that approve this standard."""

    code = "not_an_approver"
    message = "{person} may not approve {version}."
    remedy = "It may be approved by: {roles}."


class NotReady(Refusal):
    """The company is not ready for this version; that must be accepted with a reason."""

    code = "not_ready"
    message = "The company is not ready for {version}: {warnings}."
    remedy = "Mend that, or accept it with a reason."


class NoVersionInForce(Refusal):
    """No version of the standard is effective."""

    code = "no_version_in_force"
    message = "No version of the standard {standard} is in force."
    remedy = "Release one: orderway standard release."


class NotTheirs(Refusal):
    """The person neither owns nor approves this standard."""

    code = "not_their_standard"
    message = "{person} may not do this with {standard}."
    remedy = "It may be done by an administrator or: {roles}."


class InThePast(Mistake):
    """A day on which nothing can come into force any more."""

    code = "day_is_past"
    message = "{day} is not after today."
    remedy = "Name a later day, or put the version in force now."


class NoReason(Mistake):
    """A decision that must be explained."""

    code = "no_reason"
    message = "The reason is missing."
    remedy = "Write why."


class WrongAnswer(Mistake):
    """The check question of a section was not answered rightly."""

    code = "wrong_answer"
    message = "That is not what {stage} says."
    remedy = "Read the section again, then answer."


class NotInForce(Refusal):
    """Only what is in force, or will be, is read and acknowledged."""

    code = "not_in_force"
    message = "{version} is {status}."
    remedy = "Read the version that is in force."


class ShareOutOfRange(Mistake):
    """A trial of nearly nobody shows nothing, one of nearly everybody is no trial."""

    code = "share_out_of_range"
    message = "A trial of {percent} % of the orders is none."
    remedy = "Choose a share from {least} to {most} %."


class NobodyInPilot(Mistake):
    """A team without people enters no orders."""

    code = "nobody_in_pilot"
    message = "Nobody is in the team {team}."
    remedy = "Choose another team, or put people into it under people and groups."


class AnotherTrialRuns(Refusal):
    """One trial of a standard at a time."""

    code = "another_trial_runs"
    message = "{version} is on trial already."
    remedy = "Stop that trial first; two at once would not tell which of them helped."


class NobodyCertified(Refusal):
    """The training gate of the version blocks, and nobody could work by it."""

    code = "nobody_certified"
    message = "Nobody is certified in {version} for {stages}."
    remedy = "Train and certify somebody for each of them first."


class TrialOver(Refusal):
    """The trial has ended."""

    code = "trial_over"
    message = "The trial of {version} has ended."
    remedy = "Look at the cycle for what came of it."
