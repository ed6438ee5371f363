"""The process standard as frozen data: what a company writes down about how an order goes.

Answers "what does the standard say"; never decides anything about one order (`engine` does) and never reads YAML (`parse` does).
Every part carries the line and column where it stands, so that a message about it can point there; marks never take part in comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from orderway.standard.vocabulary import (
    FORMAT,
    NOWHERE,
    Calendar,
    DocumentKind,
    Duration,
    ErrorKind,
    Expression,
    Fact,
    FactKind,
    FactType,
    Mark,
    Role,
    RoleId,
    Row,
    Scalar,
    StageId,
    Table,
    Text,
)

# fmt: off
__all__ = [
    "FORMAT", "NOWHERE", "Answer", "Block", "Branch", "Calendar", "CancelRule", "Change", "ChangeRule", "ComplaintRule", "Criterion",
    "CustomerFeedback", "DocumentKind", "Duration", "Each", "ErrorKind", "Escalation", "Evidence", "EvidenceKind", "Exceptions",
    "Expression", "Fact", "FactKind", "FactType", "Feedback", "Gate", "GateFailure", "HoldRule", "HoldType", "Mark", "Measure", "Node",
    "Point", "QuizItem", "Role", "RoleId", "Row", "Scalar", "Sequence", "Stage", "StageId", "StageRef", "Standard", "Step", "Table", "Text",
    "Training",
]
# fmt: on

# --- flow -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StageRef:
    """The place of a stage in the flow."""

    stage: StageId
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Nodes one after the other."""

    nodes: tuple[Node, ...]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a block; `when` is None for the unconditional one (and for every branch of `parallel`)."""

    when: Expression | None
    do: Sequence
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """every: all branches whose condition holds; choose: the first such branch; parallel: all branches."""

    kind: Literal["every", "choose", "parallel"]
    branches: tuple[Branch, ...]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Each:
    """One run of `do` per record of the list fact `items`; `name` is the word for the run's own record."""

    name: str
    items: str
    do: Sequence
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


Node = StageRef | Sequence | Block | Each

# --- stages ---------------------------------------------------------------------------------------------------------

EvidenceKind = Literal["tick", "number", "choice", "photo", "scan", "file", "document", "system"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a step. `document` for kind document, `choices` for choice, `label` for number; `fact` is what it records."""

    kind: EvidenceKind
    document: str | None = None
    choices: tuple[Text, ...] = ()
    choice_ids: tuple[str, ...] = ()
    label: Text | None = None
    fact: str | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A TWI job-instruction step: what to do, how it must be done, why."""

    id: str
    do: Text
    key: Text | None = None
    why: Text | None = None
    evidence: Evidence | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a gate looks at: a question to a person (`ask`) or a condition the system decides (`auto`)."""

    id: str
    ask: Text | None = None
    auto: Expression | None = None
    title: Text | None = None
    waive: tuple[RoleId, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class GateFailure:
    """Where a failed gate sends the order, how often, and who decides after that."""

    back_to: StageId
    at_most: int
    then: RoleId
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Gate:
    """Review at the end of a stage. `not_by` are stages whose workers are barred; `approve` names a role table."""

    criteria: tuple[Criterion, ...]
    not_by: tuple[StageId, ...] = ()
    approve: str | None = None
    fail: GateFailure | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when `after` percent of the working time between opening and due have passed."""

    after: int
    to: RoleId | Literal["responsible", "order_owner", "standard_owner"]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible answer of a quiz item."""

    text: Text
    right: bool = False


@dataclass(frozen=True, slots=True)
class QuizItem:
    """A written question that points to the step which answers it."""

    ask: Text
    step: str
    answers: tuple[Answer, ...]
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """One room of the way. `does` names a registered act (None: plain work); `runs` says who does it."""

    id: StageId
    title: Text
    owner: RoleId
    limit: Duration
    steps: tuple[Step, ...]
    does: str | None = None
    runs: Literal["person", "system"] = "person"
    warn: int = 75
    escalate: tuple[Escalation, ...] = ()
    calendar: str | None = None
    needs: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    skip_when: Expression | None = None
    gate: Gate | None = None
    quiz: tuple[QuizItem, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)

    def step(self, step_id: str) -> Step | None:
        """The step with this id, None if there is none."""
        return next((step for step in self.steps if step.id == step_id), None)


# --- exceptions, measures, rest -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CancelRule:
    """Who may cancel, until which stage has been passed, and whose acts are undone."""

    by: tuple[RoleId, ...]
    until: StageId | None
    undo: tuple[StageId, ...]
    reason_required: bool = True
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Who may change an order, until which stage has been passed, and where the case re-enters."""

    by: tuple[RoleId, ...]
    until: StageId | None
    back_to: StageId
    reason_required: bool = True
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class HoldType:
    """A kind of hold: who may place and lift it, after how long it lifts itself, and when what it waits for has come."""

    id: str
    by: tuple[RoleId, ...]
    expires: Duration | None = None
    lift_when: Expression | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class HoldRule:
    """The kinds of hold."""

    types: tuple[HoldType, ...]
    reason_required: bool = True
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)

    def type(self, hold_id: str) -> HoldType | None:
        """The kind of hold with this id, None if there is none."""
        return next((kind for kind in self.types if kind.id == hold_id), None)


@dataclass(frozen=True, slots=True)
class ComplaintRule:
    """Who may complain ("customer" is the customer's own page), after which stage, and which stage it opens."""

    by: tuple[str, ...]
    after: StageId | None
    opens: StageId
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What may happen at any time."""

    cancel: CancelRule | None = None
    change: ChangeRule | None = None
    hold: HoldRule | None = None
    complaint: ComplaintRule | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the version history: why, which improvement cycle, what happens to running orders."""

    version: str
    reason: Text
    pdca: str | None = None
    running_orders: Literal["finish", "migrate"] = "finish"
    map: tuple[tuple[StageId, StageId], ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CustomerFeedback:
    """The question that goes to the customer after a stage."""

    after: StageId
    ask: str
    remind: Duration | None = None
    low: str | None = None
    opens: str | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Who is asked what: customers after a stage, staff from a step."""

    customer: CustomerFeedback | None = None
    staff_from: str | None = None
    staff_opens: str | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """How courses are made and whether uncertified people may be given work. `pass_mark` in percent."""

    pass_mark: int = 80
    valid: Duration | None = None
    gate: Literal["off", "warn", "block"] = "off"
    generate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """The start or end of a stage, for measures."""

    stage: StageId
    edge: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A KPI. time: from, to, stat; share: of events; mean: of one number fact or feedback."""

    id: str
    title: Text
    measure: Literal["time", "share", "mean"]
    start: Point | None = None
    end: Point | None = None
    stat: str | None = None
    of: tuple[str, ...] = ()
    target: str | None = None
    baseline: str | None = None
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a company's order process. Mappings keep the order of the document.

    `advisory`: stages that are being introduced and are not on yet: what they ask is shown and recorded, and stops nobody. It stands here
    and not in the stage, so that whoever learned a stage before it is switched on need not learn it again.
    `marks`: where the value at a path of keys and indices stands (``("stages", "review", "limit")``); takes no part in comparison.
    """

    id: str
    version: str
    title: Text
    owner: RoleId
    languages: tuple[str, ...]
    calendar: str
    calendars: Mapping[str, Calendar]
    roles: Mapping[RoleId, Role]
    documents: Mapping[str, DocumentKind]
    facts: Mapping[str, Fact]
    flow: Sequence
    stages: Mapping[StageId, Stage]
    approved_by: tuple[RoleId, ...] = ()
    effective: str | None = None
    review_every: Duration | None = None
    changes: tuple[Change, ...] = ()
    errors: Mapping[str, ErrorKind] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    exceptions: Exceptions = Exceptions()
    feedback: Feedback = Feedback()
    training: Training = Training()
    kpis: tuple[Measure, ...] = ()
    advisory: tuple[StageId, ...] = ()
    mark: Mark = field(default=NOWHERE, compare=False, repr=False)
    marks: Mapping[tuple[str | int, ...], Mark] = field(default_factory=dict, compare=False, repr=False)

    def calendar_of(self, stage: Stage) -> Calendar:
        """The stage's own calendar, else the standard's."""
        return self.calendars[stage.calendar or self.calendar]

    def stages_in_flow(self) -> Iterator[StageId]:
        """Stage ids in the order of the flow, as the manual numbers them."""
        yield from _walk(self.flow)


def _walk(node: Node) -> Iterator[StageId]:
    match node:
        case StageRef(stage=stage):
            yield stage
        case Sequence(nodes=nodes):
            for child in nodes:
                yield from _walk(child)
        case Block(branches=branches):
            for branch in branches:
                yield from _walk(branch.do)
        case Each(do=do):
            yield from _walk(do)
