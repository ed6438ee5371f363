"""Running orders move to another version of their standard: rows, times, people, journal; what stays; twice; many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.shop import PLAIN
from orders.test_door import nothing_broken
from orderway.engine.refusals import ReasonRequired, StageNotInVersion
from orderway.journal.models import Entry
from orderway.masterdata.models import RoleMember
from orderway.orders import acts, clock, migration
from orderway.orders.histories import histories
from orderway.orders.models import Evidence, Order, WorkItem
from orderway.orders.refusals import NotAllowed, OtherStandard, VersionNotInForce


@pytest.fixture
def owned(shop):
    """The shop, and Olga who owns the process."""
    shop.hire("olga", "process_owner")
    return shop


def another(shop, *changes: tuple[str, str], version: str = "1.1.0"):
    """The next version of the small way, in force, with these parts of its text exchanged."""
    source = PLAIN.format(id="plain", version=version)
    for before, after in changes:
        assert before in source
        source = source.replace(before, after)
    change = f"changes: [{{version: {version}, reason: {{en: It is better}}}}]\n"
    return shop.released(source.replace("calendar: office\n", f"calendar: office\n{change}", 1))


CHECK_IS_VERIFY = (("- check\n", "- verify\n"), ("  check:\n", "  verify:\n"), ("back_to: check}", "back_to: verify}"))


def migrated(shop, numbers, target, by_hand=None, *, who="olga", source=None):
    return migration.migrate(numbers, source or shop.version, target, by_hand, reason="shorter", actor=shop.actor(who), now=shop.now)


def outcomes(found):
    return {one.number: (one.outcome, type(one.refusal).__name__ if one.refusal else "") for one in found}


# --- the act --------------------------------------------------------------------------------------------------------------


def test_an_order_goes_on_by_the_new_version_with_one_entry_that_says_so(owned):
    number = owned.an_order()
    target = another(owned, ("  - check\n", "  - check\n  - count\n"), ("  pack:\n    title", COUNT + "  pack:\n    title"))

    assert outcomes(migrated(owned, [number], target)) == {number: ("kept", "")}

    assert Order.objects.get(number=number).version == target
    last = next(iter(histories()))
    assert (last.moves[-1].act, last.moves[-1].migrated, last.moves[-1].reason) == ("migrate", ("1.0.0", "1.1.0"), "shorter")
    assert last.programs[-1].hash == target.content_hash
    owned.entered(number)
    owned.checked(number)
    assert owned.open_stages(number) == ["count"]
    nothing_broken()


COUNT = """  count:
    title: {en: Count}
    owner: warehouse
    limit: 1d
    steps:
      - {id: count, do: {en: Count it}, evidence: tick}
"""


def test_a_renamed_stage_keeps_its_item_its_evidence_and_its_holder(owned):
    number = owned.an_order()
    owned.entered(number)
    acts.claim([number], actor=owned.actor("bob"), now=owned.now)
    acts.add_evidence({number: {"compare": "yes"}}, stage="check", actor=owned.actor("bob"), now=owned.now)
    before = owned.item(number, "check")

    migrated(owned, [number], another(owned, *CHECK_IS_VERIFY))

    item = owned.item(number, "verify")
    assert (item.pk, item.opened_at, item.run, item.responsible.key, item.claimed) == (before.pk, before.opened_at, 1, "bob", True)
    assert Evidence.objects.get(step="compare").stage == "verify"
    owned.complete("bob", "verify", [number], {}, {"right": True})
    owned.runs(number)
    assert owned.open_stages(number) == ["pack"]
    nothing_broken()


def test_what_was_done_at_a_renamed_stage_stands_under_its_new_name(owned):
    number = owned.an_order()
    owned.entered(number)
    owned.checked(number)
    owned.runs(number)

    migrated(owned, [number], another(owned, *CHECK_IS_VERIFY))

    assert set(WorkItem.objects.values_list("stage", flat=True)) == {"enter", "verify", "reserve", "pack"}
    nothing_broken()


def test_the_deadline_follows_a_changed_limit_from_the_items_own_opening(owned):
    number = owned.an_order()  # 4 h from 09:00
    clock.sweep(owned.now + timedelta(hours=3))  # the warning
    item = owned.item(number, "enter")
    assert (item.due_at, item.alarms_fired) == (owned.now + timedelta(hours=4), 1)

    owned.now += timedelta(hours=3)
    migrated(owned, [number], another(owned, ("owner: clerk\n    limit: 4h", "owner: clerk\n    limit: 6h")))

    item = owned.item(number, "enter")
    assert item.due_at == owned.now + timedelta(hours=3)
    assert (item.alarms_fired, item.next_alarm_at, item.work_minutes) == (1, item.due_at, 360)
    assert clock.sweep(item.due_at).alarms == 1
    nothing_broken()


def test_a_held_order_keeps_its_clock_standing(owned):
    number = owned.an_order()
    acts.hold([number], "customer", reason="asked", actor=owned.actor("alice"), now=owned.now)
    since = owned.item(number, "enter").held_since
    owned.now += timedelta(hours=1)

    migrated(owned, [number], another(owned, ("owner: clerk\n    limit: 4h", "owner: clerk\n    limit: 6h")))

    item = owned.item(number, "enter")
    assert (item.held_since, item.next_alarm_at) == (since, None)
    acts.lift([number], "customer", actor=owned.actor("alice"), now=owned.now)
    assert owned.item(number, "enter").due_at == owned.now + timedelta(hours=6)
    nothing_broken()


def test_work_goes_to_the_role_that_owns_it_now(owned):
    number = owned.an_order()
    migrated(owned, [number], another(owned, ("title: {en: Enter}\n    owner: clerk", "title: {en: Enter}\n    owner: warehouse")))
    item = owned.item(number, "enter")
    assert (item.role, item.responsible.key, item.given_because) == ("warehouse", "carol", "0 1")
    nothing_broken()


def test_work_that_nobody_may_do_in_the_new_version_escalates_at_once(owned):
    number = owned.an_order()
    RoleMember.objects.filter(role="warehouse").delete()
    migrated(owned, [number], another(owned, ("title: {en: Enter}\n    owner: clerk", "title: {en: Enter}\n    owner: warehouse")))
    assert owned.item(number, "enter").unassigned_reason == "no_member"
    assert clock.sweep(owned.now).alarms == 1
    nothing_broken()


def test_whom_the_new_version_keeps_apart_loses_the_work(owned):
    number = owned.an_order()
    owned.hire("ben", "reviewer", "clerk")
    owned.complete("ben", "enter", [number], {"type": "yes"})
    lax, strict = "      not_by: [enter]\n", ""
    first = another(owned, (lax, strict), version="1.1.0")
    item = owned.item(number, "check")
    assert item.responsible.key == "bob"
    migrated(owned, [number], first)
    acts.delegate([number], owned.people["ben"], actor=owned.actor("bob"), now=owned.now)
    assert owned.item(number, "check").responsible.key == "ben"

    migrated(owned, [number], another(owned, version="1.2.0"), source=first)

    assert owned.item(number, "check").responsible.key == "bob"
    nothing_broken()


def test_what_the_system_did_goes_to_people_and_the_other_way_round(owned):
    number = owned.an_order()
    owned.entered(number)
    owned.checked(number)
    by_hand = another(owned, ("does: test.reserve\n    runs: system", "does: test.reserve"))
    migrated(owned, [number], by_hand)
    item = owned.item(number, "reserve")
    assert (item.by_system, item.responsible.key) == (False, "carol")

    migrated(owned, [number], another(owned, version="1.2.0"), source=by_hand)

    item = owned.item(number, "reserve")
    assert (item.by_system, item.responsible, item.unassigned_reason) == (True, None, "runs_by_itself")
    owned.runs(number)
    assert owned.open_stages(number) == ["pack"]
    nothing_broken()


# --- what stays -----------------------------------------------------------------------------------------------------------


def test_orders_that_cannot_move_stay_with_their_reason_and_keep_no_others_back(owned):
    waiting, moving = owned.orders(2, total="2000.00")
    owned.entered(waiting)
    owned.checked(waiting)  # 2,000 wants a signature

    found = migrated(owned, [waiting, moving, "SO-NONE"], another(owned))

    assert outcomes(found) == {waiting: ("stays", "AwaitingSignature"), moving: ("kept", ""), "SO-NONE": ("stays", "OrderUnknown")}
    assert Order.objects.get(number=waiting).version == owned.version
    nothing_broken()


def test_a_second_run_changes_nothing(owned):
    number = owned.an_order()
    target = another(owned)
    migrated(owned, [number], target)
    entries = Entry.objects.count()

    assert outcomes(migrated(owned, [number], target)) == {number: ("stays", "AlreadyOnVersion")}
    assert migration.foresee(owned.version, target) == []
    assert Entry.objects.count() == entries


def test_only_the_owner_of_the_standard_migrates(owned):
    number = owned.an_order()
    target = another(owned)
    (found,) = migrated(owned, [number], target, who="mary")
    assert isinstance(found.refusal, NotAllowed)
    assert Order.objects.get(number=number).version == owned.version


def test_a_migration_needs_a_reason_a_version_in_force_and_a_map_of_stages_that_are_there(owned):
    number = owned.an_order()
    target = another(owned)
    with pytest.raises(ReasonRequired):
        migration.migrate([number], owned.version, target, reason=" ", actor=owned.actor("olga"), now=owned.now)
    with pytest.raises(StageNotInVersion):
        migrated(owned, [number], target, {"check": "chekc"})
    with pytest.raises(OtherStandard):
        migrated(owned, [number], owned.automatic)
    another(owned, version="1.2.0")
    with pytest.raises(VersionNotInForce):
        migrated(owned, [number], target)


# --- what would happen ----------------------------------------------------------------------------------------------------


def test_the_outlook_says_the_same_as_the_act_and_writes_nothing(owned):
    new, entered, checked = owned.orders(3)
    owned.entered(entered, checked)
    owned.checked(checked)
    target = another(owned, ("  - check\n  - reserve\n", "  - reserve\n  - check\n"))
    entries = Entry.objects.count()

    foreseen = migration.foresee(owned.version, target)

    assert Entry.objects.count() == entries
    assert outcomes(foreseen) == {new: ("kept", ""), entered: ("stays", "LeftOut"), checked: ("again", "")}
    assert [one.again for one in foreseen] == [(), (), ("check",)]
    assert outcomes(migrated(owned, [new, entered, checked], target)) == outcomes(foreseen)
    nothing_broken()


def test_the_outlook_goes_through_many_orders_by_their_ids(owned):
    numbers = owned.orders(3)
    target = another(owned)
    first = migration.foresee(owned.version, target, limit=2)
    rest = migration.foresee(owned.version, target, after=first[-1].order_id, limit=2)
    assert [one.number for one in (*first, *rest)] == numbers


def test_the_statements_do_not_grow_with_the_orders(owned):
    first, few, many = owned.orders(1), owned.orders(2), owned.orders(30)
    target = another(owned, *CHECK_IS_VERIFY, ("owner: clerk\n    limit: 4h", "owner: clerk\n    limit: 6h"))
    migrated(owned, first, target)  # a process that has never done it asks for the people by a statement of its own
    counts = []
    for numbers in (few, many):
        with CaptureQueriesContext(connection) as queries:
            migrated(owned, numbers, target)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24
    nothing_broken()
