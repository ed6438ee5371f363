"""The screens of scorecards and of a migration that was done: axe finds nothing, the browser complains about nothing, nothing beside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from journeys import company, orders
from journeys.looking import look, seen
from journeys.orders import actor_of
from orderway.assessment import following, objecting, seeing
from orderway.assessment.models import DoneTask
from orderway.assessment.rules.judging import Quality
from orderway.masterdata import people as staff
from orderway.masterdata.models import Person, RoleMember
from orderway.orders.completion import Completion
from orderway.releases import publishing
from orderway.releases.models import Version
from orderway.stages.capture import actions as capture
from orderway.stages.capture.rules import LineDraft, OrderDraft
from orderway.stages.review import actions as review
from orderway.standard.templates import shipped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime.now(UTC)
MONTH_BEFORE = NOW.replace(day=1) - timedelta(days=12)  # in the month before, so that it is over and can be released


@pytest.fixture
def people(transactional_db):
    """The company's people."""
    return company.found()


def worked(people) -> None:
    """Last month Alice entered 22 orders and Bob reviewed them: two went back, to both of which she objected, and Gus decided one."""
    alice, bob = actor_of(people["alice"]), actor_of(people["bob"])
    drafts = [OrderDraft("C001", (LineDraft("GX-2040", Decimal(1)),), standard="make-to-stock", customer_po=f"P{n}") for n in range(22)]
    numbers = [one.number for one in capture.place(drafts, actor=alice, now=MONTH_BEFORE)]
    entered = Completion(evidence={"enter": "yes", "confirm": "yes"})
    assert not capture.enter(numbers, actor=alice, now=MONTH_BEFORE, brings=dict.fromkeys(numbers, entered))
    passed = Completion(findings={"accuracy": True, "price_terms": True}, evidence={"compare": "yes"})
    failed = Completion(findings={"accuracy": False, "price_terms": True}, evidence={"compare": "yes"}, reason="another price")
    brings = {number: failed if position < 2 else passed for position, number in enumerate(numbers)}
    assert not review.decide(numbers, actor=bob, now=MONTH_BEFORE, brings=brings)
    following.follow(NOW)
    group = staff.found_group("office", name="Office", lead=people["gus"], by="admin", now=MONTH_BEFORE)
    for key in ("alice", "bob", "carol", "frank"):
        staff.join(group, people[key], by="admin", now=MONTH_BEFORE)
    seeing.release(seeing.shown(NOW.date())[0].key, by=people["alice"], now=NOW)
    back = DoneTask.objects.filter(quality=Quality.SENT_BACK, person=people["alice"]).order_by("pk")
    made = [objecting.object_to(task, "The customer changed it that day.", by=people["alice"], now=NOW) for task in back]
    objecting.decide(made[0].pk, upheld=True, answer="It is so.", by=people["gus"], now=NOW)


@pytest.mark.parametrize(
    ("width", "language", "dark"),
    [("desk", "en", False), ("phone", "en", False), ("phone", "zh-hans", False), ("desk", "zh-hant", True)],
)
def test_every_screen_of_a_scorecard_is_sound(people, desk, width, language, dark):
    worked(people)
    last = seeing.shown(NOW.date())[0].key
    alice, gus, grace = (desk(people[key], language=language, width=width, dark=dark) for key in ("alice", "gus", "grace"))
    task = DoneTask.objects.filter(person=people["alice"]).latest("pk")

    wrong = look(
        {
            "scorecard": (alice, "/scorecard/?period=all"),
            "scorecard-empty": (grace, "/scorecard/"),
            "scorecard-tasks": (alice, "/scorecard/tasks?period=all"),
            "scorecard-no-tasks": (grace, "/scorecard/tasks"),
            "object": (alice, f"/scorecard/tasks/{task.pk}/object"),
            "objections": (alice, "/scorecard/objections/"),
            "no-objections": (grace, "/scorecard/objections/"),
            "objections-to-decide": (gus, "/scorecard/objections/"),
            "team": (gus, f"/scorecard/team?of={last}"),
            "no-team": (grace, "/scorecard/team"),
            "scorecard-of-one": (gus, f"/scorecard/people/{people['alice'].pk}/?of={last}"),
        },
        f"-{language}-{width}",
    )

    assert wrong == {}


def test_an_objection_is_made_and_decided_in_browsers(people, desk):
    worked(people)
    alice, gus = desk(people["alice"], width="phone"), desk(people["gus"], language="zh-hant")
    task = DoneTask.objects.filter(person=people["alice"], quality__lt=Quality.SENT_BACK).latest("pk")
    alice.open(f"/scorecard/tasks/{task.pk}/object")
    alice.page.fill("textarea", "I was told to wait.")
    alice.page.click("form[method=post] button.btn-primary")
    alice.page.wait_for_selector("blockquote")
    assert "I was told to wait." in alice.page.inner_text("main")

    gus.open("/scorecard/objections/")
    gus.page.locator("article", has_text="I was told to wait.").locator("textarea").fill("不成立。")
    gus.page.locator("article", has_text="I was told to wait.").locator("button[value=reject]").click()
    gus.page.wait_for_load_state("networkidle")

    assert [*seen(gus, "objection-decided"), *seen(alice, "objection-made")] == []
    alice.open("/scorecard/objections/")
    assert "不成立。" in alice.page.inner_text("main")


@pytest.mark.parametrize(("width", "language"), [("desk", "en"), ("phone", "zh-hans"), ("desk", "zh-hant")])
def test_what_came_of_a_migration_is_sound(people, desk, width, language):
    number, admin = orders.at_review(people), Person.objects.get(key="admin")
    olga = Person.objects.create(key="olga", name="Olga")
    RoleMember.objects.create(person=olga, role="process_owner")
    text = shipped()["make-to-stock"].replace("version: 1.0.0", "version: 1.1.0", 1).replace("limit: 4h", "limit: 3h", 1)
    change = "changes:\n  - {version: 1.1.0, reason: {en: Faster, zh-Hans: 更快, zh-Hant: 更快}}\n"
    draft = publishing.draft(text.replace("\ncalendars:", f"\n{change}\ncalendars:", 1), author="olga", now=NOW)
    publishing.release(publishing.approve(draft, by=people["gus"], now=NOW, accept="a test"), by=admin, now=NOW)
    owner, suffix = desk(olga, language=language, width=width), f"-{language}-{width}"

    owner.open("/standard/make-to-stock/1.1.0/migration")
    wrong = {"migration": seen(owner, f"migration{suffix}")}
    owner.page.fill("form[method=post] [name=reason]", "A shorter limit for everybody.")
    owner.page.click("form[action$='migrate'] button")
    owner.page.wait_for_load_state("networkidle")
    owner.page.wait_for_timeout(300)
    wrong["migrated"] = seen(owner, f"migrated{suffix}")

    assert {name: found for name, found in wrong.items() if found} == {}
    assert number in owner.page.inner_text("main")
    assert Version.objects.get(standard_id="make-to-stock", version="1.1.0").status == "effective"
