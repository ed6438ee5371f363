from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from orders import shop as shops
from orders.shop import PLAIN, Shop
from orderway.journal import reading
from orderway.releases import publishing, refusals
from orderway.releases.models import Trial, Version


@pytest.fixture
def shop(db):
    return Shop().open()


def source(version, limit="4h"):
    changes = f"\nchanges: [{{version: {version}, reason: {{en: slower}}, running_orders: finish}}]\n" if version != "1.0.0" else ""
    return PLAIN.format(id="plain", version=version).replace("limit: 4h", f"limit: {limit}") + changes


def test_a_version_goes_from_draft_over_approval_into_force_and_the_former_retires(shop):
    draft = publishing.draft(source("1.1.0", "5h"), author="alice", now=shop.now)
    publishing.approve(draft, by=shop.people["mary"], now=shop.now, accept="known")
    publishing.release(draft, by=shop.people["mary"], now=shop.now)

    assert dict(Version.objects.filter(standard_id="plain").values_list("version", "status")) == {"1.0.0": "retired", "1.1.0": "effective"}
    assert [entry.act for entry in reading.of_subject("release", "plain 1.1.0")] == ["draft", "approve", "release"]


def test_running_orders_stay_pinned_to_their_version(shop):
    number = shop.an_order()
    shop.released(source("1.1.0", "5h"))

    shop.entered(number)
    newer = publishing.version_for(publishing.Coming("x"), "plain", now=shop.now)

    assert newer.version == "1.1.0"
    assert shop.item(number, "check").order.version.version == "1.0.0"


def test_the_author_may_not_approve_the_own_draft(shop):
    draft = publishing.draft(source("1.1.0", "5h"), author="mary", now=shop.now)

    with pytest.raises(refusals.AuthorMayNotApprove, match="Ask somebody else"):
        publishing.approve(draft, by=shop.people["mary"], now=shop.now, accept="known")


def test_only_roles_that_the_standard_names_approve(shop):
    draft = publishing.draft(source("1.1.0", "5h"), author="mary", now=shop.now)

    with pytest.raises(refusals.NotAnApprover):
        publishing.approve(draft, by=shop.people["eve"], now=shop.now, accept="known")


def test_missing_readiness_must_be_accepted_with_a_reason_on_the_record(shop):
    draft = publishing.draft(source("1.1.0", "5h"), author="alice", now=shop.now)

    with pytest.raises(refusals.NotReady, match="nobody has the role process_owner"):
        publishing.approve(draft, by=shop.people["mary"], now=shop.now)
    publishing.approve(draft, by=shop.people["mary"], now=shop.now, accept="hired on Monday")

    draft.refresh_from_db()
    assert draft.readiness_accepted == [{"warning": "nobody has the role process_owner", "reason": "hired on Monday"}]


def test_a_draft_with_defects_is_not_stored(shop):
    with pytest.raises(refusals.DraftHasDefects, match=r"standard:\d+:\d+: "):
        publishing.draft(source("1.1.0").replace("owner: reviewer", "owner: revewer"), author="alice", now=shop.now)

    assert not Version.objects.filter(version="1.1.0").exists()


def test_the_same_content_or_number_is_not_stored_twice(shop):
    with pytest.raises(refusals.SameContent):
        publishing.draft(source("1.0.0"), author="alice", now=shop.now)
    with pytest.raises(refusals.VersionExists):
        publishing.draft(source("1.0.0", "5h"), author="alice", now=shop.now)


def test_steps_are_taken_in_their_order(shop):
    draft = publishing.draft(source("1.1.0", "5h"), author="alice", now=shop.now)

    with pytest.raises(refusals.WrongStatus):
        publishing.release(draft, by=shop.people["mary"], now=shop.now)


def test_the_database_refuses_to_change_what_was_released(shop):
    with pytest.raises(DatabaseError, match="never changes its content"), transaction.atomic():
        Version.objects.filter(pk=shop.version.pk).update(document="{}")


def test_a_trial_sends_a_stable_share_of_new_orders_to_the_other_version(shop):
    other = publishing.draft(source("1.1.0", "5h"), author="alice", now=shop.now)
    publishing.approve(other, by=shop.people["mary"], now=shop.now, accept="known")
    Trial.objects.create(from_version=shop.version, to_version=other, share_percent=30, seed="s", begins_at=shop.now)
    keys = [publishing.Coming(f"K{number}") for number in range(1000)]

    chosen = publishing.versions_for(keys, "plain", now=shop.now)

    assert 250 < sum(version == other for version in chosen.values()) < 350
    assert chosen == publishing.versions_for(keys, "plain", now=shop.now)


def test_without_a_version_in_force_there_is_none(shop):
    publishing.retire(shop.version, by=shop.people["mary"], now=shop.now)

    with pytest.raises(refusals.NoVersionInForce):
        publishing.version_for(publishing.Coming("x"), "plain", now=shop.now)


def test_a_program_is_compiled_once_per_content(shop):
    assert publishing.program_of(shop.version.pk) is publishing.program_of(shop.version.pk, shop.version.content_hash)
    assert shops.catalogue.catalogue() is shops.catalogue.catalogue()
