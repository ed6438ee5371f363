"""One page of a long list for a program: which page is wanted, its rows, and how many there are in all. Knows no list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from pydantic import BaseModel

from orderway.orders.routes.fields import Asked, Shown

MOST_ROWS = 200


class Wanted(BaseModel):
    """Which page of a list."""

    page: int = Asked("Which page, from 1.", 1, ge=1, le=100_000)
    size: int = Asked("How many rows a page has.", 50, ge=1, le=MOST_ROWS)


class Page(Shown):
    """What every list says about itself."""

    page: int = Asked("Which page this is, from 1.")
    size: int = Asked("How many rows a page has.")
    total: int = Asked("How many rows there are on all pages.")


def page_of(rows: QuerySet[Any], wanted: Wanted, shown: Callable[[list[Any]], Iterable[object]]) -> dict[str, object]:
    """The wanted page as plain data; two statements and whatever `shown` asks for the rows of this page."""
    first = (wanted.page - 1) * wanted.size
    total = rows.count()
    found = list(rows[first : first + wanted.size]) if first < total else []
    return {"page": wanted.page, "size": wanted.size, "total": total, "rows": list(shown(found))}
