"""Who else acts, in the same transaction, when a version is approved, planned or put in force, or a section is read: lists of layers.

Decides nothing; a listener that cannot do its part breaks the act, so that no version is in force without what belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orderway.masterdata.models import Person
from orderway.releases.models import Version
from orderway.standard.document import StageId

OnVersion = Callable[[Version, str, datetime], None]
"""(the version, the key of who did it, now); its status says what was done."""
OnSection = Callable[[Version, StageId, Person, datetime], None]

_versions: dict[str, OnVersion] = {}
_sections: dict[str, OnSection] = {}


def on_version(name: str, do: OnVersion) -> None:
    """Let a layer act when a version was approved, planned or put in force."""
    _versions[name] = do


def on_section(name: str, do: OnSection) -> None:
    """Let a layer act when somebody has read a section."""
    _sections[name] = do


def version_moved(version: Version, *, actor: str, now: datetime) -> None:
    """Tell the layers."""
    for name in sorted(_versions):
        _versions[name](version, actor, now)


def section_read(version: Version, stage: StageId, person: Person, *, now: datetime) -> None:
    """Tell the layers."""
    for name in sorted(_sections):
        _sections[name](version, stage, person, now)
