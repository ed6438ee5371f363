"""Web processes, workers and whole servers are killed while people work: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess

from faults.killing import Company, Load
from project.serving import ORDERWAY, alive

KILLS = int(os.environ.get("ORDERWAY_TEST_KILLS", "5"))
ACTS_BETWEEN = 15
MAPPING = """
format: order-mapping/1
standard: trade
create: [customers, items]
opening_stock: demand
columns: {order: po, customer: customer, sku: item, quantity: quantity, price: price}
"""


def kill(company, turn):
    """Kill its web process, its worker, or its server, which then is started again."""
    worker, web = company.children()
    chosen = [web, [worker], [company.process.pid]][turn % 3]
    for process in chosen:
        os.kill(process, signal.SIGKILL)
    if chosen == [company.process.pid]:
        company.process.wait()
        company.wait_until(lambda: not any(map(alive, (worker, *web))), ended=True)
        company.start()
    return len(chosen)


def test_killed_processes_lose_no_acknowledged_act_and_do_none_twice(company):
    load = Load(company)
    load.start()
    killed = 0
    try:
        for turn in range(KILLS):
            load.wait_for(ACTS_BETWEEN)
            killed += kill(company, turn)
        load.wait_for(ACTS_BETWEEN)
    finally:
        load.stop()

    assert load.wrong == []
    assert killed >= KILLS
    assert load.answers[0] + load.answers[503] >= 1, "no kill was ever noticed by a client"
    assert load.acknowledged >= ACTS_BETWEEN * (KILLS + 1)
    stands = company.ask("report")
    assert {po: [number] for po, number in load.numbers.items()} == stands["orders"]
    assert stands["entered"] == dict.fromkeys(load.entered, 1)
    verified = company.run("verify", "--json")
    assert verified.returncode == 0, verified.stdout
    assert sum(row["checked"] for row in json.loads(verified.stdout)) > len(load.numbers)


def test_a_worker_killed_in_its_work_leaves_whole_acts_and_the_next_one_goes_on(url, tmp_path):
    orders = 200
    company = Company(tmp_path, ORDERWAY_DATABASE_URL=url)
    company.run("init", check=True)
    (tmp_path / "trade.yaml").write_text(MAPPING)
    rows = "".join(f"{number},C{number % 9},PART{number % 4},{number % 5 + 1},1.25\n" for number in range(orders))
    (tmp_path / "orders.csv").write_text(f"po,customer,item,quantity,price\n{rows}")
    company.run("import", "orders.csv", "--mapping", "./trade.yaml", "--strict", check=True)

    killed_in_work = 0
    kills = max(3, KILLS // 2)
    for _ in range(kills):
        before = company.written()
        worker = company.process = subprocess.Popen([ORDERWAY, "worker"], cwd=tmp_path, env=company.environment)
        company.wait_until(lambda before=before: company.written() != before)
        worker.kill()
        worker.wait()
        killed_in_work += "ended" not in company.statuses()
    verified = company.run("verify", "--json")
    assert verified.returncode == 0, verified.stdout
    assert killed_in_work >= 2, "the worker had ended its work before it was killed"

    company.run("worker", "--once", check=True)
    assert company.statuses() == {"ended": orders}
    assert company.invoices() == orders
