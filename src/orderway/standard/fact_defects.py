"""What is wrong with the declared facts: no provider, another type than the product's, evidence that cannot record them.

Never looks at the rules that use them (`rule_defects` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orderway.standard.document import EvidenceKind, Fact, FactKind, FactType, Stage, Step
from orderway.standard.draft import Draft, suggestion
from orderway.standard.problems import Problem
from orderway.standard.providers import unprovided
from orderway.standard.sentences import NOTHING, Sentence

RECORDED_BY: dict[EvidenceKind, tuple[FactKind, ...]] = {
    "tick": ("bool",),
    "number": ("number", "money", "percent"),
    "choice": ("one_of", "text"),
    "scan": ("text",),
}
"""The types of fact that each kind of evidence can record; a photo, a file or a document records none."""


def fact_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of the declared facts and of the evidence that records them."""
    for fact in draft.standard.facts.values():
        product = draft.catalogue.facts.get(fact.name)
        difference = _difference(fact.type, _with_fields(draft, fact.name, product.type), fact.name) if product else None
        if difference is not None:
            message = Sentence("{difference} Declare it as the product knows it.", difference=difference)
            yield Problem("fact-type", draft.at("facts", fact.name, otherwise=fact.mark), message)
        yield from _provider(draft, fact)
        yield from _source(draft, fact)
    for stage in draft.standard.stages.values():
        for index, step in enumerate(stage.steps):
            yield from _evidence(draft, stage, index, step)


def _with_fields(draft: Draft, name: str, product: FactType) -> FactType:
    """The product's type with the fields of a list that are facts of their own (``order.lines.available``)."""
    if product.kind != "list":
        return product
    facts = draft.catalogue.facts
    apart = {key.removeprefix(f"{name}."): fact.type for key, fact in facts.items() if key.rpartition(".")[0] == name}
    fields = {**dict(product.record), **apart}
    return replace(product, record=tuple((field, _with_fields(draft, f"{name}.{field}", kind)) for field, kind in fields.items()))


def _difference(declared: FactType, product: FactType, name: str) -> Sentence | None:
    """How the declared type contradicts the product's; declaring fewer fields of a record is fine."""
    if declared.kind != product.kind:
        return Sentence(
            "Fact '{name}' is declared as {declared}; in the product it is {kind}.", name=name, declared=declared.kind, kind=product.kind
        )
    if set(declared.choices) != set(product.choices):
        return Sentence(
            "Fact '{name}' is declared with {declared}; the product knows {known}.",
            name=name,
            declared=declared.choices,
            known=product.choices,
        )
    for field, field_type in declared.record:
        known = product.field_type(field)
        if known is None:
            hint = suggestion(field, dict(product.record))
            return Sentence("The product's '{name}' has no field '{field}'.{hint}", name=name, field=field, hint=hint)
        difference = _difference(field_type, known, f"{name}.{field}")
        if difference is not None:
            return difference
    return None


def _provider(draft: Draft, fact: Fact) -> Iterator[Problem]:
    name = unprovided(draft, fact)
    if name is None:
        return
    hint = suggestion(name, draft.catalogue.facts) if fact.name not in draft.catalogue.facts else NOTHING
    message = Sentence(
        "Nobody provides '{name}'.{hint} Let a step record it (fact: {name}), bind a stage to an act that does, or give a default.",
        name=name,
        hint=hint,
    )
    yield Problem("fact-unprovided", fact.mark, message)


def _source(draft: Draft, fact: Fact) -> Iterator[Problem]:
    """`from:` of a fact names the stage whose step records it."""
    if fact.source is None:
        return
    stage = next((stage for stage in draft.standard.stages.values() if stage.id == fact.source), None)
    if stage is None or not any(step.evidence is not None and step.evidence.fact == fact.name for step in stage.steps):
        mark = draft.at("facts", fact.name, "from", otherwise=fact.mark)
        message = Sentence(
            "Fact '{fact}' is to come from '{source}', but no step there records it. Name the stage whose step does.",
            fact=fact.name,
            source=fact.source,
        )
        yield Problem("fact-source", mark, message)


def _evidence(draft: Draft, stage: Stage, index: int, step: Step) -> Iterator[Problem]:
    if step.evidence is None or step.evidence.fact is None:
        return
    mark = draft.at("stages", stage.id, "steps", index, "evidence", "fact", otherwise=step.mark)
    name, kind = step.evidence.fact, step.evidence.kind
    declared = draft.standard.facts.get(name)
    if declared is None:
        hint = suggestion(name, draft.standard.facts)
        message = Sentence(
            "Step '{step}' of '{stage}' records '{name}', which is not declared.{hint} Declare it under facts.",
            step=step.id,
            stage=stage.id,
            name=name,
            hint=hint,
        )
        yield Problem("fact-undeclared", mark, message)
    elif any(name == fact or name.startswith(f"{fact}.") for fact in draft.catalogue.facts):
        message = Sentence(
            "Step '{step}' of '{stage}' records '{name}', which the product itself keeps. Choose a name of your own.",
            step=step.id,
            stage=stage.id,
            name=name,
        )
        yield Problem("fact-of-product", mark, message)
    elif declared.type.kind not in RECORDED_BY.get(kind, ()):
        message = Sentence(
            "Step '{step}' of '{stage}' cannot record '{name}' ({kind}) by {evidence}. Change the evidence or the type.",
            step=step.id,
            stage=stage.id,
            name=name,
            kind=declared.type.kind,
            evidence=kind,
        )
        yield Problem("fact-evidence", mark, message)
