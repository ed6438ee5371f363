"""The state machine: one order under any standard, any act at any moment by anybody, and what must hold after each.

The checks know nothing of how the engine decides; they look at moves, facts and the standard with questions of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.standards import program_of
from orderway.engine import advance, memo
from orderway.engine.acting import SYSTEM, Actor, Work
from orderway.engine.answers import FactAnswers
from orderway.engine.assignment import Absence, Member, Membership, Staff, assign
from orderway.engine.calendars import Holidays
from orderway.engine.case import Case, GateDecision, ItemKey, OpenItem
from orderway.engine.checks import PASSAGE
from orderway.engine.move import Assigned, Evidence, Leftover, Move
from orderway.engine.program import Program
from orderway.engine.refusals import CriteriaUnanswered, CriterionBlocks, EmptyList, FactUnknown, Refusal
from orderway.engine.replay import apply, replay
from orderway.engine.scheduling import schedule
from orderway.standard import flow as flow_questions
from orderway.standard.document import FactType, Standard
from orderway.standard.values import UNKNOWN, Value

PEOPLE = ("alice", "bob", "carol", "dan", "eve", "frank", "grace", "heidi")
DEPUTIES = {"eve": ("alice",), "frank": ("bob", "carol")}
MOVES_ON_HOLD = {"hold", "lift", "change", "cancel", "record", "add_run", "withdraw_run", "reopen", "evidence", "waive", "wait", "claim"}
MOVES_ON_HOLD |= {"escalate", "leftover", "reschedule"}
NOW = datetime(2026, 2, 13, 9, tzinfo=UTC)
HOLIDAYS = Holidays()
STAFF = Staff(
    (
        *(Member(name, tuple(Membership(role) for role in ("clerk", "reviewer", "chief", "director"))) for name in PEOPLE[:3]),
        Member("dan", (Membership("finance"), Membership("sales")), (Absence(NOW.date(), NOW.date(), "eve"),)),
        Member("eve"),
    )
)
FLIPS = 2  # how often the world changes while an order is brought to its end
fired: Counter[str] = Counter()

Act = Callable[[], Move]


def people() -> st.SearchStrategy[Actor]:
    return st.sampled_from([Actor(name, deputy_of=DEPUTIES.get(name, ())) for name in PEOPLE])


def values(kind: FactType) -> st.SearchStrategy[Value]:
    """Any value of a fact, its unknown one among them."""
    return st.one_of(_known(kind), st.just(UNKNOWN))


def _known(kind: FactType) -> st.SearchStrategy[Value]:
    match kind.kind:
        case "bool":
            return st.booleans()
        case "text":
            return st.sampled_from(["x", "y"])
        case "one_of":
            return st.sampled_from(kind.choices)
        case "date":
            return st.just(date(2026, 3, 2))
        case "list":
            return st.sampled_from([2, 3, 1, 2, 3, 0]).flatmap(
                lambda size: st.tuples(*(_record(kind, number) for number in range(1, size + 1)))
            )
        case _:
            return st.sampled_from([Decimal(500), Decimal(5000), Decimal(5), Decimal(0), Decimal(200_000)])


def _record(kind: FactType, number: int) -> st.SearchStrategy[Mapping[str, Value]]:
    return st.fixed_dictionaries({name: st.just(str(number)) if name == "number" else _known(inner) for name, inner in kind.record})


class OrderMachine(RuleBasedStateMachine):
    """One order. Subclasses say under which standards."""

    standards: st.SearchStrategy[Standard]

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        standard = data.draw(self.standards)
        self.program: Program = program_of(standard)
        self.positions = flow_questions.positions(standard.flow)
        self.facts: dict[str, Value] = {name: data.draw(_known(fact.type)) for name, fact in standard.facts.items()}
        self.case, self.shadow = Case(), Case()
        self.moves: list[Move] = []
        self.workers: defaultdict[str, set[str]] = defaultdict(set)
        self.done: set[tuple[str, tuple[str, ...]]] = set()
        self.completed: set[tuple[str, tuple[str, ...]]] = set()
        self.sent_back: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.approved: dict[tuple[str, tuple[str, ...], int], list[Actor]] = {}
        self.decided: dict[tuple[str, tuple[str, ...], int], Actor] = {}
        self.changed = False
        self.flips = 0
        self.try_act(lambda: advance.open_case(self.program, self.answers(), actor=Actor("alice")), Actor("alice"))
        if not self.moves:  # the first stage stands behind an unknown condition or an empty list; make everything known
            self.make_known()
            self.must(lambda: advance.open_case(self.program, self.answers(), actor=Actor("alice")), Actor("alice"))

    # --- acts -------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.passages())
    def completes(self, data: st.DataObject, actor: Actor) -> None:
        self.complete(data.draw(st.sampled_from(self.passages())), actor, data.draw(st.booleans()))

    @rule(actors=st.lists(people(), min_size=2, max_size=6))
    @precondition(lambda self: self.passages() and not self.case.held)
    def several_work_one_after_the_other(self, actors: list[Actor]) -> None:
        for actor in actors:
            if self.case.items:
                item = next((item for item in self.case.items if item.kind in ("approval", "decision")), self.case.items[0])
                self._on(item, actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.passages())
    def completes_with_something_missing(self, data: st.DataObject, actor: Actor) -> None:
        item = data.draw(st.sampled_from(self.passages()))
        steps = data.draw(st.sampled_from([self.program.required_steps[item.stage], frozenset[str]()]))
        work = Work(steps)
        self.try_act(lambda: advance.complete(self.program, self.case, item.key, work, self.answers(), actor=actor), actor)

    @rule()
    @precondition(lambda self: advance.ready_for_system(self.program, self.case))
    def system_works(self) -> None:
        for item in advance.ready_for_system(self.program, self.case):
            refusal = self.complete(item, SYSTEM, True)
            if refusal is not None:
                self.try_act(lambda item=item, refusal=refusal: advance.wait(self.program, self.case, item.key, refusal), SYSTEM)
            break

    @rule(data=st.data(), actors=st.lists(people(), min_size=3, max_size=3, unique=True))
    @precondition(lambda self: self.of_kind("approval"))
    def refuses_to_sign(self, data: st.DataObject, actors: list[Actor]) -> None:
        item = data.draw(st.sampled_from(self.of_kind("approval")))
        any(self.sign(item, actor, False) is None for actor in actors)

    @rule(data=st.data(), actor=people(), approve=st.sampled_from([True, True, True, False]))
    @precondition(lambda self: self.of_kind("approval"))
    def signs(self, data: st.DataObject, actor: Actor, approve: bool) -> None:
        item = data.draw(st.sampled_from(self.of_kind("approval")))
        self.sign(item, actor, approve)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.of_kind("decision"))
    def decides(self, data: st.DataObject, actor: Actor) -> None:
        self.decide(data.draw(st.sampled_from(self.of_kind("decision"))), actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.of_kind("leftover"))
    def settles(self, data: st.DataObject, actor: Actor) -> None:
        item = data.draw(st.sampled_from(self.of_kind("leftover")))
        self.try_act(lambda: advance.complete(self.program, self.case, item.key, Work(), self.answers(), actor=actor), actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.gated())
    def sends_back(self, data: st.DataObject, actor: Actor) -> None:
        item = data.draw(st.sampled_from(self.gated()))
        self.try_act(lambda: advance.send_back(self.program, self.case, item.key, self.answers(), reason="because", actor=actor), actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.gated())
    def waives(self, data: st.DataObject, actor: Actor) -> None:
        item = data.draw(st.sampled_from(self.gated()))
        gate = self.program.stage(item.stage).gate
        assert gate is not None
        criterion = data.draw(st.sampled_from([criterion.id for criterion in gate.criteria]))
        self.try_act(lambda: advance.waive(self.program, self.case, item.key, criterion, reason="because", actor=actor), actor)

    @rule(data=st.data(), actor=people(), seldom=st.integers(0, 3))
    @precondition(lambda self: self.case.status == "open")
    def holds(self, data: st.DataObject, actor: Actor, seldom: int) -> None:
        if seldom:
            return
        kinds = [kind.id for kind in self.program.standard.exceptions.hold.types]  # type: ignore[union-attr]
        kind = data.draw(st.sampled_from([*kinds, "mood"]))
        self.try_act(lambda: advance.hold(self.program, self.case, kind, reason="because", actor=actor), actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.case.holds)
    def lifts_again(self, data: st.DataObject, actor: Actor) -> None:
        self.lifts(data, actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.case.holds)
    def lifts(self, data: st.DataObject, actor: Actor) -> None:
        kind = data.draw(st.sampled_from([hold.type for hold in self.case.holds]))
        self.try_act(lambda: advance.lift(self.program, self.case, kind, actor=actor), actor)

    @rule(data=st.data(), actor=people(), name=st.sampled_from(["flag", "refuse", "total"]))
    @precondition(lambda self: self.signed_for() and not self.case.held)
    def a_gate_is_decided_and_facts_change_before_the_signature(self, data: st.DataObject, actor: Actor, name: str) -> None:
        self.make_known()
        item = data.draw(st.sampled_from(self.signed_for()))
        refusal = self.complete(item, Actor(f"{actor.key}-{len(self.moves)}"), True)
        if isinstance(refusal, CriterionBlocks):
            self.unblock(item, str(refusal.params["criterion"]), Actor(f"{actor.key}-w"))
        if self.of_kind("approval") and name == "refuse":
            self.sign(self.of_kind("approval")[0], Actor(f"{actor.key}-r-{len(self.moves)}"), False)
        elif self.of_kind("approval"):
            self.a_fact_changes_before_the_signature(data, actor, name)

    @rule(data=st.data(), actor=people(), name=st.sampled_from(["flag", "total"]))
    @precondition(lambda self: self.of_kind("approval"))
    def a_fact_changes_before_the_signature(self, data: st.DataObject, actor: Actor, name: str) -> None:
        names = sorted(fact for fact in self.facts if name in fact) or sorted(self.facts)
        changed = _any_facts({fact: self.program.standard.facts[fact].type for fact in names}, data.draw(st.integers(0, 1_000_000)))
        self.facts.update(changed)
        item = self.of_kind("approval")[0]
        for number in range(3):
            item = next((other for other in self.of_kind("approval") if other[:2] == item[:2]), item)
            self.sign(item, Actor(f"{actor.key}-{number}-{len(self.moves)}"), True)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.gated())
    def fails_again_and_again(self, data: st.DataObject, actor: Actor) -> None:
        stage = data.draw(st.sampled_from(self.gated())).stage
        for _ in range(8):
            item = next((item for item in self.gated() if item.stage == stage), None)
            if item is None and self.case.items:
                self._on(self.case.items[0], data.draw(people()))
            elif item is not None:
                self.try_act(
                    lambda item=item: advance.send_back(self.program, self.case, item.key, self.answers(), reason="because", actor=actor),
                    actor,
                )

    @rule(actor=people(), steps=st.integers(1, 6))
    @precondition(lambda self: self.case.passed and "open" in self.case.each_runs.values() and not self.case.held)
    def changes_while_runs_go_on(self, actor: Actor, steps: int) -> None:
        self.changes(actor, 0)
        for step in range(steps):
            inside = [item for item in self.passages() if item.path]
            if inside:
                self.complete(inside[-1], Actor(f"{actor.key}-{step}-{len(self.moves)}"), True)

    @rule(actor=people())
    @precondition(lambda self: self.case.passed and "open" in self.case.each_runs.values() and not self.case.held)
    def changes_and_fails_while_runs_go_on(self, actor: Actor) -> None:
        """What had passed before the change stays as it is, also when the gate behind the change then sends the order back."""
        self.make_known()
        self.changes(actor, 0)
        for step in range(4):
            outside = [item for item in self.gated() if not item.path]
            if outside:
                key = outside[0].key
                self.try_act(
                    lambda key=key: advance.send_back(self.program, self.case, key, self.answers(), reason="because", actor=actor), actor
                )
                return
            waiting = [item for item in self.passages() if not item.path]
            if waiting:
                self.complete(waiting[0], Actor(f"{actor.key}-{step}-{len(self.moves)}"), True)

    @rule(actor=people(), seldom=st.integers(0, 2))
    @precondition(lambda self: self.case.status == "open")
    def changes(self, actor: Actor, seldom: int) -> None:
        if not seldom:
            self.try_act(lambda: advance.change(self.program, self.case, self.answers(), reason="because", actor=actor), actor)

    @rule(data=st.data(), actor=people(), seldom=st.integers(0, 3))
    @precondition(lambda self: "open" in self.case.each_runs.values())
    def cancels_while_runs_go_on(self, data: st.DataObject, actor: Actor, seldom: int) -> None:
        self.cancels(data, actor, seldom)

    @rule(data=st.data(), actor=people(), seldom=st.integers(0, 3))
    @precondition(lambda self: self.case.status == "open" or self.moves[-1].act != "cancel")
    def cancels(self, data: st.DataObject, actor: Actor, seldom: int) -> None:
        if seldom:
            return
        left = tuple(Leftover(stage, path, "left") for stage, path in data.draw(st.sampled_from([(), tuple(self.case.runs)[:2]])))
        self.try_act(lambda: advance.cancel(self.program, self.case, self.answers(), left, reason="because", actor=actor), actor)

    @rule(data=st.data(), actor=people(), key=st.sampled_from(["1", "2", "3", "4"]))
    @precondition(lambda self: "open" in self.case.each_runs.values())
    def adds_a_run_to_an_open_block(self, data: st.DataObject, actor: Actor, key: str) -> None:
        self.adds_a_run(data, actor, key)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: "open" in self.case.each_runs.values())
    def withdraws_an_open_run(self, data: st.DataObject, actor: Actor) -> None:
        self.withdraws_a_run(data, actor)

    @rule(data=st.data(), actor=people(), key=st.sampled_from(["1", "2", "3", "4"]))
    @precondition(lambda self: self.case.each_runs)
    def adds_a_run(self, data: st.DataObject, actor: Actor, key: str) -> None:
        run = data.draw(st.sampled_from(sorted(self.case.each_runs)))
        self.try_act(lambda: advance.add_run(self.program, self.case, run.name, key, self.answers(), path=run.path, actor=actor), actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.case.each_runs)
    def withdraws_a_run(self, data: st.DataObject, actor: Actor) -> None:
        run = data.draw(st.sampled_from(sorted(self.case.each_runs)))
        self.try_act(
            lambda: advance.withdraw_run(self.program, self.case, run.name, run.key, self.answers(), path=run.path, actor=actor), actor
        )

    @rule(actor=people(), seldom=st.integers(0, 3))
    def complains(self, actor: Actor, seldom: int) -> None:
        if self.case.status == "open" and seldom:
            return
        self.try_act(lambda: advance.reopen(self.program, self.case, reason="because", actor=actor), actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.case.status == "open")
    def a_fact_comes(self, data: st.DataObject, actor: Actor) -> None:
        name = data.draw(st.sampled_from(sorted(self.facts)))
        self.facts[name] = data.draw(values(self.program.standard.facts[name].type))
        self.try_act(lambda: advance.record(self.program, self.case, (name,), actor=actor), actor)

    @rule(data=st.data(), actor=people(), seldom=st.integers(0, 2))
    @precondition(lambda self: self.passages())
    def brings_evidence(self, data: st.DataObject, actor: Actor, seldom: int) -> None:
        if seldom:
            return
        item = data.draw(st.sampled_from(self.passages()))
        step = self.program.stage(item.stage).steps[0].id
        evidence = (Evidence(step, "tick", "yes"),)
        self.try_act(lambda: advance.enter_evidence(self.program, self.case, item.key, evidence, actor=actor), actor)

    @rule(data=st.data(), actor=people(), act=st.sampled_from(["claim", "escalate", "leftover", "reschedule"]), seldom=st.integers(0, 2))
    @precondition(lambda self: self.case.items)
    def something_that_moves_nothing(self, data: st.DataObject, actor: Actor, act: str, seldom: int) -> None:
        if seldom:
            return
        key = data.draw(st.sampled_from(self.case.items)).key
        program, case = self.program, self.case
        acts: dict[str, Act] = {
            "claim": lambda: advance.reassign(program, case, key, Assigned(key, actor.key, "claimed"), act="claim", actor=actor),
            "escalate": lambda: advance.escalate(program, case, key, level=100, told="order_owner", actor=SYSTEM),
            "leftover": lambda: advance.leave_leftover(program, case, (Leftover(key.stage, key.path, "left"),), actor=actor),
            "reschedule": lambda: advance.reschedule(program, case, reason="published", actor=SYSTEM),
        }
        self.try_act(acts[act], actor)

    @rule(data=st.data(), actor=people())
    @precondition(lambda self: self.passages())
    def is_asked_under_several_facts(self, data: st.DataObject, actor: Actor) -> None:
        """What is remembered must ask again: the same act under other facts is decided as if for the first time."""
        item = data.draw(st.sampled_from(self.passages()))
        kinds = {name: fact.type for name, fact in self.program.standard.facts.items()}
        several = [_any_facts(kinds, data.draw(st.integers(0, 1_000_000))) for _ in range(2)]
        memo.forget(self.program.hash)
        remembered = [self.look(item, actor, facts) for facts in (*several, *several)]
        for facts, seen in zip((*several, *several), remembered, strict=True):
            memo.forget(self.program.hash)
            assert self.look(item, actor, facts) == seen, "what was remembered differs from what is decided"

    # --- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def one_open_item_per_place_and_kind(self) -> None:
        attached = ("approval", "decision")  # they belong to a passage; a complaint may stand beside the flow at the same place
        places = [(item.stage, item.path, item.kind, item.run if item.kind in attached else 0) for item in self.case.items]
        assert len(places) == len(set(places))

    @invariant()
    def open_exactly_while_something_is_open(self) -> None:
        assert (self.case.status == "open") == bool(self.case.items), f"dead end: {self.case.to_text()}"

    @invariant()
    def signatures_belong_to_open_gates(self) -> None:
        passages = {(item.stage, item.path, item.run) for item in self.case.items if item.kind in PASSAGE}
        assert all(decision[:3] in passages for decision in self.case.decisions)
        assert all((item.stage, item.path, item.run) in passages for item in self.case.items if item.kind in ("approval", "decision"))

    @invariant()
    def open_runs_are_those_with_open_items(self) -> None:
        running = {item.path[: level + 1] for item in self.case.items if item.kind == "stage" for level in range(len(item.path))}
        opened = {(*run.path, run.key) for run, state in self.case.each_runs.items() if state == "open"}
        assert running == opened

    @invariant()
    def replay_equals_state(self) -> None:
        assert self.shadow.to_text() == self.case.to_text()
        assert Case.from_text(self.case.to_text()) == self.case

    def teardown(self) -> None:
        """Whatever happened, the order can still be brought to its end: nothing is a dead end."""
        if not hasattr(self, "moves") or not self.moves:
            return
        self.make_known()
        for number in range(40 * len(self.positions) + 40):
            if self.case.status != "open":
                break
            self.one_step_on(number)
        assert self.case.status != "open", f"no way out: {self.case.to_text()}"
        assert replay(self.moves).to_text() == self.case.to_text()
        if self.case.status == "ended" and not any(move.act == "cancel" for move in self.moves):
            passed = {stage for stage, _ in self.done}
            assert flow_questions.always_passed(self.program.standard.flow) <= passed

    # --- helpers ----------------------------------------------------------------------------------------------------

    def answers(self) -> FactAnswers:
        return FactAnswers(self.program, lambda name: self.facts.get(name, UNKNOWN))

    def passages(self) -> list[OpenItem]:
        return [item for item in self.case.items if item.kind in PASSAGE]

    def of_kind(self, kind: str) -> list[OpenItem]:
        return [item for item in self.case.items if item.kind == kind]

    def gated(self) -> list[OpenItem]:
        return [item for item in self.case.items if item.kind in (*PASSAGE, "decision") and self.program.stage(item.stage).gate]

    def signed_for(self) -> list[OpenItem]:
        """Passages whose gate asks a table who must sign."""
        gates = [(item, self.program.stage(item.stage).gate) for item in self.passages()]
        return [item for item, gate in gates if gate and gate.approve]

    def complete(self, item: OpenItem, actor: Actor, yes: bool) -> Refusal | None:
        gate = self.program.stage(item.stage).gate
        asked = [criterion.id for criterion in gate.criteria if criterion.ask] if gate and actor != SYSTEM else []
        steps, documents = self.program.required_steps[item.stage], self.program.required_documents[item.stage]
        answered = Work(steps, documents, tuple((criterion, yes) for criterion in asked))
        work = Work(steps, documents) if self.case.decision(item) else answered

        def act() -> Move:
            return advance.complete(self.program, self.case, item.key, work, self.answers(), actor=actor)

        refusal = self.try_act(act, actor)
        if isinstance(refusal, CriteriaUnanswered) and answered.findings:  # the table asks for others now: decide afresh
            work = answered
            return self.try_act(act, actor)
        return refusal

    def look(self, item: OpenItem, actor: Actor, facts: Mapping[str, Value]) -> Move | str:
        """What completing would give under these facts; nothing is done."""
        gate = self.program.stage(item.stage).gate
        findings = tuple((criterion.id, True) for criterion in (gate.criteria if gate else ()) if criterion.ask)
        work = Work(self.program.required_steps[item.stage], self.program.required_documents[item.stage], findings)
        answers = FactAnswers(self.program, lambda name: facts.get(name, UNKNOWN))
        try:
            return advance.complete(self.program, self.case, item.key, work, answers, actor=actor)
        except Refusal as refusal:
            return refusal.code

    def sign(self, item: OpenItem, actor: Actor, approve: bool) -> Refusal | None:
        return self.try_act(
            lambda: advance.sign(self.program, self.case, item.key, self.answers(), approve=approve, reason="because", actor=actor),
            actor,
        )

    def decide(self, item: OpenItem, actor: Actor) -> Refusal | None:
        work = Work(self.program.required_steps[item.stage], self.program.required_documents[item.stage], reason="because")
        return self.try_act(lambda: advance.decide(self.program, self.case, item.key, work, self.answers(), actor=actor), actor)

    def must(self, act: Act, actor: Actor) -> None:
        refusal = self.try_act(act, actor)
        if refusal is not None:
            raise refusal

    def try_act(self, act: Act, actor: Actor) -> Refusal | None:
        """Do it as remembered and again from nothing: both must say the same."""
        try:
            move = act()
        except Refusal as refusal:
            fired[f"refused {refusal.code}"] += 1
            return refusal
        memo.forget(self.program.hash)
        assert act() == move, "what was remembered differs from what is decided"
        self.take(move, actor)
        return None

    def take(self, move: Move, actor: Actor) -> None:
        self.check_move(move, actor)
        before = self.case
        self.case = apply(self.case, move)
        move = self.with_times_and_people(before, move)
        written = Move.from_payload(move.to_payload())
        assert written == move
        self.shadow = apply(self.shadow, written)
        self.moves.append(move)
        self.check_opened(before, move)
        _count(move, self.case)

    def with_times_and_people(self, before: Case, move: Move) -> Move:
        """Every item that opens has a deadline or a hold that stops it, and somebody responsible or a reason why not."""
        timed = schedule(self.program, before, move, now=NOW, holidays=HOLIDAYS)
        given, _ = assign(self.program, self.case, timed, STAFF, now=NOW)
        assert {timing.item for timing in given.timing} == {item.key for item in move.opened}
        assert all((timing.due_at is None) == self.case.held for timing in given.timing)
        for one in given.assigned if move.act not in ("claim",) else ():
            assert one.responsible or one.reason in ("no_member", "all_absent", "none_qualified", "all_barred")
            gate = self.program.stage(one.item.stage).gate
            barred = {person for stage in (gate.not_by if gate else ()) for person in self.case.worked.get(stage, ())}
            assert one.item.kind == "leftover" or not barred & {one.responsible, one.stands_in_for}
        assert move.act in ("claim", "wait") or {one.item for one in given.assigned} == {item.key for item in move.opened}
        return given

    def check_move(self, move: Move, actor: Actor) -> None:
        """What the journal must say about every passage; asked of facts and of the people seen so far."""
        if self.case.held:
            assert move.act in MOVES_ON_HOLD, f"{move.act} while held"
        self.changed |= move.act == "change"
        if move.act == "open":
            for opened in move.opened:
                self.workers[opened.stage].add(actor.key)
        item = self.case.item(move.turn.item) if move.turn.item else None
        if item is not None:
            self.note_people(move, item, actor)
        for key, how in move.closed:
            closed = self.case.item(key)
            assert closed is not None
            if how == "completed" and closed.kind in PASSAGE:
                self.check_gate(closed, move)
            if how == "failed":
                self.sent_back[closed.stage, closed.path] += 1
        if move.act in ("change", "cancel"):
            self.check_passed_runs_are_untouched(move)
        if move.act == "change":
            assert not (set(self.case.decisions) - set(_dropped(self.case, move))), "a change keeps signatures"
            self.approved.clear()
            self.decided.clear()
        for stage, path, _ in move.turn.failed:
            gate = self.program.stage(stage).gate
            assert gate is not None
            assert gate.fail is not None
            assert self.sent_back[stage, path] <= gate.fail.at_most, "rework without end"

    def check_passed_runs_are_untouched(self, move: Move) -> None:
        rules = self.program.standard.exceptions
        until = (rules.change if move.act == "change" else rules.cancel).until  # type: ignore[union-attr]
        if until is None:
            return
        there = self.positions[until].eaches
        for key, how in move.closed:
            if key.kind == "stage" and how == "withdrawn" and self.positions[key.stage].eaches[: len(there)] == there:  # type: ignore[index]
                assert (until, key.path[: len(there)]) not in self.completed, f"{move.act} withdraws {key}, which has passed {until}"

    def note_people(self, move: Move, item: OpenItem, actor: Actor) -> None:
        passage = (item.stage, item.path, item.run)
        failing = any(judged.result == "false" for judged in move.turn.judged)
        gate, waiting = self.program.stage(item.stage).gate, self.case.decision(item)
        only_looked_again = waiting and gate and gate.approve and self.answers().decide(gate.approve) == waiting.roles
        if move.act in ("complete", "decide") and item.kind != "leftover" and not failing and not only_looked_again:
            self.decided[passage] = actor
            self.approved[passage] = []
        if move.act == "sign":
            self.approved[passage].append(actor)
        if move.act in ("complete", "evidence", "send_back", "decide") and item.kind != "leftover" and actor != SYSTEM:
            self.workers[item.stage].add(actor.key)

    def check_gate(self, item: OpenItem, move: Move) -> None:
        gate = self.program.stage(item.stage).gate
        if gate is None:
            return
        answers, passage = self.answers(), (item.stage, item.path, item.run)
        waived = self.case.waived(item)
        for criterion in gate.criteria:
            if criterion.auto is not None:
                assert criterion.id in waived or answers.holds(self.program.criteria[item.stage, criterion.id], item.path) is True
        decider, signed = self.decided[passage], self.approved.get(passage, [])
        roles = answers.decide(gate.approve) if gate.approve else ()
        assert len(signed) == len(roles), f"{len(signed)} signatures of {roles}"
        people_involved = [decider, *signed] if decider != SYSTEM else signed
        assert len({actor.key for actor in people_involved}) == len(people_involved), "one person twice"
        for actor in people_involved:
            others = {other.key for other in people_involved if other is not actor}
            assert not roles or not others & set(actor.deputy_of), "a delegate of one of them"
            for barred in gate.not_by:
                self_work = {actor.key} if barred == item.stage else set()
                assert not (self.workers[barred] - self_work) & {actor.key, *actor.deputy_of}, "maker is checker"

    def check_opened(self, before: Case, move: Move) -> None:
        """Whatever opens has everything before it done; nothing before it is open, unless a change left runs behind."""
        self.done |= {(skip.stage, skip.path) for skip in move.turn.skipped}
        self.completed |= {(key.stage, key.path) for key, how in move.closed if how == "completed" and key.kind in PASSAGE}
        self.done |= self.completed
        for item in move.opened:
            if item.kind in PASSAGE:
                assert item.run == before.runs.get((item.stage, item.path), 0) + 1
            if item.kind == "stage":
                self.check_way(item)
        for key, how in move.closed:
            if how == "failed" and key.kind == "stage":
                self.check_nothing_is_left_behind(key)

    def check_nothing_is_left_behind(self, failed: ItemKey) -> None:
        """After rework nothing behind its target is open but what rework itself opened."""
        gate = self.program.stage(failed.stage).gate
        assert gate is not None
        assert gate.fail is not None
        target = self.positions[gate.fail.back_to]
        for key, how in self.moves[-1].closed:
            if key.kind == "stage" and how == "withdrawn":
                assert failed.stage not in flow_questions.possibly_before(self.positions[key.stage]), f"{key} had passed"  # type: ignore[index]
        for item in self.case.items:
            if item.kind == "stage" and gate.fail.back_to in flow_questions.possibly_before(self.positions[item.stage]):  # type: ignore[index]
                shared = _shared(target, self.positions[item.stage])  # type: ignore[index]
                passed = failed.stage in flow_questions.possibly_before(self.positions[item.stage])  # type: ignore[index]
                behind = item.path[:shared] == failed.path[:shared] and not passed  # a run that had passed before a change goes on
                assert not behind or item.opened == self.case.sequence, f"{item.stage} stays open behind {gate.fail.back_to}"

    def check_way(self, item: OpenItem) -> None:
        position = self.positions[item.stage]  # type: ignore[index]
        for stage in flow_questions.passed_before(position):
            common = item.path[: _shared(position, self.positions[stage])]
            assert any(done == stage and path[: len(common)] == common for done, path in self.done), f"{item.stage} without {stage}"
        earlier = flow_questions.possibly_before(position)
        for other in self.case.items:
            if other.kind == "stage" and other.stage in earlier:
                shared = _shared(position, self.positions[other.stage])  # type: ignore[index]
                goes_on_alone = self.changed and len(item.path) > shared  # a run that passed `until` before a change
                assert goes_on_alone or other.path[:shared] != item.path[:shared], f"{item.stage} opened while {other.stage} is open"

    def make_known(self) -> None:
        for name, fact in self.program.standard.facts.items():
            if self.facts[name] is UNKNOWN or self.facts[name] == ():
                self.facts[name] = _some(fact.type)
        for run in self.case.each_runs:
            kind = self.program.run_type(run.name)
            listed = self.facts[self.program.each_of[run.name].list]
            assert isinstance(listed, tuple)
            if all(record["number"] != run.key for record in listed):
                record = {name: run.key if name == "number" else _some(inner) for name, inner in kind.record}
                self.facts[self.program.each_of[run.name].list] = (*listed, record)

    def one_step_on(self, number: int) -> None:
        """Somebody nobody has seen yet does the next thing; what blocks is waived, else the order is cancelled."""
        stranger = Actor(f"stranger-{number}")
        if self.case.held:
            kind = self.case.holds[0].type
            self.must(lambda: advance.lift(self.program, self.case, kind, actor=stranger), stranger)
            return
        item = next((item for item in self.case.items if item.kind in ("decision", "approval", "leftover")), self.case.items[0])
        if item.kind == "approval" and self.flips < FLIPS:
            self.flip_facts()
        refusal = self._on(item, stranger)
        if isinstance(refusal, EmptyList | FactUnknown):
            assert self.flips, f"everything is known, yet: {refusal}"
            self.flips = FLIPS
            self.make_known()
            return
        if isinstance(refusal, CriterionBlocks):
            self.unblock(item, str(refusal.params["criterion"]), stranger)
        elif refusal is not None:
            raise refusal

    def flip_facts(self) -> None:
        """Before the last signature the world may change: conditions become unknown, or the order worth more or less."""
        self.flips += 1
        for name, fact in self.program.standard.facts.items():
            if fact.type.kind == "bool" and len(self.moves) % 2:
                self.facts[name] = UNKNOWN
            elif fact.type.kind == "money" and not len(self.moves) % 2:
                self.facts[name] = Decimal(50) if self.facts[name] == Decimal(5000) else Decimal(5000)

    def _on(self, item: OpenItem, actor: Actor) -> Refusal | None:
        if item.kind == "approval":
            return self.sign(item, actor, True)
        if item.kind == "decision":
            return self.decide(item, actor)
        if item.kind == "leftover":
            return self.try_act(lambda: advance.complete(self.program, self.case, item.key, Work(), self.answers(), actor=actor), actor)
        return self.complete(item, actor, True)

    def unblock(self, item: OpenItem, criterion: str, actor: Actor) -> None:
        found = self.case.passage(item)
        gate = self.program.stage(item.stage).gate
        assert found is not None
        assert gate is not None
        passage = found.key
        if next(found for found in gate.criteria if found.id == criterion).waive:
            self.must(lambda: advance.waive(self.program, self.case, passage, criterion, reason="because", actor=actor), actor)
        else:
            self.must(lambda: advance.cancel(self.program, self.case, self.answers(), reason="because", actor=actor), actor)


def _dropped(case: Case, move: Move) -> list[GateDecision]:
    return [decision for decision in case.decisions if decision[:3] in move.turn.dropped]


def _shared(one: flow_questions.Position, other: flow_questions.Position) -> int:
    """How many enclosing `each` two positions have in common."""
    count = 0
    for mine, theirs in zip(one.eaches, other.eaches, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _any_facts(kinds: Mapping[str, FactType], seed: int) -> dict[str, Value]:
    """Many facts from one drawn number: a draw for each would use up what hypothesis allows an example."""
    choice = Random(seed)
    return {name: choice.choice((UNKNOWN, *_choices(kind))) for name, kind in kinds.items()}


def _choices(kind: FactType) -> tuple[Value, ...]:
    match kind.kind:
        case "bool":
            return (True, False)
        case "list":
            return (_some(kind), ())
        case "one_of":
            return kind.choices
        case "text" | "date":
            return (_some(kind),)
        case _:
            return (Decimal(5), Decimal(500), Decimal(5000))


def _some(kind: FactType) -> Value:
    match kind.kind:
        case "bool":
            return True
        case "text":
            return "x"
        case "one_of":
            return kind.choices[0]
        case "date":
            return date(2026, 3, 2)
        case "list":
            return ({name: "1" if name == "number" else _some(inner) for name, inner in kind.record},)
        case _:
            return Decimal(5)


def _count(move: Move, after: Case) -> None:
    fired[f"act {move.act}"] += 1
    fired.update(f"closed {closed.item.kind} {closed.how}" for closed in move.closed)
    fired.update(f"opened {item.kind}" for item in move.opened)
    fired.update(f"run {change.state}" for change in move.turn.each_runs)
    fired.update(f"entered {entered.kind}" for entered in move.turn.entered)
    fired.update(f"judged {judged.result}" for judged in move.turn.judged)
    fired.update({"skipped": len(move.turn.skipped), "failed": len(move.turn.failed), "reopened": int(move.turn.reopened)})
    if move.turn.status:
        fired[f"status {move.turn.status}"] += 1
    for _, note in move.turn.waiting:
        fired[f"waits {note.partition(':')[0]}" if note else "waits no more"] += 1
    if after.each_runs and move.act in ("change", "cancel"):
        fired[f"{move.act} with runs"] += 1
