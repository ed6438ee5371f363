"""Rows -> orders and returns: gathers the lines of each number, merges or refuses exact duplicates. Pure: knows no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from orderway.connect.csv_excel.judging import Line, Refused, is_return, judge
from orderway.connect.csv_excel.mapping import Mapping
from orderway.connect.csv_excel.reading import Row
from orderway.connect.csv_excel.report import Report

TOLD_EVERY_ROWS = 5_000


@dataclass(slots=True)
class Gathered:
    """The sound rows of a file: lines by order number, returned lines, and what was merged into them, each in the file's sequence."""

    orders: dict[str, list[Line]] = field(default_factory=dict)
    returns: list[Line] = field(default_factory=list)
    merged: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))


def gather(rows: Iterable[Row], mapping: Mapping, report: Report, *, tell: Callable[[int], None] = lambda _rows: None) -> Gathered:
    """Judge every row; what is refused stands in the report, the rest is gathered."""
    gathered = Gathered()
    seen = _Seen(mapping, report, gathered)
    for count, row in enumerate(rows):
        if count % TOLD_EVERY_ROWS == 0:
            tell(count)
        judged = judge(row, mapping)
        if isinstance(judged, Refused):
            report.add_refused(judged)
        elif seen.before(judged):
            continue
        elif is_return(judged, mapping):
            gathered.returns.append(judged)
        else:
            _add(gathered.orders.setdefault(judged.order, []), judged, report)
    if mapping.duplicates == "merge":
        gathered.orders = {number: [seen.merged(line) for line in lines] for number, lines in gathered.orders.items()}
        gathered.returns = [seen.merged(line) for line in gathered.returns]
    return gathered


def _add(lines: list[Line], line: Line, report: Report) -> None:
    if lines and lines[0].customer != line.customer:
        sentence = f"Order {line.order} belongs to customer {lines[0].customer} by an earlier row. Give one of them another number."
        report.add_refused(Refused(line.row, "mixed_customer", "customer", sentence, line.amount))
    else:
        lines.append(line)


class _Seen:
    """Which rows were there before, cell by cell; the first of them is kept."""

    def __init__(self, mapping: Mapping, report: Report, gathered: Gathered) -> None:
        self._merge, self._report, self._gathered = mapping.duplicates == "merge", report, gathered
        self._times: dict[Line, int] = {}

    def before(self, line: Line) -> bool:
        key = replace(line, row=0)
        times = self._times[key] = self._times.get(key, 0) + 1
        if times == 1:
            return False
        if self._merge:
            self._gathered.merged[line.order].append(line)
        else:
            sentence = f"The same row stands in order {line.order} already. If it is meant twice, let the mapping say `duplicates: merge`."
            self._report.add_refused(Refused(line.row, "duplicate_row", "order", sentence, line.amount))
        return True

    def merged(self, line: Line) -> Line:
        """The kept row with the quantity of all that were merged into it."""
        return replace(line, quantity=line.quantity * self._times[replace(line, row=0)], counted=line.amount)
