"""Absences, messages, the board and work done many at a time, for programs."""

from __future__ import annotations

from api.office import NOW
from orderway.assessment import following
from orderway.orders.models import Notification, WorkItem


def test_an_absence_moves_the_open_work_and_the_list_of_people_says_who_stands_in(office):
    number = office.advanced(office.placed(), "review")
    office.hire("ben", "finance")
    days = {"first": NOW.date().isoformat(), "last": "2030-01-02", "deputy": "ben"}

    assert office.post("eve", "/absences", {"person": "bob", **days}).json()["code"] == "not_your_absence"
    made = office.post("bob", "/absences", {"person": "bob", **days})

    assert (made.status_code, made.json()["moved"]) == (201, {number: "ben"})
    (bob,) = [row for row in office.get("eve", "/people").json()["rows"] if row["person"] == "bob"]
    assert (bob["roles"], bob["away_until"], bob["deputy"]) == (["finance"], "2030-01-02", "ben")
    absence = made.json()["absence"]
    assert office.post("bob", f"/absences/{absence}/change", {"last": "2030-02-01", "deputy": "bob"}).status_code == 422
    assert office.post("bob", f"/absences/{absence}/withdraw", {}).json()["withdrawn"]
    assert office.post("bob", f"/absences/{absence}/withdraw", {}).json()["code"] == "absence_over"
    assert office.get("eve", "/absences").json()["rows"] == []


def test_messages_are_ones_own_and_are_read_once(office):
    for person, source in (("bob", "1"), ("eve", "2")):
        told = {"kind": "mention", "subject_kind": "order", "subject_key": "SO-1", "actor": "alice", "text": "look", "at": NOW}
        Notification.objects.create(person=office.people[person], source=source, **told)
    (mine,) = office.get("bob", "/messages", unread="true").json()["rows"]
    others = Notification.objects.get(source="2").pk

    assert (mine["key"], mine["text"], mine["read"]) == ("SO-1", "look", False)
    assert office.post("bob", "/messages/read", {"messages": [others]}).json() == {"read": 0}
    assert office.post("bob", "/messages/read", {}).json() == {"read": 1}
    assert office.get("bob", "/messages", unread="true").json()["rows"] == []


def test_a_scorecard_is_ones_own_and_says_nothing_below_twenty_tasks(office):
    office.advanced(office.placed(), "review")
    following.follow(NOW)
    card = office.get("alice", "/scorecard").json()

    assert (card["tasks"], card["in_time"]["n"], card["in_time"]["share"], card["in_time"]["verdict"]) == (1, 0, None, "too_few")
    assert (card["done"], card["system_causes"]) == ([], [])
    assert office.get("bob", "/scorecard").json()["tasks"] == 0
    assert office.get("alice", "/scorecard", since="2026-03-02", until="2026-03-02").json()["tasks"] == 0
    assert office.get("alice", "/scorecard", person="bob").status_code == 422


def test_the_board_counts_what_stands_where_and_what_waits(office):
    for _ in range(2):
        office.advanced(office.placed(), "review")

    board = office.get("eve", "/board").json()

    assert [(row["stage"], row["count"]) for row in board["stages"]] == [("review", 2)]
    assert [(row["person"], row["count"]) for row in board["people"]] == [("bob", 2)]
    assert (board["nobody"], board["hold"]) == (0, 0)
    assert office.get("eve", "/board", responsible="eve").json()["stages"] == []


def test_of_many_items_each_is_done_or_refused_by_itself_and_no_gate_is_passed_blind(office):
    numbers = [office.advanced(office.placed(), "review"), office.placed()]  # Bob's, and Alice's
    items = list(WorkItem.objects.filter(order__number__in=numbers, state="open").order_by("order_id").values_list("pk", flat=True))

    done = office.post("bob", "/bulk/release", {"items": items, "reason": "too much"}).json()["results"]
    assert [(row["done"], (row["problem"] or {}).get("code")) for row in done] == [(True, None), (False, "not_allowed")]
    blind = office.post("bob", "/bulk/finish", {"items": [items[0]]})
    assert (blind.status_code, blind.json()["code"]) == (409, "not_in_bulk")
    assert office.post("bob", "/bulk/claim", {"items": [2**40]}).status_code == 404
    assert office.post("bob", "/bulk/claim", {"items": []}).status_code == 422
