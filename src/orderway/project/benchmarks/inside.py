"""The measurements of one database, in a process of its own; prints a JSON list per figure. See bench/README.md for what each means."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection

from orderway.project.starting import set_up

if TYPE_CHECKING:
    from orderway.orders.completion import Completion
    from orderway.project.benchmarks.controls import Written


def main(kind: str, only: str, scale: float) -> None:
    """Measure what begins with `only`."""
    set_up()
    from orderway.project.benchmarks.company import Bench

    measures: dict[str, Callable[[Measuring], None]] = {
        f"place.process.{kind}": Measuring.place,
        f"advance.process.{kind}": Measuring.advance,
        f"import.batch.{kind}": Measuring.import_,
        f"reserve.batch.{kind}": Measuring.reserve,
        f"run.batch.{kind}": Measuring.run,
        f"life.batch.{kind}": Measuring.life_by_batch,
        f"inbox.{kind}": Measuring.inbox,
        f"board.million.{kind}": Measuring.board,
        f"preview.process.{kind}": Measuring.preview,
        f"why.process.{kind}": Measuring.why,
        f"promise.refresh.{kind}": Measuring.promise,
        f"place.http.{kind}": Measuring.over_http,
        f"life.http.{kind}": Measuring.life_over_http,
    }
    wanted = [do for name, do in measures.items() if _is_wanted(name, only)]
    if wanted:  # the company is made only if it is needed
        measuring = Measuring(Bench(), kind, scale)
        for do in wanted:
            do(measuring)


def _is_wanted(name: str, only: str) -> bool:
    """`advance.http` is measured by the same run as `place.http`."""
    return name.startswith(only) or only.startswith(name) or (only.startswith("advance.http") and name.startswith("place.http"))


class Measuring:
    """What is measured and how; sizes are those of bench/README.md times `scale`."""

    def __init__(self, bench: object, kind: str, scale: float) -> None:
        from orderway.project.benchmarks.company import Bench

        assert isinstance(bench, Bench)
        self._bench, self._kind, self._scale = bench, kind, scale

    def _tell(self, name: str, value: float, unit: str, control: float | None = None) -> None:
        ratio = round(value / control, 3) if control else None
        print(json.dumps([name, round(value, 2), unit, control and round(control, 2), ratio]), flush=True)  # noqa: T201  read by our parent

    def _settle(self) -> None:
        """What the database does by itself where it has a minute after so many new rows."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if self._kind == "postgresql" else "ANALYZE")

    def _size(self, full: int) -> int:
        return max(8, int(full * self._scale))

    # --- one at a time, in process ---------------------------------------------------------------------------------------

    def place(self) -> None:
        """One order per act: three lines, validated, first work item, journal."""
        from orderway.project.benchmarks import controls, replaying

        name = f"place.process.{self._kind}"
        drafts = self._bench.drafts(self._size(600))
        self._place_all(self._bench.drafts(20))
        value = _per_second(drafts, lambda draft: self._place_all([draft]))
        self._tell(name, value, "orders/s", controls.per_second(_placed()))
        acts = [partial(self._place_all, [draft]) for draft in self._bench.drafts(self._size(600))]
        self._tell(f"{name}.database", replaying.per_second(acts), "orders/s")

    def advance(self) -> None:
        """One order per act: evidence, gate, next item with deadline and responsible, journal."""
        from orderway.orders.work import Completion
        from orderway.project.benchmarks import controls, replaying
        from orderway.stages.capture import actions as capture

        name, size = f"advance.process.{self._kind}", self._size(600)
        numbers = self._placed(2 * size + 20)
        completion = Completion(evidence={"enter": "yes", "confirm": "yes"})

        def enter(number: str) -> None:
            refused = capture.enter([number], actor=self._bench.actor, now=self._bench.now, brings={number: completion})
            assert not refused, refused

        for number in numbers[:20]:
            enter(number)
        value = _per_second(numbers[20 : 20 + size], enter)
        self._tell(name, value, "acts/s", controls.per_second(_advanced()))
        self._tell(f"{name}.database", replaying.per_second([partial(enter, number) for number in numbers[20 + size :]]), "acts/s")

    # --- by batch -------------------------------------------------------------------------------------------------------

    def import_(self) -> None:
        """1,000 orders per act."""
        from orderway.project.benchmarks import controls, replaying

        name = f"import.batch.{self._kind}"
        batches = [self._bench.drafts(1_000) for _ in range(max(1, self._size(20_000) // 1_000))]
        value = _per_second(batches, self._place_all) * 1_000
        self._tell(name, value, "orders/s", controls.per_second(_placed(), orders_per_transaction=1_000))
        acts = [partial(self._place_all, self._bench.drafts(1_000)) for _ in range(3)]
        self._tell(f"{name}.database", replaying.per_second(acts, orders_per_act=1_000), "orders/s")

    def reserve(self) -> None:
        """Stock for 1,000 orders of three lines per act."""
        from orderway.project.benchmarks import controls
        from orderway.stages.stock import actions as stock

        numbers = self._placed(self._size(10_000))
        for act, brings in _acts(until="stock.reserve"):
            self._do(act, numbers, brings)
        brings = _completion("stock.reserve")
        batches = [numbers[first : first + 1_000] for first in range(0, len(numbers), 1_000)]

        def reserve(batch: Sequence[str]) -> None:
            refused = stock.reserve(batch, actor=self._bench.actor, now=self._bench.now, brings=dict.fromkeys(batch, brings))
            assert not refused, refused

        value = _per_second(batches, reserve) * len(numbers) / len(batches)
        written = [*_advanced(), controls.sample("stock_reservation", inserts=3), controls.sample("orders_linemove", inserts=3)]
        self._tell(f"reserve.batch.{self._kind}", value, "orders/s", controls.per_second(written, orders_per_transaction=1_000))

    def run(self) -> None:
        """`orderway run` over 100,000 open items: frozen facts, gate, deadline, responsible and chain."""
        from orderway.orders import work
        from orderway.project.benchmarks import controls, replaying

        name, total = f"run.batch.{self._kind}", self._size(100_000)
        for first in range(0, total, 1_000):
            self._place_all(self._bench.drafts(min(1_000, total - first), "automatic"))
        started = time.perf_counter()
        (row,) = work.run_open(now=self._bench.now)
        value = row.passed / (time.perf_counter() - started)
        assert row.passed == total, row
        self._tell(name, value, "items/s", controls.per_second(_advanced(evidence=0), orders_per_transaction=1_000))
        self._place_all(self._bench.drafts(1_000, "automatic"))
        act = partial(work.run_open, now=self._bench.now)
        self._tell(f"{name}.database", replaying.per_second([act], orders_per_act=1_000), "items/s")

    def life_by_batch(self) -> None:
        """Whole lives, 1,000 orders per act."""
        from orderway.project.benchmarks import replaying

        name, total = f"life.batch.{self._kind}", self._size(4_000)
        started = time.perf_counter()
        self._live_through(total)
        self._tell(name, total / (time.perf_counter() - started), "orders/s")
        numbers: list[str] = []
        acts: list[Callable[[], object]] = [
            lambda: numbers.extend(self._placed(1_000)),
            *(partial(self._do, act, numbers, brings) for act, brings in _acts()),
        ]
        self._tell(f"{name}.database", replaying.per_second(acts) * 1_000 / len(acts), "orders/s")

    def inbox(self) -> None:
        """My work and the live board, whole pages, among 500 people and 200,000 open items."""
        from orderway.project.benchmarks import inbox, reading

        people = inbox.fill(self._placed(self._size(2_000)), self._size(inbox.OPEN_ITEMS))
        self._settle()
        bare = reading.milliseconds(reading.OF_PERSON, people[0].pk)
        for name, times in zip(("inbox", "inbox.board"), inbox.look(people), strict=True):
            self._tell(f"{name}.{self._kind}", times[len(times) * 95 // 100], "ms p95", bare if name == "inbox" else None)

    def board(self) -> None:
        """The live board, whole pages and its statements alone, among 500 people and a million orders, 20,000 of them open."""
        from orderway.project.benchmarks import history, inbox

        people = inbox.fill(self._placed(self._size(2_000)), self._size(history.OPEN_ITEMS))
        history.grow(self._size(history.ORDERS))
        self._settle()
        pages, statements = inbox.look_at_board(people)
        self._tell(f"board.million.{self._kind}", pages[len(pages) * 95 // 100], "ms p95")
        self._tell(f"board.million.{self._kind}.queries", statements[len(statements) * 95 // 100], "ms p95")

    def preview(self) -> None:
        """What a change of an order of 200 lines in 40 deliveries would touch."""
        from orderway.project.benchmarks import previews, reading

        numbers = self._place_all([previews.draft(self._bench)])
        for act, brings in _acts(until="delivery.pick"):
            self._do(act, numbers, brings)
        previews.split(numbers[0], self._bench)
        order, taken = previews.milliseconds(numbers[0])
        self._tell(f"preview.process.{self._kind}", taken, "ms", reading.milliseconds(reading.OF_ORDER, order))

    def why(self) -> None:
        """Gates whose credit criterion blocks, judged with their reasons; the control is the same without reasons."""
        from orderway.project.benchmarks import whys

        numbers = self._placed(self._size(200))
        act, brings = _acts()[0]
        self._do(act, numbers, brings)
        taken = whys.measured(numbers)
        self._tell(f"why.process.{self._kind}", taken.explained, "ms", taken.judged)
        self._tell(f"why.process.{self._kind}.engine", taken.engine_explained, "ms", taken.engine_judged)

    def promise(self) -> None:
        """Every open order promised anew, once the journal of the finished ones was read, and with that."""
        from orderway.project.benchmarks import promises

        bench = self._bench
        promises.spread(bench, self._placed, self._do, finished=self._size(3_000), open_=self._size(1_000))
        for name, taken in zip((".first", "", ".cpu"), promises.seconds(bench.now, self._size(1_000)), strict=True):
            self._tell(f"promise.refresh.{self._kind}{name}", taken, "s")

    # --- over HTTP ------------------------------------------------------------------------------------------------------

    def over_http(self) -> None:
        """Placing and advancing by eight clients."""
        from orderway.project.benchmarks import controls, servers
        from orderway.project.benchmarks.over_http import CLIENTS, LIFE, at_once

        orders = [_body(draft) for draft in self._bench.drafts(self._size(2_000))]
        numbers: list[str] = []
        with servers.web() as (port, _pid):
            place = at_once(port, self._bench.token, orders, lambda client, order: numbers.append(client.place(order)))  # type: ignore[arg-type]
            advance = at_once(port, self._bench.token, numbers, lambda client, number: client.act(str(number), LIFE[0]))
        self._tell(f"place.http.{self._kind}", place, "orders/s", controls.per_second(_placed(), clients=CLIENTS))
        self._tell(f"advance.http.{self._kind}", advance, "acts/s", controls.per_second(_advanced(), clients=CLIENTS))

    def life_over_http(self) -> None:
        """Whole lives by eight clients, empty and with 100,000 orders there already, of which one in fifty is still open."""
        name = f"life.http.{self._kind}"
        value, cpu, statements, memory = self._live(self._size(400))
        self._tell(name, value, "orders/s")
        self._tell(f"{name}.cpu_ms", cpu, "ms/order")
        if statements is not None:
            self._tell(f"{name}.statements", statements, "statements/order")
        self._tell(f"{name}.memory", memory, "MB")
        there = self._size(100_000)
        self._live_through(there - there // 50)
        self._placed(there // 50)
        self._settle()
        value, cpu, _statements, _memory = self._live(self._size(400))
        self._tell(f"{name}.at_100000", value, "orders/s")
        self._tell(f"{name}.cpu_ms_at_100000", cpu, "ms/order")

    def _live(self, total: int) -> tuple[float, float, float | None, float]:
        """Orders per second, CPU ms (application and database), statements per order, memory of the largest web process in MB."""
        from orderway.project.benchmarks import servers
        from orderway.project.benchmarks.over_http import at_once, live

        orders = [_body(draft) for draft in self._bench.drafts(total)]
        with servers.web() as (port, pid):
            at_once(port, self._bench.token, [_body(draft) for draft in self._bench.drafts(16)], live)
            pids = servers.family(pid) + _database_pids()
            before, calls = servers.cpu_seconds(pids), _statements()
            value = at_once(port, self._bench.token, orders, live)
            pids = servers.family(pid) + _database_pids()
            cpu = (servers.cpu_seconds(pids) - before) * 1_000 / total
            after, memory = _statements(), servers.resident_mb(servers.family(pid))
        return value, cpu, None if calls is None or after is None else (after - calls) / total, memory

    # --- helpers of the measurements --------------------------------------------------------------------------------------

    def _place_all(self, drafts: Sequence[object]) -> list[str]:
        from orderway.stages.capture import actions as capture

        outcomes = capture.place(drafts, actor=self._bench.actor, now=self._bench.now)  # type: ignore[arg-type]
        assert all(outcome.state == "placed" for outcome in outcomes), next(o for o in outcomes if o.state != "placed")
        return [outcome.number for outcome in outcomes]

    def _placed(self, number: int) -> list[str]:
        numbers: list[str] = []
        for first in range(0, number, 1_000):
            numbers += self._place_all(self._bench.drafts(min(1_000, number - first)))
        return numbers

    def _live_through(self, total: int) -> None:
        """Let so many orders go their whole way, 1,000 per act."""
        for first in range(0, total, 1_000):
            numbers = self._placed(min(1_000, total - first))
            for act, brings in _acts():
                self._do(act, numbers, brings)

    def _do(self, act: str, numbers: Sequence[str], brings: object) -> None:
        from orderway.project.benchmarks.over_http import LIFE
        from orderway.releases import catalogue

        run = next(run for name, run, _body in LIFE if name == act)
        registered = catalogue.act(act)
        assert registered is not None
        assert registered.run is not None
        for first in range(0, len(numbers), 1_000):
            places = [number + run for number in numbers[first : first + 1_000]]
            refused = registered.run(places, actor=self._bench.actor, now=self._bench.now, brings=dict.fromkeys(places, brings))
            assert not refused, next(iter(refused.values()))


def _completion(act: str) -> Completion:
    from orderway.orders.work import Completion
    from orderway.project.benchmarks.over_http import LIFE

    body = next(body for name, _run, body in LIFE if name == act)
    evidence, findings = body.get("evidence", {}), body.get("findings", {})
    assert isinstance(evidence, Mapping)
    assert isinstance(findings, Mapping)
    return Completion(evidence=evidence, findings=findings)


def _acts(until: str = "") -> list[tuple[str, Completion]]:
    from orderway.project.benchmarks.over_http import LIFE

    names = [name for name, _run, _body in LIFE]
    return [(name, _completion(name)) for name in (names[: names.index(until)] if until else names)]


def _per_second(tasks: Sequence[object], do: Callable[..., object]) -> float:
    started = time.perf_counter()
    for task in tasks:
        do(task)
    return len(tasks) / (time.perf_counter() - started)


def _placed() -> list[Written]:
    from orderway.project.benchmarks.controls import sample

    rows = {"orders_order": 1, "orders_orderline": 3, "orders_linemove": 3, "orders_workitem": 1, "journal_entry": 1}
    return [sample(table, inserts=inserts) for table, inserts in rows.items()]


def _advanced(evidence: int = 2) -> list[Written]:
    from orderway.project.benchmarks.controls import sample

    proofs = [sample("orders_evidence", inserts=evidence)] if evidence else []
    return [sample("orders_order", updates=1), sample("orders_workitem", inserts=1, updates=1), sample("journal_entry", inserts=1), *proofs]


def _body(draft: object) -> dict[str, object]:
    from orderway.stages.capture.rules import OrderDraft

    assert isinstance(draft, OrderDraft)
    lines = [{"sku": line.sku, "quantity": str(line.quantity), "unit_price": str(line.unit_price)} for line in draft.lines]
    return {"customer": draft.customer, "customer_po": draft.customer_po, "standard": draft.standard, "lines": lines}


def _database_pids() -> list[int]:
    if connection.vendor != "postgresql":
        return []
    from orderway.project.benchmarks.servers import family

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with open(f"/proc/{backend}/stat") as stat:
        parent = int(stat.read().rpartition(")")[2].split()[1])
    return family(parent)


def _statements() -> float | None:
    """Statements that were sent to the database so far, without those that open and close transactions; None on SQLite.

    PostgreSQL counts the look-ups that it makes itself for foreign keys as statements; they are left out, too.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute(
            "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT IN ('BEGIN', 'COMMIT', 'ROLLBACK')"
            " AND query NOT LIKE '%pg_stat%' AND query NOT LIKE 'SELECT % FROM ONLY %'"
        )
        return float(cursor.fetchone()[0])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
