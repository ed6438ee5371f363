"""Migration of running orders on pages: the map, the dry run, the act by the owner, results that lead to the orders."""

from __future__ import annotations

import pytest

from orders.test_migration import CHECK_IS_VERIFY, another
from orderway.orders import migration
from orderway.orders.models import Order

ADDRESS = "/standard/plain/1.1.0/"


@pytest.fixture
def owned(shop):
    """The shop with its process owner, two running orders (one waits for a signature) and a newer version in force."""
    shop.hire("olga", "process_owner")
    shop.numbers = shop.orders(2, total="2000.00")
    shop.entered(shop.numbers[1])
    shop.checked(shop.numbers[1])
    shop.target = another(shop, *CHECK_IS_VERIFY)
    return shop


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_of_the_version_leads_to_the_dry_run_which_everybody_may_read(owned, signed_in):
    assert f'{ADDRESS}migration?from=1.0.0"' in text_of(signed_in("eve").get(f"{ADDRESS}control"))

    page = text_of(signed_in("eve").get(f"{ADDRESS}migration"))

    assert "renamed" in page
    assert "goes on where it stands" in page
    assert "The gate of Check was decided and waits for the signature of: Manager." in page
    assert f'href="/orders/{owned.numbers[0]}/"' in page
    assert "Orders are migrated by the owner of the standard: Process owner" in page
    assert "Migrate 2 running orders" not in page


def test_the_owner_migrates_and_reads_what_became_of_each_order(owned, signed_in):
    browser = signed_in("olga")
    assert "Migrate 2 running orders" in text_of(browser.get(f"{ADDRESS}migration"))

    page = text_of(browser.post(f"{ADDRESS}migrate", {"from": "1.0.0", "reason": "shorter"}))

    assert "2 of 2 orders looked at: 1 migrated, 1 stay on version" in page
    assert Order.objects.get(number=owned.numbers[0]).version == owned.target
    assert "Taken from version 1.0.0 of the standard to version 1.1.0" in text_of(browser.get(f"/orders/{owned.numbers[0]}/"))
    assert 'href="/standard/plain/1.1.0/"' in text_of(browser.get(f"/orders/{owned.numbers[0]}/"))
    assert "1 of 1 orders looked at: 0 migrated, 1 stay" in text_of(browser.post(f"{ADDRESS}migrate", {"from": "1.0.0", "reason": "again"}))


def test_a_map_corrected_by_hand_is_looked_at_and_acted_on(owned, signed_in):
    browser = signed_in("olga")
    page = text_of(browser.get(f"{ADDRESS}migration", {"from": "1.0.0", "map.enter": "-", "map.check": "verify"}))
    assert "corrected by hand" in page
    assert "The new version has no place for Enter, where the order stands." in page
    assert '<input type="hidden" name="map.enter" value="-">' in page

    browser.post(f"{ADDRESS}migrate", {"from": "1.0.0", "map.enter": "-", "reason": "shorter"})

    assert set(Order.objects.values_list("version_id", flat=True)) == {owned.version.pk}


def test_many_orders_go_in_batches_that_carry_on(owned, signed_in, monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 1)
    browser = signed_in("olga")

    first = text_of(browser.post(f"{ADDRESS}migrate", {"from": "1.0.0", "reason": "shorter"}))
    assert "1 of 2 orders looked at: 1 migrated, 0 stay" in first
    assert "Go on with the last order" in first

    again = {"from": "1.0.0", "reason": "shorter", "after": Order.objects.earliest("pk").pk, "moved": "1", "stayed": "0"}
    rest = text_of(browser.post(f"{ADDRESS}migrate", again, headers={"HX-Request": "true"}))
    assert "2 of 2 orders looked at: 1 migrated, 1 stay" in rest
    assert "<html" not in rest


def test_what_cannot_be_is_said_on_the_page(owned, signed_in):
    browser = signed_in("olga")
    no_reason = browser.post(f"{ADDRESS}migrate", {"from": "1.0.0", "reason": " "})
    assert (no_reason.status_code, "Say why, in a sentence." in text_of(no_reason)) == (422, True)
    strange = browser.get(f"{ADDRESS}migration", {"from": "1.0.0", "map.enter": "nowhere"})
    assert "The map names nowhere, which version 1.1.0 does not have." in text_of(strange)
    assert browser.get(f"{ADDRESS}migration", {"from": "9.9.9"}).status_code == 404
    assert signed_in("eve").post(f"{ADDRESS}migrate", {"from": "1.0.0", "reason": "x"}).status_code == 409
    assert set(Order.objects.values_list("version_id", flat=True)) == {owned.version.pk}


def test_without_running_orders_there_is_nothing_to_migrate(shop, signed_in):
    another(shop)
    assert "No order runs by another version of this standard." in text_of(signed_in("eve").get(f"{ADDRESS}migration"))


def test_a_version_that_waits_to_come_into_force_can_be_looked_at_only(owned, signed_in):
    from orderway.releases.models import Version

    Version.objects.filter(pk=owned.target.pk).update(status=Version.Status.APPROVED)
    browser = signed_in("olga")
    assert "This version is not in force yet: orders can be migrated as soon as it is." in text_of(browser.get(f"{ADDRESS}migration"))
    assert browser.post(f"{ADDRESS}migrate", {"from": "1.0.0", "reason": "x"}).status_code == 409
