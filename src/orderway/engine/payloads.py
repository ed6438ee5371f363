"""Moves as JSON and back: what the journal stores. Never decides anything."""

from __future__ import annotations

from collections.abc import Mapping

from orderway.engine.move import Json, Move


def written(move: Move) -> dict[str, Json]:
    """The move as JSON, only what is not empty, keys in a fixed order."""
    raise NotImplementedError


def read(payload: Mapping[str, Json]) -> Move:
    """The move of a payload."""
    raise NotImplementedError
