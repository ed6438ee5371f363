"""A small standard for simulations: take in, check (four eyes, a gate), ship. Its calendar is always open unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

from orderway.engine.calendars import Holidays
from orderway.engine.program import compile_standard
from orderway.simulation.moves import Moves
from orderway.simulation.parameters import Arrivals, Kind, Parameters, StageWork, Worker
from orderway.simulation.spreads import Spread
from orderway.simulation.world import World
from orderway.standard.parse import parse

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
ALWAYS_OPEN = '{zone: UTC, hours: {mon-sun: ["00:00-24:00"]}}'
SOURCE = """
format: order-standard/1
id: small
version: 1.0.0
title: Small
owner: boss
approved_by: [other]
languages: [en]
calendar: open
calendars:
  open: %(calendar)s
roles: {clerk: Clerk, checker: Checker, boss: Boss, other: Other}
documents: {}
facts: {order.big: bool}
tables:
  signing: {inputs: [order.big], output: role, hit: first, rows: [["true", boss], ["-", none]]}
flow: [take, check, ship]
exceptions:
  complaint: {by: [clerk], after: ship, do: {open: ship}}
stages:
  take:
    title: Take in
    owner: clerk
    limit: 4h
    steps: [{id: a, do: Type, evidence: tick}]
  check:
    title: Check
    owner: checker
    limit: 4h
    steps: [{id: a, do: Compare, evidence: tick}]
    gate:
      not_by: [take]
      criteria: [{id: right, ask: Is it right}]
      approve: signing
      fail: {back_to: take, at_most: 2, then: boss}
  ship:
    title: Ship
    owner: clerk
    limit: 1d
    steps: [{id: a, do: Send, evidence: tick}]
"""
HOUR = 3_600.0


def program(calendar=ALWAYS_OPEN):
    parsed = parse(SOURCE % {"calendar": calendar})
    assert parsed.standard is not None, parsed.problems
    return compile_standard(parsed.standard)


def minutes(number, n=0):
    return Spread((number * 60.0,), n)


def world_of(**changes):
    """Parameters in which every hour brings two orders and each stage takes five minutes."""
    given = {
        "arrivals": Arrivals((2.0,) * 168),
        "stages": {"take": StageWork(minutes(5)), "check": StageWork(minutes(5)), "ship": StageWork(minutes(5))},
        "people": (Worker("alice", ("clerk",)), Worker("bob", ("checker",)), Worker("carol", ("boss",))),
        "kinds": (Kind(),),
    }
    return Parameters(**{**given, **changes})


def run(parameters, *, orders=200, seed=1, calendar=ALWAYS_OPEN, **more):
    standard = program(calendar)
    world = World(Moves(standard, parameters.kinds), parameters, seed=seed, begin=BEGIN, holidays=Holidays(), recording=True)
    return world.run(orders, **more)
