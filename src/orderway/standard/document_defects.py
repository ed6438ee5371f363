"""What is wrong with the document as a whole: version and history, languages, quizzes, training, measures.

Never looks at flow, stages or rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from orderway.standard import flow
from orderway.standard.diff import read_version, smallest_step
from orderway.standard.document import Mark, Measure, Point, Stage, Standard, Text
from orderway.standard.draft import Draft, listed, suggestion
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence

EVENTS = (
    "gate_failed", "sent_back", "corrected", "credit_note", "damaged", "returned", "late", "stage_in_limit", "waived", "touchless",
    "in_full",
)  # fmt: skip
"""What a share can count, besides every kind in `errors`."""

FEEDBACK = "feedback."
GENERATED_QUESTIONS = ("limits", "owners", "gate_criteria", "table_rows", "needed_documents")
TARGET_UNITS: Mapping[str, tuple[str, ...]] = {"time": ("m", "h", "d"), "share": ("%",), "mean": ("",)}
STATISTIC = re.compile(r"mean|median|min|max|p[1-9][0-9]?")
UNIT_OF_TARGET = re.compile(r"[^0-9]*[0-9]+(?:\.[0-9]+)? ?(%|mo|[mhdy]|)")


def document_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of the head, the version history, the texts, the quizzes and the measures."""
    yield from _approvers(draft)
    yield from _version(draft)
    yield from _migration(draft)
    yield from _languages(draft)
    yield from _advisory(draft)
    for stage in draft.standard.stages.values():
        yield from _quiz(draft, stage)
    yield from _training(draft)
    yield from _measures(draft)


def _approvers(draft: Draft) -> Iterator[Problem]:
    standard = draft.standard
    if not standard.approved_by:
        message = Sentence("Nobody approves this document, so it could never be released. Name at least one role in approved_by.")
        yield Problem("approver-missing", draft.at("approved_by", otherwise=standard.mark), message)


# --- version and history --------------------------------------------------------------------------------------------


def _version(draft: Draft) -> Iterator[Problem]:
    standard = draft.standard
    mark = draft.at("version", otherwise=standard.mark)
    version = read_version(standard.version)
    if version is None:
        yield Problem("version-format", mark, Sentence("'{version}' is no version number. Write it as 1.2.3.", version=standard.version))
        return
    newest = standard.changes[0] if standard.changes else None
    if newest is None and (draft.previous is not None or version > (1, 0, 0)):
        message = Sentence(
            "Version {version} does not say what it changes. Write an entry under changes with its reason.", version=standard.version
        )
        yield Problem("change-missing", mark, message)
    elif newest is not None and newest.version != standard.version:
        place = draft.at("changes", 0, "version", otherwise=newest.mark)
        message = Sentence(
            "The newest change is about {newest}, the document is {version}. Write an entry for it on top.",
            newest=newest.version,
            version=standard.version,
        )
        yield Problem("change-missing", place, message)
    if draft.previous is not None:
        yield from _step(draft.previous, standard, mark)


def _step(old: Standard, new: Standard, mark: Mark) -> Iterator[Problem]:
    before, after = read_version(old.version), read_version(new.version)
    if before is None or after is None:
        return
    if after <= before:
        message = Sentence(
            "Version {version} does not come after {old}, which is released. Choose a higher number.",
            version=new.version,
            old=old.version,
        )
        yield Problem("version-step", mark, message)
    elif smallest_step(old, new) == "minor" and after[:2] == before[:2]:
        message = Sentence(
            "More than wording changed since {old}, so a patch is too small a step: the roles concerned must "
            "read it. Write {major}.{minor}.0.",
            old=old.version,
            major=before[0],
            minor=before[1] + 1,
        )
        yield Problem("version-step", mark, message)


def _migration(draft: Draft) -> Iterator[Problem]:
    standard, old = draft.standard, draft.previous
    newest = standard.changes[0] if standard.changes else None
    if newest is None or newest.running_orders != "migrate":
        return
    mark = draft.at("changes", 0, "map", otherwise=newest.mark)
    for stage, target in newest.map:
        if target not in draft.positions:
            message = Sentence(
                "The migration map leads '{stage}' to '{target}', which is no stage of the flow.{hint}",
                stage=stage,
                target=target,
                hint=suggestion(target, draft.positions),
            )
            yield Problem("migration-map", mark, Sentence("{message} Name a stage of the new flow.", message=message))
    before = flow.positions(old.flow) if old is not None else {}
    unknown = [stage for stage, _ in newest.map if old is not None and stage not in before]
    if unknown:
        message = Sentence(
            "The migration map names {unknown}, which the version before does not have. Take it out.", unknown=listed(unknown)
        )
        yield Problem("migration-map", mark, message)
    homeless = [stage for stage in before if stage not in draft.positions and stage not in dict(newest.map)]
    if homeless:
        message = Sentence(
            "Orders that stand in {homeless} would have no place in this version. Map each to a stage of the new flow.",
            homeless=listed(homeless),
        )
        yield Problem("migration-map", mark, message)


def _advisory(draft: Draft) -> Iterator[Problem]:
    named = draft.standard.advisory
    for index, stage in enumerate(named):
        mark = draft.at("advisory", index, otherwise=draft.standard.mark)
        if stage not in draft.positions:
            message = Sentence(
                "'{stage}' is advisory and no stage of the flow.{hint} Name one that is, or take it out.",
                stage=stage,
                hint=suggestion(stage, draft.positions),
            )
            yield Problem("advisory-unknown", mark, message)
        elif stage in named[:index]:
            yield Problem("advisory-twice", mark, Sentence("'{stage}' is named twice under advisory. Take one out.", stage=stage))


# --- texts ----------------------------------------------------------------------------------------------------------


def _languages(draft: Draft) -> Iterator[Problem]:
    for text in texts(draft.standard):
        written = text.languages()
        missing = [language for language in draft.standard.languages if language not in written]
        if missing and written != ("",):
            start = text.values[0][1][:30] if text.values else ""
            message = Sentence("The text '{start}' is missing in {languages}. Translate it.", start=start, languages=tuple(missing))
            yield Problem("language-missing", text.mark, message, "warning")


def texts(part: object) -> Iterator[Text]:
    """Every text inside a part of the document, in its order."""
    if isinstance(part, Text):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from texts(item)
    elif isinstance(part, Mapping):
        for item in part.values():
            yield from texts(item)
    elif is_dataclass(part):
        for field in fields(part):
            if field.compare:  # marks hold no texts
                yield from texts(getattr(part, field.name))


# --- quizzes and training -------------------------------------------------------------------------------------------


def _quiz(draft: Draft, stage: Stage) -> Iterator[Problem]:
    for index, item in enumerate(stage.quiz):
        right = sum(answer.right for answer in item.answers)
        if right == 0 or right == len(item.answers):
            said = Sentence("no right answer") if right == 0 else Sentence("no wrong answer")
            message = Sentence(
                "Question {number} of '{stage}' has {said}. Mark the right ones with right: true and keep a wrong one.",
                number=index + 1,
                stage=stage.id,
                said=said,
            )
            yield Problem("quiz-answer", item.mark, message)
        if stage.step(item.step) is None:
            mark = draft.at("stages", stage.id, "quiz", index, "step", otherwise=item.mark)
            hint = suggestion(item.step, [step.id for step in stage.steps])
            message = Sentence(
                "Question {number} of '{stage}' points to step '{step}', which is none of its steps.{hint} Name one.",
                number=index + 1,
                stage=stage.id,
                step=item.step,
                hint=hint,
            )
            yield Problem("quiz-step", mark, message)


def _training(draft: Draft) -> Iterator[Problem]:
    training = draft.standard.training
    if not 0 < training.pass_mark <= 100:
        mark = draft.at("training", "pass_mark", otherwise=draft.standard.mark)
        yield Problem(
            "training-pass-mark",
            mark,
            Sentence("A pass mark of {pass_mark} % cannot be. Choose 1 % to 100 %.", pass_mark=training.pass_mark),
        )
    for index, word in enumerate(training.generate):
        if word not in GENERATED_QUESTIONS:
            mark = draft.at("training", "generate", index, otherwise=draft.standard.mark)
            hint = suggestion(word, GENERATED_QUESTIONS)
            message = Sentence(
                "No questions can be made from '{word}'.{hint} Name one of: {known}.",
                word=word,
                hint=hint,
                known=GENERATED_QUESTIONS,
            )
            yield Problem("training-question", mark, message)


# --- measures -------------------------------------------------------------------------------------------------------


def _measures(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, measure in enumerate(draft.standard.kpis):
        if measure.id in seen:
            message = Sentence("Two measures have the id '{measure}'. Rename one; targets and history hang on the id.", measure=measure.id)
            yield Problem("kpi-twice", draft.at("kpis", index, "id", otherwise=measure.mark), message)
        seen.add(measure.id)
        if measure.measure == "time":
            yield from _times(draft, index, measure)
        else:
            yield from _named_events(draft, index, measure)
        yield from _target(draft, index, measure)


def _times(draft: Draft, index: int, measure: Measure) -> Iterator[Problem]:
    edges: tuple[tuple[str, Point | None], ...] = (("from", measure.start), ("to", measure.end))
    for key, point in edges:
        if point is not None and point.stage not in draft.positions:
            mark = draft.at("kpis", index, key, otherwise=measure.mark)
            hint = suggestion(point.stage, draft.positions)
            message = Sentence(
                "Measure '{measure}' counts {key} '{stage}', which is no stage of the flow.{hint} Name a stage of the flow.",
                measure=measure.id,
                key=key,
                stage=point.stage,
                hint=hint,
            )
            yield Problem("kpi-unknown", mark, message)
    if measure.stat is not None and not STATISTIC.fullmatch(measure.stat):
        mark = draft.at("kpis", index, "stat", otherwise=measure.mark)
        message = Sentence(
            "'{stat}' of measure '{measure}' is no statistic. Write mean, median, min, max or a percentile such as p80.",
            stat=measure.stat,
            measure=measure.id,
        )
        yield Problem("kpi-statistic", mark, message)


def _named_events(draft: Draft, index: int, measure: Measure) -> Iterator[Problem]:
    mark = draft.at("kpis", index, "of", otherwise=measure.mark)
    if not measure.of:
        message = Sentence("Measure '{measure}' does not say of what. Name it in of.", measure=measure.id)
        yield Problem("kpi-unknown", mark, message)
    known = _shares(draft) if measure.measure == "share" else _means(draft)
    for name in measure.of:
        if name not in known:
            message = Sentence(
                "Measure '{measure}' counts '{name}', which nobody records.{hint} Name one of: {known}.",
                measure=measure.id,
                name=name,
                hint=suggestion(name, known),
                known=known,
            )
            yield Problem("kpi-unknown", mark, message)


def _shares(draft: Draft) -> tuple[str, ...]:
    return (*EVENTS, *draft.standard.errors)


def _means(draft: Draft) -> tuple[str, ...]:
    numbers = [name for name, fact in draft.standard.facts.items() if fact.type.kind in ("number", "money", "percent")]
    customer = draft.standard.feedback.customer
    return (*numbers, *([FEEDBACK + customer.ask] if customer is not None else []))


def _target(draft: Draft, index: int, measure: Measure) -> Iterator[Problem]:
    for key, value in (("target", measure.target), ("baseline", measure.baseline)):
        unit = UNIT_OF_TARGET.match(value) if value is not None else None
        if unit is not None and unit[1] not in TARGET_UNITS[measure.measure]:
            mark = draft.at("kpis", index, key, otherwise=measure.mark)
            wanted = {
                "time": Sentence("a time such as '6d'"),
                "share": Sentence("a share such as '95%'"),
                "mean": Sentence("a number such as '4.5'"),
            }[measure.measure]
            message = Sentence(
                "Measure '{measure}' is a {kind}, so its {key} '{value}' compares with nothing. Write {wanted}.",
                measure=measure.id,
                kind=measure.measure,
                key=key,
                value=value or "",
                wanted=wanted,
            )
            yield Problem("kpi-target", mark, message)
