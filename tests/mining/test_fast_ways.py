"""What is counted and read by a shorter way comes to the same as by the long one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.logs import ORDERS, log_of
from orderway.mining import counting
from orderway.mining.logs import moments as reading
from orderway.mining.logs.column import Column

STANDARD = [
    ["2026-03-02T09:00:00Z", "", "2026-03-02T10:00:00.5Z"],
    ["2026-03-02 09:00:00+01:00", "2026-07-02 09:00:00+02:00", "1948-01-01 00:00:00-05:30"],
    ["2026-03-02", "2024-02-29", ""],
    ["2026-03-02T09:00", "2026-03-02T09:00:59.123456"],
]
OTHERWISE = [
    ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00+01:00"],
    ["2026-03-02T09:00:00+01:00", "2026-03-02T09:00:00"],
    ["2026-03-02T09:00:00Z", "2026-02-30T09:00:00Z"],
    ["2026-03-02T09:00:00", "02.03.2026 09:00"],
    ["2026-03-02T09:00:00.1234567Z"],
    ["2/3/2026", "14/3/2026"],
    [""],
]


def alike(texts, column):
    whole = reading._of_any_form(Column.of(texts))
    assert (column.micros == whole.micros).all()
    assert (column.without_zone, column.zones, column.day_first_guessed) == (whole.without_zone, whole.zones, whole.day_first_guessed)


@pytest.mark.parametrize("texts", STANDARD)
def test_times_of_the_standard_are_read_at_once_and_mean_the_same(texts):
    assert reading._of_standard(Column.of(texts)) is not None
    alike(texts, reading.moments(Column.of(texts)))


@pytest.mark.parametrize("texts", OTHERWISE)
def test_times_that_are_written_in_several_ways_are_read_form_by_form(texts):
    assert reading._of_standard(Column.of(texts)) is None
    alike(texts, reading.moments(Column.of(texts)))


def test_a_column_that_repeats_its_times_gives_one_to_every_row():
    column = Column.of_codes([1, 0, -1, 1], ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"])
    texts = ["2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z", "", "2026-03-02T10:00:00Z"]
    assert (reading.moments(column).micros == reading.moments(Column.of(texts)).micros).all()


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-5, 2**50)), max_size=40))
def test_key_and_time_sorted_as_one_number_are_sorted_as_two(rows):
    keys, micros = (np.array([row[part] for row in rows], dtype=np.int64) for part in (0, 1))

    found = counting._grouped(keys, micros)

    assert list(zip(*(one.tolist() for one in found), strict=True)) == sorted(rows)


def test_what_does_not_fit_into_one_number_is_sorted_as_two():
    keys, micros = np.array([2**40, 1, 1], dtype=np.int64), np.array([0, 2**40, 5], dtype=np.int64)

    assert [one.tolist() for one in counting._grouped(keys, micros)] == [[1, 1, 2**40], [5, 2**40, 0]]


def test_ways_are_told_apart_also_where_the_first_sum_does_not(monkeypatch):
    log = log_of(ORDERS)
    wanted = [(way.activities, way.cases.tolist()) for way in counting.variants(log)]
    sums = counting._sums(log)
    monkeypatch.setattr(counting, "_sums", lambda _log: (np.zeros_like(sums[0]), sums[1]))

    assert [(way.activities, way.cases.tolist()) for way in counting.variants(log)] == wanted
