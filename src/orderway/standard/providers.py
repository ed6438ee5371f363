"""Who makes a fact known, and whether it is known at a place of the flow. Never reads a fact of any order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orderway.standard.document import Fact, FactType, Stage, StageId
from orderway.standard.draft import Draft, listed
from orderway.standard.sentences import Sentence


def providing_stages(draft: Draft, name: str) -> tuple[StageId, ...] | None:
    """The stages that make a fact (or a field of it, ``order.lines.route``) known; None if it is known from the start or has a default."""
    declared = _owner_of(name, draft.standard.facts)
    if declared is not None and draft.standard.facts[declared].has_default:
        return None
    product = _owner_of(name, draft.catalogue.facts)
    if product is None:
        return tuple(stage.id for stage in draft.standard.stages.values() if _records(stage, name))
    acts = _providing_acts(draft, product, name)
    return None if acts is None else tuple(stage.id for stage in draft.standard.stages.values() if stage.does in acts)


def missing_reason(draft: Draft, name: str, passed: frozenset[StageId], inside: StageId | None = None) -> Sentence | None:
    """Why the fact may be unknown after these stages, ending with what to do; None if every path has passed a provider.

    `inside`: the stage in whose gate is asked. It counts as passed even if it can be skipped, for then its gate is not asked either.
    """
    providers = providing_stages(draft, name)
    if providers is None:
        return None
    if not providers:
        return Sentence("no stage provides it. Add a stage whose act provides it ({offer}).", offer=_offer(draft, name))
    if inside in providers or any(stage in passed and draft.standard.stages[stage].skip_when is None for stage in providers):
        return None
    if any(stage in passed for stage in providers):
        return Sentence(
            "{providers} provides it but may be skipped. Give the fact a default or take the skip_when away.", providers=listed(providers)
        )
    return Sentence(
        "{providers} provides it and not every path has passed that. Move it behind, or give the fact a default.",
        providers=listed(providers),
    )


def unprovided(draft: Draft, fact: Fact) -> str | None:
    """The first name of this fact (itself or a field of it) that nobody provides anywhere in the standard, else None."""
    return next((name for name in _names(fact.name, fact.type) if providing_stages(draft, name) == ()), None)


def _names(name: str, fact_type: FactType) -> Iterator[str]:
    """The fact and every field of it, those of lists in lists too."""
    yield name
    for field, field_type in fact_type.record:
        yield from _names(f"{name}.{field}", field_type)


def _owner_of(name: str, facts: Mapping[str, object]) -> str | None:
    """The longest fact of which `name` is a field, or itself."""
    parts = name.split(".")
    candidates = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((candidate for candidate in candidates if candidate in facts), None)


def _records(stage: Stage, name: str) -> bool:
    return any(step.evidence is not None and step.evidence.fact == name for step in stage.steps)


def _providing_acts(draft: Draft, product: str, name: str) -> tuple[str, ...] | None:
    """The acts after which it is known; None if it exists as soon as the order does.

    A field that stands in the record of its list comes with the list, unless an act says that it provides the field later.
    """
    fact = draft.catalogue.facts[product]
    while fact.provided_by and name != product:
        acts = tuple(act.name for act in draft.catalogue.acts.values() if name in act.provides)
        if acts:
            return acts
        name = name.rpartition(".")[0]
    return fact.provided_by or None


def _offer(draft: Draft, name: str) -> Sentence:
    """What could provide the name: the acts of the product, or a step of the company."""
    product = _owner_of(name, draft.catalogue.facts)
    acts = _providing_acts(draft, product, name) if product else None
    if acts:
        return Sentence("does: {acts}", acts=_any(acts))
    return Sentence("a step with evidence and fact: {name}", name=name)


def _any(acts: tuple[str, ...]) -> str | Sentence:
    said: str | Sentence = acts[0]
    for act in acts[1:]:
        said = Sentence("{one} or {other}", one=said, other=act)
    return said
