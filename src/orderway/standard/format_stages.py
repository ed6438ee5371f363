"""Flow, stages and what stands around them as maps and lists of words, ready to be written. Never writes a line itself."""

from __future__ import annotations

from orderway.standard.document import (
    Answer,
    Block,
    CancelRule,
    ChangeRule,
    ComplaintRule,
    Criterion,
    Each,
    Escalation,
    Evidence,
    Exceptions,
    Feedback,
    Gate,
    HoldRule,
    Measure,
    Node,
    QuizItem,
    Sequence,
    Stage,
    StageRef,
    Standard,
    Step,
    Training,
)
from orderway.standard.format_parts import List, Map, Plain, Value, entries, needed_text, text, words
from orderway.standard.parse_stages import DEFAULT_WARN

# --- flow -----------------------------------------------------------------------------------------------------------


def flow(sequence: Sequence) -> List:
    """The nodes; a list of nothing but stages stands on one line, except at the top."""
    return List(tuple(_node(node) for node in sequence.nodes))


def _node(node: Node) -> Value:
    match node:
        case StageRef():
            return node.stage
        case Sequence():
            return _inner(node)
        case Each():
            return entries(("each", f"{node.name} in {node.items}"), ("do", flow(node.do)))
        case Block():
            return _block(node)


def _inner(sequence: Sequence) -> List:
    return List(flow(sequence).items, inline=True)


def _block(block: Block) -> Map:
    if block.kind == "parallel":
        return Map(((block.kind, List(tuple(_inner(branch.do) for branch in block.branches), inline=True)),), inline=True)
    branches = tuple(
        entries(("when", branch.when.source if branch.when else None), ("do", _inner(branch.do)), inline=True) for branch in block.branches
    )
    return Map(((block.kind, List(branches)),))


# --- stages ---------------------------------------------------------------------------------------------------------


def stages(standard: Standard) -> Map:
    """The stages with an empty line between them."""
    return Map(tuple((id, _stage(stage)) for id, stage in standard.stages.items()), spaced=True)


def _stage(stage: Stage) -> Map:
    return entries(
        ("title", text(stage.title)),
        ("owner", stage.owner),
        ("does", stage.does),
        ("runs", stage.runs if stage.runs != "person" else None),
        ("limit", str(stage.limit)),
        ("warn", f"{stage.warn}%" if stage.warn != DEFAULT_WARN else None),
        ("escalate", List(tuple(_escalation(one) for one in stage.escalate), inline=True) if stage.escalate else None),
        ("calendar", stage.calendar),
        ("needs", words(stage.needs)),
        ("makes", words(stage.makes)),
        ("skip_when", stage.skip_when.source if stage.skip_when else None),
        ("steps", List(tuple(_step(step) for step in stage.steps)) if stage.steps else None),
        ("gate", _gate(stage.gate) if stage.gate else None),
        ("quiz", List(tuple(_quiz(item) for item in stage.quiz)) if stage.quiz else None),
    )


def _escalation(escalation: Escalation) -> Map:
    return entries(("after", f"{escalation.after}%"), ("to", escalation.to), inline=True)


def _step(step: Step) -> Map:
    return entries(
        ("id", step.id),
        ("do", text(step.do)),
        ("key", text(step.key)),
        ("why", text(step.why)),
        ("evidence", _evidence(step.evidence) if step.evidence else None),
    )


def _evidence(evidence: Evidence) -> Value:
    content = _content(evidence)
    if content is None and evidence.fact is None:
        return evidence.kind
    return entries((evidence.kind, content or Plain("true")), ("fact", evidence.fact), inline=True)


def _content(evidence: Evidence) -> Value | None:
    if evidence.kind == "document":
        return evidence.document
    if evidence.kind == "choice":
        return List(tuple(needed_text(choice) for choice in evidence.choices), inline=True)
    return text(evidence.label)


def _gate(gate: Gate) -> Map:
    fail = gate.fail
    failure = entries(("back_to", fail.back_to), ("at_most", str(fail.at_most)), ("then", fail.then), inline=True) if fail else None
    return entries(
        ("not_by", words(gate.not_by)),
        ("criteria", List(tuple(_criterion(one) for one in gate.criteria)) if gate.criteria else None),
        ("approve", gate.approve),
        ("fail", failure),
    )


def _criterion(criterion: Criterion) -> Map:
    return entries(
        ("id", criterion.id),
        ("title", text(criterion.title)),
        ("ask", text(criterion.ask)),
        ("auto", criterion.auto.source if criterion.auto else None),
        ("waive", words(criterion.waive)),
    )


def _quiz(item: QuizItem) -> Map:
    answers = List(tuple(_answer(answer) for answer in item.answers))
    return entries(("ask", text(item.ask)), ("step", item.step), ("choose", answers))


def _answer(answer: Answer) -> Value:
    said = needed_text(answer.text)
    if not answer.right:
        return said
    pairs = said.pairs if isinstance(said, Map) else (("text", said),)
    return Map((*pairs, ("right", Plain("true"))), inline=True)


# --- around the flow ------------------------------------------------------------------------------------------------


def exceptions(rules: Exceptions) -> Map:
    """What may happen at any time."""
    return entries(
        ("cancel", _cancel(rules.cancel) if rules.cancel else None),
        ("change", _change(rules.change) if rules.change else None),
        ("hold", _hold(rules.hold) if rules.hold else None),
        ("complaint", _complaint(rules.complaint) if rules.complaint else None),
    )


def _reason(required: bool) -> tuple[str, Value]:
    return "reason", "required" if required else "optional"


def _cancel(rule: CancelRule) -> Map:
    do = entries(("end", "cancelled"), ("undo", words(rule.undo)), inline=True)
    return entries(("by", List(rule.by, inline=True)), ("until", rule.until), _reason(rule.reason_required), ("do", do), inline=True)


def _change(rule: ChangeRule) -> Map:
    do = entries(("back_to", rule.back_to), inline=True)
    return entries(("by", List(rule.by, inline=True)), ("until", rule.until), _reason(rule.reason_required), ("do", do), inline=True)


def _hold(rule: HoldRule) -> Map:
    types = tuple(
        (
            kind.id,
            entries(
                ("by", List(kind.by, inline=True)),
                ("expires", str(kind.expires) if kind.expires else None),
                ("lift_when", kind.lift_when.source if kind.lift_when else None),
                inline=True,
            ),
        )
        for kind in rule.types
    )
    return entries(_reason(rule.reason_required), ("types", Map(types, inline=True)))


def _complaint(rule: ComplaintRule) -> Map:
    do = entries(("open", rule.opens), inline=True)
    return entries(("by", List(rule.by, inline=True)), ("after", rule.after), ("do", do), inline=True)


def feedback(asked: Feedback) -> Map:
    """Who is asked what."""
    staff = entries(("from", asked.staff_from), ("opens", asked.staff_opens), inline=True) if asked.staff_from else None
    return entries(("customer", _customer(asked)), ("staff", staff))


def _customer(asked: Feedback) -> Map | None:
    one = asked.customer
    if one is None:
        return None
    remind = str(one.remind) if one.remind else None
    return entries(("after", one.after), ("ask", one.ask), ("remind", remind), ("low", one.low), ("opens", one.opens), inline=True)


def training(training: Training) -> Map:
    """How courses are made; nothing if it is all as by default."""
    if training == Training():
        return Map(())
    return entries(
        ("pass_mark", f"{training.pass_mark}%"),
        ("valid", str(training.valid) if training.valid else None),
        ("gate", training.gate),
        ("generate", words(training.generate)),
    )


def measures(standard: Standard) -> List:
    """The measures, one on a line if it fits."""
    return List(tuple(_measure(measure) for measure in standard.kpis))


def _measure(measure: Measure) -> Map:
    alone = measure.measure == "mean" and len(measure.of) == 1
    return entries(
        ("id", measure.id),
        ("title", text(measure.title)),
        ("measure", measure.measure),
        ("from", f"{measure.start.stage}.{measure.start.edge}" if measure.start else None),
        ("to", f"{measure.end.stage}.{measure.end.edge}" if measure.end else None),
        ("stat", measure.stat),
        ("of", measure.of[0] if alone else words(measure.of)),
        ("target", measure.target),
        ("baseline", measure.baseline),
        inline=True,
    )
