"""New code replays old journals byte-identically: the golden ones stand for all that were ever written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.golden_journals import FOLDER, LIVES
from orderway.engine.case import Case
from orderway.engine.move import Move
from orderway.engine.replay import apply, replay

JOURNALS = sorted(FOLDER.glob("*.json"))
ACTS = {"open", "evidence", "complete", "sign", "refuse", "decide", "send_back", "waive", "hold", "lift", "change", "cancel"}
ACTS |= {"add_run", "withdraw_run", "reopen", "record", "wait", "claim", "escalate", "leftover", "reschedule"}


def _read(path: Path) -> tuple[list[str], str]:
    stored = json.loads(path.read_text(encoding="utf-8"))
    return stored["entries"], stored["case"]


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_a_golden_journal_replays_to_its_case_byte_for_byte(path: Path) -> None:
    entries, text = _read(path)
    moves = [Move.from_payload(json.loads(entry)) for entry in entries]
    assert replay(moves).to_text() == text
    case = Case()
    for move in moves:
        case = apply(Case.from_text(case.to_text()), move)
    assert case.to_text() == text


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_what_is_read_from_a_golden_journal_is_written_as_it_was(path: Path) -> None:
    for entry in _read(path)[0]:
        again = Move.from_payload(json.loads(entry)).to_payload()
        assert json.dumps(again, ensure_ascii=False, separators=(",", ":")) == entry


def test_every_act_of_the_engine_is_in_a_golden_journal() -> None:
    found = {json.loads(entry)["act"] for path in JOURNALS for entry in _read(path)[0]}
    assert found == ACTS
    assert {path.stem for path in JOURNALS} >= set(LIVES)


@pytest.mark.parametrize("name", LIVES)
def test_the_same_life_is_decided_today_as_it_was_then(name: str) -> None:
    """Not required of new code for old orders, but a change of what the engine decides should be meant."""
    entries, text = _read(FOLDER / f"{name}.json")
    desk = LIVES[name]()
    assert desk.case.to_text() == text
    assert [move.act for move in desk.moves] == [json.loads(entry)["act"] for entry in entries]
