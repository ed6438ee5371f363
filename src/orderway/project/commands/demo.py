"""orderway demo: a company of its own in a database of its own, filled through the acts and served."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from orderway.project.commands.administration import refuse_taken
from orderway.project.commands.database_option import Database, start
from orderway.project.commands.printing import answers, remarks
from orderway.project.commands.progress import progress_bar
from orderway.project.serving import become

HOST = "127.0.0.1"


def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Fill the database and stop.")] = False,
    orders: Annotated[int, typer.Option("--orders", min=1, max=1_000_000, help="How many orders of the last twelve months.")] = 1500,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same company.")] = 2026,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to serve on.")] = 8000,
    database: Database = None,
) -> None:
    """Fill a demo company (a maker of linear guides in East China) and serve it."""
    if database is None and "ORDERWAY_DATABASE_URL" not in os.environ:
        os.environ["ORDERWAY_DATABASE_URL"] = f"sqlite:///{os.environ.get('ORDERWAY_DATA_DIR', 'var')}/demo.sqlite3"
    start()
    if not no_serve:
        refuse_taken(HOST, port)  # before minutes are spent on filling
    from orderway.demo import names
    from orderway.demo.arrivals import days_covered
    from orderway.demo.filling import AlreadyFilled, fill
    from orderway.project.installing import install

    console = remarks()
    now = datetime.now(UTC)
    began = now - timedelta(days=days_covered(orders) + 7)  # the standards were in force before the first order
    for line in install(administrator="admin", now=began, password=names.PASSWORD):
        console.print(line, soft_wrap=True)
    try:
        with progress_bar("filling the demo company") as progress:
            report = fill(orders=orders, seed=seed, now=now, progress=progress)
        console.print(f"The demo company has {report.orders:,} orders, {report.open:,} of them open.")
    except AlreadyFilled as filled:
        console.print(f"The demo company is there already ({filled}).")
    _print_sign_ins(port)
    if not no_serve:
        refuse_taken(HOST, port)
        become(host=HOST, port=port)


def _print_sign_ins(port: int) -> None:
    from orderway.demo import names

    table = Table("sign in as", "name", "roles", title=f"http://{HOST}:{port}   every password: {names.PASSWORD}")
    for key, name, roles in names.PEOPLE:
        table.add_row(key, name, ", ".join(roles))
    table.add_row("admin", "Administrator", "keeps the installation")
    answers().print(table)
