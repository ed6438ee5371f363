"""docs/command-line.md and the program say the same: every command, every option, every exit code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from orderway.project import cli

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
SECTIONS = dict(re.findall(r"^## `orderway ([^`]+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
EVERYWHERE = {"--database", "--help"}


def commands(group, path=()):
    """Every command that does something."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


def test_every_command_has_a_section_and_every_section_a_command():
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_described_and_every_described_option_exists(name):
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")}
    described = set(re.findall(r"^- `(--[a-z-]+)", SECTIONS[name], re.MULTILINE))

    assert described == options - EVERYWHERE


def test_what_every_command_takes_is_described_once():
    head = PAGE[: PAGE.index("## `")]

    assert all("--database" in {option for parameter in command.params for option in parameter.opts} for command in COMMANDS.values())
    assert "`--database URL`" in head
    assert re.findall(r"^\| (\d) \|", head, re.MULTILINE) == ["0", "1", "2", "3"]
