"""Remembers turns: the same case, act and answers give the same turn, so that the engine thinks once for many orders.

A turn is found by walking the questions that were asked when it was first made. Refusals are never remembered: they explain themselves
with the facts of one order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from orderway.engine.answers import Answers
from orderway.engine.case import Case, Path
from orderway.engine.move import Json, Turn
from orderway.engine.program import Program, Rule, Words
from orderway.standard.values import Unknown

REMEMBERED_TURNS = 4_000  # per standard; a turn and its case take about 4 KB, and a worker may take 150 MB

Put = Callable[[Answers], Hashable]
Call = tuple[Hashable, ...]


@dataclass(slots=True)
class _Question:
    """What was asked at this point, and where each answer led."""

    put: Put
    led_to: dict[Hashable, _Question | Turn] = field(default_factory=dict)


@dataclass(slots=True)
class _Memo:
    roots: dict[Call, _Question | Turn] = field(default_factory=dict)
    turns: int = 0


_memos: dict[str, _Memo] = {}


def turn(program: Program, case: Case, call: Call, answers: Answers, make: Callable[[Answers], Turn]) -> Turn:
    """The turn of this call for this case and these answers: remembered, or made now."""
    memo = _memos.get(program.hash)
    if memo is None:
        memo = _memos[program.hash] = _Memo()
    key = (case.to_text(), *call)
    found = memo.roots.get(key)
    while found is not None and not isinstance(found, Turn):
        found = found.led_to.get(found.put(answers))
    if found is not None:
        return found
    recorder = _Recorder(answers)
    made = make(recorder)
    _remember(memo, key, recorder.asked, made)
    return made


def forget(program_hash: str = "") -> None:
    """Forget the turns of one standard (when its version retires), or all."""
    if program_hash:
        _memos.pop(program_hash, None)
    else:
        _memos.clear()


def _remember(memo: _Memo, key: Call, asked: list[tuple[Put, Hashable]], made: Turn) -> None:
    if memo.turns >= REMEMBERED_TURNS:
        memo.roots.clear()
        memo.turns = 0
    memo.turns += 1
    if not asked:
        memo.roots[key] = made
        return
    known = memo.roots.get(key)
    if not isinstance(known, _Question):
        known = memo.roots[key] = _Question(asked[0][0])
    for (_, answer), (put, _) in pairwise(asked):
        following = known.led_to.get(answer)
        if not isinstance(following, _Question):
            following = known.led_to[answer] = _Question(put)
        known = following
    known.led_to[asked[-1][1]] = made


class _Recorder:
    """Passes every question on and notes it with its answer."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: list[tuple[Put, Hashable]] = []

    def holds(self, rule: Rule, path: Path) -> bool | Unknown:
        answer = self._answers.holds(rule, path)
        self.asked.append((lambda answers: answers.holds(rule, path), answer))
        return answer

    def keys(self, list_name: str, words: Words, path: Path) -> tuple[str, ...] | Unknown:
        answer = self._answers.keys(list_name, words, path)
        self.asked.append((lambda answers: answers.keys(list_name, words, path), answer))
        return answer

    def decide(self, table: str) -> tuple[str, ...] | Unknown:
        answer = self._answers.decide(table)
        self.asked.append((lambda answers: answers.decide(table), answer))
        return answer

    def missing(self, rule: Rule, path: Path) -> tuple[str, ...]:
        return self._answers.missing(rule, path)

    def missing_in_table(self, table: str) -> tuple[str, ...]:
        return self._answers.missing_in_table(table)

    def explanation(self, rule: Rule, path: Path) -> str:
        return self._answers.explanation(rule, path)

    def frozen(self) -> Mapping[str, Json]:
        return self._answers.frozen()
