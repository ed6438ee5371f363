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

    def error(self, code: str, mark: Mark, message: str) -> None:
        """Something is wrong, but nothing is missing because of it."""
        self.problems.append(Problem(code, mark, message))

    def warning(self, code: str, mark: Mark, message: str) -> None:
        """Something worth saying that stops nothing."""
        self.problems.append(Problem(code, mark, message, "warning"))

    def hole(self, code: str, mark: Mark, message: str) -> None:
        """An error after which the reader goes on with a stand-in."""
        self.error(code, mark, message)
        self.holes = True


def did_you_mean(word: str, known: tuple[str, ...]) -> str:
    """A hint at the nearest known word, else at what there is; empty if there is nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f" Did you mean '{near[0]}'?"
    return f" Possible here: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}." if known else ""


class Fields:
    """A map with known keys; says which keys are unknown and which are missing."""

    def __init__(self, log: Log, tree: Tree, place: str, keys: tuple[str, ...]) -> None:
        self.log = log
        self.place = place
        self.mark = tree.mark
        self._trees: dict[str, Tree] = {}
        if not isinstance(tree, Entries):
            log.hole("wrong-type", tree.mark, f"{place} must be a map with keys such as {', '.join(keys[:3])}.")
            return
        for key, value in tree.entries:
            if key.text in keys:
                self._trees[key.text] = value
            else:
                _unknown_key(log, key, value, place, keys)

    def optional(self, key: str) -> Tree | None:
        """What stands at this key, if anything does."""
        tree = self._trees.get(key)
        return None if isinstance(tree, Scalar) and tree.empty else tree

    def required(self, key: str) -> Tree | None:
        """What stands at this key; its absence is noted."""
        tree = self.optional(key)
        if tree is None:
            self.log.hole("missing-key", self.mark, f"{self.place} needs '{key}'. Add it.")
        return tree

    def word(self, key: str) -> str:
        """The one word at this key."""
        tree = self.required(key)
        return word(self.log, tree, f"'{key}' of {self.place}") if tree else ""

    def optional_word(self, key: str) -> str | None:
        """The one word at this key, None if it is absent."""
        tree = self.optional(key)
        return word(self.log, tree, f"'{key}' of {self.place}") if tree else None

    def words(self, key: str) -> tuple[str, ...]:
        """The words at this key; none if it is absent."""
        tree = self.optional(key)
        return words(self.log, tree, f"'{key}' of {self.place}") if tree else ()

    def line(self, key: str) -> str:
        """The plain string at this key."""
        tree = self.required(key)
        return line(self.log, tree, f"'{key}' of {self.place}") if tree else ""

    def optional_line(self, key: str) -> str | None:
        """The plain string at this key, None if it is absent."""
        tree = self.optional(key)
        return line(self.log, tree, f"'{key}' of {self.place}") if tree else None

    def option(self, key: str, options: tuple[_Option, ...]) -> _Option:
        """The word of a closed set at this key."""
        tree = self.required(key)
        return option(self.log, tree, f"'{key}' of {self.place}", options) if tree else options[0]

    def optional_option(self, key: str, options: tuple[_Option, ...]) -> _Option | None:
        """The word of a closed set at this key, None if it is absent."""
        tree = self.optional(key)
        return option(self.log, tree, f"'{key}' of {self.place}", options) if tree else None

    def text(self, key: str) -> Text:
        """The text at this key, in one or several languages."""
        tree = self.required(key)
        return text(self.log, tree, f"'{key}' of {self.place}") if tree else Text((), self.mark)

    def optional_text(self, key: str) -> Text | None:
        """The text at this key, None if it is absent."""
        tree = self.optional(key)
        return text(self.log, tree, f"'{key}' of {self.place}") if tree else None

    def expression(self, key: str) -> Expression | None:
        """The rule at this key, None if it is absent."""
        tree = self.optional(key)
        return expression(self.log, tree, f"'{key}' of {self.place}") if tree else None

    def duration(self, key: str) -> Duration | None:
        """A length of calendar or working time; absent is None."""
        tree = self.optional(key)
        return duration(self.log, tree, f"'{key}' of {self.place}") if tree else None

    def limit(self, key: str) -> Duration:
        """A positive length of working time."""
        tree = self.required(key)
        return limit(self.log, tree, f"'{key}' of {self.place}") if tree else Duration(Decimal(0), "m", self.mark)

    def percent(self, key: str, default: int) -> int:
        """The whole percentage at this key."""
        tree = self.optional(key)
        return percent(self.log, tree, f"'{key}' of {self.place}") if tree else default

    def integer(self, key: str) -> int:
        """The whole number at this key."""
        tree = self.required(key)
        return integer(self.log, tree, f"'{key}' of {self.place}") if tree else 0


def _unknown_key(log: Log, key: Scalar, value: Tree, place: str, keys: tuple[str, ...]) -> None:
    said = f"There is no key '{key.text}' in {place}."
    if isinstance(value, Scalar) and value.empty:
        said += " Does it belong to the text before it? A comma ends a text: put the whole text in quotes."
    log.error("unknown-key", key.mark, said + did_you_mean(key.text, keys))


def word(log: Log, tree: Tree, what: str) -> str:
    """A name such as a stage or role id."""
    if isinstance(tree, Scalar) and WORD.fullmatch(tree.text):
        return tree.text
    shown = f", not '{tree.text}'" if isinstance(tree, Scalar) else ", not a list or a map"
    log.hole("bad-word", tree.mark, f"{what} must be one word of letters, digits, '_' and '-'{shown}.")
    return ""


def words(log: Log, tree: Tree, what: str) -> tuple[str, ...]:
    """Names in a list; a single name stands for a list of one."""
    parts = tree.items if isinstance(tree, Items) else (tree,)
    return tuple(word(log, part, what) for part in parts)


def line(log: Log, tree: Tree, what: str) -> str:
    """A short plain string."""
    if isinstance(tree, Scalar) and not tree.empty and len(tree.text) <= LONGEST_TEXT:
        return tree.text
    log.hole("wrong-type", tree.mark, f"{what} must be a text of at most {LONGEST_TEXT} characters.")
    return ""


def option(log: Log, tree: Tree, what: str, options: tuple[_Option, ...]) -> _Option:
    """One of a closed set of words."""
    said = tree.text if isinstance(tree, Scalar) else ""
    for known in options:
        if said == known:
            return known
    log.hole("bad-word", tree.mark, f"{what} cannot be '{said}'.{did_you_mean(said, tuple(options))}")
    return options[0]


def flag(log: Log, tree: Tree, what: str) -> bool:
    """True or false."""
    return option(log, tree, what, ("true", "false")) == "true"


def integer(log: Log, tree: Tree, what: str) -> int:
    """A whole number of at most six digits."""
    if isinstance(tree, Scalar) and re.fullmatch(r"[0-9]{1,6}", tree.text):
        return int(tree.text)
    log.hole("wrong-type", tree.mark, f"{what} must be a whole number such as 3.")
    return 0


def percent(log: Log, tree: Tree, what: str) -> int:
    """A whole percentage such as 80%."""
    match = re.fullmatch(r"([0-9]{1,4}) ?%?", tree.text) if isinstance(tree, Scalar) else None
    if match:
        return int(match[1])
    log.hole("wrong-type", tree.mark, f"{what} must be a whole percentage such as 80%.")
    return 0


def duration(log: Log, tree: Tree, what: str) -> Duration | None:
    """A length of time."""
    found = read_duration(tree.text, mark=tree.mark) if isinstance(tree, Scalar) else None
    if found is None:
        log.hole("bad-duration", tree.mark, f"{what} must be a length of time: 30m, 4h, 2d, 12mo or 10y, without fractions.")
    return found


def limit(log: Log, tree: Tree, what: str) -> Duration:
    """A positive length of working time, at most 10,000 of its unit."""
    found = read_duration(tree.text, mark=tree.mark) if isinstance(tree, Scalar) else None
    if found is not None and found.unit in WORKING_UNITS and 0 < found.amount <= 10_000:
        return found
    log.hole("bad-limit", tree.mark, f"{what} must be working time above zero: 30m, 4h or 2d (working days).")
    return Duration(Decimal(0), "m", tree.mark)


def expression(log: Log, tree: Tree, what: str) -> Expression:
    """A rule as written; the mark is that of its first character."""
    source = line(log, tree, what)
    shift = 0 if isinstance(tree, Scalar) and tree.plain else 1
    return Expression(source, Mark(tree.mark.line, tree.mark.column + shift))


def text(log: Log, tree: Tree, what: str, besides: tuple[str, ...] = ()) -> Text:
    """A text: a plain string, or one string per language. `besides`: keys that stand between the languages and are read elsewhere."""
    if not isinstance(tree, Entries):
        return Text((("", line(log, tree, what)),), tree.mark)
    values = tuple(_languages(log, tree, what, besides))
    if not values:
        log.hole("no-language", tree.mark, f"{what} has no text. Write it as a string or as a map of languages.")
    return Text(values, tree.mark)


def _languages(log: Log, tree: Entries, what: str, besides: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in tree.entries:
        if key.text in besides:
            continue
        if key.text in log.languages or (not log.languages and LANGUAGE.fullmatch(key.text)):
            yield key.text, line(log, value, f"{what} ({key.text})")
        else:
            _no_language(log, key, value, what)


def _no_language(log: Log, key: Scalar, value: Tree, what: str) -> None:
    said = f"'{key.text}' in {what} is no language of this standard."
    if isinstance(value, Scalar) and value.empty:
        said += " Is it the rest of the text before it? A comma ends a text: put the whole text in quotes."
    elif LANGUAGE.fullmatch(key.text):
        said += f" Add it to 'languages' or remove it ({', '.join(log.languages)})."
    else:
        said += did_you_mean(key.text, log.languages)
    log.error("no-language", key.mark, said)


def items(log: Log, tree: Tree, what: str) -> tuple[Tree, ...]:
    """The parts of a list."""
    if isinstance(tree, Items):
        return tree.items
    log.hole("wrong-type", tree.mark, f"{what} must be a list.")
    return ()


def named(log: Log, tree: Tree, what: str) -> Iterator[tuple[str, Scalar, Tree]]:
    """The entries of a map whose keys are names that the company chose."""
    if not isinstance(tree, Entries):
        log.hole("wrong-type", tree.mark, f"{what} must be a map of names.")
        return
    for key, value in tree.entries:
        if WORD.fullmatch(key.text):
            yield key.text, key, value
        else:
            log.hole("bad-word", key.mark, f"'{key.text}' in {what} must be one word of letters, digits, '_' and '-'.")
