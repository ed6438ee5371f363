"""A standard taken apart into single statements ("limit of review is 4h"), so that two versions can be compared one by one.

Each statement knows whether it is only wording. Never compares anything itself (`diff` does).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orderway.standard.document import (
    Calendar,
    Criterion,
    DocumentKind,
    Evidence,
    Fact,
    FactType,
    Gate,
    Measure,
    Row,
    Stage,
    Standard,
    Step,
    Table,
    Text,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a standard that comes and goes as a whole: a stage, a role, a table; `name` is what people call it."""

    kind: str
    id: str
    name: str


Said = str | bool | Text | None
Facets = Mapping[str, Said]
"""What is said under each label; a Text is wording, everything else is a rule; None: nothing is said."""

Ordered = Mapping[str, tuple[str, ...]]
"""Labels under which the sequence counts, with the ids in their order."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A part with all that it says."""

    part: Part
    facets: Facets
    ordered: Ordered


def take_apart(standard: Standard) -> Iterator[Taken]:
    """Every part of the standard but its flow, version and history."""
    yield Taken(Part("document", "document", "The document"), dict(_head(standard)), {})
    for calendar in standard.calendars.values():
        yield Taken(Part("calendar", calendar.id, f'Calendar "{calendar.id}"'), dict(_calendar(calendar)), {})
    for role in standard.roles.values():
        yield Taken(Part("role", role.id, f'Role "{role.id}"'), {"title": role.title}, {})
    for document in standard.documents.values():
        yield Taken(Part("paper", document.id, f'Document "{document.id}"'), dict(_paper(document)), {})
    for fact in standard.facts.values():
        yield Taken(Part("fact", fact.name, f'Fact "{fact.name}"'), dict(_fact(fact)), {})
    for error in standard.errors.values():
        yield Taken(Part("error", error.id, f'Error kind "{error.id}"'), {"title": error.title}, {})
    for table in standard.tables.values():
        yield Taken(Part("table", table.id, f'Table "{table.id}"'), dict(_table(table)), {"rows": tuple(_row_labels(table))})
    for stage in standard.stages.values():
        name = stage.title.in_language("en", standard.languages) or stage.id
        force = {"force": "advisory" if stage.id in standard.advisory else "binding"}
        yield Taken(Part("stage", stage.id, name), {**dict(_stage(stage)), **force}, dict(_sequences(stage)))
    yield Taken(Part("exceptions", "exceptions", "Exceptions"), dict(_exceptions(standard)), {})
    yield Taken(Part("feedback", "feedback", "Feedback"), dict(_feedback(standard)), {})
    yield Taken(Part("training", "training", "Training"), dict(_training(standard)), {})
    for measure in standard.kpis:
        yield Taken(Part("kpi", measure.id, f'Measure "{measure.id}"'), dict(_measure(measure)), {})


def _head(standard: Standard) -> Iterator[tuple[str, Said]]:
    yield "id", standard.id
    yield "title", standard.title
    yield "owner", standard.owner
    yield "approved_by", _joined(standard.approved_by)
    yield "effective", Text((("", standard.effective or "when released"),))  # every version has its own day
    yield "review_every", _said(standard.review_every)
    yield "authoritative language", standard.languages[0] if standard.languages else None
    yield "languages", Text((("", ", ".join(standard.languages)),))  # a further language is nothing but texts
    yield "calendar", standard.calendar
    amiss = [stage for at, stage in enumerate(standard.advisory) if stage not in standard.stages or stage in standard.advisory[:at]]
    yield "advisory", _joined(tuple(amiss))  # what is right about it is said at the stages


def _calendar(calendar: Calendar) -> Iterator[tuple[str, Said]]:
    yield "zone", calendar.zone
    yield "holidays", calendar.holidays
    for day, spans in zip(DAYS, calendar.hours, strict=False):
        yield f"hours on {day}", ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans) or "closed"


def _paper(document: DocumentKind) -> Iterator[tuple[str, Said]]:
    yield "title", document.title
    yield "keep", _said(document.keep)
    yield "template", document.template
    yield "from", document.source


def _fact(fact: Fact) -> Iterator[tuple[str, Said]]:
    yield "type", type_in_words(fact.type)
    yield "default", _said(fact.default) if fact.has_default else None
    yield "from", fact.source


def type_in_words(fact_type: FactType) -> str:
    """``list of {sku: text, qty: number}``, ``one of stock, make``, ``money``."""
    if fact_type.kind == "list":
        return "list of {" + ", ".join(f"{name}: {type_in_words(part)}" for name, part in fact_type.record) + "}"
    return "one of " + ", ".join(fact_type.choices) if fact_type.kind == "one_of" else fact_type.kind


def _table(table: Table) -> Iterator[tuple[str, Said]]:
    yield "inputs", ", ".join(expression.source for expression in table.inputs)
    yield "output", table.output
    yield "hit", table.hit
    for label, row in zip(_row_labels(table), table.rows, strict=True):
        yield label, ", ".join(row.output) or "none"


def _row_labels(table: Table) -> Iterator[str]:
    """A row is known by its tests; the second one with the same tests by a number besides."""
    seen: dict[Row, int] = {}
    for row in table.rows:
        key = Row(row.tests, ())
        seen[key] = seen.get(key, 0) + 1
        yield f"row ({' | '.join(row.tests)})" + (f" no. {seen[key]}" if seen[key] > 1 else "")


# --- stages ---------------------------------------------------------------------------------------------------------


def _stage(stage: Stage) -> Iterator[tuple[str, Said]]:
    yield "title", stage.title
    yield "owner", stage.owner
    yield "does", stage.does
    yield "runs", stage.runs
    yield "limit", str(stage.limit)
    yield "warn", f"{stage.warn}%"
    yield "escalate", "; ".join(f"after {one.after}% to {one.to}" for one in stage.escalate) or None
    yield "calendar", stage.calendar
    yield "needs", _joined(stage.needs)
    yield "makes", _joined(stage.makes)
    yield "skip_when", stage.skip_when.source if stage.skip_when else None
    for step in stage.steps:
        yield from _step(step)
    if stage.gate is not None:
        yield from _gate(stage.gate)
    for number, item in enumerate(stage.quiz, start=1):
        label = f"question {number}"
        yield label, f"on {item.step}: {', '.join('right' if answer.right else 'wrong' for answer in item.answers)}"
        yield f"{label} text", item.ask
        for place, answer in enumerate(item.answers, start=1):
            yield f"{label} answer {place}", answer.text


def _sequences(stage: Stage) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "steps", tuple(step.id for step in stage.steps)
    if stage.gate is not None:
        yield "criteria", tuple(criterion.id for criterion in stage.gate.criteria)


def _step(step: Step) -> Iterator[tuple[str, Said]]:
    label = f'step "{step.id}"'
    yield label, True
    yield f"{label} do", step.do
    yield f"{label} key", step.key
    yield f"{label} why", step.why
    if step.evidence is not None:
        yield f"{label} evidence", _evidence(step.evidence)
        yield f"{label} label", step.evidence.label
        for number, choice in enumerate(step.evidence.choices, start=1):
            yield f"{label} choice {number}", choice


def _evidence(evidence: Evidence) -> str:
    details = [evidence.document, ", ".join(evidence.choice_ids) or None, f"fact {evidence.fact}" if evidence.fact else None]
    return " ".join([evidence.kind, *(detail for detail in details if detail)])


def _gate(gate: Gate) -> Iterator[tuple[str, Said]]:
    yield "gate", True
    yield "gate not_by", _joined(gate.not_by)
    yield "gate approve", gate.approve
    if gate.fail is not None:
        yield "gate fail", f"back to {gate.fail.back_to}, at most {gate.fail.at_most}, then {gate.fail.then}"
    for criterion in gate.criteria:
        yield from _criterion(criterion)


def _criterion(criterion: Criterion) -> Iterator[tuple[str, Said]]:
    label = f'criterion "{criterion.id}"'
    yield label, f"auto {criterion.auto.source}" if criterion.auto else "ask"
    yield f"{label} waive", _joined(criterion.waive)
    yield f"{label} ask", criterion.ask
    yield f"{label} title", criterion.title


# --- the rest -------------------------------------------------------------------------------------------------------


def _exceptions(standard: Standard) -> Iterator[tuple[str, Said]]:
    rules = standard.exceptions
    if rules.cancel is not None:
        yield "cancel", f"by {_joined(rules.cancel.by)} until {rules.cancel.until}{_reason(rules.cancel.reason_required)}"
        yield "cancel undo", _joined(rules.cancel.undo)
    if rules.change is not None:
        change = rules.change
        yield "change", f"by {_joined(change.by)} until {change.until}{_reason(change.reason_required)}"
        yield "change back_to", change.back_to
    if rules.hold is not None:
        yield "hold", f"any of its types{_reason(rules.hold.reason_required)}"
        for kind in rules.hold.types:
            waits = f", lifts when {kind.lift_when.source}" if kind.lift_when else ""
            yield f'hold "{kind.id}"', f"by {_joined(kind.by)}, expires {_said(kind.expires) or 'never'}{waits}"
    if rules.complaint is not None:
        yield "complaint", f"by {_joined(rules.complaint.by)} after {rules.complaint.after} opens {rules.complaint.opens}"


def _feedback(standard: Standard) -> Iterator[tuple[str, Said]]:
    customer = standard.feedback.customer
    if customer is not None:
        yield "customer", f"{customer.ask} after {customer.after}"
        yield "remind", _said(customer.remind)
        yield "low", customer.low
        yield "opens", customer.opens
    yield "staff from", standard.feedback.staff_from
    yield "staff opens", standard.feedback.staff_opens


def _training(standard: Standard) -> Iterator[tuple[str, Said]]:
    yield "pass_mark", f"{standard.training.pass_mark}%"
    yield "valid", _said(standard.training.valid)
    yield "gate", standard.training.gate
    yield "generate", _joined(standard.training.generate)


def _measure(measure: Measure) -> Iterator[tuple[str, Said]]:
    yield "title", measure.title
    yield "measure", " ".join([measure.measure, measure.stat or ""]).strip()
    yield "from", f"{measure.start.stage}.{measure.start.edge}" if measure.start else None
    yield "to", f"{measure.end.stage}.{measure.end.edge}" if measure.end else None
    yield "of", _joined(measure.of)
    yield "target", measure.target
    yield "baseline", measure.baseline


def _joined(words: tuple[str, ...]) -> str | None:
    return ", ".join(words) or None


def _said(value: object) -> str | None:
    return None if value is None else str(value)


def _reason(required: bool) -> str:
    return "" if required else ", reason optional"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
