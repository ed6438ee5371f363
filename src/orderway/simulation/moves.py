"""The engine's moves as a graph that is walked: each case and act is asked of `engine.advance` once and then remembered.

Decides nothing: who waits, works and when is `world`; what follows is the engine. A place is a case that some order reached.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from orderway.engine import advance
from orderway.engine.acting import SYSTEM, Actor, Work
from orderway.engine.case import UNOPENED, Case, ItemKey, OpenItem, Path
from orderway.engine.gates import asks
from orderway.engine.move import Json, Move
from orderway.engine.program import Program, Rule, Words
from orderway.engine.replay import apply
from orderway.simulation.parameters import Kind
from orderway.standard.values import Unknown

NOBODY = Actor("somebody")  # acts where the engine remembers nobody, so that one move serves for all
MOST_STEPS = 200_000  # about 400 MB; then the graph is forgotten and grows again


class Step(NamedTuple):
    """What an act led to. `opened` and `gone` are items; `fails`: a gate sent the order back or handed it over."""

    move: Move
    after: Place
    opened: tuple[OpenItem, ...]
    gone: tuple[ItemKey, ...]
    fails: bool


@dataclass(slots=True, eq=False)
class Place:
    """A case and the steps known from it."""

    case: Case
    steps: dict[Hashable, Step] = field(default_factory=dict)


class KindAnswers:
    """Answers the engine's questions for one kind of order. Automatic criteria hold: waiting for them is part of a stage's delay."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def holds(self, rule: Rule, path: Path) -> bool | Unknown:
        """Whether a condition holds for the run at `path`."""
        if rule.id.startswith("auto:"):
            return True
        answers = self._kind.holds.get(rule.id)
        if not answers:
            return False
        run = int(path[-1]) - 1 if path and path[-1].isdigit() else 0
        return answers[min(run, len(answers) - 1)]

    def keys(self, list_name: str, words: Words, path: Path) -> tuple[str, ...] | Unknown:
        """As many records as this kind has."""
        return tuple(str(number + 1) for number in range(max(1, self._kind.runs.get(list_name, 1))))

    def decide(self, table: str) -> tuple[str, ...] | Unknown:
        """The roles that must sign."""
        return self._kind.signers.get(table, ())

    def missing(self, rule: Rule, path: Path) -> tuple[str, ...]:
        """Nothing is ever missing."""
        return ()

    def missing_in_table(self, table: str) -> tuple[str, ...]:
        """Nothing is ever missing."""
        return ()

    def explanation(self, rule: Rule, path: Path) -> str:
        """The rule as written."""
        return rule.compiled.source

    def frozen(self) -> Mapping[str, Json]:
        """No fact was read."""
        return {}


class Moves:
    """All moves of one standard for some kinds of order."""

    def __init__(self, program: Program, kinds: tuple[Kind, ...]) -> None:
        self.program = program
        self._answers = tuple(KindAnswers(kind) for kind in kinds)
        self._places: dict[str, Place] = {}
        self._openings: dict[Hashable, Step] = {}
        self._known = 0
        stages = program.standard.stages.values()
        self.may_fail = {str(stage.id) for stage in stages if stage.gate and stage.gate.fail and stage.id not in program.advisory}
        self._remembers = {str(stage.id) for stage in stages if stage.id in program.watched or (stage.gate and stage.gate.approve)}
        self._proofs = {str(stage.id): self._proof(str(stage.id)) for stage in stages}

    def open(self, kind: int, actor: str) -> Step:
        """A new order."""
        who = Actor(actor) if self.program.watched else NOBODY
        key = (kind, who)
        known = self._openings.get(key)
        if known is None:
            known = self._openings[key] = self._step(UNOPENED, advance.open_case(self.program, self._answers[kind], actor=who))
        return known

    def pass_on(self, place: Place, item: OpenItem, kind: int, actor: str, stands_in_for: str = "") -> Step:
        """The item is done: a stage completed, a signature given, a failed gate decided, a leftover settled."""
        return self._known_step(place, item, kind, True, self._actor(item, actor, stands_in_for))

    def fail(self, place: Place, item: OpenItem, kind: int, actor: str, stands_in_for: str = "") -> Step:
        """The gate of the item fails, or its signature is refused."""
        return self._known_step(place, item, kind, False, self._actor(item, actor, stands_in_for))

    def complain(self, place: Place) -> Step | None:
        """The customer complains; None where the standard knows no complaints."""
        rule = self.program.standard.exceptions.complaint
        if rule is None:
            return None
        known = place.steps.get("complain")
        if known is None:
            path = ("1",) * len(self.program.node_of(rule.opens).eaches)
            move = advance.reopen(self.program, place.case, reason="simulated", path=path, actor=NOBODY)
            known = place.steps["complain"] = self._step(place.case, move)
        return known

    def _actor(self, item: OpenItem, actor: str, stands_in_for: str) -> Actor:
        if actor == SYSTEM.key:
            return SYSTEM
        return Actor(actor, stands_in_for) if item.kind in ("approval", "decision") or item.stage in self._remembers else NOBODY

    def _known_step(self, place: Place, item: OpenItem, kind: int, passes: bool, actor: Actor) -> Step:
        key = (item.stage, item.path, item.kind, item.opened, kind, passes, actor)
        known = place.steps.get(key)
        if known is None:
            known = place.steps[key] = self._step(place.case, self._asked(place.case, item, kind, passes, actor))
        return known

    def _asked(self, case: Case, item: OpenItem, kind: int, passes: bool, actor: Actor) -> Move:
        answers, work = self._answers[kind], self._proofs[item.stage][passes]
        if item.kind == "approval":
            return advance.sign(self.program, case, item.key, answers, approve=passes, reason="simulated", actor=actor)
        if item.kind == "decision":
            return advance.decide(self.program, case, item.key, work, answers, actor=actor)
        if passes or work.findings:
            return advance.complete(self.program, case, item.key, work, answers, actor=actor)
        return advance.send_back(self.program, case, item.key, answers, reason="simulated", actor=actor)

    def _step(self, case: Case, move: Move) -> Step:
        after = apply(case, move)
        if self._known >= MOST_STEPS:
            self._places.clear()
            self._openings.clear()
            self._known = 0
        self._known += 1
        place = self._places.setdefault(after.to_text(), Place(after))
        return Step(move, place, move.opened, tuple(closed.item for closed in move.closed), bool(move.turn.failed))

    def _proof(self, stage: str) -> tuple[Work, Work]:
        """What is brought to a gate that fails, and to one that passes."""
        program = self.program
        questions = tuple(criterion.id for criterion in asks(program.stage(stage).gate))
        steps, papers = program.required_steps[stage], program.required_documents[stage]
        fails = tuple((criterion, number > 0) for number, criterion in enumerate(questions))
        passes = tuple((criterion, True) for criterion in questions)
        reason = "simulated"
        return Work(steps, papers, fails, reason=reason), Work(steps, papers, passes, reason=reason)
