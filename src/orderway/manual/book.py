"""The manual as finished texts in one language, as the printed templates take it. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from orderway.manual.drawing import DrawnShape, picture
from orderway.pages import printing
from orderway.pages.standard_view import StageView, not_on_yet, overview, role, stage_title, stage_view
from orderway.pages.templatetags.ow import day, limit, said
from orderway.releases.models import Version
from orderway.standard.diff import roles_in
from orderway.standard.document import Standard

Book = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Printing:
    """What stands on every printed sheet besides the text: when, where the current version is found, which controlled copy."""

    version: Version
    printed_on: date
    address: str
    review: date | None = None
    copy_number: int = 0
    holder: str = ""


def book(standard: Standard, sheet: Printing, language: str) -> Book:
    """The whole manual in one language."""
    with translation.override(language):
        seen = overview(standard)
        views = [stage_view(standard, standard.stages[stage], number) for number, stage in enumerate(standard.stages_in_flow(), start=1)]
        return {
            **head(standard, sheet, language),
            "copy": _copy(sheet),
            "facts": _facts(standard, sheet),
            "labels": _labels(),
            "stages": [_stage(view) for view in views],
            "drawing": _drawing(standard, sheet.version.version),
            "roles": [list(row) for row in seen.roles],
            "exceptions": list(seen.exceptions),
            "documents": [list(row) for row in seen.documents],
            "measures": [list(row) for row in seen.measures],
            "changes": [list(row) for row in seen.changes],
        }


def extract(standard: Standard, sheet: Printing, role_id: str, language: str) -> Book:
    """What one role does: its own stages in full, the others in which it acts by name."""
    with translation.override(language):
        order = list(enumerate(standard.stages_in_flow(), start=1))
        own = [stage_view(standard, standard.stages[stage], number) for number, stage in order if standard.stages[stage].owner == role_id]
        besides = [
            _("%(number)d %(stage)s: signs, waives or decides") % {"number": number, "stage": stage_title(standard, stage)}
            for number, stage in order
            if standard.stages[stage].owner != role_id and role_id in roles_in(standard.stages[stage], standard)
        ]
        return {
            **head(standard, sheet, language),
            "role": role(standard, role_id),
            "labels": {"besides": _("Besides")},
            "stages": [_stage(view) for view in own],
            "besides": besides,
        }


def texts_of(value: object) -> Iterator[str]:
    """Every text in a book; what is drawn (the QR picture) and the names of fonts are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key not in ("qr", "fonts", "lang", "region", "kind"):
                yield from texts_of(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts_of(part)


def qr(address: str) -> str:
    """A QR picture as SVG."""
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=4, border=1)
    return picture.getvalue().decode()


def head(standard: Standard, sheet: Printing, language: str) -> dict[str, object]:
    """What every printed sheet begins and ends with: title, version, hash, how long it is worth anything, QR picture."""
    version = sheet.version
    return {
        **printing.typesetting(language),
        "title": said(standard.title),
        "standard": version.standard_id,
        "version": version.version,
        "status": str(version.get_status_display()),
        "hash": version.content_hash,
        "worth": _worth(sheet),
        "current": _("The version in force is found at %(address)s") % {"address": sheet.address},
        "qr": qr(sheet.address),
    }


def _worth(sheet: Printing) -> str:
    if sheet.copy_number:
        return _("controlled copy no. %(number)d, printed %(day)s") % {"number": sheet.copy_number, "day": day(sheet.printed_on)}
    return _("valid on the day of print only: %(day)s") % {"day": day(sheet.printed_on)}


def _copy(sheet: Printing) -> str:
    if not sheet.copy_number:
        return ""
    words = {"number": sheet.copy_number, "holder": sheet.holder}
    return _("Controlled copy no. %(number)d for %(holder)s. The holder is told of every new version and gives this copy back.") % words


def _facts(standard: Standard, sheet: Printing) -> list[list[str]]:
    version = sheet.version
    rows = [
        (_("Owner of the process"), role(standard, standard.owner)),
        (_("Approved by"), version.approved_by.name if version.approved_by else ""),
        (_("In force since"), day(version.effective_at)),
        (_("Next review"), day(sheet.review)),
        ("SHA-256", version.content_hash),
        (_("Printed"), day(sheet.printed_on)),
    ]
    return [[name, value] for name, value in rows if value]


def _labels() -> dict[str, str]:
    return {
        "version": _("Version"),
        "contents": _("Contents"),
        "owner": _("Owner"),
        "limit": _("Time limit"),
        "purpose": _("Purpose"),
        "key": _("Key point"),
        "why": _("Why:"),
        "criteria": _("What the review must find"),
        "roles": _("Roles"),
        "role": _("Role"),
        "duties": _("Answers for"),
        "exceptions": _("When something happens in between"),
        "documents": _("Documents"),
        "document": _("Document"),
        "keep": _("Kept for"),
        "measures": _("How success is measured"),
        "measure": _("Measure"),
        "goal": _("Goal"),
        "changes": _("What changed"),
        "flow": _("The flow"),
    }


def _stage(view: StageView) -> dict[str, object]:
    return {
        "number": str(view.number),
        "title": said(view.stage.title),
        "owner": view.owner,
        "limit": limit(view.stage.limit),
        "purpose": view.purpose,
        "steps": [
            {"number": f"{view.number}.{at}", "do": step.do, "key": step.key, "why": step.why, "proof": step.proof}
            for at, step in enumerate(view.steps, start=1)
        ],
        "criteria": [
            {"number": str(at), "text": one.text, "detail": one.rule if one.automatic else ""}
            for at, one in enumerate(view.criteria, start=1)
        ],
        "sentences": [*([not_on_yet()] if view.advisory else []), *view.sentences],
        "papers": [
            *(_("%(document)s must be there before the stage ends") % {"document": name} for name in view.needs),
            *(_("%(document)s is made here") % {"document": name} for name in view.makes),
        ],
        "tables": [
            {
                "title": _("Table %(name)s") % {"name": table.id},
                "head": [*table.inputs, _("Result")],
                "rows": [[*tests, output] for tests, output in table.rows],
            }
            for table in view.tables
        ],
    }


def _drawing(standard: Standard, version: str) -> dict[str, object]:
    plan = picture(standard, version=version)
    return {
        "width": plan.width,
        "height": plan.height,
        "frames": [_drawn(one) for one in plan.frames],
        "shapes": [_drawn(one) for one in plan.shapes],
        "lines": [
            {"points": [list(map(int, point.split(","))) for point in one.points.split()], "rework": one.rework} for one in plan.lines
        ],
    }


def _drawn(one: DrawnShape) -> dict[str, object]:
    shape = one.shape
    place = {"kind": shape.kind, "x": shape.x, "y": shape.y, "w": shape.width, "h": shape.height}
    return {**place, "words": [word.text for word in one.words], "sign": one.sign}
