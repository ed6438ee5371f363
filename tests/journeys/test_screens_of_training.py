"""The screens of training and practice: axe finds nothing, the browser complains about nothing, nothing stands beside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from journeys import company, orders
from journeys.looking import look, seen
from orderway.masterdata.models import Person
from orderway.releases.models import Version
from orderway.training import certifying
from orderway.training.certificate_pages import signature
from orderway.training.models import PracticeOrder
from orderway.training.practice import practising
from training.learning import write
from training.test_practice import carefully

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db):
    """The company's people."""
    return company.found()


@pytest.mark.parametrize(
    ("width", "language", "dark"),
    [("desk", "en", False), ("phone", "en", False), ("phone", "zh-hans", False), ("desk", "zh-hant", True)],
)
def test_every_screen_of_training_is_sound(people, desk, width, language, dark):
    now = datetime.now(UTC)
    orders.at_review(people)  # people are trained for what orders run by
    stock, trade = (Version.objects.get(standard_id=id) for id in ("make-to-stock", "trade"))
    certificate = write(certifying.begin(stock, "finance", person=people["bob"], now=now), now).certificate
    failed = write(certifying.begin(stock, "planner", person=people["carol"], now=now), now, right=False)
    paper = certifying.begin(stock, "warehouse", person=people["carol"], now=now)
    practised = practising.begin(stock, "finance", person=people["bob"], now=now)
    while practised.finished_at is None:
        play = practising.play_of(practised)
        given = carefully(practising.program_for(practised), practising.scene_of(practised), play)
        practised = practising.do(practised, given, seen=practised.steps.count(), now=now)
    bob, carol = (desk(people[key], language=language, width=width, dark=dark) for key in ("bob", "carol"))
    nobody = desk(Person.objects.get(key="admin"), language=language, width=width, dark=dark)
    stranger = desk(width=width, dark=dark)

    wrong = look(
        {
            "training": (bob, "/training/"),
            "training-without-roles": (nobody, "/training/"),
            "course-passed": (bob, "/training/make-to-stock/1.0.0/finance/"),
            "course-failed": (carol, "/training/make-to-stock/1.0.0/planner/"),
            "course-of-the-system": (carol, f"/training/{trade.standard_id}/{trade.version}/warehouse/"),
            "paper": (carol, f"/training/papers/{paper.pk}/"),
            "paper-end": (carol, f"/training/papers/{paper.pk}/?q=end"),
            "result-passed": (bob, f"/training/papers/{certificate.attempt_id}/"),
            "result-failed": (carol, f"/training/papers/{failed.pk}/"),
            "certificate": (bob, f"/training/certificates/{certificate.pk}/"),
            "verified": (stranger, f"/training/verify/{certificate.pk}/{signature(certificate)}"),
            "practised": (bob, f"/training/practice/{practised.pk}/"),
        },
        f"-{language}-{width}",
    )

    assert wrong == {}


@pytest.mark.parametrize(("width", "language"), [("desk", "en"), ("phone", "zh-hans"), ("phone", "zh-hant")])
def test_somebody_practises_in_a_browser(people, desk, width, language):
    bob, suffix = desk(people["bob"], language=language, width=width), f"-{language}-{width}"
    bob.open("/training/make-to-order/1.0.0/finance/")
    bob.page.click("form[action$='practise'] button")
    bob.page.wait_for_selector("#what-lies-there")
    wrong = {"practice": seen(bob, f"practice{suffix}")}

    bob.page.click("button[data-ow-finish]")
    bob.page.wait_for_selector(".ow-refused")
    wrong["practice-refused"] = seen(bob, f"practice-refused{suffix}")
    bob.page.select_option("#found", "difference:terms")
    bob.page.click("button[value=stop]")
    bob.page.wait_for_load_state("networkidle")
    bob.complaints.clear()  # the browser notes every 422 by itself
    wrong["practice-without-reason"] = seen(bob, f"practice-without-reason{suffix}")
    assert bob.page.input_value("#found") == "difference:terms"

    bob.page.click("details summary.card-header")
    wrong["practice-steps"] = seen(bob, f"practice-steps{suffix}")
    bob.page.click("form[action$='give-up'] button")
    bob.page.wait_for_selector("form[action$='practise']")
    wrong["practice-given-up"] = seen(bob, f"practice-given-up{suffix}")

    assert {name: found for name, found in wrong.items() if found} == {}
    assert PracticeOrder.objects.get().acts == 1
