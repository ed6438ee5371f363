"""Papers, certificates, and what a new version does to them: exactly the right people are asked, nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orderway.journal import reading
from orderway.masterdata.models import Qualification
from orderway.orders.models import Notification
from orderway.releases import acknowledging, effects, publishing
from orderway.releases.publishing import program_of
from orderway.standard.parse import parse
from orderway.training import calling, certifying, keeping, overriding, refusals
from orderway.training.courses import courses_of
from orderway.training.models import Answered, Attempt, Certificate
from orderway.training.rules import Standing
from orderway.training.standings import standings
from training.learning import bring, certify, source, write

FASTER = ("    owner: reviewer\n    limit: 1d", "    owner: reviewer\n    limit: 6h")
OTHER_WORDS = ("do: {en: Compare}", "do: {en: Compare line by line}")


def standing(shop, version, who, stage, today=None):
    person = shop.people[who]
    return standings(version, [person.pk], [stage], today or shop.now.date())[person.pk][stage].standing


def test_who_passes_is_certified_for_the_stages_of_the_role_and_its_gates(shop):
    certificate = certify(shop, "mary", "manager")

    assert set(certificate.stages) == {"check"}  # the manager owns no stage, but signs, waives and decides at that gate
    assert (certificate.percent, certificate.valid_until) == (100, date(2027, 3, 2))
    assert standing(shop, shop.version, "mary", "check") == Standing.VALID
    assert standing(shop, shop.version, "bob", "check") == Standing.MISSING
    entry = reading.of_subject("person", "mary").last()
    assert (entry.act, entry.actor) == ("quiz_passed", "mary")
    assert certificate.content_hash in entry.payload


def test_who_does_not_pass_waits_and_gets_another_paper(shop):
    bob = shop.people["bob"]
    first = write(certifying.begin(shop.version, "reviewer", person=bob, now=shop.now), shop.now, right=False)

    assert not first.passed
    assert not Certificate.objects.exists()
    with pytest.raises(refusals.TooSoon):
        certifying.begin(shop.version, "reviewer", person=bob, now=shop.now + timedelta(minutes=14))
    second = certifying.begin(shop.version, "reviewer", person=bob, now=shop.now + timedelta(minutes=15))
    assert (second.number, second.fingerprint == first.fingerprint) == (2, False)
    assert Answered.objects.filter(right=False).count() == len(first.paper)
    assert set(certifying.seen("plain").values()) == {(1, 1)}


def test_an_open_paper_goes_on_and_is_handed_in_once_and_whole(shop):
    bob = shop.people["bob"]
    paper = certifying.begin(shop.version, "reviewer", person=bob, now=shop.now)

    assert certifying.begin(shop.version, "reviewer", person=bob, now=shop.now) == paper
    with pytest.raises(refusals.AnswersMissing):
        certifying.hand_in(paper, now=shop.now)
    for bad in (None, -1, 9):
        with pytest.raises(refusals.NotAnAnswer):
            certifying.answer(paper, 0, bad, now=shop.now)
    write(paper, shop.now)
    with pytest.raises(refusals.PaperFinished):
        certifying.answer(paper, 0, 0, now=shop.now)
    with pytest.raises(refusals.PaperFinished):
        certifying.hand_in(paper, now=shop.now)
    assert Certificate.objects.count() == 1


def test_there_is_no_quiz_where_nothing_is_due_and_no_course_where_there_is_nothing_to_do(shop):
    certify(shop, "bob", "reviewer")

    with pytest.raises(refusals.NothingDue):
        certifying.begin(shop.version, "reviewer", person=shop.people["bob"], now=shop.now)
    with pytest.raises(refusals.NoCourse):
        certifying.begin(shop.version, "process_owner", person=shop.people["bob"], now=shop.now)
    last_month = shop.now + timedelta(days=340)
    assert certify(shop, "bob", "reviewer", now=last_month).valid_until == date(2028, 2, 5)
    assert Certificate.objects.count() == 2


def test_a_patch_costs_nobody_anything(shop):
    certify(shop, "bob", "reviewer")
    new = bring(shop, "1.0.1", OTHER_WORDS, gate="off")

    assert standing(shop, new, "bob", "check") == Standing.VALID
    assert not Notification.objects.filter(subject_kind="training").exists()


def test_a_minor_step_asks_those_to_read_whose_stage_changed(shop):
    for who, role in (("bob", "reviewer"), ("alice", "clerk")):
        certify(shop, who, role)
    new = bring(shop, "1.1.0", FASTER)
    document = program_of(new.pk).standard

    assert standing(shop, new, "bob", "check") == Standing.ACKNOWLEDGE
    assert standing(shop, new, "alice", "enter") == Standing.VALID
    with pytest.raises(refusals.ReadInstead):
        certifying.begin(new, "reviewer", person=shop.people["bob"], now=shop.now)
    check = document.stages["check"]
    acknowledging.acknowledge(new, check, acknowledging.question_of(document, check, "bob").right, by=shop.people["bob"], now=shop.now)
    assert standing(shop, new, "bob", "check") == Standing.VALID


def test_a_major_step_asks_exactly_those_whose_stages_changed_and_about_what_changed(shop):
    for who, role in (("bob", "reviewer"), ("mary", "manager"), ("alice", "clerk"), ("carol", "warehouse")):
        certify(shop, who, role)
    new = bring(shop, "2.0.0", FASTER)

    told = Notification.objects.filter(subject_kind="training").values_list("person__key", flat=True)
    assert sorted(told) == ["bob", "mary"]
    assert standing(shop, new, "bob", "check") == Standing.RETRAIN
    assert standing(shop, new, "alice", "enter") == Standing.VALID
    assert standing(shop, new, "carol", "pack") == Standing.VALID
    paper = certifying.begin(new, "reviewer", person=shop.people["bob"], now=shop.now)
    assert "check:limit" in {question.key for question in keeping.read(paper.paper)}
    write(paper, shop.now)
    assert standing(shop, new, "bob", "check") == Standing.VALID
    assert Qualification.objects.filter(person=shop.people["bob"]).count() == 2  # the old orders run on; he knows both


def test_what_ended_before_the_version_came_stays_ended(shop):
    certify(shop, "bob", "reviewer")
    late = shop.now + timedelta(days=400)
    new = bring(shop, "1.0.1", OTHER_WORDS, gate="off", now=late)

    assert standing(shop, new, "bob", "check", late.date()) == Standing.EXPIRED


def test_a_version_that_is_planned_may_be_learned_before_it_comes(shop):
    certify(shop, "bob", "reviewer")
    draft = publishing.draft(source("2.0.0", FASTER), author="paul", now=shop.now)
    with pytest.raises(refusals.NoCourse):
        certifying.begin(draft, "reviewer", person=shop.people["bob"], now=shop.now)
    approved = publishing.approve(draft, by=shop.people["mary"], now=shop.now, accept="a test")
    approved = publishing.plan(approved, shop.now.date() + timedelta(days=5), by=shop.people["mary"], now=shop.now)

    assert [str(course.version) for course in courses_of(shop.people["bob"], now=shop.now) if course.due] == [
        "automatic 1.0.0",
        "plain 2.0.0",
    ]
    assert Notification.objects.filter(subject_kind="training", person__key="bob").count() == 1
    certify(shop, "bob", "reviewer", approved)
    publishing.release_planned(shop.now + timedelta(days=5))

    assert standing(shop, approved, "bob", "check") == Standing.VALID
    assert Notification.objects.filter(subject_kind="training", person__key="bob").count() == 1


def test_the_editor_is_told_how_many_people_a_draft_sends_to_training(shop):
    old = program_of(shop.version.pk).standard
    texts = [effect.text for effect in effects.effects(old, parse(source("2.0.0", FASTER)).standard, now=shop.now)]

    assert "2 people to retrain: Check." in texts
    assert "Until they have passed, they may be given this work under supervision only." in texts
    minor = [effect.text for effect in effects.effects(old, parse(source("1.1.0", FASTER)).standard, now=shop.now)]
    assert not any("retrain" in text for text in minor)


def test_who_is_called_to_learn(shop):
    bob = shop.people["bob"]
    assert calling.waiting(bob.pk, shop.now) == []  # the standard wants no certificates, and he never had one
    certify(shop, "bob", "reviewer")
    bring(shop, "2.0.0", FASTER)

    (notice,) = calling.waiting(bob.pk, shop.now)
    assert (notice.text, notice.late) == ("Training for Reviewer, A small way: 1 stage is due.", True)
    (missing,) = calling.waiting(shop.people["carol"].pk, shop.now)
    assert (missing.text, missing.late) == ("Training for Warehouse, A small way: 2 stages are due.", False)


def test_people_are_reminded_before_a_certificate_ends_once_per_step(shop):
    certify(shop, "bob", "reviewer")
    ends = date(2027, 3, 2)

    def reminded_on(days_before):
        day = shop.now.replace(year=2027) - timedelta(days=days_before)
        calling.remind(day)
        return Notification.objects.filter(subject_kind="training").count()

    assert [reminded_on(days) for days in (31, 30, 29, 8, 7, 3, 1, 0)] == [0, 1, 1, 1, 2, 2, 3, 3]
    assert Notification.objects.filter(source__contains=str(ends)).count() == 3


# --- without a certificate ----------------------------------------------------------------------------------------------


def test_a_certified_colleague_supervises_for_some_days_on_the_record(shop):
    certify(shop, "bob", "reviewer")
    rita, bob, check = shop.hire("rita", "reviewer"), shop.people["bob"], program_of(shop.version.pk).standard.stages["check"]
    week = {"until": shop.now.date() + timedelta(days=7), "reason": "first week", "now": shop.now}

    overriding.supervise(shop.version, check, rita, by=bob, **week)

    entry = reading.of_subject("person", "rita").last()
    assert (entry.act, entry.actor, "first week" in entry.payload) == ("supervise", "bob", True)
    assert standing(shop, shop.version, "rita", "check") == Standing.MISSING  # it teaches, but proves nothing
    assert Qualification.objects.get(person=rita).how == "supervised"
    for refusal, change in (
        (refusals.OwnSupervisor, {"by": rita}),
        (refusals.NotASupervisor, {"by": shop.people["eve"]}),
        (refusals.NoReasonGiven, {"reason": " "}),
        (refusals.BadPeriod, {"until": shop.now.date() - timedelta(days=1)}),
        (refusals.BadPeriod, {"until": shop.now.date() + timedelta(days=15)}),
    ):
        with pytest.raises(refusal):
            overriding.supervise(shop.version, check, rita, **({"by": bob} | week | change))
    certify(shop, "rita", "reviewer")
    with pytest.raises(refusals.NeedsNone):
        overriding.supervise(shop.version, check, rita, by=bob, **week)


def test_the_owner_of_the_standard_takes_proof_from_elsewhere(shop):
    olga, check = shop.hire("olga", "process_owner"), program_of(shop.version.pk).standard.stages["check"]
    given = {"until": date(2026, 12, 31), "reason": "certificate of the old system", "now": shop.now}

    with pytest.raises(refusals.NotAttested):
        overriding.attest(shop.version, check, shop.people["bob"], by=shop.people["mary"], **given)
    overriding.attest(shop.version, check, shop.people["bob"], by=olga, **given)

    assert standing(shop, shop.version, "bob", "check") == Standing.VALID
    assert reading.of_subject("person", "bob").last().act == "attest"


def test_the_number_of_statements_does_not_grow_with_the_people(shop, django_assert_num_queries):
    people = [shop.hire(f"r{number}", "reviewer").pk for number in range(12)]

    with django_assert_num_queries(2):
        standings(shop.version, people, ["enter", "check", "pack"], shop.now.date())
    assert Attempt.objects.count() == 0
