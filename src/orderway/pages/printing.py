"""Papers as PDF: typst templates that lie next to the stage that owns them, filled with one plain shape of data.

Never prints an empty box: a text that this machine has no glyphs for is refused by name. Reads no table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django.utils import translation

from orderway.engine.refusals import Refusal
from orderway.pages import fonts, languages, units

if TYPE_CHECKING:
    import typst

ROOT = Path(str(resources.files("orderway")))
LOCALES = {"en": "en_GB", "zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW"}
NARROW = {0x2018: "'", 0x2019: "'", 0x201C: '\\"', 0x201D: '\\"'}  # the CJK fonts set round quotes as wide as a Chinese character
REGIONS = {"en": ("en", "gb"), "zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw")}


class MissingGlyphs(Refusal):
    """A text that no font of this machine can print."""

    code = "missing_glyphs"
    message = "This paper cannot be printed: no font on this machine has {characters}."
    remedy = "Install the Noto CJK fonts (Debian: apt-get install fonts-noto-cjk) or change the text."


class UnknownLanguage(Refusal):
    """A language that papers are not printed in."""

    code = "unknown_language"
    message = "Papers are not printed in {language}."
    remedy = "Choose one of: {languages}."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: numeric ones stand right, `share` is the part of the free width (0: as wide as its text)."""

    title: str
    numeric: bool = False
    share: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a paper, as finished text in its language. Cells are one string per column."""

    title: str
    number: str
    seller: Sequence[str]
    party_title: str
    party: Sequence[str]
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()

    def texts(self) -> Iterator[str]:
        """Every text on the paper."""
        yield from (self.title, self.number, self.party_title)
        for part in (self.seller, self.party, self.notes, self.signatures, *self.facts, *self.totals, *self.rows):
            yield from part
        yield from (column.title for column in self.columns)


def renderer(package: str, template: str, build: Callable[[object], Paper]) -> Callable[[object, str], bytes]:
    """What `releases.catalogue.register_document` takes: builds the paper in the language and prints `package`/typst/`template`."""
    path = Path(str(resources.files(package))) / "typst" / template

    def render_document(data: object, language: str) -> bytes:
        code = language_of(language)
        with translation.override(code):
            return render(path, build(data), code)

    return render_document


def language_of(language: str) -> str:
    """The code of one of the printed languages (``zh-Hans`` and ``zh-hans`` are the same); refused if it is none."""
    code = languages.known(language)
    if code is None:
        raise UnknownLanguage(language=language, languages=list(languages.TAGS.values()))
    return code


def render(template: Path, paper: Paper, language: str) -> bytes:
    """The PDF of a paper; the same paper gives the same bytes. Raises MissingGlyphs."""
    refuse_missing(paper.texts(), language)
    return compiled(template, {"paper": asdict(paper), **typesetting(language)})


def typesetting(language: str) -> dict[str, object]:
    """What a template needs to set a text in this language: fonts, language, region."""
    text, region = REGIONS[language]
    return {"fonts": list(fonts.families(language)), "lang": text, "region": region}


def refuse_missing(texts: Iterable[str], language: str) -> None:
    """Refuse what would be printed as empty boxes. Raises MissingGlyphs."""
    missing = fonts.without_glyph(texts, language)
    if missing:
        raise MissingGlyphs(characters=[f"{character} (U+{ord(character):04X})" for character in missing[:10]])


def compiled(template: Path, sent: Mapping[str, object]) -> bytes:
    """The PDF that a template makes of plain data; the same data gives the same bytes."""
    data = json.dumps(sent, ensure_ascii=False)
    if sent.get("lang") == "en":
        data = data.translate(NARROW)
    pdf = _compiler(template).compile(format="pdf", sys_inputs={"data": data}, timestamp=datetime(2000, 1, 1, tzinfo=UTC))
    if not isinstance(pdf, bytes):
        raise AssertionError(f"{template.name} gave no PDF")
    return pdf


@cache
def _compiler(template: Path) -> typst.Compiler:
    import typst  # loaded where something is printed: most web processes never do

    return typst.Compiler(template, root=ROOT, font_paths=fonts.fonts())


# --- texts as they are printed -----------------------------------------------------------------------------------------------


def day(value: date | None) -> str:
    """A date in the language in use; nothing for no date."""
    return format_date(value, format="medium", locale=_locale()) if value else ""


def quantity(value: Decimal) -> str:
    """A quantity without trailing zeros."""
    return format_decimal(value.normalize(), format="#,##0.######", locale=_locale(), decimal_quantization=False)


def pieces(value: Decimal, unit: str) -> str:
    """A quantity with its unit; a unit that only the company knows as it wrote it."""
    return f"{quantity(value)} {units.name(unit)}".strip()


def price(value: Decimal) -> str:
    """A price with every decimal it has, at least two."""
    return format_decimal(value.normalize(), format="#,##0.00######", locale=_locale(), decimal_quantization=False)


def money(value: Decimal, currency: str) -> str:
    """An amount with its currency and that currency's decimals."""
    return format_currency(value, currency, format="¤¤ #,##0.00", locale=_locale())


def percent(value: Decimal) -> str:
    """A share in percent, without trailing zeros."""
    return f"{format_decimal(value.normalize(), format='#,##0.####', locale=_locale(), decimal_quantization=False)} %"


def _locale() -> str:
    return LOCALES.get(translation.get_language() or "en", "en_GB")
