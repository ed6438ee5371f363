"""Training for programs: one's own courses and certificates, whether a certificate is ours, who can do which stage."""

from __future__ import annotations

from django.utils import timezone

from orderway.releases.models import Version
from orderway.training import certifying
from orderway.training.certificate_pages import signature
from orderway.training.practice import practising
from training.learning import write


def certified(office, who="bob", role="finance"):
    """Somebody passes the course of a role; gives the certificate."""
    version, now = Version.objects.get(status="effective"), timezone.now()
    return write(certifying.begin(version, role, person=office.people[who], now=now), now).certificate


def test_courses_are_ones_own_and_say_what_is_due(office):
    (before,) = office.get("bob", "/courses").json()["rows"]
    certificate = certified(office)
    practice = practising.begin(certificate.version, "finance", person=office.people["bob"], now=timezone.now())
    (after,) = office.get("bob", "/courses").json()["rows"]

    assert (before["role"], before["due"], before["certified"], before["practice"]) == ("finance", ["review", "invoicing"], 0, "none")
    assert (after["due"], after["certified"], after["certificate"], after["practice"]) == ([], 2, certificate.number, "open")
    assert [one["standing"] for one in after["stages"]] == ["valid", "valid"]
    practising.give_up(practice, now=timezone.now())
    assert office.get("bob", "/courses").json()["rows"][0]["practice"] == "not_passed"
    assert office.get("eve", "/courses").json() == {"rows": []}


def test_a_certificate_is_shown_to_its_person_and_to_whoever_has_its_code(office):
    certificate = certified(office)
    (own,) = office.get("bob", "/certificates").json()["rows"]
    assert (own["number"], own["holds"], own["code"]) == (certificate.number, True, signature(certificate))
    assert office.get("eve", "/certificates").json()["rows"] == []

    found = office.get("eve", f"/certificates/{own['number']}/verify", code=own["code"]).json()

    assert (found["person"], found["role"], found["content_hash"]) == ("Bob", "finance", certificate.content_hash)
    assert "code" not in found
    wrong = own["code"][:-1] + ("0" if own["code"][-1] != "0" else "1")
    for number, code in ((own["number"], wrong), ("TC-999999", own["code"])):
        assert office.get("eve", f"/certificates/{number}/verify", code=code).json()["code"] == "not_found"
    assert office.get("eve", f"/certificates/{own['number']}/verify", code="x").status_code == 422
    assert office.get("eve", f"/certificates/{own['number']}/verify").status_code == 422
    assert office.get("eve", "/certificates/1/verify", code=own["code"]).status_code == 422


def test_the_matrix_says_who_can_do_what_and_what_is_at_risk(office):
    certified(office)

    found = office.get("eve", "/skills").json()

    (bob,) = [row for row in found["rows"] if row["person"] == "bob"]
    assert bob["concerned"] == ["review", "invoicing"]
    assert {one["stage"]: one["standing"] for one in bob["stages"]}["review"] == "valid"
    assert "Only Bob is certified for Order review." in found["risks"]
    assert office.get("eve", "/skills", standard=found["standard"]).json() == found
    assert office.get("eve", "/skills", standard="nothing").json()["code"] == "not_found"
