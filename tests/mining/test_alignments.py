"""Alignments of small logs with small models, worked out by hand; and against a plain shortest path for random ones."""

from __future__ import annotations

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.logs import log_of
from orderway.mining import alignments, counting, models
from orderway.mining.log import Unreadable

IN_A_ROW = models.Model(4, ((0, "enter", 1), (1, "review", 2), (2, "ship", 3)), frozenset({3}))


def log_of_ways(*ways):
    rows = [
        f"{number},{activity},2026-03-02T09:{place:02d}:00Z"
        for number, way in enumerate(ways)
        for place, activity in enumerate(way.split())
    ]
    return log_of("case,activity,timestamp\n" + "\n".join(rows) + "\n")


def aligned(model, *ways):
    log = log_of_ways(*ways)
    return alignments.conformance(log, counting.variants(log), model)


def deviations(model, way):
    return [(part.kind, part.activity, part.position) for part in aligned(model, way).alignments[0].deviations]


@pytest.mark.parametrize(
    ("way", "named"),
    [
        ("enter review ship", []),
        ("enter ship", [("skipped", "review", 1)]),
        ("enter review review ship", [("inserted", "review", 1)]),
        ("enter ship review", [("out_of_order", "ship", 1)]),
        ("enter call review ship", [("inserted", "call", 1)]),
        ("review", [("skipped", "enter", 0), ("skipped", "ship", 1)]),
    ],
)
def test_deviations_are_named(way, named):
    found = deviations(IN_A_ROW, way)

    if "inserted" in str(named) and way.count("review") == 2:  # either of the two is the one too many
        assert [(kind, activity) for kind, activity, _place in found] == [("inserted", "review")]
    elif way == "enter ship review":
        assert [kind for kind, _activity, _place in found] == ["out_of_order"]
    else:
        assert found == named


def test_fitness_is_counted_over_cases():
    found = aligned(IN_A_ROW, "enter review ship", "enter review ship", "enter ship")

    assert found.fitting_share == pytest.approx(2 / 3)
    assert found.log_fitness == pytest.approx(1 - 1 / (6 + 6 + 5))
    assert found.average_fitness == pytest.approx((1 + 1 + 1 - 1 / 5) / 3)


def cheapest(model, way):
    """Dijkstra on (position, state)."""
    queue, done = [(0, 0, 0)], set()
    while queue:
        cost, place, state = heapq.heappop(queue)
        if (place, state) in done:
            continue
        done.add((place, state))
        if place == len(way) and state in model.ends:
            return cost
        if place < len(way):
            heapq.heappush(queue, (cost + 1, place + 1, state))
        for before, activity, after in model.moves:
            if before == state:
                heapq.heappush(queue, (cost + (activity is not None), place, after))
                if place < len(way) and activity == way[place]:
                    heapq.heappush(queue, (cost, place + 1, after))
    return None


moves = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["a", "b", "c", None]), st.integers(0, 4)), max_size=12)


@given(moves, st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=7), min_size=1, max_size=4))
def test_the_cost_is_the_least_there_is_and_the_moves_add_up_to_it(extra, ways):
    model = models.Model(5, (*extra, *((state, None, state + 1) for state in range(4))), frozenset({4}))
    log = log_of_ways(*(" ".join(way) for way in ways))

    for alignment in alignments.conformance(log, counting.variants(log), model).alignments:
        way = [log.activities.names[code] for code in alignment.variant.activities]
        kinds = [part.kind for part in alignment.parts]
        assert alignment.cost == cheapest(model, way)
        assert kinds.count("inserted") + kinds.count("skipped") + 2 * kinds.count("out_of_order") == alignment.cost
        assert [part.activity for part in alignment.parts if part.kind != "skipped"] == way


PNML = """<pnml><net><page><place id="p"><initialMarking><text>1</text></initialMarking></place><place id="q"/>
<transition id="t"><name><text>enter</text></name></transition><transition id="u"><name><text>u</text></name><toolspecific activity="$invisible$"/></transition>
<arc id="1" source="p" target="t"/><arc id="2" source="t" target="q"/><arc id="3" source="p" target="u"/><arc id="4" source="u" target="q"/></page>
<finalmarkings><marking><place idref="q"><text>1</text></place></marking></finalmarkings></net></pnml>"""  # noqa: E501


def test_a_petri_net_is_read():
    model = models.from_pnml(PNML.encode())

    assert (model.states, sorted(model.moves, key=str), model.ends) == (2, [(0, "enter", 1), (0, None, 1)], frozenset({1}))
    with pytest.raises(Unreadable):
        models.from_pnml(PNML.replace("initialMarking", "marking0").encode())


def test_a_net_without_bounds_is_refused():
    with pytest.raises(Unreadable) as refused:
        models.explored(0, lambda state: [("a", state + 1)], lambda state: False)

    assert refused.value.code == "too_many_states"
