"""An order at the engine's desk: acts on it in a line each, keeps every move, and checks after each that replay gives the same case."""

from __future__ import annotations

from collections.abc import Mapping

from engine.standards import FLAGS, program_of
from orderway.engine import advance
from orderway.engine.acting import Actor, Work
from orderway.engine.answers import FactAnswers
from orderway.engine.case import Case, Kind, OpenItem, Path
from orderway.engine.move import Leftover, Move
from orderway.engine.program import Program
from orderway.engine.replay import apply, replay
from orderway.standard.document import Standard
from orderway.standard.values import UNKNOWN, Value

CALM: Mapping[str, Value] = {**dict.fromkeys(FLAGS, False)}


def records(*keys: str, **flags: bool) -> tuple[Mapping[str, Value], ...]:
    """Records of a list with these numbers; `_1=True` sets the flag of number 1."""
    return tuple({"number": key, "flag": flags.get(f"_{key}", False)} for key in keys)


class Desk:
    """One order under one standard."""

    def __init__(self, standard: Standard, **facts: Value) -> None:
        self.program: Program = program_of(standard)
        self.facts: dict[str, Value] = {**CALM, "order.total": UNKNOWN, "order.deliveries": records("1", "2")}
        self.facts.update({f"order.{name}": value for name, value in facts.items()})
        self.case = Case()
        self.moves: list[Move] = []

    # --- acts -------------------------------------------------------------------------------------------------------

    def open(self, *, by: str = "alice") -> Desk:
        self.take(advance.open_case(self.program, self.answers(), actor=Actor(by)))
        return self

    def complete(self, *places: str, by: str = "alice", no: str = "", **given: object) -> Desk:
        """Complete each place in turn, every question answered yes but `no`."""
        for place in places:
            item = self.item(place, kinds=("stage", "complaint", "leftover"))
            gate = self.program.stage(item.stage).gate
            findings = tuple((criterion.id, criterion.id != no) for criterion in (gate.criteria if gate else ()) if criterion.ask)
            work = Work(
                steps=self.program.required_steps[item.stage],
                documents=self.program.required_documents[item.stage],
                findings=findings if item.kind != "leftover" else (),
            )
            self.take(advance.complete(self.program, self.case, item.key, work, self.answers(), actor=_actor(by, given)))
        return self

    def look_again(self, place: str, *, by: str = "alice") -> Desk:
        """Complete a gate whose signatures are all there."""
        item = self.item(place)
        self.take(advance.complete(self.program, self.case, item.key, Work(), self.answers(), actor=Actor(by)))
        return self

    def sign(self, place: str, *, by: str, approve: bool = True, reason: str = "because", **given: object) -> Desk:
        item = self.item(place, kinds=("approval",))
        move = advance.sign(self.program, self.case, item.key, self.answers(), approve=approve, reason=reason, actor=_actor(by, given))
        self.take(move)
        return self

    def decide(self, place: str, *, by: str, reason: str = "because", **given: object) -> Desk:
        item = self.item(place, kinds=("decision",))
        work = Work(steps=self.program.required_steps[item.stage], documents=self.program.required_documents[item.stage], reason=reason)
        self.take(advance.decide(self.program, self.case, item.key, work, self.answers(), actor=_actor(by, given)))
        return self

    def send_back(self, place: str, *, by: str = "bob", reason: str = "because", kinds: tuple[Kind, ...] = ("stage", "complaint")) -> Desk:
        item = self.item(place, kinds=kinds)
        self.take(advance.send_back(self.program, self.case, item.key, self.answers(), reason=reason, actor=Actor(by)))
        return self

    def waive(self, place: str, criterion: str, *, by: str = "carol", reason: str = "because") -> Desk:
        item = self.item(place)
        self.take(advance.waive(self.program, self.case, item.key, criterion, reason=reason, actor=Actor(by)))
        return self

    def hold(self, kind: str = "credit", *, reason: str = "because") -> Desk:
        self.take(advance.hold(self.program, self.case, kind, reason=reason, actor=Actor("alice")))
        return self

    def lift(self, kind: str = "credit") -> Desk:
        self.take(advance.lift(self.program, self.case, kind, actor=Actor("alice")))
        return self

    def change(self, *, reason: str = "because") -> Desk:
        self.take(advance.change(self.program, self.case, self.answers(), reason=reason, actor=Actor("alice")))
        return self

    def cancel(self, *leftovers: Leftover, reason: str = "because") -> Desk:
        self.take(advance.cancel(self.program, self.case, self.answers(), leftovers, reason=reason, actor=Actor("alice")))
        return self

    def add_run(self, name: str, key: str, path: Path = ()) -> Desk:
        self.take(advance.add_run(self.program, self.case, name, key, self.answers(), path=path, actor=Actor("alice")))
        return self

    def withdraw_run(self, name: str, key: str, path: Path = ()) -> Desk:
        self.take(advance.withdraw_run(self.program, self.case, name, key, self.answers(), path=path, actor=Actor("alice")))
        return self

    def complain(self, *, reason: str = "because") -> Desk:
        self.take(advance.reopen(self.program, self.case, reason=reason, actor=Actor("alice")))
        return self

    def record(self, *facts: str) -> Desk:
        self.take(advance.record(self.program, self.case, facts, actor=Actor("alice")))
        return self

    # --- looking ----------------------------------------------------------------------------------------------------

    @property
    def open_places(self) -> list[str]:
        """What is open, as ``stage`` or ``stage/key``; other kinds than stages are named before."""
        return sorted(_name(item) for item in self.case.items)

    @property
    def last(self) -> Move:
        return self.moves[-1]

    def item(self, place: str, *, kinds: tuple[Kind, ...] = ("stage", "complaint")) -> OpenItem:
        stage, *path = place.split("/")
        found = [item for item in self.case.items if item.stage == stage and item.path == tuple(path) and item.kind in kinds]
        assert len(found) == 1, f"{place} of {kinds} is open {len(found)} times; open is {self.open_places}"
        return found[0]

    def answers(self) -> FactAnswers:
        return FactAnswers(self.program, lambda name: self.facts.get(name, UNKNOWN))

    def take(self, move: Move) -> None:
        self.case = apply(self.case, move)
        self.moves.append(move)
        again = replay(Move.from_payload(move.to_payload()) for move in self.moves)
        assert again.to_text() == self.case.to_text()
        assert Case.from_text(self.case.to_text()) == self.case


def _actor(key: str, given: Mapping[str, object]) -> Actor:
    deputy_of = given.get("deputy_of", ())
    assert isinstance(deputy_of, tuple)
    return Actor(key, str(given.get("acting_for", "")), deputy_of)


def _name(item: OpenItem) -> str:
    place = "/".join((item.stage, *item.path))
    return place if item.kind == "stage" else f"{item.kind} {place}"
