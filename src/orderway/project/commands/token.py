"""orderway token make, list, revoke: which programs may act for which person. The secret is printed once."""

from __future__ import annotations

import json as json_module
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from orderway.project.commands.database_option import Database, start_ready
from orderway.project.commands.printing import answers, remarks

token = typer.Typer(help="Give programs access to the API, and take it away.", no_args_is_help=True)
UNKNOWN = 2


@token.command()
def make(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Sign-in name of the person whom the program acts for.")],
    name: Annotated[str, typer.Option("--name", help="What the program is called.")],
    read_only: Annotated[bool, typer.Option("--read-only", help="The program may only look.")] = False,
    expires: Annotated[int | None, typer.Option("--expires", metavar="DAYS", min=1, max=36_500, help="It ends after so many.")] = None,
    database: Database = None,
) -> None:
    """Make a token and print it; it is shown only now. The program can do at most what its person may do."""
    start_ready()
    from orderway.api import tokens
    from orderway.masterdata.models import Person

    now = datetime.now(UTC)
    found = Person.objects.filter(key=person, is_active=True).first()
    if found is None:
        sys.stderr.write(f"There is no active person {person}. Check the sign-in name.\n")
        raise typer.Exit(UNKNOWN)
    if not 0 < len(name) <= tokens.LONGEST_NAME:
        sys.stderr.write(f"The name has 0 or over {tokens.LONGEST_NAME} characters. Choose another.\n")
        raise typer.Exit(UNKNOWN)
    until = now + timedelta(days=expires) if expires else None
    secret = tokens.make(found, name=name, now=now, scopes=tokens.READ if read_only else tokens.WRITE, expires_at=until)
    sys.stdout.write(secret + "\n")


@token.command("list")
def list_(
    json: Annotated[bool, typer.Option("--json", help="JSON for machines.")] = False,
    database: Database = None,
) -> None:
    """List the tokens that were made. No secret is known any more."""
    start_ready()
    from orderway.api.models import Token

    rows = [
        {
            "token": each.prefix,
            "name": each.name,
            "person": each.person.key,
            "scopes": each.scopes,
            "created_at": each.created_at.isoformat(),
            "expires_at": each.expires_at.isoformat() if each.expires_at else "",
            "revoked_at": each.revoked_at.isoformat() if each.revoked_at else "",
        }
        for each in Token.objects.select_related("person")
    ]
    if json:
        sys.stdout.write(json_module.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("token", "name", "person", "scopes", "created", "expires", "revoked")
    for row in rows:
        table.add_row(*row.values())
    answers().print(table)


@token.command()
def revoke(
    prefix: Annotated[str, typer.Argument(metavar="TOKEN", help="The part before the dot, as `token list` shows it.")],
    database: Database = None,
) -> None:
    """End a token at once. What it did stays done."""
    start_ready()
    from orderway.api import tokens
    from orderway.api.models import Token

    found = Token.objects.filter(prefix=prefix.partition(".")[0]).first()
    if found is None:
        sys.stderr.write(f"There is no token {prefix.partition('.')[0]}. See: orderway token list\n")
        raise typer.Exit(UNKNOWN)
    tokens.revoke(found, now=datetime.now(UTC))
    remarks().print(f"{found.prefix} ({found.name} of {found.person.key}) is revoked.")
