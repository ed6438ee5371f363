"""Advisory stages: a stage that is not on yet shows and records what it asks, and stops, bars and reminds nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.desk import Desk
from engine.standards import a_gate, a_standard, program_of
from engine.test_migrating import migrated
from orderway.engine import advance, gates
from orderway.engine.acting import Actor, Work
from orderway.engine.calendars import Holidays
from orderway.engine.case import Case
from orderway.engine.move import Judged
from orderway.engine.refusals import CriterionBlocks, EvidenceMissing
from orderway.engine.scheduling import schedule
from orderway.standard.canonical import canonical, content_hash, from_canonical, stage_hash
from orderway.standard.diff import roles_concerned, smallest_step
from orderway.standard.document import Evidence, StageId, Standard, Step
from orderway.standard.format import write
from orderway.standard.parse import parse
from orderway.standard.values import UNKNOWN
from standard.mutations import EXAMPLE, replaced_once

GATE = a_gate("a", auto={"sound": "order.flag_a"}, not_by=(StageId("a"),), approve="signatures")


def gated(*advisory: str, needs: tuple[str, ...] = ("paper",)) -> Standard:
    """A gate with everything that can stop somebody, in b."""
    standard = a_standard("a", "b", "c", b={"gate": GATE, "needs": needs})
    return replace(standard, advisory=tuple(StageId(stage) for stage in advisory))


def done(desk: Desk, work: Work, by: str = "alice") -> Desk:
    desk.take(advance.complete(desk.program, desk.case, desk.item("b").key, work, desk.answers(), actor=Actor(by)))
    return desk


def at_gate(**facts: object) -> Desk:
    return Desk(gated("b"), total=Decimal(5000), **facts).open().complete("a", by="alice")  # type: ignore[arg-type]


def test_an_advisory_stage_passes_without_proof_paper_answer_criterion_signature_or_second_person() -> None:
    desk = done(at_gate(flag_a=False), Work())

    assert desk.open_places == ["c"]
    assert desk.last.turn.judged == (Judged("right", "unknown"), Judged("sound", "false"))


def test_what_is_found_at_an_advisory_gate_is_recorded_and_a_no_sends_nobody_back() -> None:
    desk = done(at_gate(flag_a=True), Work(findings=(("right", False),)))

    assert desk.open_places == ["c"]
    assert desk.last.turn.judged == (Judged("right", "false"), Judged("sound", "true"))
    assert desk.case.failures == {}


def test_a_fact_that_nobody_knows_is_noted_as_unknown() -> None:
    desk = done(at_gate(flag_a=UNKNOWN), Work())
    assert desk.last.turn.judged == (Judged("right", "unknown"), Judged("sound", "unknown"))


def test_whoever_wants_may_still_send_back_from_an_advisory_stage() -> None:
    assert at_gate(flag_a=True).send_back("b", by="bob").open_places == ["a"]


def test_the_same_stage_switched_on_stops_with_all_of_it() -> None:
    desk = Desk(gated(), total=Decimal(5000), flag_a=False).open().complete("a", by="alice")
    with pytest.raises(EvidenceMissing):
        done(desk, Work(findings=(("right", True),)), by="bob")
    with pytest.raises(CriterionBlocks):
        done(desk, Work(frozenset({"do"}), frozenset({"paper"}), (("right", True),)), by="bob")


def test_the_page_sees_how_an_advisory_gate_stands_and_that_it_is_ready() -> None:
    desk = at_gate(flag_a=False)
    verdict = gates.check(desk.program, desk.case, desk.item("b"), Work(), desk.answers())

    assert verdict.advisory
    assert verdict.ready
    assert [(one.id, one.holds) for one in verdict.criteria] == [("right", None), ("sound", False)]
    assert (verdict.signatories, verdict.barred) == ((), ())


def test_a_step_that_records_a_fact_is_asked_for_all_the_same_as_later_stages_may_hang_on_it() -> None:
    step = Step("count", parse_text("Count"), evidence=Evidence("number", label=parse_text("Pieces"), fact="order.pieces"))
    standard = a_standard("a", "b", a={"steps": (step, *a_standard("a").stages[StageId("a")].steps)})
    program = program_of(replace(standard, advisory=(StageId("a"),)))
    assert program.required_steps["a"] == {"count"}


def parse_text(words: str):  # type: ignore[no-untyped-def]
    from engine.standards import text

    return text(words)


def test_the_limit_of_an_advisory_stage_stands_and_reminds_nobody() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    moves = {way: Desk(replace(a_standard("a"), advisory=tuple(way))).open() for way in ((), (StageId("a"),))}
    (on,), (off,) = (schedule(desk.program, Case(), desk.last, now=now, holidays=Holidays()).timing for desk in moves.values())

    assert on.due_at == off.due_at
    assert [percent for percent, _ in on.calls] == [75, 100, 200]
    assert off.calls == ()


def test_who_works_at_an_advisory_stage_needs_no_certificate() -> None:
    standard = gated("b")
    blocking = replace(standard, training=replace(standard.training, gate="block"))
    assert set(program_of(blocking).certified) == {"a", "c"}


def test_an_order_that_the_gate_stopped_is_tried_again_when_its_stage_becomes_advisory() -> None:
    stage = {"gate": a_gate("a", ask=(), auto={"sound": "order.flag_a"}), "runs": "system", "does": "x.y"}
    standard = a_standard("a", "b", "c", b=stage)
    desk = Desk(standard, flag_a=False).open().complete("a")
    stopped = CriterionBlocks(stage="b", criterion="sound", explanation="")
    desk.take(advance.wait(desk.program, desk.case, desk.item("b").key, stopped))
    assert advance.ready_for_system(desk.program, desk.case) == ()

    migrated(desk, replace(standard, version="1.1.0", advisory=(StageId("b"),)))

    assert [item.stage for item in advance.ready_for_system(desk.program, desk.case)] == ["b"]


# --- the document ---------------------------------------------------------------------------------------------------


def test_a_standard_without_advisory_stages_keeps_the_hash_it_always_had() -> None:
    assert '"advisory"' not in canonical(gated())
    assert from_canonical(canonical(gated("b"))) == gated("b")
    assert content_hash(gated("b")) != content_hash(gated())


def test_switching_a_stage_on_is_a_minor_step_for_its_people_who_keep_what_they_learned() -> None:
    before, after = gated("b"), gated()

    assert smallest_step(before, after) == "minor"
    assert "clerk" in roles_concerned(before, after)
    assert stage_hash(before, StageId("b")) == stage_hash(after, StageId("b"))


def test_advisory_stages_are_written_down_and_read_again() -> None:
    text = replaced_once(EXAMPLE, "\nlanguages:", "\nadvisory: [review, stock_check]\nlanguages:")
    standard = parse(text).standard
    assert standard is not None
    assert standard.advisory == ("review", "stock_check")
    assert parse(write(standard)).standard == standard
