"""What happens next: every act that moves one order, as a function from a case to a Move.

Each either returns the Move or raises a `Refusal`; the new case is always `replay.apply(case, move)`. The functions never ask who
is allowed to (that is rights) except for segregation: `not_by` and distinct signatories. Structure is remembered by `memo`; times
come from `scheduling.schedule`, people from `assignment.assign`, both afterwards.
"""

from __future__ import annotations

from orderway.engine.acting import Actor, Work
from orderway.engine.answers import Answers
from orderway.engine.case import Case, ItemKey, Path
from orderway.engine.move import Assigned, Evidence, Leftover, Move
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal


def open_case(program: Program, answers: Answers, *, actor: Actor) -> Move:
    """The first move of an order: enters the flow. The case before it is `Case()`. May raise FactUnknown or EmptyList."""
    raise NotImplementedError


def enter_evidence(program: Program, case: Case, item: ItemKey, evidence: tuple[Evidence, ...], *, actor: Actor) -> Move:
    """Record evidence for steps without completing the stage; the actor counts as having worked on it. Allowed on hold."""
    raise NotImplementedError


def complete(program: Program, case: Case, item: ItemKey, work: Work, answers: Answers, *, actor: Actor) -> Move:
    """End a stage, complaint or leftover: its gate passes, waits for signatures, or (a question answered no) fails and sends back.

    Refused: NotOpen, Held, AwaitingSignature, AwaitingDecision, BarredBySegregation, EvidenceMissing, DocumentsMissing,
    CriteriaUnanswered, CriterionBlocks, FactUnknown, EmptyList. On a decision whose signatures are all there and which only waited for
    criteria, it looks again.
    """
    raise NotImplementedError


def sign(program: Program, case: Case, item: ItemKey, answers: Answers, *, approve: bool, reason: str = "", actor: Actor) -> Move:
    """Sign the open approval, or refuse it with a reason (a failure of the gate).

    The last signature passes the gate if automatic criteria and approval table still say what they said; else the gate waits.
    """
    raise NotImplementedError


def decide(program: Program, case: Case, item: ItemKey, work: Work, answers: Answers, *, actor: Actor) -> Move:
    """Pass a gate that failed too often, with `work.reason`, by the role named in `then`; its item is of kind decision.

    The decision stands for the questions of the gate; evidence, documents, automatic criteria and signatures are needed as ever.
    """
    raise NotImplementedError


def waive(program: Program, case: Case, item: ItemKey, criterion: str, *, reason: str, actor: Actor) -> Move:
    """Let an automatic criterion pass for this run of the gate."""
    raise NotImplementedError


def send_back(program: Program, case: Case, item: ItemKey, answers: Answers, *, reason: str, actor: Actor) -> Move:
    """Fail the gate of an open item: back to its `back_to`, or, failed too often, to the role in `then`."""
    raise NotImplementedError


def hold(program: Program, case: Case, hold_type: str, *, reason: str = "", actor: Actor) -> Move:
    """Put the order on hold. Several holds may stand, also of one type."""
    raise NotImplementedError


def lift(program: Program, case: Case, hold_type: str, *, reason: str = "", actor: Actor) -> Move:
    """Lift the oldest hold of this type."""
    raise NotImplementedError


def change(program: Program, case: Case, answers: Answers, *, reason: str = "", actor: Actor) -> Move:
    """The order was changed: what has not passed `until` goes back to `back_to`; signatures are void everywhere."""
    raise NotImplementedError


def cancel(program: Program, case: Case, answers: Answers, leftovers: tuple[Leftover, ...] = (), *, reason: str = "", actor: Actor) -> Move:
    """Cancel what has not passed `until`. `move.turn.undo` names the stages to undo, last first.

    `leftovers`: what the undo could not take back. The caller may call twice: first without, to learn `undo`; the move with the
    leftovers is the one to keep.
    """
    raise NotImplementedError


def add_run(program: Program, case: Case, name: str, key: str, answers: Answers, *, path: Path = (), actor: Actor) -> Move:
    """Start a further run of an open `each`: `name` is its word, `path` the keys of the runs around it."""
    raise NotImplementedError


def withdraw_run(
    program: Program, case: Case, name: str, key: str, answers: Answers, *, reason: str = "", path: Path = (), actor: Actor
) -> Move:
    """Withdraw an open run of an `each`; its open items close as withdrawn."""
    raise NotImplementedError


def reopen(program: Program, case: Case, *, reason: str, path: Path = (), actor: Actor) -> Move:
    """A complaint, return or low score: opens the stage that the standard names as a further run, also after the end."""
    raise NotImplementedError


def record(program: Program, case: Case, facts: tuple[str, ...], *, actor: Actor) -> Move:
    """Facts came from the world: items that waited for one of them may be tried again (their `waiting` is cleared). Allowed on hold."""
    raise NotImplementedError


def wait(program: Program, case: Case, item: ItemKey, refusal: Refusal) -> Move:
    """Note on the item why the system could not finish it, so that its owner sees it and it is not tried in vain."""
    raise NotImplementedError


def reassign(
    program: Program, case: Case, item: ItemKey, assigned: Assigned, *, act: str = "assign", reason: str = "", actor: Actor
) -> Move:
    """Give an item to a person: `act` is assign, claim or delegate. Barred people are refused."""
    raise NotImplementedError


def escalate(program: Program, case: Case, item: ItemKey, *, level: int, told: str, actor: Actor) -> Move:
    """Note that a share of the item's time is over and who was told. Informs and marks; the item stays where it is."""
    raise NotImplementedError


def leave_leftover(program: Program, case: Case, leftovers: tuple[Leftover, ...], *, reason: str = "", actor: Actor) -> Move:
    """Add leftovers (rework or change found something that no longer fits): one open item per place, the texts in the journal."""
    raise NotImplementedError


def reschedule(program: Program, case: Case, *, reason: str, actor: Actor) -> Move:
    """A move that changes times only: the caller lets `scheduling.schedule` compute provisional deadlines again."""
    raise NotImplementedError
