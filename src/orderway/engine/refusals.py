"""Why an act is refused: one class per reason, each a normal answer that says what happened and what to do next.

A `Refusal` comes from the standard or a rule (409); a `Mistake` is wrong input and names its field (422). Messages are plain English
with a stable `code`; outer layers translate by code and `params`.
"""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """The base of all refusals. `message` says what happened, `remedy` what to do; `params` are the parts of the message."""

    code = "refused"
    message = "This was refused."
    remedy = "Look at the order and try again."

    def __init__(self, **params: object) -> None:
        self.params: dict[str, object] = params
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = {name: _shown(value) for name, value in self.params.items()}
        return f"{self.message.format(**shown)} {self.remedy.format(**shown)}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (type(self), self.params))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(map(str, value)) if isinstance(value, Iterable) else str(value)


def _rebuilt(kind: type[Refusal], params: dict[str, object]) -> Refusal:
    return kind(**params)


class Mistake(Refusal):
    """Wrong input: `field` names it."""

    code = "mistake"

    def __init__(self, *, field: str, **params: object) -> None:
        self.field = field
        super().__init__(field=field, **params)


class NotOpen(Refusal):
    """The item is not open (any more)."""

    code = "not_open"
    message = "{stage} is not open on this order."
    remedy = "Open the order to see where it stands now."


class CaseEnded(Refusal):
    """The case has ended or was cancelled."""

    code = "case_ended"
    message = "This order is {status}."
    remedy = "Only a complaint can open it again."


class Held(Refusal):
    """A hold stands."""

    code = "held"
    message = "The order is on hold ({types})."
    remedy = "Lift the hold first; what arrives from outside is still recorded."


class EvidenceMissing(Refusal):
    """Steps of the stage have no evidence yet."""

    code = "evidence_missing"
    message = "Evidence is missing for: {steps}."
    remedy = "Do these steps and record what proves them."


class DocumentsMissing(Refusal):
    """Documents that the stage needs do not exist yet."""

    code = "documents_missing"
    message = "Documents are missing: {documents}."
    remedy = "Attach or make them, then complete the stage."


class CriteriaUnanswered(Refusal):
    """Questions of the gate have no answer."""

    code = "criteria_unanswered"
    message = "These questions of the gate have no answer: {criteria}."
    remedy = "Answer each with yes or no; a no sends the order back."


class CriterionBlocks(Refusal):
    """An automatic criterion is false."""

    code = "criterion_blocks"
    message = "The criterion {criterion} is not met: {explanation}."
    remedy = "Wait, ask for a waiver, send the order back, put it on hold or cancel it."


class FactUnknown(Refusal):
    """A fact that decides here is not known yet."""

    code = "fact_unknown"
    message = "It is not known yet: {facts} (needed by {rule})."
    remedy = "It is recorded in: {providers}; the order goes on when it is."


class AwaitingSignature(Refusal):
    """The gate was decided and waits for signatures."""

    code = "awaiting_signature"
    message = "The gate of {stage} was decided and waits for the signature of: {roles}."
    remedy = "Ask them to sign."


class AwaitingDecision(Refusal):
    """The gate failed too often; another role decides."""

    code = "awaiting_decision"
    message = "The gate of {stage} failed {failures} times; {role} decides now."
    remedy = "They may pass it with a reason, cancel or hold the order."


class BarredBySegregation(Refusal):
    """The person worked on a stage whose workers may not decide here."""

    code = "barred_by_segregation"
    message = "{person} (or the person they stand in for) worked on {stages} of this order and may not decide here."
    remedy = "Another person with this role must do it."


class SignatoryNotDistinct(Refusal):
    """A signatory decided or signed already, or stands in for somebody who did."""

    code = "signatory_not_distinct"
    message = "{person} decided or signed this gate already, or stands in for somebody who did."
    remedy = "Signatories are different people; another person must sign."


class NotYours(Refusal):
    """The item belongs to somebody else."""

    code = "not_yours"
    message = "This work belongs to {responsible}."
    remedy = "Claim it if your role allows, or ask them to delegate it."


class TooManyFailures(Refusal):
    """The gate may not send back again."""

    code = "too_many_failures"
    message = "The gate of {stage} failed {failures} times already; {role} decides and may not send back."
    remedy = "Pass it with a reason, cancel or hold the order."


class CannotSendBack(Refusal):
    """The stage has no gate that sends back."""

    code = "cannot_send_back"
    message = "{stage} has no gate that sends an order back."
    remedy = "Put the order on hold, or change or cancel it."


class TooLate(Refusal):
    """Everything open has passed the stage until which this is possible."""

    code = "too_late"
    message = "Everything that is open has passed {until} already."
    remedy = "What has left is changed by a return or complaint."


class NothingToCancel(Refusal):
    """There is nothing open that could be cancelled."""

    code = "nothing_to_cancel"
    message = "Nothing of this order is open any more."
    remedy = "What has been delivered comes back by a return."


class NothingToChange(Refusal):
    """There is nothing open on the way that a change could send back."""

    code = "nothing_to_change"
    message = "Nothing of this order is on its way any more."
    remedy = "Finish what is left over, or record a complaint."


class NotAllowedByStandard(Refusal):
    """The standard does not provide this exception."""

    code = "not_in_standard"
    message = "The standard of this order does not provide: {act}."
    remedy = "The owner of the standard can add it in a new version."


class TooEarly(Refusal):
    """A complaint before the stage after which it is possible."""

    code = "too_early"
    message = "A complaint is possible after {after}, which this order has not passed."
    remedy = "Change or cancel the order instead."


class EmptyList(Refusal):
    """An `each` would be entered with nothing in its list."""

    code = "empty_list"
    message = "The list {list} is empty, so there would be no {name} to work on."
    remedy = "Plan at least one {name} first."


class RunExists(Refusal):
    """The run is there already."""

    code = "run_exists"
    message = "{name} {key} is {state} already."
    remedy = "Use a new number."


class RunNotOpen(Refusal):
    """There is no open run of this key."""

    code = "run_not_open"
    message = "{name} {key} is not open."
    remedy = "Open the order to see what is."


class BlockLeft(Refusal):
    """The block was left, or not reached yet."""

    code = "block_not_open"
    message = "The part of the process that goes through each {name} is not open."
    remedy = "Change the order; the new {name} starts when the block is reached again."


class LastRun(Refusal):
    """The only run cannot be withdrawn."""

    code = "last_run"
    message = "{name} {key} is the only one; without it nothing of the order would be done."
    remedy = "Add the {name} that takes its place first, or cancel the order."


class WaiverNotAllowed(Refusal):
    """The criterion cannot be waived."""

    code = "waiver_not_allowed"
    message = "{criterion} cannot be waived at {stage}."
    remedy = "Only automatic criteria that name who may waive them can."


class AlreadyWaived(Refusal):
    """The criterion is waived for this run of the gate."""

    code = "already_waived"
    message = "{criterion} of {stage} is waived already."
    remedy = "Complete the stage."


class NoSuchHold(Refusal):
    """No hold of this type stands."""

    code = "no_such_hold"
    message = "No hold of type {type} stands."
    remedy = "Open the order to see which do."


class ReasonRequired(Mistake):
    """A reason is required."""

    code = "reason_required"
    message = "A reason is required."
    remedy = "Say why, in a sentence."

    def __init__(self) -> None:
        super().__init__(field="reason")

    def __reduce__(self) -> tuple[object, ...]:
        return (ReasonRequired, ())


class AlreadyOnVersion(Refusal):
    """An order is not migrated to the version that it runs by."""

    code = "already_on_version"
    message = "The order runs by version {version} already."
    remedy = "There is nothing to do."


class NoPlaceInVersion(Refusal):
    """The map leads an open stage nowhere."""

    code = "no_place_in_version"
    message = "The new version has no place for {stage}, where the order stands."
    remedy = "Name a stage for it in the map, or let the order finish on its version."


class OtherBlock(Refusal):
    """An open stage lies inside other blocks in the new version."""

    code = "other_block"
    message = "{stage}, where the order stands, lies in another block or branch of the new version."
    remedy = "Map it to a stage inside the same block, or let the order finish on its version."


class OtherRuns(Refusal):
    """A stage that was run lies inside other runs in the new version."""

    code = "other_runs"
    message = "{stage}, which the order has been at, belongs to other runs in the new version."
    remedy = "Let the order finish on its version."


class BecomeOne(Refusal):
    """Several stages with a history of their own would be one."""

    code = "become_one"
    message = "The order has been at each of {stages}, and all of it would count as {stage}."
    remedy = "Map each of them to a stage of its own, or let the order finish on its version."


class OtherRelation(Refusal):
    """Two stages that are open at once stand differently to each other in the new version."""

    code = "other_relation"
    message = "{stages} are open at once, and the new version puts them one behind the other."
    remedy = "Complete one of them first, or let the order finish on its version."


class LeftOut(Refusal):
    """Work that is still to come would lie behind the order."""

    code = "left_out"
    message = "{stages} would be left out: the order has it ahead, and in the new version it lies behind where the order stands."
    remedy = "Map the stage where it stands to an earlier one, or let the order finish on its version."


class DecidedOtherwise(Refusal):
    """A gate that was decided and signed is worded differently in the new version."""

    code = "decided_otherwise"
    message = "The gate of {stage} is decided and signed, and the new version says it differently."
    remedy = "Migrate the order when it has passed this gate."


class PastUnknown(Refusal):
    """Who worked on a stage that the new version bars stands in the journal of another order."""

    code = "past_unknown"
    message = "The order was divided from another, so it does not know who worked on {stages}, whom the new version keeps apart."
    remedy = "Let the order finish on its version."


class StageNotInVersion(Mistake):
    """A map names a stage that is not there."""

    code = "stage_not_in_version"
    message = "The map names {stage}, which version {version} does not have."
    remedy = "Use the id of a stage of that version."


class UnknownCriterion(Mistake):
    """An answer for a criterion that the gate does not ask."""

    code = "unknown_criterion"
    message = "{stage} does not ask: {criteria}."
    remedy = "Answer the questions that the page shows."


class UnknownStep(Mistake):
    """Evidence for a step that the stage does not have."""

    code = "unknown_step"
    message = "{stage} has no step: {steps}."
    remedy = "Use the step ids of the standard."


class UnknownHoldType(Mistake):
    """A hold type that the standard does not have."""

    code = "unknown_hold_type"
    message = "The standard has no hold of type {type}; it has: {types}."
    remedy = "Choose one of them."


class UnknownBlock(Mistake):
    """A word that is no `each` of the standard."""

    code = "unknown_block"
    message = "The standard has no each of the name {name} inside {path}."
    remedy = "Use the word of the standard and the keys of the runs around it."
