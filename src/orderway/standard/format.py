"""A standard as YAML in one fixed style, so that two versions differ only where they mean something else. Never changes the meaning.

Sections stand in the order of the manual; what fits on a line stands on one line; a text is quoted only where YAML needs it. Comments
are no part of a standard and are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orderway.standard import format_parts as parts
from orderway.standard import format_stages
from orderway.standard.document import FORMAT, Standard
from orderway.standard.format_parts import List, Map, Plain, Value

WIDTH = 140
_PLAIN = re.compile(r"""[^\W_][^,\[\]{}#:"\\]*""")
_LIKE_SOMETHING_ELSE = re.compile(r"(?i)null|true|false|yes|no|on|off|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write(standard: Standard) -> str:
    """YAML text that parses back to an equal standard; every step carries its id."""
    lines = [f"format: {FORMAT}", *_map(parts.head(standard), 0)]
    for key, value in _sections(standard):
        if not _is_empty(value):
            lines += ["", *_entry(key, value, 0)]
    return "\n".join([*lines, ""])


def _sections(standard: Standard) -> Iterator[tuple[str, Value]]:
    yield "changes", parts.changes(standard)
    yield "calendars", parts.calendars(standard)
    yield "roles", parts.titles({id: role.title for id, role in standard.roles.items()})
    yield "documents", parts.documents(standard)
    yield "facts", parts.facts(standard)
    yield "errors", parts.titles({id: kind.title for id, kind in standard.errors.items()})
    yield "tables", parts.tables(standard)
    yield "flow", format_stages.flow(standard.flow)
    yield "exceptions", format_stages.exceptions(standard.exceptions)
    yield "stages", format_stages.stages(standard)
    yield "feedback", format_stages.feedback(standard.feedback)
    yield "training", format_stages.training(standard.training)
    yield "kpis", format_stages.measures(standard)


def _is_empty(value: Value) -> bool:
    return not (value.pairs if isinstance(value, Map) else value.items if isinstance(value, List) else value)


# --- lines ----------------------------------------------------------------------------------------------------------


def _map(value: Map, indent: int) -> Iterator[str]:
    for number, (key, part) in enumerate(value.pairs):
        if number and value.spaced:
            yield ""
        yield from _entry(key, part, indent)


def _entry(key: str, value: Value, indent: int) -> Iterator[str]:
    start = f"{' ' * indent}{_scalar(key)}:"
    if _on_the_line(value, len(start) + 1):
        yield f"{start} {_inline(value)}"
    else:
        yield start
        yield from _block(value, indent + 2)


def _item(value: Value, indent: int) -> Iterator[str]:
    start = f"{' ' * indent}-"
    if _on_the_line(value, len(start) + 1):
        yield f"{start} {_inline(value)}"
        return
    first, *rest = _block(value, indent + 2)
    yield f"{start} {first.lstrip()}"
    yield from rest


def _block(value: Value, indent: int) -> Iterator[str]:
    if isinstance(value, Map):
        yield from _map(value, indent)
    elif isinstance(value, List):
        for part in value.items:
            yield from _item(part, indent)


def _on_the_line(value: Value, taken: int) -> bool:
    if isinstance(value, str) or _is_empty(value):
        return True
    return value.inline and taken + len(_inline(value)) <= WIDTH


def _inline(value: Value) -> str:
    if isinstance(value, Map):
        return "{" + ", ".join(f"{_scalar(key)}: {_inline(part)}" for key, part in value.pairs) + "}"
    if isinstance(value, List):
        return "[" + ", ".join(_inline(part) for part in value.items) + "]"
    return _scalar(value)


def _scalar(text: str) -> str:
    if isinstance(text, Plain):
        return text
    plain = _PLAIN.fullmatch(text) and not text[-1].isspace() and text.isprintable() and not _LIKE_SOMETHING_ELSE.fullmatch(text)
    return text if plain else '"' + "".join(_escaped(text)) + '"'


def _escaped(text: str) -> Iterator[str]:
    for character in text:
        if character in _ESCAPES:
            yield _ESCAPES[character]
        else:
            yield character if character.isprintable() else f"\\U{ord(character):08X}"
