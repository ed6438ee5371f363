"""The one text of a standard that is hashed and stored: canonical JSON without marks, and back. Never reads YAML."""

from __future__ import annotations

from orderway.standard.document import Standard, StageId


def canonical(standard: Standard) -> str:
    """Canonical JSON: sorted keys, decimals as strings, no marks, nothing that equals its default; equal standards give equal text."""
    raise NotImplementedError


def content_hash(standard: Standard) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    raise NotImplementedError


def stage_hash(standard: Standard, stage_id: StageId) -> str:
    """SHA-256 of what somebody working in this stage must know: the stage and the tables its gate and conditions name."""
    raise NotImplementedError


def from_canonical(text: str) -> Standard:
    """The standard of a canonical text (exact inverse of `canonical`; marks are empty). Raises ValueError for any other text."""
    raise NotImplementedError
