"""What every act asks before it looks at the standard: is the item open, does a hold stand, is there a reason."""

from __future__ import annotations

from collections.abc import Mapping

from orderway.engine.acting import Actor
from orderway.engine.answers import Answers
from orderway.engine.case import Case, ItemKey, Kind, OpenItem, Path
from orderway.engine.move import Json, Move, Turn
from orderway.engine.program import Rule, Words
from orderway.engine.refusals import AwaitingDecision, AwaitingSignature, CaseEnded, Held, NotOpen, ReasonRequired
from orderway.standard.values import UNKNOWN, Unknown

PASSAGE: tuple[Kind, ...] = ("stage", "complaint")


def open_item(case: Case, key: ItemKey, kinds: tuple[Kind, ...]) -> OpenItem:
    """The open item of this identity; refused if it is closed or of another kind."""
    item = case.item(key)
    if item is None or item.kind not in kinds:
        raise NotOpen(stage=key.stage)
    return item


def require_running(case: Case) -> None:
    """Refuse what only an open order can have."""
    if case.status != "open":
        raise CaseEnded(status=case.status)


def require_not_held(case: Case) -> None:
    """Refuse completing and automatic work while a hold stands."""
    if case.holds:
        raise Held(types=tuple(sorted({hold.type for hold in case.holds})))


def require_undecided(case: Case, item: OpenItem) -> None:
    """Refuse to decide a gate that waits for signatures or for the role that took over."""
    decision = case.decision(item)
    if decision is not None and len(decision.signed) < len(decision.roles):
        raise AwaitingSignature(stage=item.stage, roles=decision.roles[len(decision.signed) :])
    require_not_taken_over(case, item)


def require_not_taken_over(case: Case, item: OpenItem) -> None:
    """Refuse to decide a gate whose verdict another role has taken over."""
    taken_over = case.taken_over(item)
    if taken_over is not None:
        raise AwaitingDecision(stage=item.stage, failures=case.failures.get((item.stage, item.path), 0), role=taken_over.role)


def require_reason(required: bool, reason: str) -> None:
    """Refuse an empty reason where the standard wants one."""
    if required and not reason.strip():
        raise ReasonRequired()


def move(turn: Turn, actor: Actor, *, reason: str = "", facts: Mapping[str, Json] | None = None) -> Move:
    """The move of an act that brings nothing but its reason."""
    return Move(turn, actor=actor.key, acting_for=actor.acting_for, reason=reason, facts=facts or {})


class NoAnswers:
    """For acts that ask nothing."""

    def holds(self, rule: Rule, path: Path) -> bool | Unknown:
        """Nothing is known."""
        return UNKNOWN

    def keys(self, list_name: str, words: Words, path: Path) -> tuple[str, ...] | Unknown:
        """Nothing is known."""
        return UNKNOWN

    def decide(self, table: str) -> tuple[str, ...] | Unknown:
        """Nothing is known."""
        return UNKNOWN

    def missing(self, rule: Rule, path: Path) -> tuple[str, ...]:
        """The facts that the rule uses."""
        return rule.compiled.names

    def missing_in_table(self, table: str) -> tuple[str, ...]:
        """The table itself."""
        return (f"table.{table}",)

    def explanation(self, rule: Rule, path: Path) -> str:
        """The rule as written."""
        return rule.compiled.source

    def frozen(self) -> Mapping[str, Json]:
        """Nothing was read."""
        return {}


NO_ANSWERS: Answers = NoAnswers()
