"""One page of a long list, with the addresses of its neighbours. Never counts what nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

Row = TypeVar("Row")
ROWS = 50
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page; `total` counts all. `previous` and `next` are query strings, empty at the ends."""

    rows: list[Row]
    number: int
    total: int
    previous: str
    next: str
    size: int = ROWS

    @property
    def first(self) -> int:
        """The position of the first row, from 1; 0 on an empty list."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return (self.number - 1) * self.size + len(self.rows)


def page_of(rows: QuerySet[Any], request: HttpRequest, size: int = ROWS) -> Page[Any]:
    """The page that the address asks for (``?page=2``), the first if that is no number. Two statements."""
    wanted = request.GET.get("page", "1")
    number = min(max(int(wanted), 1), LAST_PAGE) if wanted.isdecimal() else 1
    total = rows.count()
    found = list(rows[(number - 1) * size : number * size])
    before = _with_page(request.GET, number - 1) if number > 1 else ""
    after = _with_page(request.GET, number + 1) if number * size < total else ""
    return Page(found, number, total, before, after, size)


def _with_page(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed["page"] = str(number)
    return "?" + changed.urlencode()
