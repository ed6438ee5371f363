"""What goes beyond counting, each on a log in which the answer is plain to see."""

from __future__ import annotations

import pytest

from mining.logs import ORDERS, log_of
from orderway.mining import alignments, causes, counting, deviations, drift, models, standards, timing
from orderway.mining.answers import answer
from orderway.mining.diagnosis import as_json, diagnose
from orderway.mining.drafting import draft
from orderway.mining.plain import dumped, loaded
from orderway.mining.process_map import END, START, process_map
from orderway.mining.summary import Summary, summarise
from orderway.releases import catalogue
from orderway.standard.defects import defects
from orderway.standard.format import write
from orderway.standard.parse import parse
from orderway.standard.templates import shipped


def summary_of(text, against=None):
    return summarise(diagnose(log_of(text), against, "model"), source="log.csv", draft_title="Orders", effective="2026-03-01")


def test_waiting_and_working_are_told_apart_by_start_columns_and_by_start_events():
    by_column = log_of(
        "case,activity,start,end,user\n1,cut,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z,A\n1,paint,2026-03-02T12:00:00Z,2026-03-02T12:30:00Z,A\n"
    )
    by_event = log_of(
        "case,activity,time,lifecycle:transition\n1,cut,2026-03-02T08:00:00Z,start\n1,cut,2026-03-02T09:00:00Z,complete\n"
        "1,paint,2026-03-02T12:00:00Z,start\n1,paint,2026-03-02T12:30:00Z,complete\n"
    )
    for log in (by_column, by_event):
        rows = {row.activity: row for row in timing.activity_times(log, timing.work(log))}

        assert (rows["cut"].waiting_total, rows["cut"].working_total) == (0, 3_600)
        assert (rows["paint"].waiting_total, rows["paint"].working_total) == (3 * 3_600, 1_800)
        assert next(iter(timing.activity_times(log, timing.work(log)))).activity == "paint"


def test_a_log_with_one_time_per_event_does_not_pretend_to_know_working_time():
    log = log_of(ORDERS)

    assert all(row.working_median is None for row in timing.activity_times(log, timing.work(log)))


def test_batches_are_found():
    rows = "".join(f"{case},post,2026-03-02T09:00:{case:02d}Z,Alice\n{case},pack,2026-03-02T1{case}:00:00Z,Bob\n" for case in range(5))
    log = log_of("case,activity,time,user\n" + rows)

    [batch] = timing.batching(log, timing.work(log))

    assert (batch.activity, batch.share, batch.batches, batch.largest) == ("post", 1.0, 1, 5)


def test_work_is_counted_by_weekday_and_hour():
    table = timing.by_hour(timing.work(log_of(ORDERS)))  # the second of March 2026 is a Monday

    assert (table[0, 9], table[0, 11], table[3, 9], table.sum()) == (3, 2, 1, 9)


def test_an_attribute_that_goes_with_rework_is_a_cause_and_chance_is_none():
    rows = []
    for case in range(200):
        channel, colour = ("mail" if case % 4 == 0 else "web"), ("red" if case % 2 else "blue")
        steps = ["enter", "ship", "enter"] if case % 8 == 0 or case % 50 == 1 else ["enter", "ship"]
        rows += [f"{case},{step},2026-03-02T0{hour}:00:00Z,{channel},{colour}" for hour, step in enumerate(steps)]
    log = log_of("case,activity,time,channel,colour\n" + "\n".join(rows) + "\n")

    found = causes.causes(log, "rework", counting.rework(log).any_case)

    assert (found[0].attribute, found[0].value, found[0].cases) == ("channel", "mail", 50)
    assert found[0].low > 1
    assert {cause.attribute for cause in found} == {"channel", "colour"}  # blue cases are the only ones that come by mail


def test_a_change_of_habit_is_drift_and_too_few_cases_are_not_judged():
    rows = []
    for case in range(120):
        month, day = 1 + case // 20, 1 + case % 20
        steps = ["enter", "call", "ship"] if case < 55 else ["enter", "ship"]
        rows += [f"{case},{step},2026-{month:02d}-{day:02d}T0{hour}:00:00Z" for hour, step in enumerate(steps)]

    found = drift.drift(log := log_of("case,activity,time\n" + "\n".join(rows) + "\n"), counting.rework(log).any_case)

    assert ("activity", "call") in {(change.kind, change.name) for change in found.changes}
    few = log_of(ORDERS)
    assert not drift.drift(few, counting.rework(few).any_case).enough


def test_deviations_name_step_person_and_extra_time():
    model = models.Model(4, ((0, "enter", 1), (1, "review", 2), (2, "ship", 3)), frozenset({3}))
    log = log_of(ORDERS)

    rows = deviations.deviations(log, alignments.conformance(log, counting.variants(log), model))

    skipped = next(row for row in rows if (row.kind, row.step) == ("skipped", "ship"))
    assert (skipped.cases, skipped.people) == (1, (("Alice", 1),))
    assert skipped.extra_seconds == pytest.approx(0 - 134_700)
    assert sum(row.times for row in rows if row.kind == "inserted") == 2


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_straight_way_through_a_shipped_standard_fits_it_and_a_missing_step_is_named(name):
    standard = parse(shipped()[name], name=name).standard
    model = standards.model_of(standard)
    stages = list(standard.stages_in_flow())
    whole = "\n".join(f"1,{stage},2026-03-02T{hour:02d}:00:00Z" for hour, stage in enumerate(stages))
    without = "\n".join(f"2,{stage},2026-03-02T{hour:02d}:00:00Z" for hour, stage in enumerate(stages) if hour)
    log = log_of(f"case,activity,time\n{whole}\n{without}\n")

    found = alignments.conformance(log, counting.variants(log), model)

    parts = {len(one.variant.activities): [(part.kind, part.activity) for part in one.deviations] for one in found.alignments}
    assert parts[len(stages)] == []
    assert parts[len(stages) - 1] == [("skipped", stages[0])]


def test_activities_are_matched_with_stages_by_title_in_any_language():
    standard = parse(next(iter(shipped().values())), name="shipped").standard
    stage_id = next(iter(standard.stages_in_flow()))
    title = dict(standard.stages[stage_id].title.values)
    log = log_of("case,activity,time\n1," + title.get("zh-Hans", stage_id) + ",2026-03-02T09:00:00Z\n1,dance,2026-03-02T10:00:00Z\n")

    renamed, pairs = standards.matched(log, standard)

    assert set(pairs.values()) == {stage_id}
    assert set(renamed.activities.names) == {stage_id, "dance"}


def test_a_draft_standard_has_no_defects_and_says_what_it_leaves_out():
    rows = ""
    for case in range(8):
        middle = ["pack", "invoice"] if case % 2 else ["invoice", "pack"]
        steps = ["录入", *middle, "Ship & go", *(["complain"] if case == 0 else [])]
        rows += "".join(f"{case},{step},2026-03-0{2 + case % 3}T{hour:02d}:00:00Z\n" for hour, step in enumerate(steps))
    drafted = draft(answer(log_of("case,activity,time\n" + rows)), title="Orders of 2026", effective="2026-03-01")

    parsed = parse(write(drafted.standard), name="draft")

    assert parsed.problems == ()
    assert [problem.message for problem in defects(parsed.standard, catalogue.catalogue()) if problem.severity == "error"] == []
    assert [name for name, _share in drafted.left_out] == ["complain"]
    assert "parallel" in write(drafted.standard)


def test_a_summary_is_stored_and_read_as_it_was():
    model = models.Model(2, ((0, "enter", 1),), frozenset({1}))
    summary = summary_of(ORDERS, model)

    assert loaded(Summary, dumped(summary)) == summary
    assert summary.beside.rows
    assert as_json(diagnose(log_of(ORDERS), model, "model"))["conformance"]["model"] == "model"


def test_the_map_hangs_together_however_few_edges_are_wanted():
    summary = summary_of(ORDERS)

    for share in (0.0, 0.3, 1.0):
        laid = process_map(summary, share)
        assert {box.code for box in laid.boxes} == {START, END, 0, 1, 2}
        heights = {box.code: box.y for box in laid.boxes}
        assert heights[START] < heights[0] < heights[1] < heights[2] < heights[END]
        assert len({(box.x, box.y) for box in laid.boxes}) == len(laid.boxes)
    assert process_map(summary, 1.0).hidden_edges == 0
