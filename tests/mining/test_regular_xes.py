"""XES read by arrays says what a parser says, word for word; where it is not sure, it leaves the file to the parser."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.mining.logs import xes_regular
from orderway.mining.logs.xes import read_parsed, read_xes
from orderway.mining.logs.xes_regular import read_regular

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- by hand --><log xes.version="1.0"><global scope="trace"><string key="x" value="y"/></global>
"""
EVENT = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event>'


def log(*traces):
    return (HEAD + "".join(f"<trace>{trace}</trace>\n" for trace in traces) + "</log>\n").encode()


def same(content):
    """Whether both readers say the same; gives the table."""
    fast, slow = read_xes(content, ()), read_parsed(content, ())
    assert list(fast.columns) == list(slow.columns)
    assert (fast.rows, fast.findings) == (slow.rows, slow.findings)
    for name in fast.columns:
        one, other = fast.columns[name].coded(), slow.columns[name].coded()
        assert one.names == other.names
        assert (one.codes == other.codes).all()
    return fast


NAMED = '<string key="concept:name" value="SO-1"/>'
REGULAR = {
    "plain": log(NAMED + EVENT.format("enter") + EVENT.format("ship")),
    "in several lines": log(f"\n\t{NAMED}\n\t\t{EVENT.format('enter')}\n"),
    "without a name, without events": log(EVENT.format("enter"), NAMED, ""),
    "entities and a raw >": log(NAMED + EVENT.format("A &amp; B &lt; &#67; &#x4e2d; > D")),
    "two spellings of one word": log(NAMED + EVENT.format("a&quot;b") + EVENT.format("a&#34;b")),
    "line breaks in a value": log(NAMED + EVENT.format("a\r\nb\tc\nd")),
    "the last of two holds": log(NAMED + EVENT.format("enter").replace("<date", '<string key="concept:name" value="later"/><date')),
    "attributes of attributes": log(
        f'<string key="a" value="b"><string key="inner" value="c"/></string>{NAMED}'
        '<event><string key="concept:name" value="x"><int key="deep" value="1"/></string></event>'
    ),
    "lists": log(f'<list key="l"><values><string key="v" value="1"/></values></list>{NAMED}{EVENT.format("enter")}'),
    "empty tags": log(NAMED + "<event/>" + EVENT.format("enter")).replace(b"</log>", b"<trace/><trace></trace></log>"),
    "a space before the end": log(NAMED + EVENT.format("enter").replace('"/>', '" />')),
    "no declaration": log(NAMED + EVENT.format("中文"))[len('<?xml version="1.0" encoding="UTF-8"?>\n') :],
}
LEFT_TO_THE_PARSER = {
    "value before key": log('<string value="SO-1" key="concept:name"/>' + EVENT.format("enter")),
    "single quotes": log(NAMED + EVENT.format("enter").replace('"', "'")),
    "a comment": log(NAMED + "<!-- <event> -->" + EVENT.format("enter")),
    "character data": log(NAMED + EVENT.format("enter") + "<![CDATA[<event>]]>"),
    "cut off": log(NAMED + EVENT.format("enter"))[:-20],
    "not closed": log(NAMED + EVENT.format("enter")).replace(b"</event>", b""),
    "closed twice": log(NAMED + EVENT.format("enter")).replace(b"</event>", b"</event></event>"),
    "an event with attributes": log(NAMED + EVENT.format("enter").replace("<event>", '<event id="1">')),
    "an event outside": log(NAMED).replace(b"</log>", EVENT.format("x").encode() + b"</log>"),
    "attributes behind the traces": log(NAMED).replace(b"</log>", b'<string key="a" value="b"/></log>'),
    "an unknown entity": log(NAMED + EVENT.format("&nbsp;")),
    "another encoding": log(NAMED + EVENT.format("x")).replace(b"UTF-8", b"ISO-8859-1"),
    "bytes that are no text": log(NAMED + EVENT.format("xyz")).replace(b"xyz", b"\xff\xfe"),
    "not sound before the traces": log(NAMED).replace(b"<global", b"<global scope"),
}


@pytest.mark.parametrize("name", REGULAR)
def test_a_file_as_programs_write_it_is_read_by_arrays(name):
    assert read_regular(REGULAR[name]) is not None
    same(REGULAR[name])


@pytest.mark.parametrize("name", LEFT_TO_THE_PARSER)
def test_what_is_written_otherwise_is_left_to_the_parser(name):
    assert read_regular(LEFT_TO_THE_PARSER[name]) is None
    same(LEFT_TO_THE_PARSER[name])


def test_pieces_are_cut_behind_traces_and_joined_again(monkeypatch):
    content = log(*(NAMED.replace("1", str(number)) + EVENT.format(f"step {number % 3}") * number for number in range(9)))
    whole = same(content)
    monkeypatch.setattr(xes_regular, "PIECE", 700)

    cut = same(content)

    assert len(list(xes_regular._cuts(content))) > 3
    assert cut.columns["concept:name"].texts() == whole.columns["concept:name"].texts()


WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
KEY = st.sampled_from(["concept:name", "a", "b&c", "time:timestamp", "größe"])
ATTRIBUTE = st.tuples(st.sampled_from(["string", "int", "date", "boolean", "float", "id"]), KEY, WORD)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(ATTRIBUTE, max_size=3), st.lists(st.lists(ATTRIBUTE, max_size=4), max_size=4)), min_size=1, max_size=4))
def test_any_log_says_the_same_to_both_readers(traces):
    def attributes(found):
        return "".join(f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>" for kind, key, value in found)

    same(log(*(attributes(own) + "".join(f"<event>{attributes(one)}</event>" for one in events) for own, events in traces)))
