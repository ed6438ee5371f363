"""What a person typed into the editor's forms, as a changed standard. Refuses only what is no form; the defects judge the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from django.http import QueryDict

from orderway.engine.refusals import Mistake
from orderway.manual.editor_view import path_of, stale
from orderway.standard import editing
from orderway.standard.document import Duration, RoleId, Stage, StageId, Standard, Table, Text
from orderway.standard.durations import WORKING_UNITS, read_duration

SCRIPTS = {"zh-Hant": ("zh-Hans", "s2twp"), "zh-Hans": ("zh-Hant", "tw2sp")}
MOST_ROWS = 200


class NoLimit(Mistake):
    """A time limit that is none."""

    code = "no_limit"
    message = "{text} is no time limit."
    remedy = "Write minutes, hours or working days like 30m, 4h or 2d."


class NoScript(Mistake):
    """A language that is not written from the other Chinese script."""

    code = "no_script"
    message = "{language} is not drafted by conversion."
    remedy = "Choose one of: {languages}."


def limit_from(sent: QueryDict) -> Duration:
    """The time limit that the form of a stage says. Raises NoLimit."""
    limit = _limit(sent)
    if limit is None:
        raise NoLimit(field="limit", text=sent.get("limit", "") or "–")
    return limit


def stage_from(standard: Standard, stage_id: StageId, sent: QueryDict, language: str) -> Standard:
    """The stage as the form says; where it says no limit, with the limit of before."""
    old = standard.stages[stage_id]
    warn = sent.get("warn", "").strip().rstrip("%")
    stage = replace(
        old,
        title=_worded(standard, old.title, language, sent.get("title", "").strip()[:200]),
        owner=RoleId(sent.get("owner", old.owner)),
        limit=_limit(sent) or old.limit,
        warn=int(warn) if warn.isdecimal() and 0 < int(warn) <= 1000 else old.warn,
        does=sent.get("does", "") or None,
        runs="system" if sent.get("runs") == "system" else "person",
        skip_when=editing.with_condition(sent.get("skip_when", "")),
        needs=tuple(sent.getlist("needs")),
        makes=tuple(sent.getlist("makes")),
    )
    stage = editing.with_steps(standard, stage, tuple(_steps(old, sent)), language)
    return editing.with_stage(standard, _gate(standard, stage, sent, language))


def rows_from(table: Table, sent: QueryDict) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """The rows of a table as the grid says; a row without any cell is left out, `row_act` takes one out or moves it."""
    rows = []
    for number in range(min(len(table.rows) + 1, MOST_ROWS)):
        tests = tuple(sent.get(f"cell.{number}.{at}", "").strip() for at in range(len(table.inputs)))
        output = sent.get(f"out.{number}", "").strip()
        if any(tests) or output:
            rows.append((tuple(test or "-" for test in tests), _output(table, output)))
    act, _colon, which = sent.get("row_act", "").partition(":")
    at = int(which) if which.isdecimal() else -1
    if act == "out" and 0 <= at < len(rows):
        del rows[at]
    if act == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return tuple(rows)


def texts_from(standard: Standard, sent: QueryDict) -> Standard:
    """Texts in several languages, fields named ``text:PATH:LANGUAGE``."""
    for name in sent:
        kind, _colon, rest = name.partition(":")
        path, _colon, language = rest.rpartition(":")
        if kind == "text" and language in standard.languages:
            standard = editing.with_text(standard, path_of(path), language, sent.get(name, "").strip())
    return standard


def converted(standard: Standard, base: Standard | None, into: str) -> Standard:
    """Missing and stale texts of one Chinese script drafted from the other; a person still reads them. Raises NoScript."""
    if into not in SCRIPTS or not {into, SCRIPTS[into][0]} <= set(standard.languages):
        raise NoScript(field="into", language=into or "–", languages=[one for one in SCRIPTS if one in standard.languages])
    source, table = SCRIPTS[into]
    before = dict(editing.texts(base)) if base else {}
    for path, text in list(editing.texts(standard)):
        words = dict(text.values).get(source)
        if words and (into not in text.languages() or stale(text, before.get(path), into, source)):
            standard = editing.with_text(standard, path, into, convert(words, table))
    return standard


def convert(words: str, table: str) -> str:
    """Simplified to Traditional Chinese as written in Taiwan with its words, or back."""
    return str(_converter(table).convert(words))


@cache
def _converter(table: str):  # type: ignore[no-untyped-def]  # opencc has no types
    from opencc import OpenCC  # its dictionaries take 0.2 s to read, which only an editor needs

    return OpenCC(table)


def _limit(sent: QueryDict) -> Duration | None:
    limit = read_duration(sent.get("limit", ""))
    return limit if limit is not None and limit.unit in WORKING_UNITS else None


def _worded(standard: Standard, text: Text, language: str, words: str) -> Text:
    return editing.worded(text, language, words, standard.languages)


def _output(table: Table, words: str) -> tuple[str, ...]:
    if table.output != "role":
        return (words,)
    return tuple(part.strip() for part in words.split(",") if part.strip() and part.strip() != "none")


def _steps(stage: Stage, sent: QueryDict) -> Iterator[editing.StepForm]:
    """The steps of the form in their order; `step_act` takes one out or moves it up; a new one has no id and needs words."""
    forms = []
    for number in range(len(stage.steps) + 1):
        fields = {name: sent.get(f"step.{number}.{name}", "").strip()[:500] for name in ("id", "do", "key", "why", "evidence")}
        if fields["id"] or fields["do"]:
            forms.append(editing.StepForm(**fields))
    act, _colon, which = sent.get("step_act", "").partition(":")
    at = int(which) if which.isdecimal() else -1
    if act == "out" and 0 <= at < len(forms):
        del forms[at]
    if act == "up" and 0 < at < len(forms):
        forms[at - 1], forms[at] = forms[at], forms[at - 1]
    yield from forms


def _gate(standard: Standard, stage: Stage, sent: QueryDict, language: str) -> Stage:
    """The words and rules of the gate's criteria; what else a gate says is written in YAML."""
    if stage.gate is None:
        return stage
    criteria = []
    for one in stage.gate.criteria:
        words, rule = sent.get(f"criterion.{one.id}.words"), sent.get(f"criterion.{one.id}.rule")
        ask = one.ask if words is None or one.ask is None else _worded(standard, one.ask, language, words.strip()[:300])
        auto = one.auto if rule is None or one.auto is None else editing.with_condition(rule) or one.auto
        criteria.append(replace(one, ask=ask, auto=auto))
    return replace(stage, gate=replace(stage.gate, criteria=tuple(criteria)))
