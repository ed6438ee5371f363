"""What the editor shows of a draft on each tab: form of a stage, texts side by side with stale marks, differences. Changes nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from orderway.manual import asking, changes, drafts
from orderway.manual.drawing import picture
from orderway.manual.models import WorkingDraft
from orderway.pages import languages, ribbon
from orderway.pages.standard_view import role
from orderway.pages.templatetags import ow
from orderway.releases.catalogue import catalogue
from orderway.releases.effects import effects
from orderway.standard import editing
from orderway.standard.document import Mark, Stage, StageId, Standard, Text
from orderway.standard.problems import Problem

EVIDENCE = ("tick", "photo", "scan", "file", "system")
EMPTY_STEPS = 1
FIELDS = {
    "title": "f-title",
    "owner": "f-owner",
    "limit": "f-limit",
    "does": "f-does",
    "runs": "f-runs",
    "warn": "f-warn",
    "skip_when": "f-skip",
}
STEP_FIELDS = ("do", "key", "why", "evidence")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in one language. `stale`: its source changed since the version before, it did not."""

    language: str
    words: str
    stale: bool


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text of the standard in all its languages; `name` is the name of its form fields."""

    name: str
    where: str
    cells: tuple[Cell, ...]

    @property
    def stale(self) -> bool:
        """Whether a translation has to be looked at."""
        return any(cell.stale for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong. `here`: in the stage whose form is open; `address`: its field or line, if that loses nothing typed."""

    problem: Problem
    here: bool
    address: str


def context(request: HttpRequest, draft: WorkingDraft, standard: Standard | None, tab: str) -> dict[str, object]:
    """What the tab needs."""
    if standard is None:
        return {"standard": None}
    chosen = _chosen(request, standard)
    shared = {
        "standard": standard,
        "ribbon": ribbon.slots(standard, lambda one: _knot(draft, one, chosen.id)),
        "chosen": chosen,
        "order": [(one, ow.said(standard.stages[one].title)) for one in standard.stages_in_flow() if one in standard.stages],
        "language": language_of(request, standard),
    }
    return {**shared, **_of_tab(request, draft, standard, tab, chosen)}


def checks(request: HttpRequest, checked: drafts.Checked, tab: str) -> dict[str, object]:
    """What is wrong, each with its place: the line of the YAML text, or the field of the form of a stage."""
    typed = request.method == "POST"
    stage = _chosen(request, checked.standard).id if checked.standard and tab == "stage" else StageId("")
    found = [_finding(checked.standard, problem, tab, stage, typed) for problem in checked.problems]
    found.sort(key=lambda one: not one.here)
    return {"checked": checked, "findings": found, "counted": _counted(checked)}


def source_lines(source: str, checked: drafts.Checked) -> dict[str, object]:
    """The numbers beside the YAML text, those with a finding marked; and what is said about each decision table."""
    tables = checked.standard.tables if checked.standard else ()
    about = [(table, one) for table in tables for one in checked.problems if one.code.startswith("table-") and f"'{table}'" in one.message]
    bad = {problem.mark.line for problem in checked.problems}
    return {"lines": range(1, source.count("\n") + 2), "bad_lines": bad, "table_problems": about}


def language_of(request: HttpRequest, standard: Standard) -> str:
    """The language that forms are written in: the one asked for, else the reader's, else the authoritative one."""
    wanted = request.POST.get("language") or request.GET.get("language") or languages.tag()
    return wanted if wanted in standard.languages else standard.languages[0]


def stage_id(standard: Standard, title: str) -> StageId:
    """An id for a new stage: its title in small Latin letters, else a number."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "stage"
    word = word if word[0].isalpha() else f"stage_{word}"
    taken = standard.stages
    return StageId(next(name for name in (word, *(f"{word}_{n}" for n in range(2, 999))) if name not in taken))


def stale(text: Text, before: Text | None, language: str, source: str) -> bool:
    """Whether a translation was left behind: the source changed since the version before, or there is no translation at all."""
    now, then = dict(text.values), dict(before.values) if before else {}
    if language == source or "" in now:
        return False
    return language not in now or (before is not None and now.get(source) != then.get(source) and now.get(language) == then.get(language))


def rows_of(standard: Standard, base: Standard | None) -> Iterator[TextRow]:
    """Every text with its languages side by side."""
    before = dict(editing.texts(base)) if base else {}
    source = standard.languages[0]
    for path, text in editing.texts(standard):
        known = dict(text.values)
        if "" in known:
            continue
        cells = tuple(
            Cell(language, known.get(language, ""), stale(text, before.get(path), language, source)) for language in standard.languages
        )
        yield TextRow(name_of(path), " · ".join(str(part) for part in path), cells)


def name_of(path: editing.Path) -> str:
    """The name of a text's form fields."""
    return "/".join(f"#{part}" if isinstance(part, int) else part for part in path)


def path_of(name: str) -> editing.Path:
    """The path that a form field names."""
    return tuple(int(part[1:]) if re.fullmatch(r"#[0-9]{1,4}", part) else part for part in name.split("/"))


def _chosen(request: HttpRequest, standard: Standard) -> Stage:
    """The stage that is asked for, else the first of the flow."""
    stage = request.POST.get("stage") or request.GET.get("stage", "")
    return standard.stages.get(StageId(stage)) or standard.stages[next(iter(standard.stages_in_flow()), next(iter(standard.stages)))]


def _finding(standard: Standard | None, problem: Problem, tab: str, stage: StageId, typed: bool) -> Finding:
    line = problem.mark.line
    path = path_at(standard, problem.mark) if standard and stage else ()
    field = field_of(standard.stages[stage], path[2:]) if standard and path[:2] == ("stages", stage) else ""
    address = f"#{field}" if field else f"#L{line}" if tab == "yaml" else "" if typed else f"?tab=yaml#L{line}"
    return Finding(problem, path[:2] == ("stages", stage), address)


def path_at(standard: Standard, mark: Mark) -> tuple[str | int, ...]:
    """What stands at a place of the text, or begins before it: the path of its keys."""
    before = [(at, len(path), path) for path, at in standard.marks.items() if at.line == mark.line and at <= mark]
    starts = [(one.mark, 2, ("stages", one.id)) for one in standard.stages.values() if one.mark == mark]
    return max((*before, *starts), key=lambda one: one[:2], default=(mark, 0, ()))[2]


def field_of(stage: Stage, path: tuple[str | int, ...]) -> str:
    """The id of the form field in which a part of a stage is written; empty if the form does not have it."""
    match path:
        case (str(name), *_) if name in FIELDS:
            return FIELDS[name]
        case ("steps", int(number), *rest):
            return f"s{number}-{rest[0] if rest and rest[0] in STEP_FIELDS else STEP_FIELDS[0]}"
        case ("gate", "criteria", int(number), *_) if stage.gate:
            return f"c-{stage.gate.criteria[number].id}"
    return ""


def _counted(checked: drafts.Checked) -> str:
    """How many defects and warnings, in words."""
    errors, warnings = checked.errors, len(checked.problems) - checked.errors
    parts = [ngettext("%(number)d defect", "%(number)d defects", errors) % {"number": errors}] if errors or not warnings else []
    if warnings:
        parts.append(ngettext("%(number)d warning", "%(number)d warnings", warnings) % {"number": warnings})
    return gettext(", ").join(parts) if checked.problems else gettext("No defect.")


def _of_tab(request: HttpRequest, draft: WorkingDraft, standard: Standard, tab: str, chosen: Stage) -> dict[str, object]:
    base = drafts.base_of(draft)
    match tab:
        case "flow":
            return {"picture": picture(standard, version=standard.version, current=chosen.id)}
        case "stage":
            return _stage_form(standard, chosen)
        case "languages":
            rows = list(rows_of(standard, base))
            only = request.GET.get("show") == "stale"
            return {"rows": [row for row in rows if row.stale] if only else rows, "stale": sum(row.stale for row in rows), "only": only}
        case "changes":
            said = changes.sentences(base, standard) if base else []
            return {
                "changes": said,
                "effects": effects(base, standard, now=asking.now()) if base else [],
                "step": drafts.step_of(draft, standard),
            }
        case _:
            return {}


def _stage_form(standard: Standard, stage: Stage) -> dict[str, object]:
    return {
        "roles": [(one, role(standard, one)) for one in standard.roles],
        "acts": sorted(catalogue().acts),
        "evidence": EVIDENCE,
        "papers": [(one.id, ow.said(one.title), one.id in stage.needs, one.id in stage.makes) for one in standard.documents.values()],
        "new_steps": range(EMPTY_STEPS),
    }


def _knot(draft: WorkingDraft, stage: Stage, current: str) -> ribbon.Knot:
    return ribbon.Knot(
        stage=stage.id,
        title=ow.said(stage.title),
        address=f"{reverse('draft', args=[draft.pk])}?tab=stage&stage={stage.id}",
        note=ow.limit(stage.limit),
        state="now" if stage.id == current else "",
        current=stage.id == current,
    )
