"""Reads what stands around the flow: exceptions, version history, feedback, training, measures. Never checks the names in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from orderway.standard import reading
from orderway.standard.document import (
    CancelRule,
    Change,
    ChangeRule,
    ComplaintRule,
    CustomerFeedback,
    Exceptions,
    Feedback,
    HoldRule,
    HoldType,
    Measure,
    Point,
    RoleId,
    StageId,
    Training,
)
from orderway.standard.durations import read_duration
from orderway.standard.reading import Fields, Log
from orderway.standard.sentences import Sentence, quoted
from orderway.standard.yaml_tree import Entries, Scalar, Tree

_REASONS = ("required", "optional")
_MEASURES: tuple[Literal["time", "share", "mean"], ...] = ("time", "share", "mean")
_GATES: tuple[Literal["off", "warn", "block"], ...] = ("off", "warn", "block")
_TARGET = re.compile(r"(<=|<|>=|>) ?[0-9]+(\.[0-9]+)? ?(%|mo|[mhdy])?")
_POINT = re.compile(r"([^\W\d][\w-]*)\.(start|end)")


def exceptions(log: Log, tree: Tree) -> Exceptions:
    """What may happen at any time, and who may call it."""
    fields = Fields(log, tree, quoted("exceptions"), ("cancel", "change", "hold", "complaint"))
    cancel, change, hold, complaint = (fields.optional(key) for key in ("cancel", "change", "hold", "complaint"))
    return Exceptions(
        cancel=_cancel(log, cancel) if cancel else None,
        change=_change_rule(log, change) if change else None,
        hold=_hold(log, hold) if hold else None,
        complaint=_complaint(log, complaint) if complaint else None,
    )


def _roles(fields: Fields, key: str = "by") -> tuple[RoleId, ...]:
    fields.required(key)
    return tuple(RoleId(role) for role in fields.words(key))


def _stage(fields: Fields, key: str) -> StageId | None:
    stage = fields.optional_word(key)
    return StageId(stage) if stage is not None else None


def _reason(fields: Fields) -> bool:
    return fields.optional_option("reason", _REASONS) != "optional"


def _cancel(log: Log, tree: Tree) -> CancelRule:
    fields = Fields(log, tree, quoted("cancel"), ("by", "until", "reason", "do"))
    do = fields.optional("do")
    undo: tuple[StageId, ...] = ()
    if do:
        effect = Fields(log, do, Sentence("'do' of 'cancel'"), ("end", "undo"))
        effect.optional_option("end", ("cancelled",))
        undo = tuple(StageId(stage) for stage in effect.words("undo"))
    return CancelRule(_roles(fields), _stage(fields, "until"), undo, _reason(fields), tree.mark)


def _change_rule(log: Log, tree: Tree) -> ChangeRule:
    fields = Fields(log, tree, quoted("change"), ("by", "until", "reason", "do"))
    do = fields.required("do")
    back_to = Fields(log, do, Sentence("'do' of 'change'"), ("back_to",)).word("back_to") if do else ""
    return ChangeRule(_roles(fields), _stage(fields, "until"), StageId(back_to), _reason(fields), tree.mark)


def _hold(log: Log, tree: Tree) -> HoldRule:
    fields = Fields(log, tree, quoted("hold"), ("reason", "types"))
    types = fields.required("types")
    kinds = (
        tuple(_hold_type(log, id, key, value) for id, key, value in reading.named(log, types, Sentence("'types' of 'hold'")))
        if types
        else ()
    )
    return HoldRule(kinds, _reason(fields), tree.mark)


def _hold_type(log: Log, id: str, key: Scalar, tree: Tree) -> HoldType:
    fields = Fields(log, tree, Sentence("hold '{name}'", name=id), ("by", "expires", "lift_when"))
    expires = fields.optional("expires")
    limit = reading.limit(log, expires, Sentence("'expires' of hold '{name}'", name=id)) if expires else None
    return HoldType(id, _roles(fields), limit, fields.expression("lift_when"), key.mark)


def _complaint(log: Log, tree: Tree) -> ComplaintRule:
    fields = Fields(log, tree, quoted("complaint"), ("by", "after", "do"))
    do = fields.required("do")
    opens = Fields(log, do, Sentence("'do' of 'complaint'"), ("open",)).word("open") if do else ""
    return ComplaintRule(_roles(fields), _stage(fields, "after"), StageId(opens), tree.mark)


# --- history --------------------------------------------------------------------------------------------------------


def changes(log: Log, tree: Tree) -> tuple[Change, ...]:
    """The version history, newest first."""
    return tuple(_change(log, part) for part in reading.items(log, tree, quoted("changes")))


def _change(log: Log, tree: Tree) -> Change:
    fields = Fields(log, tree, Sentence("a change"), ("version", "reason", "pdca", "running_orders", "map"))
    mapping = fields.optional("map")
    return Change(
        version=fields.line("version"),
        reason=fields.text("reason"),
        pdca=fields.optional_line("pdca"),
        running_orders="migrate" if fields.optional_option("running_orders", ("finish", "migrate")) == "migrate" else "finish",
        map=_stage_map(log, mapping) if mapping else (),
        mark=tree.mark,
    )


def _stage_map(log: Log, tree: Tree) -> tuple[tuple[StageId, StageId], ...]:
    pairs = reading.named(log, tree, Sentence("'map' of a change"))
    return tuple((StageId(old), StageId(reading.word(log, new, Sentence("The new stage of '{old}'", old=old)))) for old, _, new in pairs)


# --- feedback, training, measures -----------------------------------------------------------------------------------


def feedback(log: Log, tree: Tree) -> Feedback:
    """Who is asked what."""
    fields = Fields(log, tree, quoted("feedback"), ("customer", "staff"))
    customer, staff = fields.optional("customer"), fields.optional("staff")
    own = Fields(log, staff, Sentence("'staff' of 'feedback'"), ("from", "opens")) if staff else None
    return Feedback(
        customer=_customer(log, customer) if customer else None,
        staff_from=own.word("from") if own else None,
        staff_opens=own.optional_word("opens") if own else None,
    )


def _customer(log: Log, tree: Tree) -> CustomerFeedback:
    fields = Fields(log, tree, Sentence("'customer' of 'feedback'"), ("after", "ask", "remind", "low", "opens"))
    low = fields.optional("low")
    limit = _target(log, low, Sentence("'low' of 'feedback'")) if low else None
    return CustomerFeedback(
        StageId(fields.word("after")), fields.word("ask"), fields.duration("remind"), limit, fields.optional_word("opens"), tree.mark
    )


def _target(log: Log, tree: Tree, what: Sentence) -> str:
    said = reading.line(log, tree, what)
    if not _TARGET.fullmatch(said):
        log.hole("bad-target", tree.mark, Sentence('{what} must be a comparison such as "<= 6d" or ">= 95%".', what=what))
    return said


def training(log: Log, tree: Tree) -> Training:
    """How courses are made, and what a missing certificate means."""
    fields = Fields(log, tree, quoted("training"), ("pass_mark", "valid", "gate", "generate"))
    return Training(
        pass_mark=fields.percent("pass_mark", Training().pass_mark),
        valid=fields.duration("valid"),
        gate=fields.optional_option("gate", _GATES) or "off",
        generate=fields.words("generate"),
    )


def measures(log: Log, tree: Tree) -> tuple[Measure, ...]:
    """The measures in the order of the document."""
    return tuple(_measure(log, part) for part in reading.items(log, tree, quoted("kpis")))


_KEYS: Mapping[str, tuple[str, ...]] = {"time": ("from", "to", "stat"), "share": ("of",), "mean": ("of",)}


def _measure(log: Log, tree: Tree) -> Measure:
    kind = (
        next((value.text for key, value in tree.entries if key.text == "measure" and isinstance(value, Scalar)), "")
        if isinstance(tree, Entries)
        else ""
    )
    own = _KEYS.get(kind, ("from", "to", "stat", "of"))
    fields = Fields(
        log,
        tree,
        Sentence("a measure of kind '{kind}'", kind=kind) if kind in _KEYS else Sentence("a measure"),
        ("id", "title", "measure", *own, "target", "baseline"),
    )
    target, baseline, of = (fields.optional(key) for key in ("target", "baseline", "of"))
    return Measure(
        id=fields.word("id"),
        title=fields.text("title"),
        measure=fields.option("measure", _MEASURES),
        start=_point(fields, "from") if kind == "time" else None,
        end=_point(fields, "to") if kind == "time" else None,
        stat=fields.word("stat") if kind == "time" else None,
        of=_events(log, of) if of else (),
        target=_target(log, target, Sentence("'target' of a measure")) if target else None,
        baseline=_baseline(log, baseline) if baseline else None,
        mark=tree.mark,
    )


def _point(fields: Fields, key: str) -> Point:
    match = _POINT.fullmatch(fields.line(key))
    if match is None:
        fields.log.hole(
            "bad-word",
            fields.mark,
            Sentence("'{key}' of {place} must be a stage and an edge, as in receipt.start.", key=key, place=fields.place),
        )
        return Point(StageId(""), "start")
    return Point(StageId(match[1]), "start" if match[2] == "start" else "end")


def _events(log: Log, tree: Tree) -> tuple[str, ...]:
    parts = (tree,) if isinstance(tree, Scalar) else reading.items(log, tree, Sentence("'of' of a measure"))
    return tuple(reading.line(log, part, Sentence("'of' of a measure")) for part in parts)


def _baseline(log: Log, tree: Tree) -> str:
    said = reading.line(log, tree, Sentence("'baseline' of a measure"))
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?%?", said) and read_duration(said, fractions=True) is None:
        log.hole(
            "bad-target",
            tree.mark,
            Sentence("'baseline' of a measure must be a number, a percentage or a length of time: 4.5, 4.1%, 8.6d."),
        )
    return said
