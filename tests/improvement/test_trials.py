"""A trial: a stable share of new orders runs the new version, falls back where nobody is certified, and is what the verdict compares."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from improvement.test_cycles import PLAN, ended, reader
from orders import shop as shops
from orderway.improvement import cycles, introduction
from orderway.improvement.introduction import Going
from orderway.improvement.models import Cycle
from orderway.journal import reading
from orderway.masterdata.models import Customer, Group, GroupMember, PriceList, Qualification
from orderway.orders import feedback
from orderway.orders.feedback import Clause
from orderway.orders.models import Order, WorkItem
from orderway.releases import publishing, trials
from orderway.releases.models import Trial
from orderway.releases.publishing import Coming
from orderway.releases.refusals import (
    AnotherTrialRuns,
    NobodyCertified,
    NobodyInPilot,
    NoReason,
    NotTheirs,
    ShareOutOfRange,
    TrialOver,
    WrongStatus,
)
from orderway.releases.trials import Pilot
from orderway.standard.canonical import stage_hash

KEYS = [f"PO-{number}" for number in range(200)]
BLOCKS = "\ntraining: {pass_mark: 80%, gate: block}\n"


@pytest.fixture
def newer(shop):
    """A version that was approved and is not in force."""
    return approved(shop, "1.1.0")


def approved(shop, version, more=""):
    source = shops.PLAIN.format(id="plain", version=version).replace("limit: 4h", "limit: 3h")
    source += f"\nchanges:\n  - {{version: {version}, reason: {{en: Shorter entry}}}}\n{more}"
    drafted = publishing.draft(source, author="author", now=shop.now)
    return publishing.approve(drafted, by=shop.administrator, now=shop.now, accept="a test")


def on_trial(shop):
    return tried(shop, [Coming(key) for key in KEYS])


def tried(shop, orders):
    return {key for key, version in publishing.versions_for(orders, "plain", now=shop.now).items() if version.version == "1.1.0"}


def test_a_share_of_new_orders_runs_the_new_version_and_always_the_same_ones(shop, owner, newer):
    trial = trials.start(newer, 30, "Shorter entry", by=owner, now=shop.now)
    first, again = on_trial(shop), on_trial(shop)

    trials.stop(trial, "Seen enough", by=owner, now=shop.now + timedelta(minutes=1))
    shop.now += timedelta(minutes=2)

    assert 40 <= len(first) <= 80
    assert first == again
    assert on_trial(shop) == set()
    told = [(entry.act, entry.actor) for entry in reading.of_subject("release", "plain 1.1.0")]
    assert told[-2:] == [("trial", "olga"), ("trial_end", "olga")]


def test_what_is_no_trial_is_refused_in_words(shop, owner, newer):
    with pytest.raises(NotTheirs):
        trials.start(newer, 30, "why not", by=shop.people["eve"], now=shop.now)
    with pytest.raises(WrongStatus):
        trials.start(shop.version, 30, "it runs already", by=owner, now=shop.now)
    with pytest.raises(ShareOutOfRange):
        trials.start(newer, 95, "nearly all", by=owner, now=shop.now)
    with pytest.raises(NoReason):
        trials.start(newer, 30, " ", by=owner, now=shop.now)
    running = trials.start(newer, 30, "Shorter entry", by=owner, now=shop.now)
    with pytest.raises(AnotherTrialRuns):
        trials.start(approved(shop, "1.2.0"), 30, "too", by=owner, now=shop.now)
    trials.stop(running, "done", by=owner, now=shop.now)
    with pytest.raises(TrialOver):
        trials.stop(running, "again", by=owner, now=shop.now + timedelta(minutes=1))


def test_a_pilot_takes_the_orders_of_its_customers_and_its_people_only(shop, owner, newer):
    export = PriceList.objects.create(key="EXPORT", currency="EUR")
    team = Group.objects.create(key="north", name="North")
    GroupMember.objects.create(group=team, person=shop.people["alice"])
    GroupMember.objects.create(group=team, person=shop.people["bob"], left_on=shop.now.date())
    alice, bob = shop.people["alice"].pk, shop.people["bob"].pk
    come = [Coming("both", export.pk, alice), Coming("theirs", None, alice), Coming("left", export.pk, bob), Coming("file", export.pk)]

    of_group = trials.start(newer, 100, "first abroad", pilot=Pilot(export), by=owner, now=shop.now)
    abroad = tried(shop, come)
    trials.stop(of_group, "seen", by=owner, now=shop.now)
    trials.start(newer, 100, "first the north", pilot=Pilot(team=team), by=owner, now=shop.now)
    north = tried(shop, come)

    assert abroad == {"both", "left", "file"}
    assert north == {"both", "theirs"}
    payload = json.loads(list(reading.of_subject("release", "plain 1.1.0"))[-3].payload)
    assert payload["customer_group"] == "EXPORT"


def test_a_pilot_of_nobody_and_a_trial_of_everybody_are_refused(shop, owner, newer):
    nobody = Group.objects.create(key="empty", name="Empty")

    with pytest.raises(NobodyInPilot, match="Empty"):
        trials.start(newer, 100, "try", pilot=Pilot(team=nobody), by=owner, now=shop.now)
    with pytest.raises(ShareOutOfRange, match="from 5 to 50"):
        trials.start(newer, 100, "try", by=owner, now=shop.now)


def test_a_pilot_of_all_its_orders_is_judged_by_its_own_orders_before(shop, owner, newer, signed_in):
    start = shop.now - timedelta(days=40)
    export = PriceList.objects.create(key="EXPORT", currency="EUR")
    cycle = cycles.begin(PLAN, by=owner, now=start)
    cycles.prepare(cycle, newer, "", by=owner)
    olga = signed_in("olga")
    answer = olga.post(f"/improve/cycles/{cycle.pk}/trial", {"share": "100", "customers": "EXPORT", "reason": "First abroad"})
    Trial.objects.update(begins_at=start)
    Cycle.objects.update(changed_at=start)
    ended(shop, 60, 20, since=start - timedelta(days=30))  # at home, before and after: they take no part
    ended(shop, 60, 20, since=start)
    shop.customer.price_list = None
    shop.customer.save()
    abroad = Customer.objects.create(key="ERIK", name="Erik", currency="EUR", price_list=export)
    before, after = ended(shop, 60, 6, since=start - timedelta(days=30)), ended(shop, 60, 3, since=start)
    Order.objects.filter(number__in=[*before, *after]).update(customer=abroad)
    Order.objects.filter(number__in=after).update(version=newer)

    verdict = cycles.check(Cycle.objects.get()).verdict
    page = olga.get(f"/improve/cycles/{cycle.pk}").content.decode()

    assert answer.status_code == 302
    assert (verdict.word, verdict.n_before, verdict.n_after) == ("better", len(before), len(after))
    assert "Only orders of customers in the group EXPORT (EUR) take part." in page
    assert "own orders before" in page


def test_nobody_is_sent_the_new_way_while_nobody_is_certified_for_it(shop, owner):
    newer = approved(shop, "1.1.0", BLOCKS)
    standard = publishing.program_of(newer.pk, newer.content_hash).standard
    with pytest.raises(NobodyCertified, match="enter, check, pack"):
        trials.start(newer, 50, "Shorter entry", by=owner, now=shop.now)
    for stage, who in (("enter", "alice"), ("check", "bob"), ("pack", "carol")):
        hash_ = stage_hash(standard, stage)
        Qualification.objects.create(person=shop.people[who], stage_hash=hash_, valid_until=shop.now.date() + timedelta(days=30))
    trials.start(newer, 50, "Shorter entry", by=owner, now=shop.now)
    certified = on_trial(shop)

    Qualification.objects.filter(person=shop.people["bob"]).delete()

    assert certified
    assert on_trial(shop) == set()


def test_the_verdict_of_a_trial_compares_the_two_ways_of_one_time(shop, owner, newer, signed_in):
    start = shop.now - timedelta(days=40)
    cycle = cycles.begin(PLAN, by=owner, now=start)
    cycles.prepare(cycle, newer, "", by=owner)
    olga = signed_in("olga")
    answer = olga.post(f"/improve/cycles/{cycle.pk}/trial", {"share": "50", "reason": "Shorter entry"})
    Trial.objects.update(begins_at=start)
    Cycle.objects.update(changed_at=start)
    ended(shop, 60, 20, since=start - timedelta(days=30))  # a bad month before, which proves nothing
    old = ended(shop, 60, 6, since=start)
    new = ended(shop, 60, 3, since=start)
    Order.objects.filter(number__in=new).update(version=newer)

    verdict = cycles.check(Cycle.objects.get()).verdict
    page = olga.get(f"/improve/cycles/{cycle.pk}").content.decode()
    stopped = olga.post(f"/improve/cycles/{cycle.pk}/trial/stop", {"reason": "Seen enough"})

    assert (answer.status_code, stopped.status_code) == (302, 302)
    assert (verdict.word, verdict.n_before, verdict.n_after) == ("better", len(old), len(new))
    assert 5.9 < verdict.before < 6.5
    assert "50 % of new orders run this version" in page
    assert "went the old way at the same time" in page


def test_the_page_of_a_cycle_says_how_the_introduction_goes_where_people_get_stuck_and_what_they_say(shop, owner, newer, signed_in):
    cycle = cycles.begin(PLAN, by=owner, now=shop.now)
    cycles.prepare(cycle, newer, "", by=owner)
    cycles.start_trial(Cycle.objects.get(), 50, "Shorter entry", by=owner, now=shop.now)
    since = shop.now
    old, new = shop.orders(5), [shop.an_order(version=newer) for _ in range(3)]
    shop.entered(*old, *new[:2])
    WorkItem.objects.filter(order__number=new[0], stage="enter").update(due_at=shop.now - timedelta(hours=1))
    WorkItem.objects.filter(order__number=new[2], stage="enter").update(due_at=shop.now - timedelta(hours=1))
    feedback.suggest(Clause(newer.pk, "check"), "The list is too long", actor=reader(shop, "bob"), now=shop.now)

    found = introduction.of(newer, since, shop.now)
    page = " ".join(signed_in("olga").get(f"/improve/cycles/{cycle.pk}").content.decode().split())

    entry = next((new, old) for stage, new, old in found.stages if stage == "enter")
    assert (found.new, found.orders, len(found.weeks)) == (3, 8, 1)
    assert entry == (Going(done=2, late=1, again=0, stuck=1), Going(done=5, late=0, again=0, stuck=0))
    assert entry[0].late_share is None
    assert found.stages[0][0] == "enter"
    assert "3 of 8 orders that came since the change run the new version." in page
    assert "1 / 2" in page
    assert "The list is too long" in page
