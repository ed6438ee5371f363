"""Small logs written by hand, as files."""

from __future__ import annotations

import gzip

from orderway.mining.logs.packed import Unpacked
from orderway.mining.logs.reading import read_content

ORDERS = """case_id,activity,timestamp,resource
1,enter,2026-03-02T09:00:00+00:00,Alice
1,review,2026-03-02T10:00:00+00:00,Bob
1,ship,2026-03-03T10:00:00+00:00,Carol
2,enter,2026-03-02T09:30:00+00:00,Alice
2,review,2026-03-02T09:40:00+00:00,Bob
2,enter,2026-03-02T11:00:00+00:00,Alice
2,review,2026-03-02T11:20:00+00:00,Bob
2,ship,2026-03-04T11:20:00+00:00,Carol
3,enter,2026-03-05T09:00:00+00:00,Alice
"""


def read(text, mapping=None, name="log.csv", findings=()):
    content = text.encode() if isinstance(text, str) else text
    return read_content(name, Unpacked(content, findings), mapping or {})


def log_of(text, mapping=None):
    return read(text, mapping).log


def found(log):
    return {finding.code: finding.count for finding in log.findings}


def packed(text):
    return gzip.compress(text.encode())


def xes(*traces, head=""):
    """XES of traces, each a list of (activity, time, resource)."""
    body = "".join(
        f'<trace><string key="concept:name" value="{number}"/>'
        + "".join(
            f'<event><string key="concept:name" value="{activity}"/><date key="time:timestamp" value="{time}"/>'
            + (f'<string key="org:resource" value="{person}"/>' if person else "")
            + "</event>"
            for activity, time, person in trace
        )
        + "</trace>"
        for number, trace in enumerate(traces, start=1)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<log xes.version="1.0">{body}</log>'
