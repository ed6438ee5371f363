"""What changed between two versions of a standard, in sentences; how large the step must be; whose work it concerns.

Never says whether a change is good, and never reads the version history (`document_defects` does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from orderway.standard import flow
from orderway.standard.document import RoleId, Stage, StageId, Standard, Text
from orderway.standard.facets import Part, Said, Taken, take_apart

Version = tuple[int, int, int]

_WHOLE = re.compile(r'(?:step|criterion) "[^"]*"|question \d+|row \(.*\)(?: no\. \d+)?|gate')
"""Labels of what comes and goes as a whole inside a part."""

_UNQUOTED = ("effective", "languages")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is said differently.

    `kind`: what it is about (document, calendar, role, paper, fact, error, table, stage, flow, exceptions, feedback, training, kpi).
    `subject`: its id; `stage` too if it is a stage. `label`: which of its statements, empty for the whole. `before` or `after` is None
    if it was not said at all. `wording`: nobody has to work differently.
    """

    kind: str
    subject: str
    label: str
    before: str | None
    after: str | None
    sentence: str
    wording: bool = False

    @property
    def stage(self) -> StageId | None:
        """The stage that it is about, if it is about one."""
        return StageId(self.subject) if self.kind in ("stage", "flow") and self.subject else None


def diff(old: Standard, new: Standard) -> tuple[Difference, ...]:
    """Every difference but version number and history, in the order of the document; the flow first among the stages."""
    before = {(taken.part.kind, taken.part.id): taken for taken in take_apart(old)}
    after = {(taken.part.kind, taken.part.id): taken for taken in take_apart(new)}
    languages = frozenset(old.languages) & frozenset(new.languages) | {""}
    found: list[Difference] = list(_flow(old, new))
    for key, taken in after.items():
        if key in before:
            found.extend(_within(before[key], taken, languages))
        elif taken.part.kind != "stage":
            found.append(_whole(taken.part, added=True))
    found.extend(_whole(taken.part, added=False) for key, taken in before.items() if key not in after and taken.part.kind != "stage")
    return tuple(found)


def smallest_step(old: Standard, new: Standard) -> Literal["patch", "minor"] | None:
    """The smallest step of the version number that the change allows: patch for wording only; None if nothing changed."""
    differences = diff(old, new)
    if not differences:
        return None
    return "patch" if all(difference.wording for difference in differences) else "minor"


def roles_concerned(old: Standard, new: Standard) -> tuple[RoleId, ...]:
    """The roles of the new version whose work changes by more than wording, in the order of the document."""
    concerned: set[str] = set()
    for difference in diff(old, new):
        if not difference.wording:
            concerned |= _roles_of(difference, old) | _roles_of(difference, new)
    return tuple(role for role in new.roles if role in concerned)


def stages_reworked(old: Standard, new: Standard) -> frozenset[StageId]:
    """The stages in which more than wording changed, their own decision tables included."""
    differences = [one for one in diff(old, new) if not one.wording]
    changed = {StageId(one.subject) for one in differences if one.stage is not None}
    tables = {one.subject for one in differences if one.kind == "table"}
    around = {stage.id for stage in new.stages.values() if any(_uses_table(stage, table) for table in tables)}
    return frozenset(changed | around)


def read_version(text: str) -> Version | None:
    """``1.2.3`` as three numbers; None if it is anything else."""
    match = re.fullmatch(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


# --- parts ----------------------------------------------------------------------------------------------------------


def _whole(part: Part, *, added: bool) -> Difference:
    said = "added" if added else "removed"
    return Difference(part.kind, part.id, "", None if added else part.name, part.name if added else None, f"{part.name} {said}")


def _within(old: Taken, new: Taken, languages: frozenset[str]) -> Iterator[Difference]:
    labels = [*old.facets, *(label for label in new.facets if label not in old.facets)]
    come_and_gone = tuple(label for label in labels if _WHOLE.fullmatch(label) and (label in old.facets) != (label in new.facets))
    for label in come_and_gone:
        yield _came_and_went(new.part, label, old.facets.get(label), new.facets.get(label))
    for label in labels:
        if not any(label == whole or label.startswith(f"{whole} ") for whole in come_and_gone):
            yield from _statement(new.part, label, old.facets.get(label), new.facets.get(label), languages)
    for label, ids in new.ordered.items():
        before, after = _common_order(old.ordered.get(label, ()), ids)
        if before != after:
            yield _said_differently(new.part, f"order of {label}", ", ".join(before), ", ".join(after), wording=False)


def _came_and_went(part: Part, label: str, before: Said, after: Said) -> Difference:
    """A step, criterion, question, table row or gate as a whole; what it says in detail needs no sentence of its own."""
    old, new = _plain(before), _plain(after)
    verb, said = ("removed", old) if after is None else ("added", new)
    sentence = f"{part.name}: {label} {verb}" + (f" ({said})" if said else "")
    return Difference(part.kind, part.id, label, old, new, sentence)


def _statement(part: Part, label: str, before: Said, after: Said, languages: frozenset[str]) -> Iterator[Difference]:
    if isinstance(before, Text) or isinstance(after, Text):
        texts = tuple(said if isinstance(said, Text) else Text(()) for said in (before, after))
        yield from _wording(part, label, dict(texts[0].values), dict(texts[1].values), languages)
    elif before != after:
        yield _said_differently(part, label, _plain(before), _plain(after), wording=False)


def _wording(part: Part, label: str, old: dict[str, str], new: dict[str, str], languages: frozenset[str]) -> Iterator[Difference]:
    """One sentence for a text, in English if the English changed, else in the first language that did."""
    english_first = sorted(languages, key=lambda language: (language != "en", language))
    changed = [language for language in english_first if old.get(language) != new.get(language)]
    if changed:
        before, after = old.get(changed[0]), new.get(changed[0])
        yield _said_differently(part, label, before, after, wording=True)


def _plain(said: Said) -> str | None:
    if isinstance(said, Text):
        return said.in_language("en")
    return "" if said is True else said or None


def _said_differently(part: Part, label: str, before: str | None, after: str | None, *, wording: bool) -> Difference:
    quote = '"' if wording and label not in _UNQUOTED else ""
    old, new = (f"{quote}{said}{quote}" if said else "none" for said in (before, after))
    return Difference(part.kind, part.id, label, before, after, f"{part.name}: {label} {old} -> {new}", wording)


def _common_order(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one for one in old if one in new), tuple(one for one in new if one in old)


# --- flow -----------------------------------------------------------------------------------------------------------


def _flow(old: Standard, new: Standard) -> Iterator[Difference]:
    before, after = flow.positions(old.flow), flow.positions(new.flow)
    found = False
    for stage in (*before, *(stage for stage in after if stage not in before)):
        where_before = _where(old, stage) if stage in before else None
        where_after = _where(new, stage) if stage in after else None
        if (where_before is None) != (where_after is None):
            found = True
            yield _came_or_went(stage, old, new, where_before, where_after)
    for stage in _moved(old, new):
        found = True
        place, target = _where(old, stage), _where(new, stage)
        yield Difference("flow", stage, "position", place, target, f"{_title(new, stage)} moved: {place} -> {target}")
    yield from _undefined_elsewhere(old, new)
    if not found and old.flow != new.flow:
        yield Difference("flow", "", "blocks", "", "", "The blocks of the flow changed")


def _came_or_went(stage: StageId, old: Standard, new: Standard, before: str | None, after: str | None) -> Difference:
    if after is not None:
        return Difference("flow", stage, "", None, after, f"{_title(new, stage)} added {after}")
    return Difference("flow", stage, "", before, None, f"{_title(old, stage)} removed")


def _undefined_elsewhere(old: Standard, new: Standard) -> Iterator[Difference]:
    """Stages that are defined in one version only and never in a flow; a sound standard has none."""
    reached = {*flow.positions(old.flow), *flow.positions(new.flow)}
    for stage in {**old.stages, **new.stages}:
        if stage not in reached and (stage in old.stages) != (stage in new.stages):
            title = _title(new if stage in new.stages else old, stage)
            yield _whole(Part("stage", stage, title), added=stage in new.stages)


def _moved(old: Standard, new: Standard) -> Iterator[StageId]:
    """Stages whose enclosing blocks changed, or that left their place among those that stayed."""
    before, after = flow.positions(old.flow), flow.positions(new.flow)
    order_before = [stage for stage in before if stage in after]
    order_after = [stage for stage in after if stage in before]
    kept: set[StageId] = set()
    for match in SequenceMatcher(None, order_before, order_after, autojunk=False).get_matching_blocks():
        kept |= set(order_before[match.a : match.a + match.size])
    for stage in order_after:
        if stage not in kept or before[stage].enclosure() != after[stage].enclosure():
            yield stage


def _where(standard: Standard, stage: StageId) -> str:
    """``after review, in each delivery in order.deliveries``: the stage before it in the manual, and the blocks around it."""
    order = list(flow.positions(standard.flow))
    place = order.index(stage)
    neighbour = f"after {order[place - 1]}" if place else "at the beginning"
    blocks = flow.positions(standard.flow)[stage].enclosure()
    return ", in ".join([neighbour, *blocks])


def _title(standard: Standard, stage: StageId) -> str:
    defined = standard.stages.get(stage)
    return defined.title.in_language("en", standard.languages) if defined else stage


# --- roles ----------------------------------------------------------------------------------------------------------


def _roles_of(difference: Difference, standard: Standard) -> set[str]:
    """Whose work one difference touches, by the standard given; the owner of the document if it is nobody's in particular."""
    subject = difference.subject
    match difference.kind:
        case "stage" | "flow" if subject:
            stage = standard.stages.get(StageId(subject))
            return roles_in(stage, standard) if stage else set()
        case "role":
            return {subject}
        case "table":
            return _roles_around_table(subject, standard)
        case "paper":
            return {stage.owner for stage in standard.stages.values() if subject in (*stage.needs, *stage.makes)}
        case "calendar":
            return {stage.owner for stage in standard.stages.values() if (stage.calendar or standard.calendar) == subject}
        case "exceptions":
            return _roles_in_exceptions(standard)
        case _:
            return {standard.owner}


def roles_in(stage: Stage, standard: Standard) -> set[str]:
    """Everybody who may have to act in a stage: its owner, who waives, who signs, who decides after the last failure."""
    roles: set[str] = {stage.owner}
    if stage.gate is not None:
        roles |= {role for criterion in stage.gate.criteria for role in criterion.waive}
        roles |= {stage.gate.fail.then} if stage.gate.fail else set()
        table = standard.tables.get(stage.gate.approve or "")
        roles |= {role for row in table.rows for role in row.output} if table else set()
    return roles


def _roles_around_table(table_id: str, standard: Standard) -> set[str]:
    table = standard.tables.get(table_id)
    signing = {role for row in table.rows for role in row.output} if table and table.output == "role" else set()
    deciding = {stage.owner for stage in standard.stages.values() if _uses_table(stage, table_id)}
    return {*signing, *deciding}


def _uses_table(stage: Stage, table_id: str) -> bool:
    rules = [stage.skip_when, *(criterion.auto for criterion in stage.gate.criteria)] if stage.gate else [stage.skip_when]
    named = any(rule is not None and re.search(rf"\btable\.{re.escape(table_id)}\b", rule.source) for rule in rules)
    return named or (stage.gate is not None and stage.gate.approve == table_id)


def _roles_in_exceptions(standard: Standard) -> set[str]:
    rules = standard.exceptions
    roles: set[str] = set()
    for rule in (rules.cancel, rules.change, rules.complaint, *(rules.hold.types if rules.hold else ())):
        roles |= set(rule.by) if rule is not None else set()
    return roles
