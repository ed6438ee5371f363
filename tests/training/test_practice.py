"""Practice orders: whoever does what the standard says passes, whoever approves blindly does not, and nothing real is touched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from faults.injecting import everything
from orders.shop import PLAIN
from orderway.engine import replay
from orderway.engine.move import Move
from orderway.engine.program import compile_standard
from orderway.journal.models import Entry
from orderway.releases.models import Version
from orderway.standard.parse import parse
from orderway.standard.templates import shipped
from orderway.training import rules
from orderway.training.models import PracticeOrder, PracticeStep
from orderway.training.practice import keeping, planting, practising
from orderway.training.practice.playing import Given, Play
from orderway.training.practice.rightly import blindly, rightly
from orderway.training.refusals import NoCourse, NothingNamed, NothingToPractise, PracticeMovedOn, PracticeOver, PracticeStuck
from training.learning import bring

TODAY = date(2026, 3, 2)


def programs():
    return [compile_standard(parse(text).standard) for text in shipped().values()]


def courses():
    found = [(program, role) for program in programs() for role in rules.roles_with_courses(program.standard)]
    return [pytest.param(*one, id=f"{one[0].standard.id} {one[1]}") for one in found if planting.practised(*one)]


def with_everything(program, scene, play):
    """Somebody brings all that the task asks for and says yes to every question."""
    return blindly(program, scene, play, play.task)


def carefully(program, scene, play):
    """... after saying what is wrong, if anything is."""
    return rightly(program, scene, play, play.task)


def played(program, role, how, seed, at_most=40):
    """A practice order that somebody works on to its end, or until it leads nowhere."""
    scene = planting.compose(program, role, seed, TODAY)
    play = Play(program, scene, role)
    play.start()
    for _ in range(at_most):
        if play.task is None:
            break
        play.do(how(program, scene, play))
    return scene, play


def mark(play):
    own = [step.verdict for step in play.steps if step.verdict]
    return rules.PracticeMark(len(own), own.count("right"), own.count("missed"), 80)


@pytest.mark.parametrize(("program", "role"), courses())
def test_whoever_does_what_the_standard_says_passes_and_whoever_approves_blindly_does_not(db, program, role):
    for seed in ("one", "two", "three"):
        _scene, play = played(program, role, carefully, seed)
        assert play.case.status == "ended"
        assert mark(play).passed, [step for step in play.steps if step.verdict]
        assert replay.replay(step.move for step in play.steps if step.move) == play.case
        assert len(play.position.settled) >= 1

        _scene, blind = played(program, role, with_everything, seed)
        assert not mark(blind).passed
        assert {step.verdict for step in blind.steps} & {"missed", "refused"}


@pytest.mark.parametrize(("program", "role"), courses())
def test_no_two_practice_orders_are_the_same_and_the_same_seed_makes_the_same(db, program, role):
    scenes = [planting.compose(program, role, seed, TODAY) for seed in ("a", "b", "a")]

    assert scenes[0] == scenes[2]
    assert scenes[0].order != scenes[1].order
    assert keeping.read_scene(keeping.written_scene(scenes[0]), program.standard) == scenes[0]


def test_saying_no_to_everything_is_no_way_to_pass_either(db):
    program = next(one for one in programs() if one.standard.id == "make-to-order")

    def grumbling(program, scene, play):
        given = with_everything(program, scene, play)
        return replace(given, act="refuse" if given.act == "sign" else "stop", found="difference:price", reason="no")

    for seed in ("one", "two", "three"):
        _scene, play = played(program, "finance", grumbling, seed)
        assert not mark(play).passed
        assert {"false_alarm", "wrong_place"} & {step.verdict for step in play.steps}


def test_what_was_read_wrongly_is_not_taken(db):
    program = next(one for one in programs() if one.standard.id == "make-to-order")
    scene, play = planting.compose(program, "warehouse", "one", TODAY), None
    play = Play(program, replace(scene, faults=()), "warehouse")
    play.start()
    given = with_everything(program, scene, play)

    play.do(replace(given, evidence={**given.evidence, "scan": "SOMETHING"}))

    assert [(step.verdict, step.about) for step in play.steps if step.verdict] == [("wrong_reading", "scan")]
    assert play.task.stage == "picking"


def ruled(criterion):
    """The small standard with another automatic criterion at its check."""
    text = PLAIN.format(id="plain", version="1.0.0").replace("test.total < 5000", criterion)
    return compile_standard(parse(text.replace("  test.total: money\n", "  test.total: money\n  test.channel: text\n")).standard)


def test_facts_are_chosen_so_that_rules_of_the_company_s_own_can_be_met(db):
    scene, play = played(ruled("test.channel == 'edi' && test.total < 777"), "reviewer", carefully, "one")

    assert play.case.status == "ended"
    assert scene.facts["test.channel"] == "edi"


def test_a_standard_whose_gate_no_order_can_pass_cannot_be_practised(db):
    with pytest.raises(PracticeStuck):
        planting.compose(ruled("test.channel == 'edi' && test.channel == 'form'"), "reviewer", "one", TODAY)


# --- with people ---------------------------------------------------------------------------------------------------------


def own_tables(rows):
    return {table: found for table, found in rows.items() if table not in ("training_practiceorder", "training_practicestep")}


def worked_off(practice, how, now):
    for _ in range(30):
        practice = PracticeOrder.objects.select_related("version").get(pk=practice.pk)
        if practice.finished_at is not None:
            return practice
        play = practising.play_of(practice)
        given = how(practising.program_for(practice), practising.scene_of(practice), play)
        practising.do(practice, given, seen=practice.steps.count(), now=now)
    raise AssertionError("it never ends")


def test_a_practice_order_touches_nothing_but_its_own_tables_and_ends_on_the_record_of_the_person(shop):
    shop.an_order()
    before = own_tables(everything())
    practice = practising.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now)
    assert own_tables(everything()) == before

    done = worked_off(practice, carefully, shop.now + timedelta(minutes=7))

    assert done.passed
    after = own_tables(everything())
    changed = {table for table in after if after[table] != before.get(table)}
    assert changed <= {"journal_entry", "sqlite_sequence", "journal_head", "journal_chainhead", "journal_subject"}, changed
    entry = Entry.objects.order_by("id").last()
    assert (entry.subject_kind, entry.subject_key, entry.act) == ("person", "bob", "practice_passed")
    moves = [Move.from_payload(step.move) for step in PracticeStep.objects.filter(practice=done) if step.move]
    assert replay.replay(moves).to_text() == done.position["case"]


def test_there_is_one_practice_order_at_a_time_and_another_one_each_time(shop):
    first = practising.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now)
    assert practising.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeOrder.objects.create(
            person=shop.people["bob"],
            version=shop.version,
            role="reviewer",
            number=9,
            scene={},
            position={},
            begun_at=shop.now,
            pass_mark=80,
        )

    practising.give_up(first, now=shop.now)
    second = practising.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now)

    assert second.number == 2
    assert second.scene["order"] != first.scene["order"]
    assert Entry.objects.order_by("id").last().act == "practice_failed"
    with pytest.raises(PracticeOver):
        practising.give_up(first, now=shop.now)


def test_an_act_that_is_sent_twice_is_done_once(shop):
    practice = practising.begin(shop.version, "clerk", person=shop.people["alice"], now=shop.now)
    given, seen = Given("stop", found="difference:item", reason="no"), practice.steps.count()
    practising.do(practice, given, seen=seen, now=shop.now)

    with pytest.raises(PracticeMovedOn):
        practising.do(practice, given, seen=seen, now=shop.now)

    assert PracticeOrder.objects.get().acts == 1


def test_a_practice_order_begun_before_its_version_retired_can_be_finished_and_none_begins_after(shop):
    practice = practising.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now)
    bring(shop, "1.1.0", ("limit: 4h", "limit: 3h"))
    old = Version.objects.get(pk=shop.version.pk)
    assert old.status == Version.Status.RETIRED

    with pytest.raises(NoCourse):
        practising.begin(old, "reviewer", person=shop.people["carol"], now=shop.now)

    assert worked_off(practice, carefully, shop.now).passed


def test_a_role_whose_work_the_system_does_has_nothing_to_practise(shop):
    with pytest.raises(NothingToPractise):
        practising.begin(shop.automatic, "warehouse", person=shop.people["carol"], now=shop.now)


def test_a_no_names_what_is_wrong_and_why(shop):
    practice = practising.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now)

    with pytest.raises(NothingNamed):
        practising.do(practice, Given("stop", reason="no"), seen=practice.steps.count(), now=shop.now)

    assert PracticeOrder.objects.get().acts == 0


# --- on pages --------------------------------------------------------------------------------------------------------------


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_learner_practises_on_pages_from_the_course_to_the_result(shop, signed_in):
    bob, course = signed_in("bob"), "/training/plain/1.0.0/reviewer/"
    assert "practice: not yet" in text(bob.get(course))
    page = bob.post(f"{course}practise")["Location"]
    shown = text(bob.get(page))
    assert "What lies before you" in shown
    assert 'name="finding.right"' in shown
    practice = PracticeOrder.objects.get()

    for _ in range(20):
        practice.refresh_from_db()
        if practice.finished_at:
            break
        given = carefully(practising.program_for(practice), practising.scene_of(practice), practising.play_of(practice))
        sent = {f"evidence.{step}": value for step, value in given.evidence.items()}
        sent |= {f"finding.{id}": "yes" if met else "no" for id, met in given.findings.items()}
        sent |= {f"paper.{kind}": "yes" for kind in given.papers}
        sent |= {"act": given.act, "found": given.found, "reason": given.reason, "seen": practice.steps.count()}
        assert bob.post(f"{page}act", sent).status_code == 302

    result = text(bob.get(page))
    assert "passed <span" in result
    assert "What was wrong with it" in result
    assert "practice: passed" in text(bob.get(course))
    assert "practice: passed" in text(bob.get("/training/"))


def test_what_is_refused_on_the_page_says_why_and_does_nothing(shop, signed_in):
    bob = signed_in("bob")
    page = bob.post("/training/plain/1.0.0/reviewer/practise")["Location"]
    seen = PracticeStep.objects.count()

    nothing_named = bob.post(f"{page}act", {"act": "stop", "seen": seen})
    assert nothing_named.status_code == 422
    assert "What is wrong was not named." in text(nothing_named)
    assert bob.post(f"{page}act", {"act": "finish", "evidence.nonsense": "1", "seen": seen}).status_code == 422
    assert bob.post(f"{page}act", {"act": "finish", "seen": "x"}).status_code == 409
    empty = bob.post(f"{page}act", {"act": "nonsense", "seen": seen})
    assert empty.status_code == 302
    assert "Evidence is missing for: Compare." in text(bob.get(page))
    assert "/standard/plain/1.0.0/check/" in text(bob.get(page))
    again = bob.post(f"{page}act", {"act": "finish", "seen": seen})
    assert again.status_code == 409
    assert "moved on" in text(again)

    assert bob.post(f"{page}give-up").status_code == 302
    assert "given up" in text(bob.get(page))
    assert bob.post(f"{page}give-up").status_code == 409
    assert bob.post(f"{page}act", {"act": "finish", "seen": seen}).status_code == 409


def test_a_criterion_is_waived_by_its_own_button_and_only_by_a_role_that_may(shop, signed_in):
    bob = signed_in("bob")
    page = bob.post("/training/plain/1.0.0/reviewer/practise")["Location"]
    sent = {"act": "waive:affordable", "waive.affordable": "an old customer", "seen": PracticeStep.objects.count()}

    assert bob.post(f"{page}act", sent).status_code == 302

    assert PracticeStep.objects.order_by("number").last().act == "waive"
    assert "affordable" in text(bob.get(page))
    assert "cannot be waived" in text(bob.get(page))


def test_a_practice_order_is_nobody_elses_business(shop, signed_in):
    page = signed_in("bob").post("/training/plain/1.0.0/reviewer/practise")["Location"]

    for method, address in (("get", page), ("post", f"{page}act"), ("post", f"{page}give-up")):
        assert getattr(signed_in("eve"), method)(address).status_code == 404
    assert signed_in("eve").get("/training/practice/999/").status_code == 404


def test_a_course_without_hand_work_says_so(shop, signed_in):
    carol, course = signed_in("carol"), "/training/automatic/1.0.0/warehouse/"

    assert "nothing to practise by hand" in text(carol.get(course))
    refused = carol.post(f"{course}practise")
    assert refused.status_code == 409
    assert "There is nothing to practise" in text(refused)


def test_the_page_of_a_practice_order_asks_as_often_however_long_it_is(shop, signed_in, django_assert_max_num_queries):
    bob = signed_in("bob")
    page = bob.post("/training/plain/1.0.0/reviewer/practise")["Location"]
    bob.get(page)

    with django_assert_max_num_queries(12):
        bob.get(page)


# --- what the forms of the acts ask ------------------------------------------------------------------------------------------


def stock():
    return next(one for one in programs() if one.standard.id == "make-to-stock")


def at_the_form(role, short=True):
    """A practice order of a role that stands at a task with a form, on which a line is short or all is there; no fault in the way."""
    for seed in range(60):
        scene = replace(planting.compose(stock(), role, str(seed), TODAY), faults=())
        play = Play(stock(), scene, role)
        play.start()
        while play.task and not play.fields(play.task):
            play.do(carefully(stock(), scene, play))
        if play.task and short == any(one.usual not in ("", one.wanted) for one in play.fields(play.task)):
            return scene, play
    raise AssertionError("no such practice order")


def test_whoever_picks_enters_what_lies_on_the_shelf_and_the_parcel(db):
    scene, play = at_the_form("warehouse")
    right = carefully(stock(), scene, play)
    short = next(one for one in play.fields(play.task) if one.usual not in ("", one.wanted))

    play.do(replace(right, entered={**right.entered, short.name: ""}))
    assert (play.steps[-1].verdict, play.steps[-1].about) == ("wrong_reading", f"field:{short.name}")
    play.do(replace(right, entered={**right.entered, "parcel": "YT1"}))
    assert (play.steps[-1].verdict, play.steps[-1].about) == ("wrong_reading", "field:parcel")
    assert play.entered(play.task)[short.name] == short.wanted, "what was right need not be typed again"

    play.do(replace(right, entered={**right.entered, "parcel": f" {right.entered['parcel'].lower()} "}))
    assert [step.verdict for step in play.steps if step.verdict][-1] == "right"


def test_a_field_of_a_quantity_left_empty_means_all_of_it(db):
    scene, play = at_the_form("warehouse", short=False)
    right = carefully(stock(), scene, play)

    play.do(replace(right, entered={"parcel": right.entered["parcel"]}))

    assert [step.verdict for step in play.steps if step.verdict][-1] == "right"


def test_whoever_hands_over_enters_what_was_taken_and_who_signed(db):
    scene, _play = at_the_form("logistics", short=False)
    asked = {one.kind for stage in scene.fields.values() for one in stage}

    assert asked == {"carrier", "vehicle", "kept", "signed_by"}
    assert keeping.read_scene(keeping.written_scene(scene), stock().standard).fields == scene.fields


def test_a_practice_order_begun_before_there_were_fields_goes_on(db):
    scene = planting.compose(stock(), "warehouse", "old", TODAY)
    kept = {name: value for name, value in keeping.written_scene(scene).items() if name != "fields"}

    assert keeping.read_scene(kept, stock().standard).fields == {}


def test_one_slip_that_was_put_right_fails_nobody_but_a_fault_that_went_through_does():
    assert rules.PracticeMark(acts=2, right=1, missed=0, pass_mark=80).passed
    assert not rules.PracticeMark(acts=3, right=1, missed=0, pass_mark=80).passed
    assert not rules.PracticeMark(acts=2, right=1, missed=1, pass_mark=80).passed
    assert not rules.PracticeMark(acts=1, right=0, missed=0, pass_mark=80).passed
    assert rules.PracticeMark(acts=10, right=8, missed=0, pass_mark=80).passed


def test_the_first_button_of_the_page_finishes_so_that_enter_waives_nothing(shop, signed_in):
    bob = signed_in("bob")
    page = bob.post("/training/plain/1.0.0/reviewer/practise")["Location"]

    buttons = re.findall(r'<button[^>]*name="act" value="([^"]+)"', bob.get(page).content.decode())

    assert buttons[0] == "finish"


def test_the_fields_of_the_form_stand_on_the_page_and_a_wrong_one_is_named(shop, signed_in):
    version = shop.released(shipped()["make-to-stock"])
    shop.hire("wendy", "warehouse")
    scene, play = at_the_form("warehouse")
    practice = practising.begin(version, "warehouse", person=shop.people["wendy"], now=shop.now)
    practice.scene, practice.position = keeping.written_scene(scene), keeping.written_position(play.position)
    practice.save()
    wendy, page = signed_in("wendy"), f"/training/practice/{practice.pk}/"
    shown = text(wendy.get(page))
    right = carefully(stock(), scene, play)

    assert "On the label of the parcel" in shown
    assert 'name="field.parcel"' in shown
    assert 'name="field.found.1"' in shown
    sent = {f"evidence.{step}": value for step, value in right.evidence.items()} | {"act": "finish", "seen": practice.steps.count()}
    wendy.post(f"{page}act", {**sent, "field.parcel": right.entered["parcel"]})
    assert "What you entered for “Found, line" in text(wendy.get(page))
