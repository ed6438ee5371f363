"""The command line `orderway`: what an administrator, a script or a consultant types. Every command calls the acts; none has rules.

Exit codes: 0 done; 1 findings (defects, broken invariants, refused rows under --strict); 2 wrong usage; 3 database or file not available.
"""

from __future__ import annotations

import sys

import typer

from orderway.project.commands import database_option, unavailable
from orderway.project.commands.administration import init, serve, worker
from orderway.project.commands.bench import bench
from orderway.project.commands.case_study import case_study
from orderway.project.commands.demo import demo
from orderway.project.commands.diagnose import diagnose
from orderway.project.commands.exporting import export
from orderway.project.commands.importing import import_file
from orderway.project.commands.migrating import migrate
from orderway.project.commands.orders import order, run, verify
from orderway.project.commands.simulate import simulate
from orderway.project.commands.standard import standard
from orderway.project.commands.token import token

app = typer.Typer(
    name="orderway",
    help="Order management in which the standard order process is a document that runs.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # a bug shows a plain traceback, short enough to be sent
)
app.command("init")(init)
app.command("demo")(demo)
app.command("serve")(serve)
app.command("worker")(worker)
app.command("import")(import_file)
app.command("export")(export)
app.command("diagnose")(diagnose)
app.command("run")(run)
app.command("verify")(verify)
standard.command("migrate")(migrate)
app.add_typer(standard, name="standard")
app.add_typer(order, name="order")
app.add_typer(token, name="token")
app.command("simulate")(simulate)
app.command("case-study")(case_study)
app.command("bench")(bench)


@app.callback()
def orderway(database: database_option.Database = None) -> None:
    """Order management in which the standard order process is a document that runs."""


def main() -> None:
    """Run the command line; turn what is not available into a sentence and exit code 3."""
    try:
        app(prog_name="orderway")
    except Exception as problem:
        sentence = unavailable.sentence(problem)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        sys.exit(3)


if __name__ == "__main__":
    main()
