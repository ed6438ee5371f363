"""What is wrong with the documents of the process: unknown, needed before made, or of no use. Never looks at their contents."""

from __future__ import annotations

from collections.abc import Iterator

from orderway.standard.document import Mark, Stage
from orderway.standard.draft import Draft, listed, suggestion
from orderway.standard.flow import Position, passed_before
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence


def paper_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of the declared documents and of the stages that need or make them."""
    for stage in draft.standard.stages.values():
        for name, mark, key in _named(draft, stage):
            if name not in draft.standard.documents:
                hint = suggestion(name, draft.standard.documents)
                message = Sentence(
                    "{key} of '{stage}' names '{name}', which is no document of this standard.{hint} Define it under documents.",
                    key=key,
                    stage=stage.id,
                    name=name,
                    hint=hint,
                )
                yield Problem("document-unknown", mark, message)
    for stage, position in draft.placed_stages():
        yield from _too_late(draft, stage, position)
    yield from _orphans(draft)
    yield from _templates(draft)


def _named(draft: Draft, stage: Stage) -> Iterator[tuple[str, Mark, str | Sentence]]:
    for index, name in enumerate(stage.needs):
        yield name, draft.at("stages", stage.id, "needs", index, otherwise=stage.mark), "needs"
    for index, name in enumerate(stage.makes):
        yield name, draft.at("stages", stage.id, "makes", index, otherwise=stage.mark), "makes"
    for index, step in enumerate(stage.steps):
        if step.evidence is not None and step.evidence.document is not None:
            mark = draft.at("stages", stage.id, "steps", index, "evidence", "document", otherwise=step.mark)
            yield step.evidence.document, mark, Sentence("evidence of step '{step}'", step=step.id)


def _too_late(draft: Draft, stage: Stage, position: Position) -> Iterator[Problem]:
    passed = passed_before(position) | {stage.id}
    for index, name in enumerate(stage.needs):
        document = draft.standard.documents.get(name)
        if document is None or document.source is not None:
            continue
        makers = [maker for maker in draft.standard.stages.values() if name in maker.makes]
        if any(maker.id in passed and (maker.skip_when is None or maker.id == stage.id) for maker in makers):
            continue
        mark = draft.at("stages", stage.id, "needs", index, otherwise=stage.mark)
        yield Problem(
            "document-late",
            mark,
            Sentence("Stage '{stage}' needs '{name}', {reason}", stage=stage.id, name=name, reason=_why_missing(makers)),
        )


def _why_missing(makers: list[Stage]) -> Sentence:
    if not makers:
        return Sentence("which nobody makes. Let an earlier stage make it, or say from: customer or supplier at the document.")
    return Sentence(
        "which {stages} makes, and not every order has been through that before. Let an earlier stage make it, or need it later.",
        stages=listed(maker.id for maker in makers),
    )


def _orphans(draft: Draft) -> Iterator[Problem]:
    used = {name for stage in draft.standard.stages.values() for name in (*stage.needs, *stage.makes)}
    for document in draft.standard.documents.values():
        if document.id not in used:
            message = Sentence(
                "No stage needs or makes document '{document}'. Name it in needs or makes of a stage, or delete it.", document=document.id
            )
            yield Problem("document-orphan", document.mark, message)


def _templates(draft: Draft) -> Iterator[Problem]:
    known = {*draft.catalogue.templates, *(name for act in draft.catalogue.acts.values() for name in act.templates)}
    for document in draft.standard.documents.values():
        if document.template is not None and document.template not in known:
            mark = draft.at("documents", document.id, "template", otherwise=document.mark)
            hint = suggestion(document.template, known)
            message = Sentence(
                "The product has no template '{template}'.{hint} Name one of: {known}.",
                template=document.template,
                hint=hint,
                known=tuple(sorted(known)),
            )
            yield Problem("template-unknown", mark, message)
