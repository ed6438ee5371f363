"""People on their pages: a day of absences, of work given out and taken together, and of people who come and go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orderway.masterdata.models import Absence, Group, Person, RoleMember
from orderway.orders import acts
from orderway.orders.models import WorkItem
from orderway.web import queries

pytestmark = pytest.mark.usefixtures("monday")


def words(client, path, **sent):
    answer = client.post(path, sent, follow=True) if sent else client.get(path)
    return " ".join(answer.content.decode().replace("&#x27;", "'").split())


def items(numbers):
    return list(WorkItem.objects.filter(order__number__in=numbers, state="open").values_list("pk", flat=True))


def test_a_day_on_which_alice_goes_away_and_rita_stands_in(shop, signed_in):
    shop.hire("rita")
    number = shop.an_order()
    alice = signed_in("alice")

    told = words(alice, "/absences/record", person="alice", first="2026-03-02", last="2026-03-06", deputy="rita")
    ritas = words(signed_in("rita"), "/")

    assert "Handed over: 1. Rita 1" in told
    assert "Rita stands in for you" in words(alice, "/")
    assert "You stand in for Alice until 2026-03-06." in ritas
    assert "You have it in place of Alice, as Clerk." in ritas
    assert "given to Rita, in place of Alice" in words(alice, f"/orders/{number}/")


def test_a_deputy_with_the_same_role_is_told_for_whom_they_stand_in_too(shop, signed_in):
    shop.hire("rita", "clerk")

    words(signed_in("alice"), "/absences/record", person="alice", first="2026-03-02", last="2026-03-06", deputy="rita")

    assert "You stand in for Alice until 2026-03-06." in words(signed_in("rita"), "/")


def test_an_absence_that_cannot_be_is_refused_with_its_sentence(shop, signed_in):
    alice = signed_in("alice")

    assert "may not record an absence of bob" in words(alice, "/absences/record", person="bob", first="2026-03-02", last="2026-03-02")
    assert "lies before the first day" in words(alice, "/absences/record", person="alice", first="2026-03-06", last="2026-03-02")
    assert "Give the first and the last day" in words(alice, "/absences/record", person="alice", first="soon", last="2026-03-02")
    assert not Absence.objects.exists()


def test_an_absence_is_changed_and_withdrawn_and_stays_on_record(shop, signed_in):
    alice = signed_in("alice")
    words(alice, "/absences/record", person="alice", first="2026-03-04", last="2026-03-06")
    absence = Absence.objects.get()

    words(alice, f"/absences/{absence.pk}/change", last="2026-03-09", deputy="bob")
    absence.refresh_from_db()
    assert (absence.last_day, absence.deputy.key) == (date(2026, 3, 9), "bob")
    words(alice, f"/absences/{absence.pk}/withdraw", sure="yes")

    assert "Nobody is away." in words(alice, "/absences/")
    assert Absence.objects.count() == 1


def test_the_reason_of_the_load_is_shown(shop, signed_in):
    shop.hire("rita", "clerk")
    shop.an_order()

    assert "Alice had 0 min open, least of the 2 who were there." in words(signed_in("alice"), "/")


def test_a_lead_gives_the_teams_work_out_together(shop, signed_in, admin):
    shop.hire("rita", "clerk")
    numbers = shop.orders(3)
    words(admin, "/people/groups/found", key="entry", name="Entry", lead="eve")
    words(admin, "/people/groups/entry/join", person="rita")
    eve = signed_in("eve")

    assert "Give to somebody" in words(eve, "/?list=team")
    told = words(eve, "/tasks/give", item=items(numbers), to="rita", reason="Alice is at a fair.", next="/?list=team")

    assert "3 tasks done." in told
    assert set(WorkItem.objects.filter(state="open").values_list("responsible__key", flat=True)) == {"rita"}


def test_together_the_work_of_a_gate_is_never_finished(shop, signed_in):
    entered, fresh = shop.orders(2)
    shop.entered(entered)

    told = words(signed_in("bob"), "/tasks/finish", item=items([entered]))

    assert "is not finished together with others: it has a gate." in told
    assert shop.open_stages(entered) == ["check"]
    assert shop.open_stages(fresh) == ["enter"]


def test_together_what_has_its_evidence_is_finished_and_what_has_not_says_so(shop, signed_in):
    ready, bare = shop.orders(2)
    acts.add_evidence({ready: {"type": "yes"}}, stage="enter", actor=shop.actor("alice"), now=shop.now)

    told = words(signed_in("alice"), "/tasks/finish", item=items([ready, bare]))

    assert "1 task done." in told
    assert f"{bare}: " in told
    assert (shop.open_stages(ready), shop.open_stages(bare)) == (["check"], ["enter"])


def test_work_is_handed_back_and_taken_together(shop, signed_in):
    numbers = shop.orders(2)
    alice = signed_in("alice")

    words(alice, "/tasks/release", item=items(numbers), reason="I am at a fair.")
    assert WorkItem.objects.filter(responsible__isnull=True, state="open").count() == 2
    words(alice, "/tasks/claim", item=items(numbers))

    assert WorkItem.objects.filter(responsible__key="alice", claimed=True, state="open").count() == 2


def test_the_way_back_of_a_choice_leads_nowhere_else(shop, signed_in):
    answer = signed_in("alice").post("/tasks/claim", {"item": [], "next": "https://example.com/"})

    assert answer["Location"] == "/"


def test_somebody_comes_gets_a_role_for_a_time_and_leaves_with_open_work(shop, admin):
    words(admin, "/people/hire", key="rita", name="Rita")
    assert "Choose a role of the standard." in words(admin, "/people/rita/roles", role="king")
    words(admin, "/people/rita/roles", role="clerk", since="2026-03-01", until="2026-12-31")
    assert "has the role clerk in that time already" in words(admin, "/people/rita/roles", role="clerk", since="2026-06-01")
    number = shop.orders(2)[1]
    assert shop.item(number, "enter").responsible.key == "rita"

    told = words(admin, "/people/rita/deactivate", successor="alice")

    assert "Rita is not active any more. Handed over: 1." in told
    assert shop.item(number, "enter").responsible.key == "alice"
    assert RoleMember.objects.get(person__key="rita").valid_until == shop.now.date()
    words(admin, "/people/rita/come-back", sure="yes")
    assert Person.objects.get(key="rita").is_active


def test_a_persons_words_change_and_a_weak_password_does_not(shop, admin):
    assert "too short" in words(admin, "/people/alice/edit", name="Alice Z", password="short")
    words(admin, "/people/alice/edit", name="Alice Z", email="alice@example.com", password="a long way to review")

    alice = Person.objects.get(key="alice")
    assert (alice.name, alice.email) == ("Alice Z", "alice@example.com")
    assert alice.check_password("a long way to review")


def test_a_role_ends_on_a_day_and_a_group_is_closed_not_deleted(shop, admin):
    member = RoleMember.objects.get(person__key="alice")
    words(admin, f"/people/alice/roles/{member.pk}/end", last="2026-03-31")
    words(admin, "/people/groups/found", key="entry", name="Entry")
    words(admin, "/people/groups/entry/edit", name="Order entry", lead="bob")

    member.refresh_from_db()
    group = Group.objects.get()
    assert member.valid_until == date(2026, 3, 31)
    assert (group.name, group.lead.key, group.active) == ("Order entry", "bob", False)


def test_only_administrators_see_the_people(signed_in):
    assert signed_in("alice").get("/people/").status_code == 403
    assert signed_in("alice").post("/people/bob/deactivate").status_code == 403


def test_take_next_gives_the_most_urgent_of_mine_else_one_of_my_roles_that_nobody_has(shop, signed_in):
    shop.hire("rita", "clerk")
    early, late = shop.orders(2)
    WorkItem.objects.filter(order__number=late).update(due_at=shop.now - timedelta(hours=1), responsible=shop.people["rita"])
    words(signed_in("rita"), "/tasks/release", item=items([early, late]))
    WorkItem.objects.filter(order__number=early).update(responsible=None, unassigned_reason="free")

    taken = signed_in("rita").post("/tasks/next")

    assert taken["Location"] == f"/?task={shop.item(late, 'enter').pk}"
    assert shop.item(late, "enter").responsible.key == "rita"


def test_who_has_more_open_work_than_a_page_bears_sees_the_most_urgent_and_the_way_to_the_rest(shop, signed_in, monkeypatch):
    shop.orders(3)
    alice = signed_in("alice")
    assert "there are more" not in alice.get("/").content.decode()
    monkeypatch.setattr(queries, "SHOWN_WORK", 2)

    page = alice.get("/").content.decode()

    assert page.count("data-ow-chosen ") == 2
    assert "These are the most urgent ones; there are more." in page
    assert 'href="/work/?person=alice"' in page
    assert alice.get("/work/?person=alice").content.decode().count("SO-2026-") >= 3
