"""A draft standard from a log: the steps most cases take, in the order in which they take them, with the limits that they keep today.

Steps that fewer than half of the cases take, and rework, are left out and named: whether they belong into the standard is for people to
decide. What comes in either order stands side by side. The draft is a `Standard`, so the formatter writes it and the checks judge it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orderway.mining.answers import Answers
from orderway.mining.timing import ActivityTime, activity_times, work
from orderway.standard import document

MAIN_SHARE = 0.5  # of cases; a step that fewer take is an exception
EITHER_ORDER = 0.25  # of the cases with both; below that the rarer order is an exception
HOURS_A_DAY = 8
ROLES = (("staff", "Staff"), ("process_owner", "Process owner"), ("manager", "Manager"))
OFFICE = ((540, 720), (780, 1080))
OWNER, STAFF, APPROVER = "process_owner", "staff", "manager"


@dataclass(frozen=True, slots=True)
class Draft:
    """The standard, and the activities that it leaves out with their share of cases."""

    standard: document.Standard
    left_out: tuple[tuple[str, float], ...]


def draft(answers: Answers, *, title: str, effective: str) -> Draft:
    """Write down what most cases do. `effective`: the date in the head, e.g. 2026-03-01."""
    log = answers.log
    first = _first_places(answers)
    share = (first >= 0).mean(axis=0)
    main = [int(code) for code in np.flatnonzero(share >= MAIN_SHARE)] or [int(np.argmax(share))]
    blocks = _blocks(first, main)
    ids = _ids([log.activities.names[code] for code in main])
    names = {code: ids[log.activities.names[code]] for code in main}
    times = {row.activity: row for row in activity_times(log, work(log))}
    stages = {names[code]: _stage(names[code], log.activities.names[code], times.get(log.activities.names[code])) for code in main}
    left_out = [(log.activities.names[code], float(share[code])) for code in np.argsort(-share, kind="stable").tolist() if code not in main]
    return Draft(_standard(title, effective, _flow(blocks, names), stages), tuple(left_out))


def _first_places(answers: Answers) -> NDArray[np.int64]:
    """Per case and activity the place of its first occurrence, -1 for none."""
    log = answers.log
    first = np.full((log.case_count, len(log.activities.names)), -1, dtype=np.int64)
    place = np.arange(log.events) - np.repeat(log.offsets[:-1], np.diff(log.offsets))
    backwards = np.arange(log.events)[::-1]  # of several writes the last holds: the first occurrence
    first[log.cases.codes[backwards], log.activities.codes[backwards]] = place[backwards]
    return first


def _blocks(first: NDArray[np.int64], main: Sequence[int]) -> list[list[int]]:
    """The main activities in order; those that come in either order together."""
    before = {(a, b): _share_before(first, a, b) for a in main for b in main if a != b}
    wins = {a: sum(before[a, b] > 0.5 for b in main if b != a) for a in main}
    ordered = sorted(main, key=lambda code: (-wins[code], first[first[:, code] >= 0, code].mean(), code))
    blocks: list[list[int]] = []
    for code in ordered:
        if blocks and all(EITHER_ORDER <= before[other, code] <= 1 - EITHER_ORDER for other in blocks[-1]):
            blocks[-1].append(code)
        else:
            blocks.append([code])
    return blocks


def _share_before(first: NDArray[np.int64], a: int, b: int) -> float:
    both = (first[:, a] >= 0) & (first[:, b] >= 0)
    return float((first[both, a] < first[both, b]).mean()) if both.any() else 0.0


def _ids(names: Sequence[str]) -> dict[str, str]:
    """Short unique ids; a name without Latin letters becomes step_1."""
    ids: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40].strip("_")
        wanted = words if words and words[0].isalpha() else f"step_{number}"
        ids[name] = wanted if wanted not in ids.values() else f"{wanted}_{number}"
    return ids


def _flow(blocks: Sequence[Sequence[int]], names: dict[int, str]) -> document.Sequence:
    nodes: list[document.Node] = []
    for block in blocks:
        stages = [document.StageRef(document.StageId(names[code])) for code in block]
        branches = tuple(document.Branch(None, document.Sequence((stage,))) for stage in stages)
        nodes.append(stages[0] if len(stages) == 1 else document.Block("parallel", branches))
    return document.Sequence(tuple(nodes))


def _stage(key: str, name: str, time: ActivityTime | None) -> document.Stage:
    """The limit is what today 95 % keep, in working time."""
    hours = (time.waiting_p95 + (time.working_p95 or 0.0)) / 3_600 if time else 0.0
    days = hours / 24
    limit = _length(round(days), "d") if days >= 1 else _length(min(round(hours), HOURS_A_DAY), "h")
    step = document.Step("do", _text(name[:120]), evidence=document.Evidence("tick"))
    return document.Stage(document.StageId(key), _text(name), document.RoleId(STAFF), limit, (step,))


def _length(amount: int, unit: Literal["d", "h"]) -> document.Duration:
    return document.Duration(Decimal(max(1, amount)), unit)


def _text(words: str) -> document.Text:
    return document.Text((("", words),))


def _standard(title: str, effective: str, flow: document.Sequence, stages: dict[str, document.Stage]) -> document.Standard:
    roles = {role: document.Role(document.RoleId(role), _text(words)) for role, words in ROLES}
    key = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return document.Standard(
        id=key if key[:1].isalpha() else "mined-standard",
        version="0.1.0",
        title=_text(title),
        owner=document.RoleId(OWNER),
        languages=("en",),
        calendar="office",
        calendars={"office": document.Calendar("office", "UTC", (*(OFFICE,) * 5, (), ()))},
        roles={document.RoleId(role): value for role, value in roles.items()},
        documents={},
        facts={},
        flow=flow,
        stages={document.StageId(stage): value for stage, value in stages.items()},
        approved_by=(document.RoleId(APPROVER),),
        effective=effective,
    )
