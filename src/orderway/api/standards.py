"""The routes of standards: which versions there are and what one of them says. Releases nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query

from orderway.orders.routes import Asked, NotFound, Routes, Shown, moment
from orderway.orders.routes.fields import KEY, in_path, in_query
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.releases.models import Version

routes = Routes(tags=["standards"])
OF_STANDARD = in_query("Only versions of this standard, by id.", **KEY)
IN_STATE = in_query("Only versions in this state.")
STANDARD = in_path("The standard's id.", **KEY)
VERSION = in_path("The version.", **KEY)


class VersionOut(Shown):
    """A version of a standard."""

    standard: str = Asked("The standard's id.")
    version: str = Asked("The version.")
    title: str = Asked("Its title.")
    status: str = Asked("draft, approved, effective (in force) or retired.")
    author: str = Asked("Who wrote it.")
    approved_by: str = Asked("Who approved it; empty for nobody.")
    effective_at: datetime | None = Asked("Since when it has been in force.")
    retired_at: datetime | None = Asked("When it was taken out of force.")
    content_hash: str = Asked("SHA-256 of its canonical document.")


class VersionsOut(Page):
    """A page of versions."""

    rows: list[VersionOut] = Asked("The versions, newest first within a standard.")


class WholeVersionOut(VersionOut):
    """A version with what it says."""

    source: str = Asked("The YAML text as it was written.")
    document: dict[str, Any] = Asked("The canonical document that runs: what the hash is made of.")


@routes.reads("/standards", right="standard.read", gives=VersionsOut, summary="Standards")
def standards(
    request: HttpRequest,
    wanted: Query[Wanted],
    standard: str = OF_STANDARD,
    status: Literal["", "draft", "approved", "effective", "retired"] = IN_STATE,
) -> dict[str, object]:
    """Every version of every standard."""
    narrowed = {name: value for name, value in (("standard_id", standard), ("status", status)) if value}
    found = Version.objects.filter(**narrowed).select_related("approved_by").defer("document", "source")
    return page_of(found, wanted, lambda rows: [_shown(row) for row in rows])


@routes.reads("/standards/{standard}/{version}", right="standard.read", gives=WholeVersionOut, summary="One version of a standard")
def version(
    request: HttpRequest,
    standard: str = STANDARD,
    version: str = VERSION,
) -> dict[str, object]:
    """One version with its text and its canonical document."""
    found = Version.objects.select_related("approved_by").filter(standard_id=standard, version=version).first()
    if found is None:
        raise NotFound(what="standard", key=f"{standard} {version}")
    return {**_shown(found), "source": found.source, "document": json.loads(found.document)}


def _shown(version: Version) -> dict[str, object]:
    return {
        "standard": version.standard_id,
        "version": version.version,
        "title": version.title,
        "status": version.status,
        "author": version.author,
        "approved_by": version.approved_by.key if version.approved_by else "",
        "effective_at": moment(version.effective_at),
        "retired_at": moment(version.retired_at),
        "content_hash": version.content_hash,
    }
