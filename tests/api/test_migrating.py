"""Running orders taken to another version by a program: the report first, then batch after batch, by the owner of the standard only."""

from __future__ import annotations

import pytest

from orderway.orders import migration
from orderway.orders.models import Order
from orderway.releases.models import Version
from orderway.standard.templates import shipped

WAY = "/standards/make-to-stock/1.1.0/migrate"
RENAMED = ("stock_check", "availability")
REASON = {"source": "1.0.0", "reason": "one name for it"}


def next_version(office, *, rename=RENAMED):
    """The same way with another name for the stock check."""
    source = shipped()["make-to-stock"].replace("version: 1.0.0", "version: 1.1.0", 1)
    change = "changes:\n  - {version: 1.1.0, reason: {en: Clearer, zh-Hans: 更清楚, zh-Hant: 更清楚}}\n"
    source = source.replace("\ncalendars:", f"\n{change}\ncalendars:", 1)
    return office.released(source.replace(*rename))


@pytest.fixture
def two(office):
    """Two running orders, one at the review and one at the stock check, and a newer version in force."""
    office.numbers = [office.advanced(office.placed(), "review"), office.advanced(office.placed(), "stock_check")]
    next_version(office)
    return office


def test_the_report_says_of_each_order_what_would_become_of_it_and_writes_nothing(two):
    found = two.post("eve", f"{WAY}/preview", {"source": "1.0.0"}).json()

    assert [(row["order"], row["outcome"], row["stands"], row["targets"]) for row in found["rows"]] == [
        (two.numbers[0], "kept", ["review"], ["review"]),
        (two.numbers[1], "kept", ["stock_check"], ["availability"]),
    ]
    assert (found["in_force"], found["running"], found["left"], found["added"]) == (True, 2, 0, [])
    assert {"stage": "stock_check", "target": "availability", "kind": "renamed", "origin": "alike"} in found["map"]
    assert set(Order.objects.values_list("version__version", flat=True)) == {"1.0.0"}


def test_a_stage_without_a_place_keeps_its_orders_and_says_why(two):
    found = two.post("eve", f"{WAY}/preview", {"source": "1.0.0", "map": {"stock_check": ""}}).json()

    stays = found["rows"][1]
    assert (stays["outcome"], stays["targets"], stays["refusal"]["code"]) == ("stays", [], "no_place_in_version")
    assert two.post("eve", f"{WAY}/preview", {"source": "1.0.0", "map": {"moon": "review"}}).json()["code"] == "stage_not_in_version"


def test_the_owner_migrates_batch_after_batch_and_others_may_not(two, monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 1)
    assert two.post("alice", WAY, REASON).status_code == 403

    first = two.post("olga", WAY, REASON).json()
    second = two.post("olga", WAY, {**REASON, "after": first["last"]}).json()

    assert [(row["order"], row["outcome"]) for row in first["rows"] + second["rows"]] == [(number, "kept") for number in two.numbers]
    assert (first["left"], second["left"]) == (1, 0)
    assert set(Order.objects.values_list("version__version", flat=True)) == {"1.1.0"}
    assert two.open_stages(two.numbers[1]) == ["availability"]
    assert two.post("olga", WAY, {**REASON, "after": 0}).json()["rows"] == []


def test_only_the_named_orders_are_taken(two):
    found = two.post("olga", WAY, {**REASON, "orders": [two.numbers[1]]}).json()

    assert [row["order"] for row in found["rows"]] == [two.numbers[1]]
    assert dict(Order.objects.values_list("number", "version__version")) == {two.numbers[0]: "1.0.0", two.numbers[1]: "1.1.0"}


def test_the_same_key_migrates_once(two):
    first = two.post("olga", WAY, REASON, key="once")
    again = two.post("olga", WAY, REASON, key="once")

    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")


def test_what_is_not_there_not_in_force_or_without_a_reason_is_refused(two):
    assert two.post("olga", WAY, {"source": "1.0.0", "reason": " "}).json()["code"] == "reason_required"
    assert two.post("olga", WAY, {**REASON, "source": "9.9.9"}).status_code == 404
    assert two.post("olga", "/standards/make-to-stock/9.9.9/migrate", REASON).status_code == 404
    assert (
        two.post("olga", "/standards/make-to-stock/1.0.0/migrate", {**REASON, "source": "1.1.0"}).json()["code"] == "version_not_in_force"
    )
    Version.objects.filter(version="1.1.0").update(status="draft")
    assert two.post("eve", f"{WAY}/preview", {"source": "1.0.0"}).status_code == 404
