from __future__ import annotations

from datetime import timedelta

from orders.test_door import nothing_broken
from orderway.journal.models import Entry
from orderway.orders import acts, clock
from orderway.orders.models import Hold, WorkItem
from orderway.orders.storing import HOLIDAYS


def told(number):
    return [entry.payload for entry in Entry.objects.filter(subject_key=number, act="escalate").order_by("sequence")]


def test_warning_and_escalation_fire_once_at_their_share_of_the_working_time(shop):
    number = shop.an_order()  # 4 h from 09:00: due 13:00, warning at 12:00, owners at 13:00 and (next day) at 200 %

    assert clock.sweep(shop.now + timedelta(hours=2)).alarms == 0
    assert clock.sweep(shop.now + timedelta(hours=3)).alarms == 1
    assert clock.sweep(shop.now + timedelta(hours=3)).alarms == 0
    assert clock.sweep(shop.now + timedelta(days=3)).alarms == 2
    assert clock.sweep(shop.now + timedelta(days=3)).alarms == 0

    assert [payload.split('"level":')[1].split(",")[0] for payload in told(number)] == ["75", "100", "200"]
    assert '"told":"the person responsible"' in told(number)[0]
    assert shop.item(number, "enter").next_alarm_at is None
    nothing_broken()


def test_an_item_that_was_done_in_time_tells_nobody(shop):
    number = shop.an_order()
    shop.entered(number)
    later = shop.now + timedelta(hours=5)

    clock.sweep(later)

    assert all('"enter"' not in payload for payload in told(number))


def test_work_that_nobody_has_escalates_at_once_and_goes_to_whom_the_role_gets(shop):
    shop.people["bob"].roles.all().delete()
    number = shop.an_order()
    shop.entered(number)

    assert clock.sweep(shop.now).alarms == 1
    assert clock.sweep(shop.now).alarms == 0
    shop.hire("ben", "reviewer")
    assert clock.sweep(shop.now).assigned == 1

    assert shop.item(number, "check").responsible.key == "ben"
    nothing_broken()


def test_a_hold_expires_by_itself_and_the_clock_goes_on(shop):
    number = shop.an_order()
    acts.hold([number], "credit", reason="late payer", actor=shop.actor("bob"), now=shop.now)
    assert Hold.objects.get().expires_at == shop.now + timedelta(days=7)  # five working days

    assert clock.sweep(shop.now + timedelta(days=6)).lifted == 0
    assert clock.sweep(shop.now + timedelta(days=7)).lifted == 1

    item = shop.item(number, "enter")
    assert item.held_since is None
    assert item.due_at == shop.now + timedelta(days=7, hours=4)
    assert item.next_alarm_at == shop.now + timedelta(days=7, hours=3)
    nothing_broken()


def test_while_a_hold_stands_no_alarm_fires(shop):
    number = shop.an_order()
    acts.hold([number], "customer", reason="asked", actor=shop.actor("alice"), now=shop.now)

    assert clock.sweep(shop.now + timedelta(days=2)).alarms == 0


def test_a_provisional_deadline_is_computed_again_when_the_year_is_published(shop, monkeypatch):
    number = shop.an_order()
    WorkItem.objects.filter(order__number=number).update(provisional=True)

    assert clock.sweep(shop.now).rescheduled == 1
    assert clock.sweep(shop.now).rescheduled == 0

    assert shop.item(number, "enter").provisional is False
    assert Entry.objects.filter(subject_key=number, act="reschedule").count() == 1
    assert HOLIDAYS is not None
    nothing_broken()


def test_the_sweep_reads_and_writes_many_orders_with_the_same_number_of_statements(shop):
    from orders.test_door import statements

    shop.orders(3)
    few = statements(lambda: clock.sweep(shop.now + timedelta(hours=3)))
    shop.orders(60)
    many = statements(lambda: clock.sweep(shop.now + timedelta(hours=3)))

    assert few == many


def test_a_hold_that_has_expired_is_lifted_once_whether_by_hand_or_by_the_sweep(shop):
    """Between its time and the sweep somebody lifts it by hand; a younger one of the same kind goes on standing."""
    number = shop.an_order()
    bob, late = shop.actor("bob"), shop.now + timedelta(days=7, minutes=5)
    acts.hold([number], "credit", reason="late payer", actor=bob, now=shop.now)
    acts.hold([number], "credit", reason="a second invoice", actor=bob, now=shop.now + timedelta(days=2))

    assert not acts.lift([number], "credit", reason="paid", actor=bob, now=late)
    assert clock.sweep(late).lifted == 0

    first, second = Hold.objects.order_by("sequence")
    assert (first.lifted_by, second.lifted_at) == ("bob", None)
    assert clock.sweep(late + timedelta(days=2)).lifted == 1
    assert acts.lift([number], "credit", reason="paid", actor=bob, now=late + timedelta(days=3))[number].code == "no_such_hold"
    assert shop.item(number, "enter").held_since is None
    nothing_broken()
