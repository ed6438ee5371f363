"""Logs as people have them: any format, any name of a column, and everything that is wrong in them named and counted."""

from __future__ import annotations

import io
import json
import sqlite3
from datetime import datetime

import numpy as np
import pytest
import xlsxwriter

from mining.logs import ORDERS, found, log_of, packed, read, xes
from orderway.mining.findings import SENTENCES, sentence
from orderway.mining.log import Unreadable
from orderway.mining.logs.packed import unpack
from orderway.mining.logs.reading import read_log


def words(log):
    return [log.activities.names[code] for code in log.activities.codes]


def times(log):
    return [str(np.datetime64(int(moment), "us").astype("datetime64[s]")) for moment in log.times]


def test_events_stand_by_case_and_time_whatever_their_place_in_the_file():
    rows = ORDERS.splitlines()
    log = log_of("\n".join([rows[0], *reversed(rows[1:])]))

    assert sorted(zip([log.cases.names[code] for code in log.cases.codes], words(log), times(log), strict=True)) == sorted(
        zip(
            *[
                [row.split(",")[0] for row in rows[1:]],
                [row.split(",")[1] for row in rows[1:]],
                [row.split(",")[2][:19] for row in rows[1:]],
            ],
            strict=True,
        )
    )
    assert all((np.diff(log.times[begin:end]) >= 0).all() for begin, end in zip(log.offsets, log.offsets[1:], strict=False))


@pytest.mark.parametrize(
    "heading",
    [
        "case_id,activity,timestamp,resource",
        "Case ID,Activity,Complete Timestamp,Resource",
        "case:concept:name,concept:name,time:timestamp,org:resource",
        "订单号,活动,时间,操作人",
        "a,b,c,d",
    ],
)
def test_columns_are_recognised_by_name_or_by_content(heading):
    log = log_of(ORDERS.replace("case_id,activity,timestamp,resource", heading))

    names = heading.split(",")
    assert [log.taken.columns[part] for part in ("case", "activity", "timestamp")] == names[:3] or names[0] == "a"
    assert log.taken.columns["timestamp"] == names[2]
    assert (log.events, log.case_count, len(log.activities.names)) == (9, 3, 3)


def test_start_and_end_columns_are_the_work_of_one_event():
    log = log_of("Case ID,Activity,Start Timestamp,Complete Timestamp\n1,cut,2026/03/02 08:00:00.000,2026/03/02 09:30:00.000\n")

    assert log.taken.columns["start"] == "Start Timestamp"
    assert (log.times[0] - log.starts[0]) == 90 * 60 * 1_000_000


def test_what_cannot_be_used_is_left_out_and_counted():
    log = log_of(
        "case,activity,time,user\n1,enter,2026-03-02 09:00:00Z,Alice\n,enter,2026-03-02 09:00:00Z,Alice\n1,,2026-03-02 09:00:00Z,Bob\n"
        "1,review,yesterday,Bob\n1,review,1948-01-26 23:59:00Z,Bob\n"
        "1,ship,2026-02-30 10:00:00Z,\n1,ship,2026-03-03 10:00:00Z,\n1,ship,too,many,columns\n"
    )

    assert found(log) == {"broken_rows": 1, "no_case": 1, "no_activity": 1, "no_time": 2, "odd_time": 1, "no_resource": 1}
    assert {finding.code for finding in log.findings if finding.left_out} == {
        "broken_rows",
        "no_case",
        "no_activity",
        "no_time",
        "odd_time",
    }
    assert words(log) == ["enter", "ship"]
    assert next(sentence(one) for one in log.findings if one.code == "odd_time").endswith("e.g. 1948-01-26T23:59:00.")


def test_mixed_zones_are_one_clock_and_are_said():
    log = log_of(
        "case,activity,time\n1,a,2026-03-02T09:00:00+01:00\n1,b,2026-03-02T08:30:00Z\n"
        "1,c,2026-03-02 08:45:00\n2,a,2026-03-02T03:00:00.5-0500\n"
    )

    assert times(log) == ["2026-03-02T08:00:00", "2026-03-02T08:30:00", "2026-03-02T08:45:00", "2026-03-02T08:00:00"]
    assert found(log)["mixed_zones"] == found(log)["no_zone"] == 1
    assert found(log)["several_offsets"] == 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02", "2026-03-02T00:00:00"),
        ("2026/3/2 9:05", "2026-03-02T09:05:00"),
        ("25.03.2026 09:05", "2026-03-25T09:05:00"),
        ("03/25/2026 09:05:07", "2026-03-25T09:05:07"),
        ("02-Jun-2026", "2026-06-02T00:00:00"),
        ("03/25/2026 09:05:07 PM", "2026-03-25T21:05:07"),
        ("2026-03-02T09:05:07.123456789Z", "2026-03-02T09:05:07"),
    ],
)
def test_times_are_read_as_they_are_written(written, meant):
    assert times(log_of(f"case,activity,time\n1,a,{written}\n")) == [meant]


def test_duplicates_and_single_events_are_counted_and_kept():
    log = log_of(ORDERS + "3,enter,2026-03-05T09:00:00+00:00,Alice\n4,enter,2026-03-05T09:00:00+00:00,Alice\n")

    assert (found(log)["duplicates"], found(log)["one_event_cases"], log.events) == (1, 1, 11)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_file_of_another_encoding_and_delimiter_is_read(encoding):
    log = log_of("订单号;活动;时间\n1;订单录入;2026-03-02 09:00\n1;订单审核;2026-03-02 10:00\n".encode(encoding))

    assert words(log) == ["订单录入", "订单审核"]


def test_a_workbook_is_read_with_its_dates():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, form = book.add_worksheet("Log"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    first, second = (datetime.fromisoformat(f"2026-03-0{day}T09:00:00") for day in (2, 3))
    for row, values in enumerate([("Case ID", "Activity", "When"), (1001, "enter", first), (1001, "ship", second)]):
        for place, value in enumerate(values):
            sheet.write(row, place, value, form if isinstance(value, datetime) else None)
    book.close()

    log = log_of(stream.getvalue(), {"timestamp": "When"})

    assert (log.cases.names[0], times(log)) == ("1001", ["2026-03-02T09:00:00", "2026-03-03T09:00:00"])


def test_xes_gives_traces_events_and_people():
    log = log_of(
        xes(
            [("enter", "2026-03-02T09:00:00.000+01:00", "Alice"), ("ship", "2026-03-02T10:00:00.000+01:00", "")],
            [("enter", "2026-03-02T09:00:00Z", "Bob")],
        )
    )

    assert (log.events, log.case_count, words(log), times(log)[0]) == (3, 2, ["enter", "ship", "enter"], "2026-03-02T08:00:00")
    assert found(log)["no_resource"] == 1


def test_xml_that_breaks_off_is_read_as_far_as_it_goes():
    whole = xes(*[[("enter", "2026-03-02T09:00:00Z", "Alice"), ("ship", "2026-03-02T10:00:00Z", "Bob")]] * 3)
    log = log_of(whole[: whole.rindex("<event>") + 30])

    assert (log.events, found(log)["broken_xml"]) == (5, 1)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE log [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE log SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE log [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>',
    ],
)
def test_hostile_xml_is_refused(head):
    with pytest.raises(Unreadable) as refused:
        log_of(xes([("enter", "2026-03-02T09:00:00Z", "&a;")], head=head))

    assert refused.value.code == "doctype"


def test_xml_without_bottom_is_refused():
    with pytest.raises(Unreadable) as refused:
        log_of("<log>" + "<list>" * 100_000)

    assert refused.value.code == "too_deep"


def test_a_gzip_that_breaks_off_is_read_as_far_as_it_goes(tmp_path):
    rows = "".join(f"{number},enter,2026-03-02T09:00:{number % 60:02d}Z,P{number % 7}\n" for number in range(20_000))
    whole = packed("case_id,activity,timestamp,resource\n" + rows)
    path = tmp_path / "log.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])

    log = read_log(path).log

    assert found(log)["truncated_gzip"] == 1
    assert 1_000 < log.events < 20_000


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "log.csv.gz"
    path.write_bytes(packed("0" * 120_000_000))

    with pytest.raises(Unreadable) as refused:
        unpack(path)

    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"a,b\n",
        b"{}",
        b'{"events": 3}',
        b"SQLite format 3\0rubbish",
        b"PK\x03\x04rubbish",
        b"a,b,c\n1,2,3\n",
        bytes(range(256)) * 20,
    ],
)
def test_what_is_no_log_is_refused_in_a_sentence(content):
    with pytest.raises(Unreadable) as refused:
        read(content)

    assert (
        str(refused.value).endswith((".", "COLUMN.", ". Name it with a mapping, e.g. timestamp=COLUMN."))
        or "reason" in refused.value.params
    )


def test_a_mapping_that_does_not_fit_says_what_is_there():
    with pytest.raises(Unreadable, match="It has: case_id, activity, timestamp, resource"):
        log_of(ORDERS, {"case": "Order"})
    with pytest.raises(Unreadable, match="It may name"):
        log_of(ORDERS, {"colour": "activity"})


OBJECTS = {
    "objectTypes": [{"name": "order", "attributes": []}, {"name": "item", "attributes": []}],
    "eventTypes": [{"name": "place", "attributes": []}, {"name": "pick", "attributes": []}],
    "objects": [{"id": "o1", "type": "order"}, {"id": "i1", "type": "item"}, {"id": "i2", "type": "item"}],
    "events": [
        {
            "id": "e1",
            "type": "place",
            "time": "2026-03-02T09:00:00Z",
            "relationships": [{"objectId": "o1", "qualifier": ""}, {"objectId": "i1", "qualifier": ""}],
        },
        {"id": "e2", "type": "pick", "time": "2026-03-02T10:00:00Z", "relationships": [{"objectId": "i1", "qualifier": ""}]},
        {
            "id": "e3",
            "type": "pick",
            "time": "2026-03-02T11:00:00Z",
            "relationships": [{"objectId": "i2", "qualifier": ""}, {"objectId": "ghost", "qualifier": ""}],
        },
    ],
}


def test_an_object_log_is_followed_by_orders_or_by_what_is_wanted():
    by_order, by_item = read(json.dumps(OBJECTS)), read(json.dumps(OBJECTS), {"object": "item"})

    assert (by_order.object_type, words(by_order.log), found(by_order.log)["other_objects"]) == ("order", ["place"], 2)
    assert (by_item.log.case_count, words(by_item.log), found(by_item.log)["unknown_objects"]) == (2, ["place", "pick", "pick"], 1)
    with pytest.raises(Unreadable, match="It has: order, item"):
        read(json.dumps(OBJECTS), {"object": "truck"})


def test_a_table_name_of_a_hostile_database_is_only_a_name():
    database = sqlite3.connect(":memory:")
    database.executescript(
        "CREATE TABLE event_map_type(ocel_type, ocel_type_map); INSERT INTO event_map_type VALUES ('a', 'x\" UNION SELECT 1 --');"
        "CREATE TABLE object_map_type(ocel_type, ocel_type_map); CREATE TABLE object(ocel_id, ocel_type);"
        "CREATE TABLE event(ocel_id, ocel_type);"
        "CREATE TABLE event_object(ocel_event_id, ocel_object_id, ocel_qualifier);"
    )
    with pytest.raises(Unreadable) as refused:
        read(database.serialize())

    assert refused.value.code == "not_ocel"


def test_every_finding_has_a_sentence():
    import re
    from pathlib import Path

    import orderway.mining

    sources = "".join(path.read_text() for path in Path(orderway.mining.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'Finding\("(\w+)"', sources)) | {"no_case", "no_activity", "no_time", "odd_time", "open_orders"}
    assert named == set(SENTENCES)
