"""orderway run, verify, order show, worker: what passes without a person, what is proven, what one order says."""

from __future__ import annotations

import json

from orderway.orders.models import Order, WorkItem
from orderway.stages.stock.models import StockLevel

TWO = ("A1,C1,BOLT,2,1.50,2026-02-01", "A2,C2,NUT,4,2.00,2026-02-01")


def stages_of(po):
    return sorted(WorkItem.objects.filter(order__customer_po=po, state="open").values_list("stage", flat=True))


def test_run_carries_what_the_system_may_do_and_says_for_whom_the_rest_waits(shop):
    shop(*TWO)
    shop("B1,C1,BOLT,1,1.50,2026-02-01", mapping="stock.yaml")

    answer = shop.orderway("run", "--json")

    assert answer.code == 0
    rows = {row["stage"]: row for row in json.loads(answer.out)}
    assert rows["review"] == {"stage": "review", "passed": 2, "waiting": 0, "why": {}, "broken": []}
    assert rows["invoicing"]["passed"] == 2
    assert (rows["receipt"]["passed"], rows["receipt"]["waiting"], rows["receipt"]["why"]) == (2, 1, {"work of sales": 1})
    assert stages_of("B1") == ["receipt"]


def test_run_until_a_stage_stops_orders_that_have_entered_it_and_a_later_run_goes_on(shop):
    shop(*TWO)

    stopped = shop.orderway("run", "--until", "picking", "--json")

    assert stopped.code == 0
    rows = {row["stage"]: row for row in json.loads(stopped.out)}
    assert rows["picking"] == {"stage": "picking", "passed": 0, "waiting": 2, "why": {"stopped here by --until": 2}, "broken": []}
    assert rows["stock_check"]["passed"] == 2
    assert "delivery" not in rows
    assert stages_of("A1") == stages_of("A2") == ["picking"]

    shop.orderway("run")
    assert "picking" not in stages_of("A1") + stages_of("A2")


def test_an_order_at_which_the_program_fails_is_named_its_neighbours_pass_and_the_exit_code_says_so(shop):
    shop(*TWO)
    broken = Order.objects.get(customer_po="A1")
    Order.objects.filter(pk=broken.pk).update(case_text="[")

    answer = shop.orderway("run", "--json")

    assert answer.code == 1
    assert f"{broken.number}: The program failed at this order (" in answer.err
    assert [row["broken"] for row in json.loads(answer.out) if row["broken"]] == [[broken.number]]
    assert "picking" not in stages_of("A2")


def test_run_prints_a_table_for_people(shop):
    shop(*TWO)

    said = shop.orderway("run", "--until", "review").out

    assert [word for word in ("stage", "passed", "waiting", "why") if word not in said] == []
    assert "2 x stopped here by --until" in said


def test_run_until_a_stage_that_no_standard_has_is_wrong_usage_names_the_stages_and_does_nothing(shop):
    shop(*TWO)

    answer = shop.orderway("run", "--until", "nowhere")

    assert answer.code == 2
    assert "No standard has a stage nowhere. The stages are: after_sales, delivery," in answer.err
    assert stages_of("A1") == ["receipt"]


def test_what_the_system_cannot_finish_waits_with_its_reason(shop, file, tmp_path):
    file("empty.yaml", (tmp_path / "trade.yaml").read_text().replace("opening_stock: demand", "opening_stock: none"))
    shop(*TWO, mapping="empty.yaml")

    rows = {row["stage"]: row for row in json.loads(shop.orderway("run", "--json").out)}

    waiting = [row for row in rows.values() if row["waiting"]]
    assert sum(row["waiting"] for row in waiting) == 2
    assert all(reason for row in waiting for reason in row["why"])
    assert "invoicing" not in rows


def test_verify_gives_one_row_per_invariant_also_when_nothing_was_checked(installed):
    answer = installed("verify", "--json")

    assert answer.code == 0
    rows = json.loads(answer.out)
    assert [row["invariant"] for row in rows] == list(range(1, 13))
    assert all(set(row) == {"invariant", "checked", "broken", "first"} for row in rows)
    assert [(row["broken"], row["first"]) for row in rows] == [(0, None)] * 12
    assert rows[0]["checked"] == 0


def test_verify_ends_with_1_names_the_first_that_is_broken_and_still_checks_the_rest(shop):
    shop(*TWO)
    shop.orderway("run")
    StockLevel.objects.filter(item__sku="BOLT").update(on_hand=77)
    Order.objects.filter(customer_po="A2").update(journal_hash="0" * 64)

    answer = shop.orderway("verify", "--json")

    assert answer.code == 1
    rows = {row["invariant"]: row for row in json.loads(answer.out)}
    assert rows[1]["broken"] == 1
    assert "BOLT" in rows[1]["first"]
    assert rows[5]["broken"] >= 1
    assert sorted(rows) == list(range(1, 13))
    assert "stock on hand equals its moves" in shop.orderway("verify").out


def test_verify_decide_reports_what_would_be_decided_differently_as_information(shop):
    shop(*TWO)
    shop.orderway("run")

    answer = shop.orderway("verify", "--decide", "--json")

    assert answer.code == 0
    rows = json.loads(answer.out)
    assert [row["invariant"] for row in rows[:12]] == list(range(1, 13))
    decided = rows[12:]
    assert decided
    assert sum(row["checked"] for row in decided) > 0
    assert all((row["invariant"], row["broken"]) == (0, 0) for row in decided)


def test_an_order_is_shown_with_its_lines_its_open_work_and_its_history(shop):
    shop(*TWO)
    number = Order.objects.get(customer_po="A1").number

    for_people = shop.orderway("order", "show", number)
    for_machines = json.loads(shop.orderway("order", "show", number, "--json").out)

    assert for_people.code == 0
    assert [word for word in (number, "BOLT", "receipt", "import:trade") if word not in for_people.out] == []
    assert for_machines["lines"] == [{"position": 1, "item": "BOLT", "quantity": "2.000000", "unit_price": "1.50000000"}]
    assert [item["stage"] for item in for_machines["open"]] == ["receipt"]
    assert [(entry["sequence"], entry["act"]) for entry in for_machines["journal"]] == [(1, "open")]


def test_an_order_that_does_not_exist_is_wrong_usage(installed):
    answer = installed("order", "show", "SO-1999-00001")

    assert answer.code == 2
    assert "There is no order SO-1999-00001." in answer.err


def test_the_worker_does_every_job_once_and_says_what_came_of_it(shop):
    shop(*TWO)

    answer = shop.orderway("worker", "--once")

    assert answer.code == 0
    done = dict(line.split(": ", 1) for line in answer.out.splitlines())
    assert {"deadlines", "system stages", "waiting stages", "announced returns"} <= set(done)
    assert done["system stages"].split()[0] not in ("", "0")
    assert "receipt" not in stages_of("A1")


def test_what_people_call_things_is_printed_as_it_is(shop, file, tmp_path):
    text = (tmp_path / "trade.yaml").read_text()
    file("named.yaml", text.replace("columns: {", "columns: {customer_name: name, "))
    file("named.csv", "po,customer,name,item,quantity,price,ordered_at\nN1,C1,[/bold] Ltd :smile:,BOLT,1,1,2026-02-01\n")

    imported = shop.orderway("import", "named.csv", "--mapping", "./named.yaml")
    shown = shop.orderway("order", "show", Order.objects.get().number)

    assert (imported.code, shown.code) == (0, 0)
    assert "[/bold] Ltd :smile:" in shown.out
