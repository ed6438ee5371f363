"""Who is shown by name in a diagnosis."""

from __future__ import annotations

from orderway.diagnosis.showing import people_shown
from orderway.mining.timing import Person


def test_nobody_with_fewer_than_twenty_cases_is_shown_by_name():
    many, few = Person("Alice", 40, 0.8, 20, 2, "Enter"), Person("Bob", 40, 0.2, 19, 1, "Check")

    assert people_shown([many, few]) == [many]
