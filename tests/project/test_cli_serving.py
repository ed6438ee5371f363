"""orderway serve: one web process and one worker that begin together, end together, and do not take each other down."""

from __future__ import annotations

import os
import signal
import sqlite3

import pytest

from project.serving import PATIENCE, Served, alive


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """One installation for the module."""
    made = Served(tmp_path_factory.mktemp("served"))
    made.run("init", check=True)
    return made


@pytest.fixture
def served(installation):
    """It, served; ended after the test."""
    yield installation.start()
    installation.stop()


def worker_did_something(served):
    """Whether the worker has finished a job by now."""
    with sqlite3.connect(f"file:{served.folder}/data/orderway.sqlite3?mode=ro", uri=True) as connection:
        done = connection.execute("SELECT count(*) FROM orders_job WHERE last_finished_at IS NOT NULL").fetchone()[0]
    connection.close()
    return done > 0


def test_a_served_installation_answers_works_and_ends_as_a_whole(served):
    worker, web = served.children()
    assert worker is not None
    assert len(web) == 1
    assert "Orderway" in served.answer("/")[1]  # not signed in: the sign-in page
    assert served.answer("/api/v1/orders")[0] == 401
    served.wait_until(lambda: worker_did_something(served))

    taken = served.run("serve", "--port", str(served.port))
    assert taken.returncode == 2
    assert "Address already in use. Choose another" in taken.stderr

    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE) == 0
    assert not alive(worker)
    assert not any(alive(pid) for pid in web)
    assert served.answer("/")[0] == 0


def test_a_dead_worker_does_not_end_serving_and_a_dead_web_process_is_replaced(served):
    worker, (web,) = served.children()

    os.kill(worker, signal.SIGKILL)
    served.wait_until(lambda: not alive(worker))
    assert served.answer("/sign-in")[0] == 200

    os.kill(web, signal.SIGKILL)
    served.wait_until(lambda: served.children()[1] not in ([], [web]))
    served.wait_until(lambda: served.answer("/sign-in")[0] == 200)


def test_a_killed_server_leaves_no_process_behind_and_its_port_is_free(served):
    worker, web = served.children()

    served.process.kill()
    served.process.wait(PATIENCE)
    served.wait_until(lambda: not any(map(alive, (worker, *web))), ended=True)

    served.start()
    assert served.answer("/sign-in")[0] == 200
