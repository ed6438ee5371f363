"""What a check says: a template in plain English and the values in it, so that a page can say it in the reader's language.

Never knows a language itself: whoever shows a sentence hands in the translation of its template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

Translate = Callable[[str], str]

BETWEEN = ", "
"""What stands between the parts of a list."""


class Sentence:
    """A template such as ``There is no role '{role}'.`` with its values; `str()` of it is the English.

    Write the template as a literal: the catalogues of translations are made from the source. A value may be a sentence of its own (a hint,
    the name of a place); several are listed.
    """

    __slots__ = ("template", "values")

    def __init__(self, template: str, /, **values: Value) -> None:
        self.template = template
        self.values: Mapping[str, Value] = values

    def said(self, translate: Translate) -> str:
        """The sentence with its template, and those of the sentences in it, translated."""
        if not self.template:
            return ""
        return translate(self.template).format(**{name: _shown(value, translate) for name, value in self.values.items()})

    def saying(self, values: Mapping[str, Value]) -> Sentence:
        """The same sentence with other values, such as titles in the place of ids."""
        return type(self)(self.template, **values)

    def __str__(self) -> str:
        return self.said(_as_it_is)

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and (self.template, self.values) == (other.template, other.values)

    def __hash__(self) -> int:
        return hash((self.template, tuple(self.values.items())))


Value = str | int | Decimal | Sentence | tuple[str | Sentence, ...]


def quoted(word: str) -> Sentence:
    """A word of the document in quotes."""
    return Sentence("'{word}'", word=word)


_EMPTY = ""  # no literal, so that it is not taken for a text to translate
NOTHING = Sentence(_EMPTY)
"""A hint that there is none."""


def _shown(value: object, translate: Translate) -> object:
    if isinstance(value, Sentence):
        return value.said(translate)
    if isinstance(value, tuple):
        return translate(BETWEEN).join(str(_shown(part, translate)) for part in value)
    return value


def _as_it_is(template: str) -> str:
    return template
