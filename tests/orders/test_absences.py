"""Who goes away, who stands in, and what becomes of open work: both names on the record, and no right that breaks segregation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orderway.engine.refusals import SignatoryNotDistinct
from orderway.journal.models import Entry
from orderway.masterdata import people, presence
from orderway.masterdata.models import Absence, Group, Person, RoleMember
from orderway.masterdata.refusals import AbsencesOverlap, DeputyCircle, LastAdministrator, NotActive, NotYourAbsence, OwnDeputy
from orderway.orders import absences, acts, clock
from orderway.orders.models import WorkItem
from orderway.orders.refusals import ApprovesOwn, HasLeft, NotAllowed, NotThere

TODAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


def away(shop, who, deputy=None, *, by=None, first=TODAY, last=FRIDAY):
    """An absence as it is recorded by the person themselves."""
    stand_in = shop.people[deputy] if deputy else None
    actor = shop.actor(by or who)
    return absences.record_absence(shop.people[who], first=first, last=last, deputy=stand_in, actor=actor, now=shop.now)


def acting(shop, key):
    """Somebody as a page knows them: with the roles that absent people lend them."""
    standing = presence.standing_of(shop.people[key], today=shop.now.date())
    actor = shop.actor(key)
    return type(actor)(key, actor.person_id, roles=standing.roles, lent=standing.lent)


def holder(number, stage):
    item = WorkItem.objects.get(order__number=number, stage=stage, kind="stage", state="open")
    return item.responsible.key if item.responsible else ""


def last_entry(number):
    return Entry.objects.filter(subject_key=number).latest("sequence").payload


def test_open_work_moves_to_the_deputy_and_both_names_stand_on_the_record(shop):
    shop.hire("rita", "clerk")
    numbers = shop.orders(4)
    assert {holder(number, "enter") for number in numbers} == {"alice", "rita"}

    _absence, done = away(shop, "alice", "rita")

    assert {holder(number, "enter") for number in numbers} == {"rita"}
    assert sorted(done.moved.values()) == ["rita", "rita"]
    moved = WorkItem.objects.filter(stands_in_for="alice")
    assert moved.count() == 2
    assert '"rita","deputy","alice"' in last_entry(moved[0].place)


def test_new_work_goes_past_the_absent_person_too(shop):
    away(shop, "alice", "carol")

    number = shop.an_order()

    assert holder(number, "enter") == "carol"
    assert shop.item(number, "enter").stands_in_for == "alice"


def test_an_absence_without_deputy_gives_the_work_to_whoever_of_the_role_has_least_to_do(shop):
    shop.hire("rita", "clerk")
    shop.hire("ruth", "clerk")
    numbers = shop.orders(6)

    _absence, done = away(shop, "alice")

    assert sorted(done.moved.values()) == ["rita", "ruth"]
    assert {holder(number, "enter") for number in numbers} == {"rita", "ruth"}


def test_work_that_nobody_else_can_do_stays_and_its_owner_is_warned(shop):
    number = shop.an_order()

    _absence, done = away(shop, "alice")

    assert done.stayed == {number: "all_absent"}
    assert holder(number, "enter") == "alice"
    assert '"told":"the owner of the order"' in last_entry(number)


def test_a_deputy_who_is_away_too_passes_it_on_and_the_chain_ends(shop):
    for key in ("rita", "ruth"):
        shop.hire(key)
    number = shop.an_order()
    away(shop, "rita", "ruth")

    _absence, done = away(shop, "alice", "rita")

    assert done.moved == {number: "ruth"}


def test_a_circle_of_deputies_is_refused_and_one_that_stands_already_ends_in_nobody(shop):
    shop.hire("rita")
    shop.hire("ruth")
    away(shop, "rita", "ruth")
    with pytest.raises(DeputyCircle):
        away(shop, "ruth", "rita")
    away(shop, "ruth", "alice")

    number = shop.an_order()
    _absence, done = away(shop, "alice", "rita")  # alice -> rita -> ruth -> alice

    assert done.stayed == {number: "all_absent"}


def test_the_worker_moves_the_work_of_an_absence_that_was_recorded_ahead_once(shop):
    shop.hire("rita")
    number = shop.an_order()
    _absence, done = away(shop, "alice", "rita", first=TODAY + timedelta(days=1))
    assert not done.moved
    tomorrow = shop.now + timedelta(days=1)

    assert absences.hand_over(shop.now).moved == {}
    assert absences.hand_over(tomorrow).moved == {number: "rita"}
    acts.claim([number], actor=shop.actor("alice"), now=tomorrow)  # she came in after all

    assert absences.hand_over(tomorrow).moved == {}
    assert holder(number, "enter") == "alice"


def test_overlapping_absences_and_impossible_deputies_are_refused_in_words(shop):
    away(shop, "alice", "bob")

    with pytest.raises(AbsencesOverlap, match="alice is away from 2026-03-02 to 2026-03-06 already"):
        away(shop, "alice", "carol", first=FRIDAY, last=FRIDAY + timedelta(days=3))
    with pytest.raises(OwnDeputy):
        away(shop, "bob", "bob")
    Person.objects.filter(key="mary").update(is_active=False)
    shop.people["mary"].refresh_from_db()
    with pytest.raises(NotActive):
        away(shop, "carol", "mary")


def test_only_the_person_their_lead_and_administrators_record_an_absence(shop):
    with pytest.raises(NotYourAbsence):
        away(shop, "alice", by="bob")
    group = people.found_group("entry", name="Entry", lead=shop.people["bob"], by="admin", now=shop.now)
    people.join(group, shop.people["alice"], by="admin", now=shop.now)

    away(shop, "alice", by="bob")

    assert Absence.objects.get().person.key == "alice"


def test_a_deputy_signs_in_the_place_of_the_absent_manager_with_both_names(shop):
    number = shop.an_order(total="2000.00")
    shop.entered(number)
    shop.checked(number)
    away(shop, "mary", "carol")

    assert not acts.sign([number], approve=True, actor=acting(shop, "carol"), now=shop.now)

    assert '"acting_for":"mary"' in last_entry(number)
    assert shop.open_stages(number) != ["check"]


@pytest.mark.parametrize(("deputy", "refusal"), [("alice", ApprovesOwn), ("bob", SignatoryNotDistinct)])
def test_a_deputy_never_inherits_a_signature_that_breaks_segregation(shop, deputy, refusal):
    number = shop.an_order(total="2000.00")
    shop.entered(number)  # by Alice, whom nobody lets approve her own order
    shop.checked(number)  # by Bob, who decided
    _absence, done = away(shop, "mary", deputy)

    refused = acts.sign([number], approve=True, actor=acting(shop, deputy), now=shop.now)

    assert isinstance(refused[number], refusal)
    assert done.stayed == {number: "all_barred"}


def test_an_approver_who_lost_the_role_between_two_steps_may_not_sign(shop):
    number = shop.an_order(total="2000.00")
    shop.entered(number)
    shop.checked(number)
    people.end_role(RoleMember.objects.get(person__key="mary"), last_day=TODAY - timedelta(days=1), by="admin", now=shop.now)

    refused = acts.sign([number], approve=True, actor=acting(shop, "mary"), now=shop.now)

    assert isinstance(refused[number], NotAllowed)
    assert "role manager" in str(refused[number])


def test_work_is_not_given_to_somebody_who_is_away_or_has_left(shop):
    number = shop.an_order()
    away(shop, "carol", "bob")

    away_refusal = acts.delegate([number], shop.people["carol"], actor=shop.actor("alice"), now=shop.now)[number]
    Person.objects.filter(key="eve").update(is_active=False)
    left = acts.delegate([number], Person.objects.get(key="eve"), actor=shop.actor("alice"), now=shop.now)[number]

    assert isinstance(away_refusal, NotThere)
    assert "the deputy is: bob" in str(away_refusal)
    assert isinstance(left, HasLeft)


def test_a_lead_gives_the_work_of_the_groups_roles_and_nobody_elses(shop):
    shop.hire("rita", "clerk")
    number, checked = shop.orders(2)
    shop.entered(checked)
    group = people.found_group("entry", name="Entry", lead=shop.people["eve"], by="admin", now=shop.now)
    people.join(group, shop.people["rita"], by="admin", now=shop.now)
    lead = shop.actor("eve")
    lead = type(lead)("eve", lead.person_id, leads=presence.roles_led_by(shop.people["eve"], today=TODAY))

    given = acts.delegate([number], shop.people["rita"], actor=lead, now=shop.now)
    refused = acts.delegate([checked], shop.people["rita"], actor=lead, now=shop.now)

    assert not given
    assert holder(number, "enter") == "rita"
    assert isinstance(refused[checked], NotAllowed)


def admin(shop):
    actor = shop.actor("alice")
    return type(actor)("admin", shop.administrator.pk, duties=frozenset({"administrator"}))


def test_who_leaves_hands_the_open_work_to_the_successor_with_both_names(shop):
    shop.hire("rita")
    number = shop.an_order()

    done = absences.deactivate(shop.people["alice"], successor=shop.people["rita"], actor=admin(shop), now=shop.now)

    assert done.moved == {number: "rita"}
    assert '"rita","successor","alice"' in last_entry(number)
    assert not Person.objects.get(key="alice").is_active
    assert presence.standing_of(shop.people["alice"], today=TODAY + timedelta(days=1)).roles == frozenset()


def test_the_work_of_the_last_of_a_role_stands_unassigned_with_the_reason_and_goes_to_whoever_gets_the_role(shop):
    number = shop.an_order()

    done = absences.deactivate(shop.people["alice"], actor=admin(shop), now=shop.now)

    assert done.stayed == {number: "no_member"}
    assert shop.item(number, "enter").unassigned_reason == "no_member"
    people.give_role(shop.people["eve"], "clerk", since=None, until=None, by="admin", now=shop.now)
    clock.sweep(shop.now)
    assert holder(number, "enter") == "eve"


def test_the_last_administrator_stays_and_nobody_else_lets_people_go(shop):
    with pytest.raises(LastAdministrator):
        absences.deactivate(shop.administrator, actor=admin(shop), now=shop.now)
    with pytest.raises(NotAllowed):
        absences.deactivate(shop.people["alice"], actor=shop.actor("bob"), now=shop.now)


def test_the_load_that_decided_is_kept_with_the_item(shop):
    shop.hire("rita", "clerk")
    first, second = shop.orders(2)

    assert shop.item(first, "enter").given_because == "0 2"
    assert holder(second, "enter") == "rita"
    assert shop.item(shop.an_order(), "enter").given_because == "240 2"


def test_handing_over_takes_the_same_statements_for_one_order_and_for_many(shop, django_assert_max_num_queries):
    shop.hire("rita")
    shop.an_order()
    with django_assert_max_num_queries(30) as few:
        absence, _done = away(shop, "alice", "rita")
    absences.withdraw_absence(absence, actor=shop.actor("alice"), now=shop.now)
    acts.claim(shop.orders(8), actor=shop.actor("alice"), now=shop.now)

    with django_assert_max_num_queries(30) as many:
        _absence, done = away(shop, "alice", "rita")

    assert len(done.moved) == 8
    assert len(many) <= len(few)


def test_a_closed_group_keeps_its_people_but_gives_its_lead_nothing(shop):
    group = people.found_group("entry", name="Entry", lead=shop.people["eve"], by="admin", now=shop.now)
    people.join(group, shop.people["alice"], by="admin", now=shop.now)

    people.edit_group(group, name="Entry", lead=shop.people["eve"], active=False, by="admin", now=shop.now)

    assert presence.roles_led_by(shop.people["eve"], today=TODAY) == frozenset()
    assert Group.objects.get().members.count() == 1
