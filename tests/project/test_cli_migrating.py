"""orderway standard migrate: the dry run says what would happen and changes nothing; the act does it, and a second run nothing more."""

from __future__ import annotations

import json

import pytest

from orders import shop as shops
from orders.test_migration import CHECK_IS_VERIFY, another
from orderway.orders.models import Order


@pytest.fixture
def shop(db):
    """The small company with two running orders, one of which waits for a signature, and a newer version in force."""
    shop = shops.Shop().open()
    shop.hire("olga", "process_owner")
    shop.numbers = shop.orders(2, total="2000.00")
    shop.entered(shop.numbers[1])
    shop.checked(shop.numbers[1])
    shop.target = another(shop, *CHECK_IS_VERIFY)
    return shop


def test_a_dry_run_says_what_would_happen_and_changes_nothing(shop, orderway):
    answer = orderway("standard", "migrate", "plain@1.0.0", "--dry-run")

    assert answer.code == 0
    assert "check" in answer.out
    assert "renamed" in answer.out
    assert "plain 1.0.0 -> plain 1.1.0: 1 would go on where they stand, 1 would stay on their version." in answer.out
    assert f"{shop.numbers[1]}: " in answer.out
    assert set(Order.objects.values_list("version_id", flat=True)) == {shop.version.pk}


def test_the_act_moves_what_can_move_and_a_second_run_nothing_more(shop, orderway):
    words = ("standard", "migrate", "plain@1.0.0", "plain@1.1.0", "--by", "olga", "--reason", "shorter", "--json")

    rows = json.loads(orderway(*words).out)
    again = json.loads(orderway(*words).out)

    assert [(row["order"], row["outcome"], row["code"]) for row in rows] == [
        (shop.numbers[0], "kept", None),
        (shop.numbers[1], "stays", "awaiting_signature"),
    ]
    assert [row["order"] for row in again] == [shop.numbers[1]]
    assert Order.objects.get(number=shop.numbers[0]).version == shop.target


def test_wrong_use_ends_with_2_and_a_refusal_with_1(shop, orderway):
    assert orderway("standard", "migrate", "plain@1.0.0").code == 2
    assert orderway("standard", "migrate", "plain@1.0.0", "--dry-run", "--map", "check").code == 2
    assert orderway("standard", "migrate", "plain@9.9.9", "--dry-run").code == 2
    answer = orderway("standard", "migrate", "plain@1.0.0", "--dry-run", "--map", "check=chekc")
    assert (answer.code, answer.err) == (
        1,
        "The map names chekc, which version 1.1.0 does not have. Use the id of a stage of that version.\n",
    )


def test_who_does_not_own_the_standard_moves_nothing(shop, orderway):
    answer = orderway("standard", "migrate", "plain@1.0.0", "--by", "mary", "--reason", "shorter", "--order", shop.numbers[0])
    assert "1 stay on their version" in answer.out
    assert "mary may not do this" in answer.out
    assert Order.objects.get(number=shop.numbers[0]).version == shop.version
