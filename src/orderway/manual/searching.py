"""Search within one version: every text of the standard in the reader's language, with the place where it stands. Ranks nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orderway.pages.standard_view import criterion_text, role
from orderway.pages.templatetags.ow import said
from orderway.standard.document import Stage, Standard

MOST = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that contains what was looked for: where it stands, and the part of the page."""

    stage: str
    anchor: str
    where: str
    text: str


def search(standard: Standard, wanted: str) -> list[Hit]:
    """The places whose text contains every word, in the order of the document; nothing for nothing."""
    words = _plain(wanted).split()
    if not words:
        return []
    hits = (hit for hit in _texts(standard) if all(word in _plain(f"{hit.where} {hit.text}") for word in words))
    return [hit for hit, _number in zip(hits, range(MOST), strict=False)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _texts(standard: Standard) -> Iterator[Hit]:
    for number, stage_id in enumerate(standard.stages_in_flow(), start=1):
        yield from _stage(standard, standard.stages[stage_id], number)
    for document in standard.documents.values():
        yield Hit("", "documents", _("Documents"), said(document.title))
    for found in standard.roles.values():
        yield Hit("", "roles", _("Roles"), said(found.title))
    for measure in standard.kpis:
        yield Hit("", "measures", _("How success is measured"), said(measure.title))


def _stage(standard: Standard, stage: Stage, number: int) -> Iterator[Hit]:
    title = said(stage.title)
    yield Hit(stage.id, "", f"{number}", f"{title} · {role(standard, stage.owner)}")
    for at, step in enumerate(stage.steps, start=1):
        for text in (step.do, step.key, step.why):
            if text is not None:
                yield Hit(stage.id, f"step-{step.id}", f"{number}.{at} {title}", said(text))
    for criterion in stage.gate.criteria if stage.gate else ():
        yield Hit(stage.id, f"criterion-{criterion.id}", f"{number} {title}", criterion_text(criterion))
