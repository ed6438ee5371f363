"""XML, read as a stream by expat: any DOCTYPE is refused, nesting is bounded; text that breaks off is read as far as it goes."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from orderway.mining.log import Finding, Unreadable, gettext_noop

DEEPEST = 60  # levels; XES has 4, lists in it some more
PIECE = 1 << 20
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def read_markup(content: bytes, start: Start, end: End, text: Text | None = None) -> tuple[Finding, ...]:
    """Call `start`, `end` and `text` for the elements; what is broken is a finding. Raises Unreadable on hostile content."""
    parser = expat.ParserCreate()
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Unreadable("too_deep", gettext_noop("The XML nests more than {most} levels. This is no event log."), most=DEEPEST)
        start(name, attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.StartDoctypeDeclHandler = _refuse
    parser.buffer_text = True
    if text is not None:
        parser.CharacterDataHandler = text
    return _feed(parser, content)


def _feed(parser: expat.XMLParserType, content: bytes) -> tuple[Finding, ...]:
    try:
        for begin in range(0, len(content), PIECE):
            parser.Parse(content[begin : begin + PIECE], False)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        return (Finding("broken_xml", 1, f"{expat.ErrorString(problem.code)}, line {problem.lineno}"),)
    return ()


def _refuse(*_doctype: object) -> None:
    raise Unreadable(
        "doctype", gettext_noop("The XML declares a DOCTYPE, which a log does not need and an attack does. Export it again without.")
    )
