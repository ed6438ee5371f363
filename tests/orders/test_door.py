from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import shop as shops
from orderway.engine.refusals import Refusal
from orderway.journal import verify
from orderway.journal.models import Entry
from orderway.orders import acts
from orderway.orders.models import Evidence, Hold, Order, WorkItem
from orderway.orders.work import SYSTEM, Completion, place_orders, record_facts, run_open, working_on

YES = Completion(evidence={"compare": "yes"}, findings={"right": True})
NO = Completion(evidence={"compare": "yes"}, findings={"right": False})


def codes(refused):
    return {place: refusal.code for place, refusal in refused.items()}


def nothing_broken():
    broken = [row for row in verify.verify() if row.broken]
    assert not broken, broken


def test_a_plain_order_goes_its_way_and_every_invariant_holds(shop):
    number = shop.an_order()
    assert shop.open_stages(number) == ["enter"]
    shop.entered(number)
    assert shop.open_stages(number) == ["check"]
    shop.checked(number)
    assert shop.open_stages(number) == ["reserve"]
    shop.runs()
    assert shop.open_stages(number) == ["pack"]
    assert shop.item(number, "pack").place == f"{number}/1"

    with working_on(
        [number], "test.pack", actor=shop.actor("carol"), now=shop.now, brings={number: Completion(evidence={"close": "yes"})}
    ) as work:
        work.complete()
    shop.runs()

    order = Order.objects.get(number=number)
    assert (order.status, order.ended_at) == ("ended", shop.now)
    assert Entry.objects.filter(subject_key=number).count() == order.journal_sequence
    nothing_broken()


def test_an_item_goes_to_somebody_of_its_role_with_a_deadline_in_working_time(shop):
    number = shop.an_order()

    item = shop.item(number, "enter")

    assert item.responsible.key == "alice"
    assert item.due_at == shop.now + timedelta(hours=4)
    assert item.next_alarm_at == shop.now + timedelta(hours=3)  # 75 % of four hours


def test_work_that_has_no_person_says_why(shop):
    shop.people["bob"].roles.all().delete()
    number = shop.an_order()

    shop.entered(number)

    item = shop.item(number, "check")
    assert (item.responsible, item.unassigned_reason) == (None, "no_member")


def test_the_door_turns_away_what_is_not_open_there_and_says_what_is(shop):
    number = shop.an_order()

    with working_on([number, "SO-1999-00001"], "test.reserve", actor=SYSTEM, now=shop.now) as work:
        assert work.places == []

    assert codes(work.refused) == {number: "not_open", "SO-1999-00001": "order_unknown"}
    assert "open is: enter" in str(work.refused[number])


def test_eve_who_has_no_duty_is_refused_and_told_who_may(shop):
    number = shop.an_order()

    refused = acts.complete({number: Completion(evidence={"type": "yes"})}, actor=shop.actor("eve"), now=shop.now)

    assert codes(refused) == {number: "not_allowed"}
    assert "role clerk" in str(refused[number])


def test_missing_evidence_refuses_before_anything_is_written(shop):
    number = shop.an_order()

    refused = acts.complete({number: Completion()}, actor=shop.actor("alice"), now=shop.now)

    assert codes(refused) == {number: "evidence_missing"}
    assert Entry.objects.filter(subject_key=number).count() == 1


def test_evidence_given_earlier_counts_and_evidence_of_the_wrong_kind_is_refused(shop):
    number = shop.an_order()
    alice = shop.actor("alice")

    assert codes(acts.add_evidence({number: {"type": "perhaps"}}, actor=alice, now=shop.now)) == {number: "evidence_does_not_fit"}
    assert not acts.add_evidence({number: {"type": "yes"}}, actor=alice, now=shop.now)
    assert not acts.complete({number: Completion()}, actor=alice, now=shop.now)

    assert list(Evidence.objects.values_list("step", "value", "actor", "run")) == [("type", "yes", "alice", 1)]
    assert shop.open_stages(number) == ["check"]


def test_who_entered_may_not_check_even_with_the_role(shop):
    number = shop.an_order()
    shop.entered(number)
    shop.roles["alice"] = frozenset({"clerk", "reviewer"})

    refused = acts.complete({number: YES}, stage="check", actor=shop.actor("alice"), now=shop.now)

    assert codes(refused) == {number: "barred_by_segregation"}


def test_who_placed_the_order_may_not_check_it_even_if_somebody_else_entered_it(shop):
    shop.hire("amy", "clerk")
    number = shop.an_order()
    shop.complete("amy", "enter", [number], {"type": "yes"})
    shop.roles["alice"] = frozenset({"clerk", "reviewer"})

    refused = acts.complete({number: YES}, stage="check", actor=shop.actor("alice"), now=shop.now)

    assert codes(refused) == {number: "barred_by_segregation"}
    nothing_broken()


def test_a_no_sends_back_and_evidence_of_the_first_run_does_not_count_again(shop):
    number = shop.an_order()
    shop.entered(number)
    shop.checked(number, right=False)
    assert shop.open_stages(number) == ["enter"]

    refused = acts.complete({number: Completion()}, actor=shop.actor("alice"), now=shop.now)

    assert codes(refused) == {number: "evidence_missing"}
    nothing_broken()


def test_after_too_many_failures_the_manager_decides_with_a_reason(shop):
    number = shop.an_order()
    for _ in range(3):
        shop.entered(number)
        acts.complete({number: NO}, stage="check", actor=shop.actor("bob"), now=shop.now)
    kinds = list(WorkItem.objects.filter(order__number=number, state="open").values_list("kind", flat=True))
    assert sorted(kinds) == ["decision", "stage"]

    refused = acts.decide({number: Completion(reason="I know them", evidence={"compare": "yes"})}, actor=shop.actor("mary"), now=shop.now)

    assert not refused
    assert shop.open_stages(number) == ["reserve"]
    nothing_broken()


def test_an_order_above_the_limit_waits_for_the_signature_of_the_manager(shop):
    number = shop.an_order(total="1200.00")
    shop.entered(number)
    shop.checked(number)
    item = WorkItem.objects.get(order__number=number, kind="approval", state="open")
    assert (item.role, item.responsible.key) == ("manager", "mary")

    assert codes(acts.complete({number: YES}, stage="check", actor=shop.actor("bob"), now=shop.now)) == {number: "awaiting_signature"}
    assert codes(acts.sign([number], approve=True, actor=shop.actor("bob"), now=shop.now)) == {number: "not_allowed"}
    assert not acts.sign([number], approve=True, actor=shop.actor("mary"), now=shop.now)

    assert shop.open_stages(number) == ["reserve"]
    nothing_broken()


def test_a_false_criterion_blocks_until_it_is_waived(shop):
    number = shop.an_order(total="9000.00")
    shop.entered(number)

    assert codes(acts.complete({number: YES}, stage="check", actor=shop.actor("bob"), now=shop.now)) == {number: "criterion_blocks"}
    assert codes(acts.waive([number], "affordable", reason="old friend", actor=shop.actor("bob"), now=shop.now)) == {number: "not_allowed"}
    assert not acts.waive([number], "affordable", reason="old friend", actor=shop.actor("mary"), now=shop.now)
    assert not acts.complete({number: YES}, stage="check", actor=shop.actor("bob"), now=shop.now)

    assert WorkItem.objects.get(order__number=number, kind="approval", state="open").role == "manager"
    nothing_broken()


def test_an_unknown_fact_makes_the_gate_wait_and_names_it(shop):
    number = shop.an_order()
    shops.UNKNOWN_TOTALS.add(Order.objects.get(number=number).pk)
    shop.entered(number)

    refused = acts.complete({number: YES}, stage="check", actor=shop.actor("bob"), now=shop.now)

    assert codes(refused) == {number: "fact_unknown"}
    assert "test.total" in str(refused[number])


def test_a_hold_stops_work_and_clock_and_lifting_gives_the_time_back(shop):
    number = shop.an_order()
    bob = shop.actor("bob")

    assert not acts.hold([number], "credit", reason="late payer", actor=bob, now=shop.now)
    assert codes(acts.complete({number: Completion(evidence={"type": "yes"})}, actor=shop.actor("alice"), now=shop.now)) == {number: "held"}
    later = shop.now + timedelta(hours=2)
    assert codes(acts.lift([number], "customer", actor=shop.actor("alice"), now=later)) == {number: "no_such_hold"}
    assert not acts.lift([number], "credit", actor=bob, now=later)

    item = shop.item(number, "enter")
    assert item.due_at == shop.now + timedelta(hours=6)
    assert item.paused_minutes == 120
    assert Hold.objects.get().lifted_by == "bob"
    nothing_broken()


def test_each_run_is_a_place_of_its_own(shop):
    number = shop.an_order()
    shops.BOXES[Order.objects.get(number=number).pk] = ["1", "2"]
    shop.entered(number)
    shop.checked(number)
    shop.runs()
    carol = shop.actor("carol")
    bring = Completion(evidence={"close": "yes"})

    with working_on([number], "test.pack", actor=carol, now=shop.now, brings={number: bring}) as work:
        assert codes(work.refused) == {number: "several_places"}
    places = [f"{number}/1", f"{number}/2"]
    with working_on(places, "test.pack", actor=carol, now=shop.now, brings=dict.fromkeys(places, bring)) as work:
        assert [work.run_key(place) for place in work.places] == ["1", "2"]
        work.open_runs(places[1], "box", ["3"])
        work.complete()

    assert not work.refused
    assert shop.open_stages(number) == ["pack"]
    assert shop.item(number, "pack").place == f"{number}/3"
    nothing_broken()


def test_what_the_system_cannot_finish_stays_with_its_owner_and_the_reason(shop, monkeypatch):
    class Missing(Refusal):
        code = "nothing_there"
        message = "There is nothing."
        remedy = "Buy some."

    number = shop.an_order()
    shop.entered(number)
    shop.checked(number)
    with working_on([number], "test.reserve", actor=SYSTEM, now=shop.now) as work:
        work.refuse(number, Missing())
    tried = []

    def run(places, *, actor, now):
        tried.append(list(places))
        with working_on(places, "test.reserve", actor=actor, now=now) as work:
            for place in work.places:
                work.refuse(place, Missing())
        return work.refused

    monkeypatch.setattr(
        "orderway.releases.catalogue._acts",
        {**shops.catalogue._acts, "test.reserve": shops.catalogue.RegisteredAct(shops.CatalogueAct("test.reserve"), run)},
    )

    report = run_open(now=shop.now)
    run_open(now=shop.now)

    assert len(tried) == 1
    item = shop.item(number, "reserve")
    assert (item.waiting, item.waiting_reason, item.responsible.key) == ("nothing_there", "There is nothing. Buy some.", "carol")
    assert [(row.stage, row.passed, row.waiting) for row in report] == [("reserve", 0, 1)]
    nothing_broken()

    record_facts([number], ["test.stock"], now=shop.now)
    run_open(now=shop.now)
    assert len(tried) == 2
    run_open(now=shop.now, retry=True)
    assert len(tried) == 3
    assert Entry.objects.filter(subject_key=number, act="wait").count() == 2


def test_run_until_stops_orders_that_have_entered_the_stage(shop):
    numbers = shop.orders(3, version=shop.automatic)

    report = run_open(now=shop.now, until="third")

    assert {stage for number in numbers for stage in shop.open_stages(number)} == {"third"}
    assert [(row.stage, row.passed) for row in report] == [("first", 3), ("second", 3)]
    run_open(now=shop.now)
    assert set(Order.objects.values_list("status", flat=True)) == {"ended"}
    nothing_broken()


def test_a_refused_place_does_not_disturb_its_neighbours(shop):
    good, bad = shop.orders(2)

    refused = acts.complete({good: Completion(evidence={"type": "yes"}), bad: Completion()}, actor=shop.actor("alice"), now=shop.now)

    assert codes(refused) == {bad: "evidence_missing"}
    assert (shop.open_stages(good), shop.open_stages(bad)) == (["check"], ["enter"])


def test_an_exception_in_the_act_leaves_nothing_behind(shop):
    number = shop.an_order()

    def act():
        with working_on([number], "", actor=SYSTEM, now=shop.now, brings={number: Completion(evidence={"type": "yes"})}) as work:
            work.complete()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        act()

    assert shop.open_stages(number) == ["enter"]
    assert Entry.objects.filter(subject_key=number).count() == 1


def statements(action):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])


@pytest.mark.parametrize("stage", ["place", "enter", "check", "run"])
def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(shop, stage):
    counted = {statements_of(shop, stage, count) for count in (1, 10, 200)}

    assert len(counted) == 1


def statements_of(shop, stage, count):
    """How many statements this stage of n new orders takes."""
    numbers: list[str] = []
    acts_ = {
        "place": lambda: numbers.extend(shop.orders(count)),
        "enter": lambda: shop.entered(*numbers),
        "check": lambda: shop.checked(*numbers),
        "run": lambda: shop.runs(*numbers),
    }
    found = {name: statements(act) for name, act in acts_.items()}
    return found[stage]


def test_placing_the_same_purchase_order_twice_gives_the_first_order(shop):
    first = place_orders([shop.draft(po="ＰＯ－12 ")], actor=shop.actor("alice"), now=shop.now)
    again = place_orders([shop.draft(po="PO-12")], actor=shop.actor("alice"), now=shop.now)
    other = place_orders([shop.draft(po="PO-12", quantity="11")], actor=shop.actor("alice"), now=shop.now)

    assert again.unchanged == {0: first.numbers[0]}
    assert codes(other.refused) == {0: "purchase_order_exists"}
    assert Order.objects.count() == 1


def test_a_placed_order_books_what_was_ordered(shop):
    number = shop.an_order(total="4.00", quantity="10")

    line = shop.line(number)

    assert [(move.kind, move.quantity, move.amount) for move in line.moves.all()] == [("ordered", Decimal(10), Decimal(4))]
    assert Order.objects.get(number=number).total == Decimal("4.00")


def test_claiming_takes_the_work_and_releasing_gives_it_back(shop):
    shop.hire("amy", "clerk")
    number = shop.an_order()

    assert not acts.claim([number], actor=shop.actor("amy"), now=shop.now)
    item = shop.item(number, "enter")
    assert (item.responsible.key, item.claimed) == ("amy", True)
    assert not acts.delegate([number], shop.people["alice"], actor=shop.actor("amy"), now=shop.now)
    assert not acts.release([number], reason="ill", actor=shop.actor("alice"), now=shop.now)

    assert shop.item(number, "enter").unassigned_reason == "ill"
    nothing_broken()


def test_a_complaint_opens_an_ended_order_again(shop):
    number = shop.an_order()
    shop.entered(number)
    shop.checked(number)
    shop.runs()
    assert codes(acts.complain([number], reason="broken", actor=shop.actor("alice"), now=shop.now)) == {number: "too_early"}
    with working_on(
        [number], "test.pack", actor=shop.actor("carol"), now=shop.now, brings={number: Completion(evidence={"close": "yes"})}
    ) as work:
        work.complete()
    shop.runs()
    later = shop.now + timedelta(days=400)

    assert not acts.complain([number], reason="broken", actor=shop.actor("alice"), now=later)

    order = Order.objects.get(number=number)
    assert (order.status, order.ended_at) == ("open", shop.now)
    assert shop.item(number, "thank").place == f"{number}/complaint"
    nothing_broken()


def test_orders_at_the_same_place_with_other_facts_go_other_ways(shop):
    one, two = shop.orders(2)
    shops.BOXES[Order.objects.get(number=two).pk] = ["1", "2"]
    shop.entered(one, two)
    shop.checked(one, two)

    shop.runs()

    assert (shop.open_stages(one), shop.open_stages(two)) == (["pack"], ["pack", "pack"])
    nothing_broken()


def test_panels_come_in_their_rank_and_shared_work_is_done_where_its_fact_says_so(monkeypatch):
    from orderway.orders import stages

    monkeypatch.setattr(stages, "_panels", {})
    monkeypatch.setattr(stages, "_done", {})
    for name, rank in (("late", 90), ("early", 10)):
        stages.register_panel(stages.Panel(name, "order", name, "x.html", lambda ids: {}, rank))
    stages.register_done("test.truck", lambda places: {place: place == "A" for place in places})

    assert [panel.name for panel in stages.panels("order")] == ["early", "late"]
    assert stages.panels("line") == []
    assert stages.done_at("test.truck", ["A", "B"]) == {"A": True, "B": False}
    assert stages.done_at("test.alone", ["A"]) == {"A": True}
