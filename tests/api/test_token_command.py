"""`orderway token`: a person in charge gives programs access and takes it away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from orderway.api import tokens
from orderway.api.models import Token
from orderway.project import cli
from orderway.project.commands import token as commands


@pytest.fixture
def orderway(office, monkeypatch):
    monkeypatch.setattr(commands, "start_ready", lambda: None)  # Django runs already, on the test's database
    return lambda *words: CliRunner().invoke(cli.app, ["token", *words])


def test_the_token_that_is_printed_opens_the_api(orderway, office):
    made = orderway("make", "alice", "--name", "shop")

    office.secrets["shop"] = made.stdout.strip()

    assert made.exit_code == 0
    assert office.post("shop", "/orders", office.an_order()).status_code == 201
    assert tokens.find(made.stdout.strip(), now=datetime.now(UTC)).caller.actor.key == "alice"


def test_a_token_may_be_read_only_and_may_end(orderway, office):
    secret = orderway("make", "alice", "--name", "board", "--read-only", "--expires", "3").stdout.strip()

    found = Token.objects.get(name="board")
    assert found.scopes == "read"
    assert found.expires_at - found.created_at == timedelta(days=3)
    assert tokens.find(secret, now=found.expires_at) is None


def test_the_list_shows_no_secret(orderway, office):
    listed = orderway("list", "--json")

    rows = json.loads(listed.stdout)
    assert {row["person"] for row in rows} == set(office.secrets)
    assert not any(secret in listed.stdout for secret in office.secrets.values())
    assert orderway("list").exit_code == 0


def test_a_revoked_token_opens_nothing_any_more(orderway, office):
    prefix = office.secrets["alice"].partition(".")[0]

    assert orderway("revoke", prefix).exit_code == 0
    assert office.get("alice", "/orders").status_code == 401


@pytest.mark.parametrize(
    "words", [("make", "nobody", "--name", "x"), ("make", "alice", "--name", ""), ("revoke", "ow_00000000"), ("make", "alice")]
)
def test_what_does_not_exist_is_wrong_usage(orderway, words):
    assert orderway(*words).exit_code == 2
