"""Extracts every text that people read, brings the catalogues up to date and compiles them: `make messages`.

Uses Babel and Django's own reading of templates, so that no GNU gettext is needed. Translates nothing itself.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LOCALES = PACKAGE / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant")
KEYWORDS: dict[str, tuple[int, ...] | tuple[tuple[int, str], int] | None] = {
    "_": None,
    "Sentence": None,  # what the checks of a standard say; `standard.sentences`
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLAIN_WORDS = ("message", "remedy")  # of refusals: plain English in the pure packages, translated when a page shows them

Found = tuple[str | tuple[str, ...], str | None]


def template() -> Catalog:
    """Every message of the program, in the order of its files."""
    catalogue = _empty()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in (".py", ".html") or "migrations" in path.parts:
            continue
        for message, context in _messages(path):
            catalogue.add(message, context=context)
    return catalogue


def updated(language: str) -> Catalog:
    """The catalogue of a language with every message of the program and none besides; new ones are untranslated."""
    catalogue = load(language)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def load(language: str) -> Catalog:
    """The catalogue of a language as it is stored."""
    catalogue, path = _empty(language), po_path(language)
    if path.exists():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    catalogue.add(message.id, message.string, context=message.context)
    return catalogue


def po_path(language: str) -> Path:
    """Where the translations of a language are written."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def po_bytes(catalogue: Catalog) -> bytes:
    """The text of a catalogue, without places in the source: those would change with every line moved."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, no_location=True, sort_output=True, width=120)
    return buffer.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """The compiled catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """The messages without a translation."""
    return [str(message.id) for message in catalogue if message.id and not _texts(message.string)]


def _texts(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


class _Plain(Catalog):
    """A catalogue whose head has no times and names, so that its files change only when a text does."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What a reader of the file needs, no more."""
        return [("Language", str(self.locale)), ("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", self.plural_forms)]

    @mime_headers.setter
    def mime_headers(self, headers: object) -> None:
        """Nothing of another head is taken over."""


def _empty(language: str | None = None) -> Catalog:
    return _Plain(
        locale=language, header_comment=f"# Texts of Orderway in {language}; `make messages` keeps them.", charset="utf-8", fuzzy=False
    )


def _messages(path: Path) -> Iterator[Found]:
    source = path.read_text()
    code = templatize(source, origin=str(path)) if path.suffix == ".html" else source
    for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        yield message, context
    if path.suffix == ".py":
        yield from _refusals(source)


def _refusals(source: str) -> Iterator[Found]:
    """The sentences of refusals: class attributes with a plain string."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if name in PLAIN_WORDS and text:
                        yield text, None


def main() -> int:
    """Write both catalogues; says on stderr what is still untranslated."""
    open_ends = 0
    for language in LANGUAGES:
        catalogue = updated(language)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_bytes(catalogue))
        path.with_suffix(".mo").write_bytes(mo_bytes(load(language)))
        missing = untranslated(catalogue)
        open_ends += len(missing)
        sys.stderr.write(f"{language}: {len(missing)} untranslated\n" + "".join(f"  {text}\n" for text in missing))
    return 1 if open_ends else 0


if __name__ == "__main__":
    sys.exit(main())
