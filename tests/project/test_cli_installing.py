"""orderway init and everything before it: repeatable, and a database that is not there is a sentence and exit code 3."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from orderway.masterdata.models import Person
from orderway.project import cli
from orderway.releases.models import Version

ORDERWAY = Path(sys.executable).with_name("orderway")


def commands(group=None, path=()):
    """Every command with its words; groups too."""
    group = group or typer.main.get_command(cli.app)
    yield path, group
    for name, command in sorted(getattr(group, "commands", {}).items()):
        yield from commands(command, (*path, name))


def test_init_is_repeatable(installed):
    versions = list(Version.objects.order_by("pk").values_list("standard_id", "status", "author", "approved_by__key", "content_hash"))
    hashed = Person.objects.get(key="admin").password

    again = installed("init")

    assert again.code == 0
    assert [(standard, status, author, by) for standard, status, author, by, _ in versions] == [
        (standard, "effective", "Orderway", "admin") for standard in ("trade", "make-to-stock", "make-to-order", "project")
    ]
    assert (
        list(Version.objects.order_by("pk").values_list("standard_id", "status", "author", "approved_by__key", "content_hash")) == versions
    )
    assert Person.objects.get(key="admin").password == hashed
    assert all(version.readiness_accepted for version in Version.objects.all())
    assert "released" not in again.err
    assert "password" not in again.err


def test_init_prints_the_password_of_a_new_administrator_once(installed):
    first = installed("init", "--administrator", "ann")
    password = first.err.split("with the password ")[1].split()[0]

    assert Person.objects.get(key="ann").check_password(password)
    assert Person.objects.get(key="ann").is_administrator
    assert password not in installed("init", "--administrator", "ann").err


@pytest.mark.parametrize("words", [words for words, _command in commands()], ids=" ".join)
def test_every_command_explains_itself(orderway, words):
    answer = orderway(*words, "--help")

    assert answer.code == 0
    assert "Usage: orderway" in answer.out


@pytest.mark.parametrize(
    "words", [(), ("standard",), ("order",), ("nosuch",), ("import",), ("verify", "--nosuch"), ("serve", "--port", "0"), ("order", "show")]
)
def test_wrong_words_end_with_2(orderway, words):
    answer = orderway(*words)

    assert answer.code == 2
    assert "Usage:" in answer.out + answer.err


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_shell_can_complete_commands(name):
    environment = {"PATH": "/usr/bin:/bin", "_ORDERWAY_COMPLETE": f"source_{name}"}

    script = subprocess.run([ORDERWAY], env=environment, capture_output=True, text=True, check=True, timeout=120).stdout

    assert "_ORDERWAY_COMPLETE" in script


def run(folder, *words, **environment):
    """Type a command in a process of its own, in an empty folder."""
    settings = {"PATH": "/usr/bin:/bin", "ORDERWAY_DATA_DIR": str(folder / "data"), **environment}
    return subprocess.run([ORDERWAY, *words], cwd=folder, env=settings, capture_output=True, text=True, timeout=120, check=False)


def test_a_database_that_was_never_initialised_is_not_created_by_looking(tmp_path):
    answer = run(tmp_path, "verify")

    assert answer.returncode == 3
    assert "orderway init" in answer.stderr
    assert not (tmp_path / "data" / "orderway.sqlite3").exists()


def test_a_server_that_does_not_answer_ends_with_3(tmp_path):
    answer = run(tmp_path, "verify", "--database", "postgresql://nobody@127.0.0.1:1/nothing")

    assert answer.returncode == 3
    assert answer.stderr.startswith("The database nothing is not available:")
    assert "Traceback" not in answer.stderr


def test_a_file_that_is_no_database_ends_with_3(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear customer, " * 100)

    answer = run(tmp_path, "--database", "sqlite:///letter.txt", "init")

    assert answer.returncode == 3
    assert "letter.txt is not available: file is not a database" in answer.stderr
    assert (tmp_path / "letter.txt").read_text() == "Dear customer, " * 100


def test_checking_a_standard_asks_no_database_at_all(tmp_path):
    (tmp_path / "empty.yaml").write_text("")

    answer = run(tmp_path, "standard", "check", "empty.yaml", ORDERWAY_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")

    assert (answer.returncode, answer.stdout.split()[0]) == (1, "empty.yaml:1:1:")
    assert not (tmp_path / "data").exists()


def test_a_setting_that_does_not_exist_ends_with_2(tmp_path):
    answer = run(tmp_path, "verify", ORDERWAY_DATABSE_URL="sqlite:///a")

    assert answer.returncode == 2
    assert "ORDERWAY_DATABSE_URL is no setting." in answer.stderr


def test_the_demo_looks_at_its_port_before_it_fills_a_company(orderway):
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()

        answer = orderway("demo", "--port", somebody.getsockname()[1])

    assert answer.code == 2
    assert "Address already in use. Choose another" in answer.err


def test_a_bench_of_nothing_is_wrong_usage(orderway):
    answer = orderway("bench", "--only", "nosuch")

    assert answer.code == 2
    assert "no figure begins with 'nosuch'" in answer.err
