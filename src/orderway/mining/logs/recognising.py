"""Which column is the case, the activity, the time, the resource: by what people call them, else by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orderway.mining.log import PARTS, Unreadable, gettext_noop
from orderway.mining.logs.column import Column
from orderway.mining.logs.moments import moments
from orderway.mining.logs.table import Table

NEEDED = ("case", "activity", "timestamp")
# the first name that is there wins; names are compared in lower case without blanks, dots, colons and lines
_CALLED: Mapping[str, str] = {
    "case": "caseid case caseconceptname caseidentifier casekey caseno casenumber traceid trace processinstance processid instanceid "
    "orderid ordernumber orderno order salesorder purchaseorder ticketid ticket id "
    "案例 案例编号 案例id 订单号 订单编号 訂單號 訂單編號 案例編號",
    "activity": "activity conceptname activityname event eventname task taskname step action operation status stage eventtype "
    "活动 活动名称 环节 步骤 活動 活動名稱 環節 步驟",
    "timestamp": "timestamp timetimestamp completetimestamp endtimestamp completiontimestamp endtime completetime completiontime complete "
    "end enddate finish finishtime eventtime datetime time date eventdate createdat "
    "时间 时间戳 完成时间 结束时间 時間 時間戳 完成時間 結束時間",
    "start": "starttimestamp starttime start begin begintime startdate startedat 开始时间 開始時間",
    "resource": "resource orgresource user username userid employee person agent performer worker executor operator originator "
    "资源 人员 操作人 资源名称 資源 人員 執行人 执行人",
    "transition": "lifecycletransition transition lifecycle eventlifecycle 状态转换",
}
NAMES: Mapping[str, Sequence[str]] = {part: words.split() for part, words in _CALLED.items()}
SURE = 0.8  # share of the sampled texts that must be times for a column to be one


def recognise(table: Table, given: Mapping[str, str]) -> dict[str, str]:
    """Part -> column. What is given holds; what is named is taken; what is still missing is looked for by content."""
    taken = _given(table, given)
    taken |= {part: column for part, column in table.meaning.items() if part not in taken and column in table.columns}
    for part in PARTS:
        found = None if part in taken else _by_name(table, part, set(taken.values()))
        if found is not None:
            taken[part] = found
    if "timestamp" not in taken and "start" in taken:
        taken["timestamp"] = taken.pop("start")
    for part in NEEDED[::-1]:
        if part not in taken:
            taken[part] = _by_content(table, part, set(taken.values()))
    return taken


def _given(table: Table, given: Mapping[str, str]) -> dict[str, str]:
    for part, column in given.items():
        if part not in PARTS:
            raise Unreadable(
                "mapping_part", gettext_noop("A mapping cannot name “{part}”. It may name: {parts}."), part=part, parts=", ".join(PARTS)
            )
        if column not in table.columns:
            raise Unreadable(
                "mapping_column",
                gettext_noop("The mapping takes “{column}” as {part}, but the file has no such column. It has: {columns}."),
                column=column,
                part=part,
                columns=", ".join(table.columns),
            )
    return dict(given)


def _by_name(table: Table, part: str, used: set[str]) -> str | None:
    plain: dict[str, str] = {}
    for column in table.columns:
        if column not in used:
            plain.setdefault(_plain(column), column)
    for name in NAMES[part]:
        called = plain.get(name)
        if called is not None and _fits(table.columns[called], part):
            return called
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.strip().lower())


def _fits(column: Column, part: str) -> bool:
    """A column that is called like a time must hold times; nothing else may."""
    sample = column.sample()
    return not sample or part not in ("timestamp", "start") or _time_share(sample) > 0


def _time_share(sample: list[str]) -> float:
    return float(moments(Column.of(sample)).readable.mean()) if sample else 0.0


def _by_content(table: Table, part: str, used: set[str]) -> str:
    """Times look like times; activities are the column with few words that return; cases the one with many that return."""
    free = {name: column for name, column in table.columns.items() if name not in used}
    if part == "timestamp":
        shares = {name: _time_share(column.sample()) for name, column in free.items()}
        best = max(shares, key=lambda name: shares[name], default="")
        if best and shares[best] >= SURE:
            return best
    else:
        found = _repeating(free, part)
        if found:
            return found
    raise Unreadable(
        f"no_{part}",
        gettext_noop("No column of this file looks like the {part}. Columns: {columns}. Name it with a mapping, e.g. {part}=COLUMN."),
        part=part,
        columns=", ".join(table.columns) or "none",
    )


def _repeating(free: Mapping[str, Column], part: str) -> str:
    sizes: dict[str, int] = {}
    for name, column in free.items():
        coded = column.coded()
        distinct, rows = int((coded.counts() > 0).sum()), int((coded.codes >= 0).sum())
        if rows > 0.9 * len(column) and 1 < distinct < 0.9 * rows and _time_share(column.sample()) < SURE:
            sizes[name] = distinct
    if not sizes:
        return ""
    return max(sizes, key=lambda name: sizes[name]) if part == "case" else min(sizes, key=lambda name: sizes[name])
