"""A turn in the making: what an act has closed and opened so far, over the case it began with. Decides nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from orderway.engine.answers import Answers
from orderway.engine.case import Case, EachRun, GateDecision, ItemKey, Kind, OpenItem, Path, RunState, Waiver
from orderway.engine.move import Closed, Entered, How, Judged, RunChange, Skipped, Turn
from orderway.engine.program import Program


class Draft:
    """The working state of one act; `turn()` freezes it. Reads see the case as it will be."""

    def __init__(self, program: Program, case: Case, answers: Answers, act: str, item: ItemKey | None = None) -> None:
        self.program = program
        self.case = case
        self.answers = answers
        self.act = act
        self.item = item
        self.sequence = case.sequence + 1
        self.items: list[OpenItem] = list(case.items)
        self.decisions: list[GateDecision] = list(case.decisions)
        self.changed_runs: dict[EachRun, RunState] = {}
        self.closed: list[Closed] = []
        self.opened: list[OpenItem] = []
        self.skipped: list[Skipped] = []
        self.entered: list[Entered] = []
        self.waiting: list[tuple[ItemKey, str]] = []
        self.failed: list[tuple[str, Path, int]] = []
        self.passed: list[tuple[str, Path]] = []
        self.worked: list[tuple[str, str]] = []
        self.waived: list[Waiver] = []
        self.judged: list[Judged] = []
        self.undo: tuple[str, ...] = ()
        self.held: tuple[str, ...] = ()
        self.lifted: tuple[int, ...] = ()
        self.cancelled = False
        self.reopened = False

    # --- reading ----------------------------------------------------------------------------------------------------

    def in_flow(self, stages: frozenset[str], test: Callable[[OpenItem], bool]) -> list[OpenItem]:
        """Open items of the flow that stand at one of these stages and pass the test."""
        return [item for item in self.items if item.kind == "stage" and item.stage in stages and test(item)]

    def each_state(self, run: EachRun) -> RunState | None:
        """The state of an `each` run, None if it never started."""
        return self.changed_runs.get(run) or self.case.each_runs.get(run)

    def runs_of(self, name: str, path: Path) -> dict[str, RunState]:
        """Key -> state of all runs of an `each` inside the run `path`."""
        found = {run.key: state for run, state in self.case.each_runs.items() if run.name == name and run.path == path}
        found.update({run.key: state for run, state in self.changed_runs.items() if run.name == name and run.path == path})
        return found

    def failures(self, stage: str, path: Path) -> int:
        """How often this gate has failed, this act included."""
        counted = [count for failed, where, count in self.failed if (failed, where) == (stage, path)]
        return counted[-1] if counted else self.case.failures.get((stage, path), 0)

    # --- changing ---------------------------------------------------------------------------------------------------

    def open(self, stage: str, path: Path, kind: Kind, role: str, run: int = 0) -> OpenItem:
        """Open an item; a passage of a stage gets the next run number, everything else belongs to the run given."""
        if not run:
            ran = [item.run for item in self.opened if item.stage == stage and item.path == path]
            run = max([self.case.runs.get((stage, path), 0), *ran]) + 1
        item = OpenItem(stage, path, kind, self.sequence, run, role)
        self.items.append(item)
        self.opened.append(item)
        return item

    def close(self, item: OpenItem, how: How) -> None:
        """Close an item."""
        self.items.remove(item)
        self.closed.append(Closed(item.key, how))

    def close_with_signatures(self, item: OpenItem, how: How) -> None:
        """Close a stage together with the approvals and decisions that its gate waits for."""
        self.void_signatures(item)
        self.close(item, how)

    def void_signatures(self, item: OpenItem) -> None:
        """Drop the decision of an item's gate and whoever took it over: approvals and decisions of it close as void."""
        for other in [other for other in self.items if other.kind == "decision" and _same_place(other, item)]:
            self.close(other, "voided")
        self.void_approvals(item)

    def void_approvals(self, item: OpenItem) -> None:
        """Drop the decision of an item's gate with all its signatures; it must be decided again."""
        for other in [other for other in self.items if other.kind == "approval" and _same_place(other, item)]:
            self.close(other, "voided")
        self.drop_decision(item)

    def drop_decision(self, item: OpenItem) -> None:
        """Forget that the item's gate was decided."""
        self.decisions = [decision for decision in self.decisions if decision[:3] != (item.stage, item.path, item.run)]

    def set_decision(self, decision: GateDecision) -> None:
        """The gate is decided and waits for signatures."""
        others = [other for other in self.decisions if other[:3] != decision[:3]]
        self.decisions = [*others, decision]

    def set_run(self, name: str, path: Path, key: str, state: RunState) -> None:
        """An `each` run starts, finishes or is withdrawn."""
        self.changed_runs[EachRun(name, path, key)] = state

    def note_worker(self, stage: str, people: tuple[str, ...]) -> None:
        """These people worked on the stage; kept only where some `not_by` asks."""
        if stage in self.program.watched:
            self.worked.extend((stage, person) for person in people if person != "system")

    def turn(self) -> Turn:
        """The finished turn. If nothing is open any more the case ends with it, and holds that still stand are lifted."""
        reopened = self.reopened and self.case.status != "open"
        ended = not self.items and self.case.status == "open"
        before = {decision[:3] for decision in self.case.decisions}
        after = {decision[:3] for decision in self.decisions}
        return Turn(
            act=self.act,
            item=self.item,
            closed=tuple(self.closed),
            opened=tuple(sorted(self.opened)),
            skipped=tuple(self.skipped),
            entered=tuple(self.entered),
            each_runs=tuple(RunChange(run, state) for run, state in sorted(self.changed_runs.items())),
            waiting=tuple(self.waiting),
            held=self.held,
            lifted=tuple(hold.sequence for hold in self.case.holds) if ended else self.lifted,
            failed=tuple(self.failed),
            passed=tuple(self.passed),
            worked=tuple(self.worked),
            decisions=tuple(sorted(decision for decision in self.decisions if decision not in self.case.decisions)),
            dropped=tuple(sorted(before - after)),
            waived=tuple(self.waived),
            judged=tuple(self.judged),
            undo=self.undo,
            ends_as="cancelled" if self.cancelled else "",
            status="open" if reopened else self._end() if ended else "",
            reopened=reopened,
        )

    def _end(self) -> Literal["ended", "cancelled"]:
        return "cancelled" if self.cancelled else self.case.ends_as


def _same_place(one: OpenItem, other: OpenItem) -> bool:
    return one.stage == other.stage and one.path == other.path and one.run == other.run
