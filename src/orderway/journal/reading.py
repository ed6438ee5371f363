"""What the journal says about a subject or a set of subjects. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from orderway.journal.models import Entry


def of_subject(kind: str, key: str) -> QuerySet[Entry]:
    """The whole journal of one subject, oldest first."""
    return Entry.objects.filter(subject_kind=kind, subject_key=key).order_by("sequence")


def of_subjects(kind: str, keys: Sequence[str]) -> dict[str, list[Entry]]:
    """The journals of n subjects, each oldest first; one statement."""
    found: dict[str, list[Entry]] = {key: [] for key in keys}
    for entry in Entry.objects.filter(subject_kind=kind, subject_key__in=keys).order_by("subject_key", "sequence"):
        found[entry.subject_key].append(entry)
    return found
