"""Lists of one look: search, filters, sorting, paging, and the same columns as a CSV file. Every state of a list has its address.

Reads what the page hands over; knows no table and grants no right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from orderway.pages import spreadsheet
from orderway.pages.paging import page_of

LONGEST_SEARCH = 80
Words = object
"""A text, translated now or when it is shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: words, where they lead, a second line, and the colour of a badge (never the only sign)."""

    text: Words
    address: str = ""
    small: Words = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `shown(row)` is what people read, `plain(row)` what a file holds (the same words if there is none).

    The first column of a list is the row's name. `numeric` columns stand to the right; `phone` False leaves a column out on a phone;
    `whole` values (numbers, days) are never broken.
    """

    title: Words
    shown: Callable[[Any], Cell | Words]
    plain: Callable[[Any], object] | None = None
    numeric: bool = False
    phone: bool = True
    whole: bool = False

    def cell(self, row: object) -> Cell:
        """The cell of a row."""
        shown = self.shown(row)
        return shown if isinstance(shown, Cell) else Cell(shown)

    def value(self, row: object) -> object:
        """What a file holds of a row."""
        return self.plain(row) if self.plain else self.cell(row).text


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with a closed list of values; the first is taken where the address names none of them."""

    name: str
    title: Words
    options: Sequence[tuple[str, Words]]
    narrow: Callable[[QuerySet[Any], str], QuerySet[Any]]

    def wanted(self, request: HttpRequest) -> str:
        """What the address asks for."""
        given = request.GET.get(self.name, "")
        return given if given in {value for value, _words in self.options} else self.options[0][0]


@dataclass(frozen=True, slots=True)
class Sort:
    """A way to sort; the fields end with one that is unique, so that no row stands on two pages."""

    words: Words
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. `search`: fields that contain what is sought. `empty`: what it says where nothing is there at all, and what to do."""

    name: str
    title: Words
    rows: QuerySet[Any]
    columns: Sequence[Column]
    sorts: Mapping[str, Sort]
    empty: tuple[Words, Words]
    search: tuple[str, ...] = ()
    search_words: Words = ""
    choices: Sequence[Choice] = ()
    tabs: Sequence[tuple[str, Words]] = ()  # (name of the address, words)
    above: str = ""  # a template above the table, and what it needs
    more: Mapping[str, object] = field(default_factory=dict)


def show(
    request: HttpRequest,
    listing: Listing,
    *,
    new: tuple[str, Words] | None = None,
    above: Callable[[QuerySet[Any]], Mapping[str, object]] | None = None,
) -> HttpResponseBase:
    """The list as a page, or as a file where the address says ``as=csv``.

    `new`: address and words of the button that adds a row. `above` looks at all rows that fit, whichever page is shown.
    """
    chosen = {choice.name: choice.wanted(request) for choice in listing.choices}
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    sort = request.GET.get("sort", "")
    sort = sort if sort in listing.sorts else next(iter(listing.sorts))
    rows = _narrowed(listing, text, chosen).order_by(*listing.sorts[sort].fields)
    if request.GET.get("as") == "csv":
        return spreadsheet.download(f"{listing.name}.csv", [column.title for column in listing.columns], _values(listing, rows))
    page = page_of(rows, request)
    context = {
        "listing": listing,
        "new": new,
        "page": page,
        "table": [[(column, column.cell(row)) for column in listing.columns] for row in page.rows],
        "text": text,
        "choices": [(choice, chosen[choice.name]) for choice in listing.choices],
        "sort": sort,
        "narrowed": bool(text) or any(chosen[choice.name] != choice.options[0][0] for choice in listing.choices),
        **listing.more,
        **(above(rows) if above else {}),
    }
    return render(request, "pages/list.html", context)


def _narrowed(listing: Listing, text: str, chosen: Mapping[str, str]) -> QuerySet[Any]:
    rows = listing.rows
    for choice in listing.choices:
        rows = choice.narrow(rows, chosen[choice.name])
    if text and listing.search:
        wanted = Q()
        for name in listing.search:
            wanted |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(wanted)
    return rows


def _values(listing: Listing, rows: QuerySet[Any]) -> Iterable[list[object]]:
    for row in rows.iterator(spreadsheet.CHUNK):
        yield [column.value(row) for column in listing.columns]
