"""orderway standard: check, draft, approve, release, show, diff, list. `check` and `diff` of files need no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

standard = typer.Typer(help="Check, release and compare versions of the standard.", no_args_is_help=True)
