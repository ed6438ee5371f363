"""How each kind of value is read from the tree: words, texts, durations, percentages, maps with known keys.

Notes a problem and goes on with a stand-in, so that one pass finds everything; never knows where in a standard it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar

from orderway.standard.document import Duration, Expression, Mark, Text
from orderway.standard.durations import WORKING_UNITS, read_duration
from orderway.standard.problems import Problem
from orderway.standard.sentences import NOTHING, Sentence
from orderway.standard.yaml_tree import Entries, Items, Scalar, Tree

WORD = re.compile(r"[^\W\d][\w-]{0,63}")
IDENTIFIER = re.compile(r"[^\W\d]\w{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
RESERVED = ("true", "false", "null", "in", "table")
LONGEST_TEXT = 2_000

_Option = TypeVar("_Option", bound=str)


@dataclass(slots=True)
class Log:
    """The problems found so far. `holes`: a stand-in was used somewhere, so what was read is no whole document."""

    languages: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    holes: bool = False

    def error(self, code: str, mark: Mark, sentence: Sentence) -> None:
        """Something is wrong, but nothing is missing because of it."""
        self.problems.append(Problem(code, mark, sentence))

    def warning(self, code: str, mark: Mark, sentence: Sentence) -> None:
        """Something worth saying that stops nothing."""
        self.problems.append(Problem(code, mark, sentence, "warning"))

    def hole(self, code: str, mark: Mark, sentence: Sentence) -> None:
        """An error after which the reader goes on with a stand-in."""
        self.error(code, mark, sentence)
        self.holes = True


def did_you_mean(word: str, known: tuple[str, ...]) -> Sentence:
    """A hint at the nearest known word, else at what there is; empty if there is nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return Sentence(" Did you mean '{word}'?", word=near[0])
    return Sentence(" Possible here: {known}.", known=(*known[:12], *(["..."] if len(known) > 12 else []))) if known else NOTHING


class Fields:
    """A map with known keys; says which keys are unknown and which are missing."""

    def __init__(self, log: Log, tree: Tree, place: Sentence, keys: tuple[str, ...]) -> None:
        self.log = log
        self.place = place
        self.mark = tree.mark
        self._trees: dict[str, Tree] = {}
        if not isinstance(tree, Entries):
            log.hole(
                "wrong-type", tree.mark, Sentence("{place} must be a map with keys such as {keys}.", place=place, keys=tuple(keys[:3]))
            )
            return
        for key, value in tree.entries:
            if key.text in keys:
                self._trees[key.text] = value
            else:
                _unknown_key(log, key, value, place, keys)

    def _at(self, key: str) -> Sentence:
        return Sentence("'{key}' of {place}", key=key, place=self.place)

    def optional(self, key: str) -> Tree | None:
        """What stands at this key, if anything does."""
        tree = self._trees.get(key)
        return None if isinstance(tree, Scalar) and tree.empty else tree

    def required(self, key: str) -> Tree | None:
        """What stands at this key; its absence is noted."""
        tree = self.optional(key)
        if tree is None:
            self.log.hole("missing-key", self.mark, Sentence("{place} needs '{key}'. Add it.", place=self.place, key=key))
        return tree

    def word(self, key: str) -> str:
        """The one word at this key."""
        tree = self.required(key)
        return word(self.log, tree, self._at(key)) if tree else ""

    def optional_word(self, key: str) -> str | None:
        """The one word at this key, None if it is absent."""
        tree = self.optional(key)
        return word(self.log, tree, self._at(key)) if tree else None

    def words(self, key: str) -> tuple[str, ...]:
        """The words at this key; none if it is absent."""
        tree = self.optional(key)
        return words(self.log, tree, self._at(key)) if tree else ()

    def line(self, key: str) -> str:
        """The plain string at this key."""
        tree = self.required(key)
        return line(self.log, tree, self._at(key)) if tree else ""

    def optional_line(self, key: str) -> str | None:
        """The plain string at this key, None if it is absent."""
        tree = self.optional(key)
        return line(self.log, tree, self._at(key)) if tree else None

    def option(self, key: str, options: tuple[_Option, ...]) -> _Option:
        """The word of a closed set at this key."""
        tree = self.required(key)
        return option(self.log, tree, self._at(key), options) if tree else options[0]

    def optional_option(self, key: str, options: tuple[_Option, ...]) -> _Option | None:
        """The word of a closed set at this key, None if it is absent."""
        tree = self.optional(key)
        return option(self.log, tree, self._at(key), options) if tree else None

    def text(self, key: str) -> Text:
        """The text at this key, in one or several languages."""
        tree = self.required(key)
        return text(self.log, tree, self._at(key)) if tree else Text((), self.mark)

    def optional_text(self, key: str) -> Text | None:
        """The text at this key, None if it is absent."""
        tree = self.optional(key)
        return text(self.log, tree, self._at(key)) if tree else None

    def expression(self, key: str) -> Expression | None:
        """The rule at this key, None if it is absent."""
        tree = self.optional(key)
        return expression(self.log, tree, self._at(key)) if tree else None

    def duration(self, key: str) -> Duration | None:
        """A length of calendar or working time; absent is None."""
        tree = self.optional(key)
        return duration(self.log, tree, self._at(key)) if tree else None

    def limit(self, key: str) -> Duration:
        """A positive length of working time."""
        tree = self.required(key)
        return limit(self.log, tree, self._at(key)) if tree else Duration(Decimal(0), "m", self.mark)

    def percent(self, key: str, default: int) -> int:
        """The whole percentage at this key."""
        tree = self.optional(key)
        return percent(self.log, tree, self._at(key)) if tree else default

    def integer(self, key: str) -> int:
        """The whole number at this key."""
        tree = self.required(key)
        return integer(self.log, tree, self._at(key)) if tree else 0


def _unknown_key(log: Log, key: Scalar, value: Tree, place: Sentence, keys: tuple[str, ...]) -> None:
    rest = NOTHING
    if isinstance(value, Scalar) and value.empty:
        rest = Sentence(" Does it belong to the text before it? A comma ends a text: put the whole text in quotes.")
    hint = did_you_mean(key.text, keys)
    log.error(
        "unknown-key",
        key.mark,
        Sentence("There is no key '{key}' in {place}.{rest}{hint}", key=key.text, place=place, rest=rest, hint=hint),
    )


def word(log: Log, tree: Tree, what: Sentence) -> str:
    """A name such as a stage or role id."""
    if isinstance(tree, Scalar) and WORD.fullmatch(tree.text):
        return tree.text
    shown = Sentence(", not '{text}'", text=tree.text) if isinstance(tree, Scalar) else Sentence(", not a list or a map")
    log.hole("bad-word", tree.mark, Sentence("{what} must be one word of letters, digits, '_' and '-'{shown}.", what=what, shown=shown))
    return ""


def words(log: Log, tree: Tree, what: Sentence) -> tuple[str, ...]:
    """Names in a list; a single name stands for a list of one."""
    parts = tree.items if isinstance(tree, Items) else (tree,)
    return tuple(word(log, part, what) for part in parts)


def line(log: Log, tree: Tree, what: Sentence) -> str:
    """A short plain string."""
    if isinstance(tree, Scalar) and not tree.empty and len(tree.text) <= LONGEST_TEXT:
        return tree.text
    log.hole(
        "wrong-type",
        tree.mark,
        Sentence("{what} must be a text of at most {most} characters.", what=what, most=LONGEST_TEXT),
    )
    return ""


def option(log: Log, tree: Tree, what: Sentence, options: tuple[_Option, ...]) -> _Option:
    """One of a closed set of words."""
    said = tree.text if isinstance(tree, Scalar) else ""
    for known in options:
        if said == known:
            return known
    log.hole(
        "bad-word", tree.mark, Sentence("{what} cannot be '{word}'.{hint}", what=what, word=said, hint=did_you_mean(said, tuple(options)))
    )
    return options[0]


def flag(log: Log, tree: Tree, what: Sentence) -> bool:
    """True or false."""
    return option(log, tree, what, ("true", "false")) == "true"


def integer(log: Log, tree: Tree, what: Sentence) -> int:
    """A whole number of at most six digits."""
    if isinstance(tree, Scalar) and re.fullmatch(r"[0-9]{1,6}", tree.text):
        return int(tree.text)
    log.hole("wrong-type", tree.mark, Sentence("{what} must be a whole number such as 3.", what=what))
    return 0


def percent(log: Log, tree: Tree, what: Sentence) -> int:
    """A whole percentage such as 80%."""
    match = re.fullmatch(r"([0-9]{1,4}) ?%?", tree.text) if isinstance(tree, Scalar) else None
    if match:
        return int(match[1])
    log.hole("wrong-type", tree.mark, Sentence("{what} must be a whole percentage such as 80%.", what=what))
    return 0


def duration(log: Log, tree: Tree, what: Sentence) -> Duration | None:
    """A length of time."""
    found = read_duration(tree.text, mark=tree.mark) if isinstance(tree, Scalar) else None
    if found is None:
        log.hole(
            "bad-duration", tree.mark, Sentence("{what} must be a length of time: 30m, 4h, 2d, 12mo or 10y, without fractions.", what=what)
        )
    return found


def limit(log: Log, tree: Tree, what: Sentence) -> Duration:
    """A positive length of working time, at most 10,000 of its unit."""
    found = read_duration(tree.text, mark=tree.mark) if isinstance(tree, Scalar) else None
    if found is not None and found.unit in WORKING_UNITS and 0 < found.amount <= 10_000:
        return found
    log.hole("bad-limit", tree.mark, Sentence("{what} must be working time above zero: 30m, 4h or 2d (working days).", what=what))
    return Duration(Decimal(0), "m", tree.mark)


def expression(log: Log, tree: Tree, what: Sentence) -> Expression:
    """A rule as written; the mark is that of its first character."""
    source = line(log, tree, what)
    shift = 0 if isinstance(tree, Scalar) and tree.plain else 1
    return Expression(source, Mark(tree.mark.line, tree.mark.column + shift))


def text(log: Log, tree: Tree, what: Sentence, besides: tuple[str, ...] = ()) -> Text:
    """A text: a plain string, or one string per language. `besides`: keys that stand between the languages and are read elsewhere."""
    if not isinstance(tree, Entries):
        return Text((("", line(log, tree, what)),), tree.mark)
    values = tuple(_languages(log, tree, what, besides))
    if not values:
        log.hole("no-language", tree.mark, Sentence("{what} has no text. Write it as a string or as a map of languages.", what=what))
    return Text(values, tree.mark)


def _languages(log: Log, tree: Entries, what: Sentence, besides: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in tree.entries:
        if key.text in besides:
            continue
        if key.text in log.languages or (not log.languages and LANGUAGE.fullmatch(key.text)):
            yield key.text, line(log, value, Sentence("{what} ({language})", what=what, language=key.text))
        else:
            _no_language(log, key, value, what)


def _no_language(log: Log, key: Scalar, value: Tree, what: Sentence) -> None:
    if isinstance(value, Scalar) and value.empty:
        hint = Sentence(" Is it the rest of the text before it? A comma ends a text: put the whole text in quotes.")
    elif LANGUAGE.fullmatch(key.text):
        hint = Sentence(" Add it to 'languages' or remove it ({known}).", known=log.languages)
    else:
        hint = did_you_mean(key.text, log.languages)
    log.error(
        "no-language", key.mark, Sentence("'{key}' in {what} is no language of this standard.{hint}", key=key.text, what=what, hint=hint)
    )


def items(log: Log, tree: Tree, what: Sentence) -> tuple[Tree, ...]:
    """The parts of a list."""
    if isinstance(tree, Items):
        return tree.items
    log.hole("wrong-type", tree.mark, Sentence("{what} must be a list.", what=what))
    return ()


def named(log: Log, tree: Tree, what: Sentence) -> Iterator[tuple[str, Scalar, Tree]]:
    """The entries of a map whose keys are names that the company chose."""
    if not isinstance(tree, Entries):
        log.hole("wrong-type", tree.mark, Sentence("{what} must be a map of names.", what=what))
        return
    for key, value in tree.entries:
        if WORD.fullmatch(key.text):
            yield key.text, key, value
        else:
            log.hole(
                "bad-word",
                key.mark,
                Sentence("'{key}' in {what} must be one word of letters, digits, '_' and '-'.", key=key.text, what=what),
            )
