"""Uploaded logs: who may know of them, read, share and delete them, and that nothing of them stays when their time is over."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from mining.logs import ORDERS
from orderway.diagnosis import keeping, working
from orderway.diagnosis.models import Diagnosis
from orderway.diagnosis.working import work_off
from orderway.journal.models import Entry
from orderway.journal.verify import check_chain
from orderway.masterdata.models import Person
from orderway.orders import jobs

NOW = datetime.now(UTC)
READS = ("", "/map", "/report.html", "/figures.json", "/draft.yaml")


@pytest.fixture
def people(db):
    """Three who work here and an administrator."""
    administrator = Person.objects.create(key="admin", name="Admin", is_administrator=True)
    return {key: Person.objects.create(key=key, name=key.title()) for key in ("alice", "bob", "carol")} | {"admin": administrator}


@pytest.fixture
def enter(people):
    def _enter(key):
        client = Client()
        client.force_login(people[key])
        return client

    return _enter


@pytest.fixture
def log(enter):
    """A log that Alice uploaded and that was read."""
    enter("alice").post("/diagnosis/ask", {"file": SimpleUploadedFile("secret-customer.csv", ORDERS.encode())})
    work_off(NOW)
    return Diagnosis.objects.get()


def told(client, log, part=""):
    return client.get(f"/diagnosis/{log.key}{part}").status_code


def acts(log):
    return [(entry.act, entry.actor, json.loads(entry.payload)) for entry in Entry.objects.filter(subject_kind="diagnosis").order_by("id")]


# --- who ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", READS)
def test_whoever_asked_reads_it_others_learn_nothing_and_administrators_only_that_it_is_there(enter, log, part):
    assert told(enter("alice"), log, part) == 200
    assert told(enter("bob"), log, part) == 404
    assert told(enter("admin"), log, part) == 403


def test_a_list_names_only_what_one_may_know_of(enter, log):
    assert "secret-customer" in enter("alice").get("/diagnosis/").content.decode()
    assert "secret-customer" not in enter("bob").get("/diagnosis/").content.decode()
    of_admin = enter("admin").get("/diagnosis/").content.decode()
    assert "secret-customer" in of_admin
    assert f'href="/diagnosis/{log.key}"' not in of_admin


def test_a_reader_who_was_named_reads_until_it_is_taken_back_and_may_neither_share_nor_delete(enter, log):
    alice, bob = enter("alice"), enter("bob")

    alice.post(f"/diagnosis/{log.key}/share", {"reader": "bob"})

    assert told(bob, log) == 200
    assert "secret-customer" in bob.get("/diagnosis/").content.decode()
    assert bob.post(f"/diagnosis/{log.key}/share", {"reader": "carol"}).status_code == 403
    assert bob.post(f"/diagnosis/{log.key}/delete").status_code == 403
    page = bob.get(f"/diagnosis/{log.key}").content.decode()
    assert f"/diagnosis/{log.key}/delete" not in page
    assert f"/diagnosis/{log.key}/share" not in page

    alice.post(f"/diagnosis/{log.key}/share", {"withdraw": "bob"})

    assert told(bob, log) == 404
    assert [act for act, _actor, _payload in acts(log)] == ["ask", "share", "withdraw"]


@pytest.mark.parametrize("act", ["share", "delete"])
def test_who_may_not_know_of_it_cannot_act_on_it_either(enter, log, act):
    assert enter("bob").post(f"/diagnosis/{log.key}/{act}", {"reader": "bob"}).status_code == 404
    assert told(enter("bob"), log) == 404
    assert Diagnosis.objects.get().erased_at is None


def test_naming_nobody_is_refused_in_a_sentence(enter, log):
    answer = enter("alice").post(f"/diagnosis/{log.key}/share", {"reader": ""})

    assert answer.status_code == 422
    assert "No person was chosen." in answer.content.decode()


# --- deleting -------------------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_then_leaves_a_record_without_the_file_its_name_and_the_result(enter, log):
    alice, stored = enter("alice"), log.file.name

    asked = alice.get(f"/diagnosis/{log.key}/delete").content.decode()
    assert "Delete “secret-customer.csv”?" in asked
    assert default_storage.exists(stored)

    alice.post(f"/diagnosis/{log.key}/delete")

    row = Diagnosis.objects.get()
    assert not default_storage.exists(stored)
    assert (row.state, row.title, row.result, row.file.name, row.erased_by) == ("erased", "", "", "", "alice")
    record = {"reason": "asked", "sha256": hashlib.sha256(ORDERS.encode()).hexdigest()}
    assert acts(log)[-1] == ("erase", "alice", record)
    assert "secret-customer" not in str(acts(log))
    gone = alice.get(f"/diagnosis/{log.key}")
    assert gone.status_code == 410
    assert record["sha256"] in gone.content.decode()
    assert "Deleted log" in alice.get("/diagnosis/").content.decode()
    assert (check_chain().checked, check_chain().broken) == (2, 0)


def test_an_administrator_may_delete_what_they_may_not_read(enter, log):
    assert enter("admin").post(f"/diagnosis/{log.key}/delete").status_code == 302

    assert Diagnosis.objects.get().erased_by == "admin"


def test_the_database_itself_keeps_no_result_of_what_was_deleted(people, log):
    keeping.erase(log, actor=people["alice"], now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Diagnosis.objects.update(result="{}")


def test_what_is_deleted_while_it_is_read_does_not_come_back(people, enter, monkeypatch):
    enter("alice").post("/diagnosis/ask", {"file": SimpleUploadedFile("orders.csv", ORDERS.encode())})
    found = working.diagnose

    def deleted_meanwhile(*given, **named):
        keeping.erase(Diagnosis.objects.get(), actor=people["alice"], now=NOW)
        return found(*given, **named)

    monkeypatch.setattr(working, "diagnose", deleted_meanwhile)
    said = work_off(NOW)

    assert Diagnosis.objects.get().state == "erased"
    assert "erased" in said


# --- retention ------------------------------------------------------------------------------------------------------------


def test_the_worker_deletes_a_log_the_day_after_its_last_and_says_so(enter, log):
    last = keeping.last_day(NOW)
    assert log.expires_on == last
    assert f"It is kept until {last}" in enter("alice").get(f"/diagnosis/{log.key}").content.decode()

    assert keeping.expire(NOW + timedelta(days=89)) == "0 logs deleted, 0 files left behind"
    assert keeping.expire(NOW + timedelta(days=91)) == "1 logs deleted, 0 files left behind"

    assert not default_storage.exists(log.file.name)
    assert acts(log)[-1][:2] == ("erase", "system")
    assert "Its time was over" in enter("alice").get(f"/diagnosis/{log.key}").content.decode()
    assert "retention of logs" in [job.name for job in jobs.registered()]


def test_expiring_many_takes_a_fixed_number_of_statements(people, log, django_assert_max_num_queries):
    for _more in range(20):
        Diagnosis.objects.create(title="x", own=True, asked_by=people["alice"], asked_at=NOW, expires_on=NOW.date())
    with django_assert_max_num_queries(10):
        keeping.expire(NOW + timedelta(days=91))
    assert not Diagnosis.objects.filter(erased_at__isnull=True).exists()


def test_a_file_that_an_upload_left_behind_is_deleted_after_a_day(log):
    lost = default_storage.save("diagnosis/lost.log", ContentFile(b"x"))
    assert keeping.expire(NOW).endswith("0 files left behind")
    old = (NOW - timedelta(days=2)).timestamp()
    os.utime(default_storage.path(lost), (old, old))
    os.utime(default_storage.path(log.file.name), (old, old))

    assert keeping.expire(NOW).endswith("1 files left behind")

    assert not default_storage.exists(lost)
    assert default_storage.exists(log.file.name)


# --- a worker that dies ---------------------------------------------------------------------------------------------------


def ask_for_two(enter):
    for name in ("first.csv", "second.csv"):
        enter("alice").post("/diagnosis/ask", {"file": SimpleUploadedFile(name, ORDERS.encode())})


def test_what_a_killed_worker_left_unfinished_is_begun_again(enter):
    ask_for_two(enter)
    Diagnosis.objects.filter(title="first.csv").update(state="running", attempts=1, percent=40)

    for _turn in range(2):
        work_off(NOW)

    assert set(Diagnosis.objects.values_list("state", flat=True)) == {"done"}


def test_a_log_that_stops_the_worker_three_times_is_given_up_and_holds_nobody_up(enter, monkeypatch):
    ask_for_two(enter)
    read = working.read_content

    def out_of_memory(title, *rest):
        if title == "first.csv":
            raise MemoryError
        return read(title, *rest)

    monkeypatch.setattr(working, "read_content", out_of_memory)
    for _turn in range(5):
        with suppress(MemoryError):
            work_off(NOW)

    states = dict(Diagnosis.objects.values_list("title", "state"))
    assert states == {"first.csv": "failed", "second.csv": "done"}
    key = Diagnosis.objects.get(title="first.csv").key
    assert "The worker was stopped 3 times" in enter("alice").get(f"/diagnosis/{key}").content.decode()
