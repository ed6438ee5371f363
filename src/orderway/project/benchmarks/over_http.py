"""Orders over HTTP by several clients at once; each act is a request with token, rights, idempotency key and journal of its own."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from itertools import count

CLIENTS = 8
# The eight acts of make-to-stock after placing: act, the run's key or none, what is sent along.
TICK = "yes"
LIFE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("capture.enter", "", {"evidence": {"enter": TICK, "confirm": TICK}}),
    ("review.decide", "", {"evidence": {"compare": TICK}, "findings": {"accuracy": True, "price_terms": True}}),
    ("stock.reserve", "", {"evidence": {"reserve": TICK}}),
    ("delivery.plan", "", {"evidence": {"split": TICK}}),
    ("delivery.pick", "/1", {"evidence": {"pick": TICK, "pack": TICK}}),
    ("delivery.hand_over", "/1", {}),
    ("invoicing.issue", "/1", {"evidence": {"issue": TICK}}),
    ("aftersales.resolve", "", {"evidence": {"call": TICK}}),
)


class Client:
    """One connection that is kept open."""

    _keys = count()

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path: str, body: object) -> dict[str, object]:
        """Send a request with a fresh idempotency key; anything but success ends the measurement."""
        key = f"bench-{time.time_ns()}-{next(self._keys)}"
        self._connection.request("POST", f"/api/v1{path}", json.dumps(body), {**self._headers, "Idempotency-Key": key})
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise SystemExit(f"POST {path} answered {response.status}: {text[:400]!r}")
        answer: dict[str, object] = json.loads(text)
        return answer

    def place(self, order: dict[str, object]) -> str:
        """Place an order; gives its number."""
        return str(self.post("/orders", order)["number"])

    def act(self, number: str, step: tuple[str, str, dict[str, object]]) -> None:
        """Do one act of the order's life."""
        act, run, body = step
        self.post(f"/work-items/{number}{run}/act", {"act": act, **body})


def at_once(port: int, token: str, tasks: Sequence[object], do: Callable[[Client, object], None]) -> float:
    """Work the tasks by eight clients; gives tasks per second."""
    todo, lock = iter(tasks), threading.Lock()
    failed: list[BaseException] = []

    def work() -> None:
        client = Client(port, token)
        while True:
            with lock:
                task = next(todo, None)
            if task is None or failed:
                return
            try:
                do(client, task)
            except (SystemExit, OSError) as problem:
                failed.append(problem)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(str(failed[0]))
    return len(tasks) / (time.perf_counter() - started)


def live(client: Client, order: object) -> None:
    """A whole life: place and eight acts."""
    assert isinstance(order, dict)
    number = client.place(order)
    for step in LIFE:
        client.act(number, step)
