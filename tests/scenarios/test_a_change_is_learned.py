"""The whole chain: a limit is changed in the editor and put in force; exactly the right people learn it; the gate lets them work."""

from __future__ import annotations

import re

import pytest

from orderway.manual.models import WorkingDraft
from orderway.masterdata.models import Qualification
from orderway.orders import acts
from orderway.orders.certified import NotCertified
from orderway.orders.completion import Completion
from orderway.orders.models import Notification, WorkItem
from orderway.releases.models import Version
from orderway.training import keeping
from orderway.training.models import Attempt, Certificate
from training.learning import bring, certify
from web.conftest import shop, signed_in

__all__ = ["shop", "signed_in"]

STAGE = {"stage": "enter", "title": "Enter", "owner": "clerk", "limit": "2h", "runs": "person", "language": "en"}
STEP = {"step.0.id": "type", "step.0.do": "Type it in", "step.0.evidence": "tick"}


@pytest.fixture
def now(shop, monkeypatch):
    """Pages act on the day of the test."""
    from django.utils import timezone

    shop.now = timezone.now()
    return shop.now


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def write_major_version(browser):
    """Alice's limit for entering becomes two hours, as a major step; gives the draft."""
    browser.post("/standard/plain/1.1.0/edit")
    draft = WorkingDraft.objects.get()
    assert browser.post(f"/standard/drafts/{draft.pk}/stage", {"saves": draft.saves, **STAGE, **STEP}).status_code == 302
    draft.refresh_from_db()
    source = draft.source.replace("version: 1.2.0", "version: 2.0.0")
    assert browser.post(f"/standard/drafts/{draft.pk}/yaml", {"saves": draft.saves, "source": source}).status_code == 302
    return draft


def test_a_changed_limit_sends_exactly_the_right_people_to_training_and_then_the_gate_lets_them_work(shop, signed_in, now):
    shop.hire("rita", "clerk")
    before = bring(shop, "1.1.0", gate="block", now=now)
    for who, role in (("alice", "clerk"), ("rita", "clerk"), ("bob", "reviewer"), ("carol", "warehouse"), ("mary", "manager")):
        certify(shop, who, role, before, now)
    writer, boss, alice = signed_in("eve"), signed_in("mary"), signed_in("alice")

    # the editor says what the change would cause, before anybody has decided anything
    draft = write_major_version(writer)
    page = words(writer.get(f"/standard/drafts/{draft.pk}/?tab=changes"))
    assert "Enter: time limit: 4 hours → 2 hours" in page
    assert "2 people to retrain: Enter." in page

    # approved by somebody else, put in force
    assert writer.post(f"/standard/drafts/{draft.pk}/submit").status_code == 302
    assert boss.post("/standard/plain/2.0.0/approve", {"accept": "they learn it today"}).status_code == 302
    assert boss.post("/standard/plain/2.0.0/release", {"when": "now"}).status_code == 302
    version = Version.objects.get(standard_id="plain", version="2.0.0", status="effective")

    # exactly the right people are asked
    told = Notification.objects.filter(subject_kind="training").values_list("person__key", flat=True)
    assert sorted(told) == ["alice", "rita"]
    assert "Training for Clerk, A small way: 1 stage is due." in words(alice.get("/"))
    assert "Training for Reviewer" not in words(signed_in("bob").get("/"))

    # until then the gate is closed for them, and open for everybody else
    number = shop.an_order(version=version)
    item = WorkItem.objects.get(order__number=number, stage="enter", state="open")
    done = {number: Completion(evidence={"type": "yes"})}
    assert (item.responsible, item.unassigned_reason) == (None, "none_qualified")
    assert isinstance(acts.complete(done, stage="enter", actor=shop.actor("alice"), now=now)[number], NotCertified)

    # the quiz asks about what changed, and gives a certificate
    paper = alice.post("/training/plain/2.0.0/clerk/begin")["Location"]
    attempt = Attempt.objects.get(finished_at__isnull=True)
    assert attempt.stages == ["enter"]
    assert "enter:limit" in {question.key for question in keeping.read(attempt.paper)}
    for at, question in enumerate(keeping.read(attempt.paper), start=1):
        alice.post(f"{paper}answer", {"question": at, "answer": question.right + 1})
    alice.post(f"{paper}hand-in")
    certificate = Certificate.objects.get(version=version)
    assert (certificate.person.key, list(certificate.stages)) == ("alice", ["enter"])

    # the gate lets her work, and new work goes to her; who did not learn it gets none
    acts.claim([number], stage="enter", actor=shop.actor("alice"), now=now)
    assert not acts.complete(done, stage="enter", actor=shop.actor("alice"), now=now)
    assert WorkItem.objects.get(order__number=number, stage="check", state="open").responsible.key == "bob"
    other = shop.an_order(version=version)
    assert WorkItem.objects.get(order__number=other, stage="enter", state="open").responsible.key == "alice"
    assert isinstance(
        acts.complete({other: Completion(evidence={"type": "yes"})}, stage="enter", actor=shop.actor("rita"), now=now)[other], NotCertified
    )
    assert not Qualification.objects.filter(person__key="rita", stage_hash=certificate.stages["enter"]).exists()
