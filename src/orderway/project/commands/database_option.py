"""The option `--database` that every command has, and the start of Django once it is known."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer


def _use(url: str | None) -> str | None:
    if url is not None:
        os.environ["ORDERWAY_DATABASE_URL"] = url
    return url


Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        callback=_use,
        is_eager=True,
        help="sqlite:///file, sqlite:////absolute or postgresql://user@host:port/name (else ORDERWAY_DATABASE_URL, else a SQLite file).",
    ),
]


def start() -> None:
    """Start Django with the chosen database; a bad setting ends the program with exit code 2."""
    from orderway.project.configuration import ConfigurationMistake, read

    try:
        read()
    except ConfigurationMistake as mistake:
        sys.stderr.write(f"{mistake}\n")
        raise typer.Exit(2) from mistake
    from orderway.project.starting import set_up

    set_up()


def start_without_database() -> None:
    """Start Django for what asks no database; leaves no file behind, not even the secret key of an installation."""
    os.environ.setdefault("ORDERWAY_SECRET_KEY", secrets.token_urlsafe(48))
    start()


def start_ready() -> None:
    """Start Django and refuse, with exit code 3, a database that is not there, was never initialised or is behind this version."""
    start()
    from django.db import connection

    from orderway.project.history import is_behind

    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():  # connecting would make an empty one
        _refuse(f"There is no database {connection.settings_dict['NAME']}. Check --database, or run: orderway init")
    if is_behind(connection):
        _refuse("This database is empty or belongs to an older version. Run: orderway init")


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise typer.Exit(3)
