"""A diagnosis on paper: what a consultant hands over, set by typst from finished text and two pictures. Counts nothing itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from importlib import resources
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from orderway.diagnosis import paper_parts, showing
from orderway.mining.summary import Summary
from orderway.pages import printing

TEMPLATE = Path(str(resources.files("orderway.diagnosis"))) / "typst" / "diagnosis.typ"


def pdf(summary: Summary, made_at: datetime, code: str) -> bytes:
    """The report as PDF in one of our languages. Raises MissingGlyphs where the log has letters that no font of this machine has."""
    with translation.override(code):
        about = _("Diagnosis of %(at)s, from %(source)s") % {"at": f"{made_at:%Y-%m-%d}", "source": summary.source}
        head = [summary.name, _("Diagnosis of a process"), about, _("In short"), paper_parts.period(summary)]
        short, figures = showing.in_short(summary), paper_parts.figures(summary)
        parts = paper_parts.parts(summary, code)
    texts = [*head, *short, *(text for pair in figures for text in pair), *(text for part in parts for text in part.texts())]
    printing.refuse_missing(texts, code)
    sent = {"head": head, "short": short, "figures": figures, "parts": [asdict(part) for part in parts]}
    return printing.compiled(TEMPLATE, {**sent, **printing.typesetting(code)})
