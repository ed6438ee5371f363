"""A progress bar on stderr for everything that may take longer than two seconds; silent where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Report = Callable[[str, int, int | None], None]


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """Gives ``report(what, done, total)``; total None shows a count without an end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)

        def report(what: str, done: int, total: int | None = None) -> None:
            progress.update(task, description=what, completed=done, total=total)

        yield report
