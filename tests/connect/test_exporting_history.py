"""Our history as event logs: sound by the rules of each format, and the same answers when it is read again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import jsonschema_rs
import pyarrow.parquet as pq
import pytest
from lxml import etree

from measures.conftest import finished
from orderway.connect.eventlog import exporting
from orderway.connect.eventlog.history import history
from orderway.diagnosis.own import own_log
from orderway.mining import answers
from orderway.mining.logs.reading import read_log
from orderway.orders import acts
from web.conftest import shop

__all__ = ["shop"]

SCHEMAS = Path(__file__).parent / "schemas"
COMPARED = (
    "events", "cases", "activities", "variants", "dfg_edges", "dfg_top30", "start_activities", "end_activities", "cases_with_any_rework",
    "case_duration_s",
)  # fmt: skip


@pytest.fixture
def ended(shop):
    """Four orders: one went straight, one was sent back twice, one has evidence before its completion, one is still open."""
    straight, back, slow, still_open = shop.orders(4)
    shop.customer.name = "Dan & Söhne <东莞>"
    shop.customer.save()
    finished(shop, straight, hours=1)
    finished(shop, back, hours=1, fails=2)
    acts.add_evidence({slow: {"type": "yes"}}, stage="enter", actor=shop.actor("alice"), now=shop.now)
    finished(shop, slow, hours=1)
    shop.entered(still_open)
    return shop


def compared(log) -> dict[str, object]:
    found = answers.as_json(answers.answer(log), "")
    return {key: found[key] for key in COMPARED}


@pytest.mark.parametrize("name", ["log.json", "log.xml", "log.sqlite", "log.xes", "log.csv", "log.csv.gz", "log.xes.gz", "log.json.gz"])
def test_what_is_exported_gives_the_same_answers_when_it_is_read_again(ended, tmp_path, name):
    done = exporting.export(tmp_path / name)

    assert (done.orders, done.left_out) == (3, 1)
    assert compared(read_log(tmp_path / name).log) == compared(own_log("us"))
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_the_json_keeps_the_schema_of_ocel_2(ended, tmp_path):
    exporting.export(tmp_path / "log.json")

    document = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "ocel20.json").read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(document)] == []
    declared = {one["name"]: {attribute["name"] for attribute in one["attributes"]} for one in document["objectTypes"]}
    assert all({value["name"] for value in one["attributes"]} <= declared[one["type"]] for one in document["objects"])
    known = {one["id"] for one in document["objects"]}
    assert len(known) == len(document["objects"])
    assert {relation["objectId"] for one in (*document["objects"], *document["events"]) for relation in one["relationships"]} <= known


def test_the_xml_keeps_the_schema_of_ocel_2(ended, tmp_path):
    exporting.export(tmp_path / "log.xml")

    schema = etree.XMLSchema(etree.parse(SCHEMAS / "ocel20.xsd"))
    schema.assertValid(etree.parse(tmp_path / "log.xml"))


def test_the_sqlite_has_the_tables_of_ocel_2_and_no_dangling_key(ended, tmp_path):
    exporting.export(tmp_path / "log.sqlite")

    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert {"event", "object", "event_object", "object_object", "event_map_type", "object_map_type"} <= tables
        for kind in ("event", "object"):
            for of_type, table in database.execute(f"SELECT ocel_type, ocel_type_map FROM {kind}_map_type").fetchall():
                counted = database.execute(f'SELECT count(*) FROM "{kind}_{table}"').fetchone()
                assert counted == database.execute(f"SELECT count(*) FROM {kind} WHERE ocel_type = ?", (of_type,)).fetchone()
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_parquet_has_the_columns_of_the_csv_and_real_times(ended, tmp_path):
    exporting.export(tmp_path / "log.parquet")

    table = pq.read_table(tmp_path / "log.parquet")
    assert table.num_rows == len(history().events)
    assert str(table.schema.field("timestamp").type) == "timestamp[us, tz=UTC]"
    assert set(table.column("case_id").to_pylist()) == {event.order for event in history().events}


def test_nobody_is_named_where_nobody_is_to_be(ended, tmp_path):
    exporting.export(tmp_path / "log.csv", people=False)

    text = (tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    assert "DAN" in text  # a customer's key is no person
    assert "alice" not in text
    assert "carol" not in text


def test_open_orders_come_along_where_they_are_wanted(ended, tmp_path):
    done = exporting.export(tmp_path / "log.csv", also_open=True)

    assert (done.orders, done.left_out) == (4, 0)


def test_an_unknown_ending_is_refused_and_leaves_no_file(ended, tmp_path):
    with pytest.raises(exporting.UnknownFormat, match=r"\.parquet"):
        exporting.export(tmp_path / "log.docx")
    with pytest.raises(FileNotFoundError):
        exporting.export(tmp_path / "nowhere" / "log.csv")

    assert list(tmp_path.iterdir()) == []
