"""Counts and times of a log that fits on a page, worked out by hand; and against a plain count in a loop for random logs."""

from __future__ import annotations

import statistics
from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mining.logs import ORDERS, log_of
from orderway.mining import counting
from orderway.mining.answers import answer, as_json


def test_the_answers_of_three_orders():
    said = as_json(answer(log_of(ORDERS)), "log.csv")

    assert (said["events"], said["cases"], said["activities"], said["variants"], said["variants_with_one_case"]) == (9, 3, 3, 3, 3)
    assert said["start_activities"] == {"enter": 3}
    assert said["end_activities"] == {"ship": 2, "enter": 1}
    assert said["dfg_top30"][0] == {
        "a": "enter", "b": "review", "count": 3, "mean_s": 1800.0, "median_s": 1200.0, "p95_s": 3360.0, "max_s": 3600.0,
    }  # fmt: skip
    assert said["dfg_edges"] == 3
    assert said["case_duration_s"] == {"mean": 89800.0, "median": 90000.0, "p90": 161520.0, "p95": 170460.0, "min": 0.0, "max": 179400.0}
    assert said["rework_cases_per_activity"] == {"enter": 1, "review": 1}
    assert said["cases_with_any_rework"] == 1
    assert said["top10_handovers"][0] == {"a": "Alice", "b": "Bob", "count": 3}


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from("abcd"), st.integers(0, 20)), min_size=1, max_size=60))
def test_arrays_count_as_a_loop_does(rows):
    log = log_of(
        "case,activity,timestamp\n" + "".join(f"{case},{activity},2026-03-02T09:{minute:02d}:00Z\n" for case, activity, minute in rows)
    )

    ways = {}
    for case, activity, minute in sorted(rows, key=lambda row: (row[0], row[2])):
        ways.setdefault(case, []).append((activity, minute))
    seconds = {}
    for way in ways.values():
        for (before, first), (after, second) in pairwise(way):
            seconds.setdefault((before, after), []).append(60.0 * (second - first))
    names = log.activities.names
    assert Counter({tuple(names[code] for code in variant.activities): variant.count for variant in counting.variants(log)}) == Counter(
        tuple(activity for activity, _minute in way) for way in ways.values()
    )
    assert {(names[edge.before], names[edge.after]): (edge.count, edge.median_seconds) for edge in counting.edges(log)} == {
        pair: (len(values), statistics.median(values)) for pair, values in seconds.items()
    }
    assert counting.rework(log).any_case.sum() == sum(len({activity for activity, _ in way}) < len(way) for way in ways.values())


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.sampled_from([0.5, 0.9, 0.95]))
def test_quantiles_are_those_of_numpy_to_the_last_digit(values, share):
    assert counting.of_sorted(np.sort(np.array(values)), share) == np.quantile(values, share)
