"""Remembers turns: the same case, act and answers give the same turn, so that the engine thinks once for many orders."""

from __future__ import annotations


def forget(program_hash: str = "") -> None:
    """Forget the turns of one standard (when its version retires), or all."""
    raise NotImplementedError
