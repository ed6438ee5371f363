"""A rule as written -> its words with their places. Never knows what a word means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from orderway.standard.conditions_scope import RuleError
from orderway.standard.sentences import Sentence

MAX_LENGTH = 500  # characters; the longest rule of the shipped standards has 60

TokenKind = Literal["number", "text", "name", "symbol", "end"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
      | (?P<symbol>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:(),.\[\]])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
REMOVE = Sentence("Remove it.")
NOT_CLOSED = Sentence("A text is not closed. Add the missing quote.")
CURLY = Sentence("Use straight quotes: 'text'.")
_SLIPS = {
    "=": Sentence("Compare with '=='."),
    "&": Sentence("Write '&&' for and."),
    "|": Sentence("Write '||' for or."),
    "'": NOT_CLOSED,
    '"': NOT_CLOSED,
    "“": CURLY,
    "‘": CURLY,
    "≤": Sentence("Write '<='."),
    "≥": Sentence("Write '>='."),
    "≠": Sentence("Write '!='."),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a rule; `text` of a text literal is its content, `start` and `end` are offsets in the rule."""

    kind: TokenKind
    text: str
    start: int
    end: int


def tokens(source: str) -> tuple[Token, ...]:
    """The words of a rule, closed by one of kind `end`. Raises RuleError."""
    if len(source) > MAX_LENGTH:
        raise RuleError(
            "too-long",
            Sentence("The rule has more than {most} characters. Move a part of it into a table.", most=MAX_LENGTH),
            MAX_LENGTH,
        )
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unreadable(source[at], at)
        if match.lastgroup != "space":
            found.append(_token(match))
        at = match.end()
    return (*found, Token("end", "", len(source), len(source)))


def _unreadable(character: str, at: int) -> RuleError:
    return RuleError(
        "bad-character",
        Sentence("'{character}' has no meaning here. {remedy}", character=character, remedy=_SLIPS.get(character, REMOVE)),
        at,
    )


def _token(match: re.Match[str]) -> Token:
    start, end, text = match.start(), match.end(), match.group()
    if match.lastgroup == "text":
        return Token("text", _unescaped(text, start), start, end)
    if match.lastgroup == "number":
        if len(text) > 40:
            raise RuleError("bad-number", Sentence("A number has at most 40 digits. Shorten it."), start)
        return Token("number", text, start, end)
    return Token("name" if match.lastgroup == "name" else "symbol", text, start, end)


def _unescaped(literal: str, start: int) -> str:
    def escape(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise RuleError(
                "bad-character",
                Sentence("'\\{character}' has no meaning in a text. Write '\\\\' for a backslash.", character=match[1]),
                start + 1 + match.start(),
            )
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", escape, literal[1:-1])
