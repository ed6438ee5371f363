"""Training on pages: my courses, lessons, a paper, a certificate that anybody can check, the skills of everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orderway.masterdata.models import Qualification
from orderway.training import certifying, keeping, skills
from orderway.training.certificate_pages import certificate_pdf, signature
from orderway.training.models import Attempt, Certificate
from orderway.training.skills import matrix
from training.learning import certify, write


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_course_is_learned_from_start_to_certificate_on_pages(shop, signed_in):
    bob = signed_in("bob")
    assert "Certified for 0 of 1 stages" in text(bob.get("/training/"))
    course = "/training/plain/1.0.0/reviewer/"
    assert "not certified" in text(bob.get(course))
    lesson = text(bob.get(f"{course}check/"))
    assert "Compare" in lesson
    assert "To the quiz" in lesson

    paper = bob.post(f"{course}begin")["Location"]
    assert "answered" in text(bob.get(paper))
    attempt = Attempt.objects.get()
    assert bob.post(f"{paper}answer", {"question": "1"}).status_code == 422
    for number, question in enumerate(keeping.read(attempt.paper), start=1):
        following = bob.post(f"{paper}answer", {"question": number, "answer": question.right + 1})["Location"]
    assert following.endswith("?q=end")
    assert "Hand in" in text(bob.get(following))
    assert bob.post(f"{paper}hand-in")["Location"] == paper

    result = text(bob.get(paper))
    assert "Passed 100 %" in re.sub("<[^>]+>", "", result)
    certificate = Certificate.objects.get()
    shown = text(bob.get(f"/training/certificates/{certificate.pk}/"))
    assert certificate.number in shown
    assert "You are certified for all of it until" in text(bob.get(course))


def test_a_paper_that_was_not_passed_names_the_clause_of_every_wrong_answer(shop, signed_in):
    attempt = write(certifying.begin(shop.version, "reviewer", person=shop.people["bob"], now=timezone.now()), timezone.now(), right=False)

    page = text(signed_in("bob").get(f"/training/papers/{attempt.pk}/"))

    assert "Not passed" in page
    assert page.count("The clause: Check") == len(attempt.paper)
    assert "/training/plain/1.0.0/reviewer/check/" in page
    assert "may begin at" in text(signed_in("bob").get("/training/plain/1.0.0/reviewer/"))
    assert signed_in("bob").post("/training/plain/1.0.0/reviewer/begin").status_code == 409


def test_papers_and_certificates_are_nobody_elses_business(shop, signed_in):
    certificate = certify(shop, "bob", "reviewer", now=timezone.now())

    for address in (f"papers/{certificate.attempt_id}/", f"certificates/{certificate.pk}/", f"certificates/{certificate.pk}.pdf"):
        assert signed_in("eve").get(f"/training/{address}").status_code == 404
        assert signed_in("bob").get(f"/training/{address}").status_code == 200
    assert signed_in("eve").post(f"/training/papers/{certificate.attempt_id}/hand-in").status_code == 404


def test_anybody_who_holds_a_certificate_can_check_it_and_nobody_can_make_one_up(shop):
    certificate = certify(shop, "bob", "reviewer", now=timezone.now())
    stranger, address = Client(), f"/training/verify/{certificate.pk}/{signature(certificate)}"

    answer = stranger.get(address)

    assert answer.status_code == 200
    assert "This certificate was issued here." in text(answer)
    assert "Bob" in text(answer)
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert stranger.get(address[:-1] + ("0" if address[-1] != "0" else "1")).status_code == 404
    assert stranger.get(f"/training/verify/999/{signature(certificate)}").status_code == 404
    Certificate.objects.filter(pk=certificate.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert stranger.get(address).status_code == 404  # what was printed says another day


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_a_certificate_is_printed_in_three_languages(shop, language):
    certificate = certify(shop, "bob", "reviewer")

    assert certificate_pdf(certificate, "https://orders.example/training/verify/1/abc", language).startswith(b"%PDF")


def test_the_matrix_shows_who_can_do_what_and_where_too_few_can(shop, signed_in):
    shop.hire("rita", "reviewer")
    for who, role in (("bob", "reviewer"), ("carol", "warehouse")):
        certify(shop, who, role, now=timezone.now())

    found = matrix(shop.version, now=timezone.now())

    assert [name for _, _, name in found.stages] == ["Enter", "Check", "Reserve", "Pack", "Thank"]
    assert found.risks == (
        "Nobody is certified for: Enter, Thank.",
        "Only Bob is certified for Check.",
        "Only Carol is certified for Reserve.",
        "Only Carol is certified for Pack.",
    )
    page = text(signed_in("eve").get("/training/skills?standard=plain"))
    assert "Only Bob is certified for Check." in page
    assert page.count("ow-skill ow-valid") == 3 + 1  # and one in the legend


def test_two_who_can_are_too_few_when_one_certificate_ends_soon(shop):
    shop.hire("rita", "reviewer")
    for who in ("bob", "rita"):
        certify(shop, who, "reviewer", now=timezone.now())
    assert not any("Check" in risk for risk in matrix(shop.version, now=timezone.now()).risks)
    ends = timezone.localdate() + timedelta(days=6)
    Qualification.objects.filter(person=shop.people["rita"]).update(valid_until=ends)

    assert f"2 people are certified for Check. The certificate of Rita ends on {ends}." in matrix(shop.version, now=timezone.now()).risks


def test_the_matrix_asks_as_often_for_many_people_as_for_one(shop, django_assert_num_queries):
    for number in range(9):
        shop.hire(f"r{number}", "reviewer")

    with django_assert_num_queries(3):
        assert len(skills.matrix(shop.version, now=shop.now).rows) == 13


def test_who_supervises_whom_is_noted_on_a_page(shop, signed_in):
    rita = shop.hire("rita", "reviewer")
    certify(shop, "bob", "reviewer", now=timezone.now())
    address = f"/training/people/{rita.pk}/plain/"
    given = {"stage": "check", "until": timezone.localdate() + timedelta(days=3), "reason": "first week", "how": "supervised"}

    assert signed_in("eve").post(f"{address}permit", given).status_code == 409
    assert signed_in("rita").post(f"{address}permit", given).status_code == 409
    assert signed_in("bob").post(f"{address}permit", given | {"until": "tomorrow"}).status_code == 422
    assert signed_in("bob").post(f"{address}permit", given | {"reason": ""}).status_code == 422
    assert signed_in("bob").post(f"{address}permit", given | {"how": "attested"}).status_code == 409
    assert signed_in("bob").post(f"{address}permit", given).status_code == 302

    assert "supervised until" in text(signed_in("bob").get(address))
    assert "ow-skill ow-watched" in text(signed_in("bob").get("/training/skills?standard=plain"))


def test_a_person_without_a_role_is_told_so(shop, signed_in):
    assert "No standard that the company works by names a role of yours yet." in text(signed_in("eve").get("/training/"))


@pytest.mark.parametrize("path", ["plain/9.9.9/reviewer/", "plain/1.0.0/nobody/", "plain/1.0.0/reviewer/pack/", "people/1/nothing/"])
def test_what_is_not_there_is_not_found(shop, signed_in, path):
    assert signed_in("bob").get(f"/training/{path}").status_code == 404
