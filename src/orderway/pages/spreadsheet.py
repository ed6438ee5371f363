"""Lists as CSV files that a spreadsheet opens without harm: no text becomes a formula, Chinese is read as Chinese."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.utils import timezone, translation

CHUNK = 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)
MARK = "\ufeff"  # without it Excel reads UTF-8 as the machine's own code page


class _Line:
    """A file of one line: gives back what is written to it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def download(name: str, titles: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The rows as a file, written as they are read, in the language of the page that asked for it."""
    answer = StreamingHttpResponse(_lines(titles, rows, translation.get_language()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _lines(titles: Sequence[object], rows: Iterable[Sequence[object]], language: str | None) -> Iterator[str]:
    writer = csv.writer(_Line())
    with translation.override(language):
        yield MARK + writer.writerow([plain(title) for title in titles])
    for row in rows:
        with translation.override(language):  # not around the loop: between two rows the thread may do something else
            yield writer.writerow([plain(value) for value in row])


def plain(value: object) -> str:
    """A value as a cell. Numbers and days stay what they are; a text that would be a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date | int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
