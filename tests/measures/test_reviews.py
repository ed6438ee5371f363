"""The management review: made by itself, the same for everybody, with decisions that become tasks; and alerts with an owner."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from measures.conftest import finished
from orderway.journal.models import Entry
from orderway.masterdata.models import RoleMember
from orderway.measures import alerts, deciding, following, reviewing
from orderway.measures.models import Decision, ReviewPack
from orderway.measures.periods import Period
from orderway.measures.review_pages import pdf
from orderway.orders.models import Notification
from orderway.pages import review_sections
from orderway.pages.notices import notices

MARCH = Period("last_month", date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def reviewed(company):
    """A company that finished three orders in March, one of them sent back; it is the second of April."""
    start = company.now
    for number in range(3):
        company.now = start + timedelta(days=number)
        finished(company, company.an_order(), hours=1, fails=number == 0)
    company.now = start + timedelta(days=31)
    RoleMember.objects.create(person=company.people["mary"], role="process_owner")
    with time_machine.travel(company.now, tick=False):
        yield company


def said(pack: ReviewPack, code: str = "en") -> dict[str, list[list[str]]]:
    return {section.title: [list(row) for row in section.rows] for section in reviewing.sections_of(pack, code)}


def test_the_packs_of_the_last_month_and_quarter_are_made_once_by_the_worker(reviewed):
    assert reviewing.make_due(reviewed.now) == "2 made"
    assert reviewing.make_due(reviewed.now) == "0 made"

    assert set(ReviewPack.objects.values_list("key", flat=True)) == {"2026-03", "2026-Q1"}


def test_nothing_is_made_before_an_order_has_ended(company):
    company.an_order()

    assert reviewing.make_due(company.now + timedelta(days=40)) == "0 made"


def test_a_pack_says_figures_bottlenecks_and_errors_in_three_languages(reviewed):
    pack = reviewing.make("month", MARCH, actor="system", now=reviewed.now)

    english = said(pack)
    assert ["failed gate", "Check", "1"] in english["Errors by cause"]
    assert {row[0] for row in english["Bottlenecks"][:2]} == {"Enter", "Check"}  # both were done again
    quick = next(row for row in english["Figures against target"] if row[0].startswith("From desk to box"))
    assert quick[3:] == ["≤ 2.0 workdays", "3", "too few to judge"]
    assert "指标与目标对比" in said(pack, "zh-hans")
    assert "指標與目標對比" in said(pack, "zh-hant")
    assert all(pdf(pack, code).startswith(b"%PDF") for code in ("en", "zh-hans", "zh-hant"))


def test_a_pack_stays_as_it_was_made(reviewed):
    pack = reviewing.make("month", MARCH, actor="system", now=reviewed.now)
    finished(reviewed, reviewed.an_order())

    assert reviewing.make("month", MARCH, actor="system", now=reviewed.now).content == pack.content


def test_a_decision_becomes_a_task_and_the_next_pack_opens_with_its_state(reviewed):
    pack = reviewing.make("month", MARCH, actor="system", now=reviewed.now)
    carol, mary = reviewed.people["carol"], reviewed.people["mary"]

    made = deciding.decide(pack, "Pack twice a day", carol, date(2026, 4, 10), by=mary, now=reviewed.now)

    assert [notice.text for notice in notices(carol.pk, reviewed.now) if "Pack twice" in notice.text]
    assert Notification.objects.get(kind="decided").person == carol
    next_month = Period("", date(2026, 4, 1), date(2026, 4, 30))
    late = reviewing.make("demand", next_month, actor="mary", now=reviewed.now + timedelta(days=20))
    assert said(late)["Decisions of earlier reviews"] == [["Pack twice a day", "2026-03", "Carol", "2026-04-10", "open"]]

    deciding.settle(made.pk, "Since Monday", by=carol, now=reviewed.now + timedelta(days=21))

    assert deciding.waiting(carol.pk, reviewed.now + timedelta(days=21)) == []
    done = reviewing.make("demand", next_month, actor="mary", now=reviewed.now + timedelta(days=22))
    assert said(done)["Decisions of earlier reviews"][0][-1] == "done: Since Monday"
    assert list(Entry.objects.filter(subject_kind="review", subject_key="2026-03").order_by("sequence").values_list("act", flat=True)) == [
        "decide", "settle",
    ]  # fmt: skip


def test_only_those_who_own_or_approve_a_standard_decide_and_only_the_owner_settles(reviewed):
    pack = reviewing.make("month", MARCH, actor="system", now=reviewed.now)
    carol, mary, eve = (reviewed.people[key] for key in ("carol", "mary", "eve"))
    with pytest.raises(deciding.NotForThem):
        deciding.decide(pack, "No", carol, date(2026, 4, 10), by=eve, now=reviewed.now)
    with pytest.raises(deciding.DecisionIncomplete):
        deciding.decide(pack, "Yesterday", carol, date(2026, 3, 10), by=mary, now=reviewed.now)
    made = deciding.decide(pack, "Yes", carol, date(2026, 4, 10), by=mary, now=reviewed.now)
    with pytest.raises(deciding.NotForThem):
        deciding.settle(made.pk, "Done", by=eve, now=reviewed.now)
    with pytest.raises(deciding.NoResult):
        deciding.settle(made.pk, " ", by=carol, now=reviewed.now)
    deciding.settle(made.pk, "Done", by=carol, now=reviewed.now)
    with pytest.raises(deciding.AlreadySettled):
        deciding.settle(made.pk, "Again", by=carol, now=reviewed.now)
    assert Decision.objects.get().result == "Done"


def test_the_pages_make_show_decide_and_settle(reviewed, signed_in):
    mary, eve = signed_in("mary"), signed_in("eve")
    assert "No review was made yet." in mary.get("/reviews/").content.decode()

    made = mary.post("/reviews/make", {"period": "last_month"})
    assert made.status_code == 302
    page = mary.get(made["Location"]).content.decode()
    assert "Figures against target" in page
    assert 'style="' not in page
    address = made["Location"]
    assert mary.post(f"{address}decide", {"text": "", "owner": "carol", "due_on": "2026-04-10"}).status_code == 422
    assert mary.post(f"{address}decide", {"text": "Pack twice", "owner": "carol", "due_on": "2026-04-10"}).status_code == 302
    assert signed_in("carol").post(f"/reviews/decisions/{Decision.objects.get().pk}/settle", {"result": "Done"}).status_code == 302
    assert "done: Done" in mary.get(address).content.decode()
    assert mary.get(f"{address}review.pdf?language=zh-hans")["Content-Type"] == "application/pdf"

    assert eve.post("/reviews/make", {"period": "last_month"}).status_code == 409
    assert eve.post(f"{address}decide", {"text": "x", "owner": "eve", "due_on": "2026-04-10"}).status_code == 409
    assert "Make a review now" not in eve.get("/reviews/").content.decode()
    assert mary.get("/reviews/nothing/").status_code == 404


def test_a_rule_that_fires_to_the_worse_side_tells_the_owner_of_the_standard_once(company):
    RoleMember.objects.create(person=company.people["mary"], role="process_owner")
    start = company.now
    for week in range(10):
        for _ in range(2):
            company.now = start + timedelta(weeks=week)
            finished(company, company.an_order(), hours=1, fails=2 if week == 9 else 0)
    following.follow(company.now)
    after = start + timedelta(weeks=10)

    alerts.tell(after)
    told = Notification.objects.filter(kind="measure")

    assert set(told.values_list("person__key", flat=True)) == {"mary"}
    assert "First-pass yield: falling, which is worse" in set(told.values_list("text", flat=True))
    assert alerts.tell(after) == "0 told"


def test_layers_register_what_they_know_and_a_layer_that_says_nothing_is_left_out(reviewed):
    pack = reviewing.make("month", MARCH, actor="system", now=reviewed.now)

    titles = [section.title for section in reviewing.sections_of(pack, "en")]

    assert {"suggestions", "cycles", "training"} <= review_sections._sections.keys()
    assert "Suggestions and what came of them" in titles
    assert "Training" not in titles  # nobody was ever certified
    assert "Improvement cycles" not in titles
