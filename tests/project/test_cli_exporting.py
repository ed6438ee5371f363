"""orderway export: what it says, and exit codes that a script can rely on."""

from __future__ import annotations

import json


def test_a_log_is_written_and_said(shop, tmp_path):
    shop("A1,C1,BOLT,2,1.50,2026-02-01")

    answer = shop.orderway("export", "log.json", "--open", "--json")

    assert answer.code == 0
    said = json.loads(answer.out)
    assert (said["format"], said["left_out"]) == ("ocel-json", 0)
    assert len(json.loads((tmp_path / "log.json").read_text())["objects"]) == said["objects"] > 0


def test_what_cannot_be_is_refused_with_its_exit_code(shop):
    assert shop.orderway("export", "log.docx").code == 2
    assert shop.orderway("export", "log.csv", "--format", "word").code == 2
    assert shop.orderway("export", "log.csv", "--language", "fr").code == 2
    assert shop.orderway("export", "nowhere/log.csv").code == 3
    assert "endings" in shop.orderway("export", "log.docx").err
