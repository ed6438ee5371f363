"""orderway standard: checking needs nothing but the file; a version goes from draft to release by two people."""

from __future__ import annotations

import json
import os
import re
from unittest import mock

import pytest

from orderway.masterdata.models import Person
from orderway.releases.models import Version
from orderway.standard.templates import shipped

LINE = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<code>[a-z][a-z-]+) (?P<sentence>.+\.)( \(warning\))?$")


@pytest.fixture
def mine(file):
    """A standard of our own."""
    return file("mine.yaml", shipped()["trade"].replace("id: trade\n", "id: mine\n"))


def test_checking_needs_no_database_and_leaves_no_file_behind(orderway, mine, tmp_path):
    with mock.patch.dict(os.environ, {"ORDERWAY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}):
        answer = orderway("standard", "check", mine)

    assert answer.code == 0
    assert "1 checked: 0 defects, 0 warnings." in answer.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.yaml"]


def test_a_defect_is_one_line_with_file_line_column_code_and_sentence(orderway, mine, file, tmp_path):
    text = (tmp_path / mine).read_text().replace("owner: warehouse", "owner: nobody_at_all", 1)
    file("broken.yaml", text)

    answer = orderway("standard", "check", mine, "broken.yaml")

    assert answer.code == 1
    found = [LINE.match(line) for line in answer.out.splitlines()]
    assert found
    assert all(found)
    at = text[: text.index("owner: nobody_at_all")].count("\n") + 1
    assert [match["file"] for match in found] == ["broken.yaml"] * len(found)
    assert at in {int(match["line"]) for match in found}
    assert any("nobody_at_all" in match["sentence"] for match in found)


def test_warnings_alone_end_with_0(orderway, mine, file, tmp_path):
    text = (tmp_path / mine).read_text().replace("zh-Hans: 批发贸易订单流程, ", "", 1)
    file("warned.yaml", text)

    answer = orderway("standard", "check", "warned.yaml")

    assert [LINE.match(line)["code"] for line in answer.out.splitlines()] == ["language-missing"]
    assert answer.out.endswith(" (warning)\n")
    assert "0 defects, 1 warnings." in answer.err
    assert answer.code == 0


def test_what_is_found_can_be_read_by_machines(orderway, file):
    file("empty.yaml", "")

    answer = orderway("standard", "check", "empty.yaml", "--json")

    assert answer.code == 1
    (found,) = json.loads(answer.out)
    assert (found["file"], found["line"], found["column"], found["code"], found["severity"]) == ("empty.yaml", 1, 1, "yaml-empty", "error")


@pytest.mark.parametrize("text", [b"\xff\xfe\0", b"a: [1", b"- 1", b"&a [*a]", b"format: order-standard/9", b"\0"])
def test_text_that_is_no_standard_is_a_finding_with_a_place(orderway, file, text):
    file("odd.yaml", text)

    answer = orderway("standard", "check", "odd.yaml")

    assert answer.code == 1
    assert all(LINE.match(line) for line in answer.out.splitlines())
    assert answer.out


@pytest.mark.parametrize("command", [("check",), ("diff", "mine.yaml")])
def test_a_file_that_is_not_there_ends_with_3(orderway, mine, command):
    answer = orderway("standard", *command, "nope.yaml")

    assert answer.code == 3
    assert "nope.yaml: No such file or directory." in answer.err


def test_a_version_goes_from_draft_to_release_by_two_people(installed, mine):
    Person.objects.create(key="bob", name="Bob", is_administrator=True)

    drafted = installed("standard", "draft", mine, "--by", "admin")
    by_author = installed("standard", "approve", "mine", "--by", "admin", "--accept", "small company")
    not_ready = installed("standard", "approve", "mine", "--by", "bob")
    too_early = installed("standard", "release", "mine", "--by", "bob")
    approved = installed("standard", "approve", "mine", "--by", "bob", "--accept", "small company")
    released = installed("standard", "release", "mine@1.0.0", "--by", "bob")

    assert [drafted.code, by_author.code, not_ready.code, too_early.code, approved.code, released.code] == [0, 1, 1, 2, 0, 0]
    assert "admin" in by_author.err
    assert "nobody has the role" in not_ready.err
    version = Version.objects.get(standard_id="mine")
    assert (version.status, version.author, version.approved_by.key) == ("effective", "admin", "bob")


def test_a_draft_with_defects_is_refused_with_all_of_them(installed, mine, file, tmp_path):
    text = (
        (tmp_path / mine).read_text().replace("owner: warehouse", "owner: nobody_at_all", 1).replace("owner: finance", "owner: no_one", 1)
    )
    file("broken.yaml", text)

    answer = installed("standard", "draft", "broken.yaml", "--by", "admin")

    assert answer.code == 1
    assert "nobody_at_all" in answer.err
    assert "no_one" in answer.err
    assert not Version.objects.filter(standard_id="mine").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("draft", "mine.yaml", "--by", "ghost"),
        ("approve", "trade", "--by", "admin"),
        ("release", "trade", "--by", "admin"),
        ("show", "nothere"),
        ("show", "trade@9.9.9"),
        ("diff", "trade", "nothere"),
    ],
)
def test_people_and_versions_that_do_not_exist_are_wrong_usage(installed, mine, words):
    answer = installed("standard", *words)

    assert answer.code == 2
    assert answer.err.startswith(("There is no version", "Nobody here is called ghost."))
    assert Version.objects.count() == len(shipped())


def test_show_prints_the_yaml_as_it_was_written(installed):
    assert installed("standard", "show", "trade@1.0.0").out == shipped()["trade"]


def test_diff_says_in_sentences_what_changed_between_versions_and_files(installed, mine):
    changed = installed("standard", "diff", "trade", mine)
    same = installed("standard", "diff", mine, mine)

    assert (changed.code, changed.out) == (0, "The document: id trade -> mine\n")
    assert (same.code, same.out) == (0, "Nothing changed.\n")


def test_list_names_every_version_with_its_status(installed):
    rows = json.loads(installed("standard", "list", "--json").out)

    assert [(row["standard"], row["version"], row["status"], row["author"], row["approved_by"]) for row in rows] == [
        (name, "1.0.0", "effective", "Orderway", "admin") for name in ("make-to-order", "make-to-stock", "project", "trade")
    ]
    assert "make-to-order" in installed("standard", "list").out
