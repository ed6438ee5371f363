"""What the case study assumes, each with the reason. Nothing here was measured in a company: change a figure and everything is recomputed.

The world before and the three changes are assumptions; every figure of the case study comes out of running them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

What = Literal["work", "delay", "defects"]

ORDERS_PER_WEEK = 40.0
WEEKS_PER_PHASE = 13  # four phases are twelve months
REQUESTED_DAYS = 10.0  # what customers ask for

# role -> people; the same people before and after
PEOPLE: Mapping[str, int] = {"sales": 3, "planner": 2, "workshop": 6, "dispatch": 3, "accounts": 1, "manager": 1}


class Stage(NamedTuple):
    """Minutes of hands-on work, hours of working time in which nobody does anything, errors left, errors found."""

    work_minutes: float
    delay_hours: float
    defects: float = 0.0
    detects: float = 0.0


BEFORE: Mapping[str, Stage] = {
    "take_in": Stage(25, 6, defects=0.20),
    "arrange": Stage(30, 8),
    "make": Stage(240, 16, defects=0.03),
    "ship": Stage(45, 4, detects=0.50),
    "bill": Stage(15, 8),
    "put_right": Stage(60, 2),
}
GATE = Stage(15, 1, detects=0.85)  # the stage that the second cycle adds


class Effect(NamedTuple):
    """A factor on a figure of some stages if everybody does it as written."""

    what: What
    stages: tuple[str, ...]
    factor: float


class Cycle(NamedTuple):
    """One PDCA cycle: what changes and why that should help."""

    name: str
    because: str
    effects: tuple[Effect, ...]
    gate: bool = False


CYCLES = (
    Cycle(
        "Clear roles and time limits",
        "every item has one owner, a limit and a warning before it; half of the time in which it lay with nobody goes",
        (Effect("delay", ("take_in", "arrange", "ship", "bill"), 0.5),),
    ),
    Cycle(
        "A review gate with a checklist",
        "a planner who did not take the order in compares it line by line before anything is bought or made",
        (Effect("defects", ("take_in",), 0.6),),
        gate=True,
    ),
    Cycle(
        "Training, evidence at every step, material reserved at once",
        "steps with key points are learned and proven; stock is reserved by the system instead of asked for",
        (
            Effect("work", ("take_in", "arrange", "ship"), 0.85),
            Effect("delay", ("arrange",), 0.6),
            Effect("delay", ("make",), 0.7),
            Effect("defects", ("take_in", "make"), 0.6),
        ),
    ),
)
ADOPTION = (0.6, 1.0)  # in the simulated year people take up each change only in part, drawn evenly; the prediction assumes all

CSAT_BASE, CSAT_NOISE = 4.7, 0.5  # stars of an order as asked for
CSAT_PER_DAY_LATE, CSAT_MOST_LATE, CSAT_COMPLAINT = 0.08, 1.5, 1.2  # stars lost

TEXTS: tuple[tuple[str, str], ...] = (
    ("world", "invented: a maker of linear guides with sixteen people, forty orders a week, no seasons, no holidays"),
    ("before", "no standard: nobody is named for an item, the only look at an order is when it is packed, errors go back to the start"),
    ("adoption", "in the year that is measured every effect is taken up by 60 to 100 %, drawn from the seed; predictions assume 100 %"),
    ("predicted", "simulated with times, gates and errors discovered from the log of the phase before, the change put in"),
    ("measured", "the orders of the phase after against those of the phase before; interval by block bootstrap"),
    ("csat", "4.7 stars, less 0.08 per day beyond ten (at most 1.5), less 1.2 after a complaint, noise 0.5, cut to 1 to 5"),
    ("volume", "orders ended per week by the same people when work never runs out, last world against first"),
    ("error", "an order is wrong when a gate sent it back or the customer complained"),
)
