"""Reads the stages: steps with their evidence, gates, quizzes. Never asks whether the names in them exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orderway.standard import reading
from orderway.standard.document import (
    Answer,
    Criterion,
    Escalation,
    Evidence,
    EvidenceKind,
    Gate,
    GateFailure,
    QuizItem,
    RoleId,
    Stage,
    StageId,
    Step,
    Text,
)
from orderway.standard.reading import Fields, Log
from orderway.standard.sentences import Sentence, quoted
from orderway.standard.yaml_tree import Entries, Scalar, Tree

_STAGE_KEYS = (
    *("title", "owner", "does", "runs", "limit", "warn", "escalate", "calendar"),
    *("needs", "makes", "skip_when", "steps", "gate", "quiz"),
)
_KINDS: tuple[EvidenceKind, ...] = ("tick", "number", "choice", "photo", "scan", "file", "document", "system")
_RUNS = ("person", "system")
DEFAULT_WARN = 75  # percent of the limit: STANDARD, decision 5


def stages(log: Log, tree: Tree) -> dict[StageId, Stage]:
    """The stages in the order of the document."""
    return {StageId(id): _stage(log, StageId(id), key, value) for id, key, value in reading.named(log, tree, quoted("stages"))}


def _stage(log: Log, id: StageId, key: Scalar, tree: Tree) -> Stage:
    fields = Fields(log, tree, Sentence("stage '{name}'", name=id), _STAGE_KEYS)
    gate, steps, quiz, escalate = (fields.optional(part) for part in ("gate", "steps", "quiz", "escalate"))
    return Stage(
        id=id,
        title=fields.text("title"),
        owner=RoleId(fields.word("owner")),
        limit=fields.limit("limit"),
        steps=_steps(log, steps, id) if steps else (),
        does=_act(fields),
        runs="system" if fields.optional_option("runs", _RUNS) == "system" else "person",
        warn=fields.percent("warn", DEFAULT_WARN),
        escalate=tuple(_escalation(log, part, id) for part in reading.items(log, escalate, Sentence("'escalate' of {name}", name=id)))
        if escalate
        else (),
        calendar=fields.optional_word("calendar"),
        needs=fields.words("needs"),
        makes=fields.words("makes"),
        skip_when=fields.expression("skip_when"),
        gate=_gate(log, gate, id) if gate else None,
        quiz=tuple(_quiz(log, part, id) for part in reading.items(log, quiz, Sentence("'quiz' of {name}", name=id))) if quiz else (),
        mark=key.mark,
    )


def _act(fields: Fields) -> str | None:
    act = fields.optional_line("does")
    if act is not None and not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", act):
        tree = fields.optional("does")
        fields.log.hole(
            "bad-word",
            tree.mark if tree else fields.mark,
            Sentence("'does' of {place} must be an act such as stock.reserve.", place=fields.place),
        )
    return act


def _escalation(log: Log, tree: Tree, id: str) -> Escalation:
    fields = Fields(log, tree, Sentence("an escalation of '{name}'", name=id), ("after", "to"))
    after = fields.required("after")
    return Escalation(reading.percent(log, after, quoted("after")) if after else 0, RoleId(fields.word("to")), tree.mark)


# --- steps ----------------------------------------------------------------------------------------------------------


def _steps(log: Log, tree: Tree, stage: str) -> tuple[Step, ...]:
    taken: set[str] = set()
    steps = []
    for number, part in enumerate(reading.items(log, tree, Sentence("'steps' of {stage}", stage=stage)), start=1):
        step = _step(log, part, Sentence("step {number} of '{stage}'", number=number, stage=stage), number, taken)
        taken.add(step.id)
        steps.append(step)
    return tuple(steps)


def _step(log: Log, tree: Tree, place: Sentence, number: int, taken: set[str]) -> Step:
    fields = Fields(log, tree, place, ("id", "do", "key", "why", "evidence"))
    do = fields.text("do")
    id = fields.optional_word("id")
    if id is None:
        id = free_id(do, number, taken)
        log.warning(
            "step-without-id",
            tree.mark,
            Sentence("{place} has no id; it is called '{name}' as long as its text stays. Write 'id: {name}'.", place=place, name=id),
        )
    evidence = fields.optional("evidence")
    proof = _evidence(log, evidence, place) if evidence else None
    return Step(id, do, fields.optional_text("key"), fields.optional_text("why"), proof, tree.mark)


def free_id(text: Text, number: int, taken: set[str]) -> str:
    """An id made of the first English word, else ``step_N``; numbered if it is taken."""
    word = re.match(r"[A-Za-z][a-z]+", text.in_language("en"))
    wanted = word[0].lower() if word else f"step_{number}"
    return next(id for id in (wanted, *(f"{wanted}_{n}" for n in range(2, len(taken) + 3))) if id not in taken)


def _evidence(log: Log, tree: Tree, place: Sentence) -> Evidence:
    if not isinstance(tree, Entries):
        kind = reading.option(log, tree, Sentence("'evidence' of {place}", place=place), _KINDS)
        if kind in ("document", "choice"):
            log.hole(
                "bad-evidence",
                tree.mark,
                Sentence("'{kind}' as evidence of {place} must say which: {{{kind}: ...}}.", kind=kind, place=place),
            )
        return Evidence(kind, mark=tree.mark)
    kinds = [kind for kind in _KINDS if any(key.text == kind for key, _ in tree.entries)]
    fields = Fields(log, tree, Sentence("the evidence of {place}", place=place), (*_KINDS, "fact"))
    if len(kinds) != 1:
        log.hole("bad-evidence", tree.mark, Sentence("The evidence of {place} must be exactly one of {known}.", place=place, known=_KINDS))
        return Evidence("tick", mark=tree.mark)
    return _detailed(fields, kinds[0], fields.optional_line("fact"), place)


def _detailed(fields: Fields, kind: EvidenceKind, fact: str | None, place: Sentence) -> Evidence:
    body = fields.required(kind)
    if kind == "document":
        return Evidence(kind, document=fields.word(kind) if body else "", fact=fact, mark=fields.mark)
    if kind == "choice":
        choices = tuple(_choices(fields.log, body, place)) if body else ()
        return Evidence(kind, choices=choices, choice_ids=_choice_ids(fields, choices), fact=fact, mark=fields.mark)
    bare = isinstance(body, Scalar) and body.plain and body.text == "true"
    return Evidence(kind, label=None if bare else fields.text(kind), fact=fact, mark=fields.mark)


def _choices(log: Log, tree: Tree, place: Sentence) -> Iterator[Text]:
    for part in reading.items(log, tree, Sentence("'choice' of {place}", place=place)):
        yield reading.text(log, part, Sentence("A choice of {place}", place=place))


def _choice_ids(fields: Fields, choices: tuple[Text, ...]) -> tuple[str, ...]:
    ids = tuple(choice_id(choice) for choice in choices)
    if len(set(ids)) < max(len(ids), 1):
        fields.log.hole(
            "bad-evidence", fields.mark, Sentence("The choices in {place} must differ, and there must be at least one.", place=fields.place)
        )
    return ids


def choice_id(choice: Text) -> str:
    """A plain word itself; else its English (or first) text in lower case with '_' between words."""
    said = choice.in_language("en")
    if choice.languages() == ("",):
        return said
    return re.sub(r"\W+", "_", said.lower()).strip("_") or said


# --- gates ----------------------------------------------------------------------------------------------------------


def _gate(log: Log, tree: Tree, stage: str) -> Gate:
    fields = Fields(log, tree, Sentence("the gate of '{stage}'", stage=stage), ("not_by", "criteria", "approve", "fail"))
    criteria, fail = fields.optional("criteria"), fields.optional("fail")
    return Gate(
        criteria=tuple(
            _criterion(log, part, stage) for part in reading.items(log, criteria, Sentence("'criteria' of {stage}", stage=stage))
        )
        if criteria
        else (),
        not_by=tuple(StageId(barred) for barred in fields.words("not_by")),
        approve=fields.optional_word("approve"),
        fail=_failure(log, fail, stage) if fail else None,
        mark=tree.mark,
    )


def _criterion(log: Log, tree: Tree, stage: str) -> Criterion:
    fields = Fields(log, tree, Sentence("a criterion of '{stage}'", stage=stage), ("id", "ask", "auto", "title", "waive"))
    waive = tuple(RoleId(role) for role in fields.words("waive"))
    return Criterion(
        fields.word("id"), fields.optional_text("ask"), fields.expression("auto"), fields.optional_text("title"), waive, tree.mark
    )


def _failure(log: Log, tree: Tree, stage: str) -> GateFailure:
    fields = Fields(log, tree, Sentence("'fail' of '{stage}'", stage=stage), ("back_to", "at_most", "then"))
    return GateFailure(StageId(fields.word("back_to")), fields.integer("at_most"), RoleId(fields.word("then")), tree.mark)


# --- quizzes --------------------------------------------------------------------------------------------------------


def _quiz(log: Log, tree: Tree, stage: str) -> QuizItem:
    fields = Fields(log, tree, Sentence("a quiz question of '{stage}'", stage=stage), ("ask", "step", "choose"))
    choose = fields.required("choose")
    answers = (
        tuple(_answer(log, part, stage) for part in reading.items(log, choose, Sentence("'choose' of {stage}", stage=stage)))
        if choose
        else ()
    )
    return QuizItem(fields.text("ask"), fields.word("step"), answers, tree.mark)


def _answer(log: Log, tree: Tree, stage: str) -> Answer:
    besides = ("right", "text")
    right = _beside(tree, "right")
    neutral = _beside(tree, "text")
    words = reading.text(log, neutral or tree, Sentence("An answer in the quiz of '{stage}'", stage=stage), besides)
    return Answer(words, reading.flag(log, right, Sentence("'right' in the quiz of '{stage}'", stage=stage)) if right else False)


def _beside(tree: Tree, key: str) -> Tree | None:
    return next((value for name, value in tree.entries if name.text == key), None) if isinstance(tree, Entries) else None
