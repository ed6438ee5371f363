"""From the form of a task to its act: evidence and papers first, then the act that the stage names. One function per button.

Judges nothing; the acts refuse, and what they refuse comes back as the refusal to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from orderway.engine.refusals import Refusal
from orderway.orders import acts, documents, uploads
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import StoredDocument, WorkItem
from orderway.pages.act_forms import Sent, form_of
from orderway.releases import catalogue
from orderway.releases.publishing import program_of
from orderway.web.faults import fault_of

EVIDENCE, FINDING, DOCUMENT, FILE = "evidence.", "finding.", "document.", "file."


class NoPage(AssertionError):
    """A standard names an act that neither a form nor the system can do; a release refuses that."""


def finish(item: WorkItem, sent: Sent, *, actor: Actor, now: datetime) -> Refusal | None:
    """Record what came along and complete the item. What was recorded stays recorded when the act is refused."""
    return save(item, sent, actor=actor, now=now) or _act(item, sent, actor=actor, now=now)


def save(item: WorkItem, sent: Sent, *, actor: Actor, now: datetime) -> Refusal | None:
    """Record evidence and papers without completing; all of it or, if one thing is refused, nothing."""
    try:
        with transaction.atomic():
            _attach(item, sent, actor=actor, now=now)
            _record(item, {**_given(sent, EVIDENCE), **_photos(item, sent, actor=actor, now=now)}, actor=actor, now=now)
    except Refusal as refusal:
        return refusal
    return None


def send_back(item: WorkItem, sent: Sent, *, actor: Actor, now: datetime) -> Refusal | None:
    """Fail the item's gate, with the error that was found."""
    reason = _text(sent, "back_reason")[:500]
    fault = fault_of(sent.fields, reason)
    return _caught(lambda: acts.send_back([item.place], reason=reason, fault=fault, stage=item.stage, actor=actor, now=now))


def sign(item: WorkItem, *, approve: bool, reason: str, actor: Actor, now: datetime) -> Refusal | None:
    """Sign or refuse to."""
    return _caught(lambda: acts.sign([item.place], approve=approve, reason=reason, stage=item.stage, actor=actor, now=now))


def decide(item: WorkItem, reason: str, *, actor: Actor, now: datetime) -> Refusal | None:
    """Pass a gate that failed too often."""
    return _caught(lambda: acts.decide({item.place: Completion(reason=reason)}, stage=item.stage, actor=actor, now=now))


def waive(item: WorkItem, criterion: str, reason: str, *, actor: Actor, now: datetime) -> Refusal | None:
    """Let an automatic criterion of the item's gate pass."""
    return _caught(lambda: acts.waive([item.place], criterion, reason=reason, stage=item.stage, actor=actor, now=now))


def claim(item: WorkItem, *, actor: Actor, now: datetime) -> Refusal | None:
    """Take the item over."""
    return _caught(lambda: acts.claim([item.place], stage=item.stage, actor=actor, now=now))


def _act(item: WorkItem, sent: Sent, *, actor: Actor, now: datetime) -> Refusal | None:
    findings = {criterion: answer == "yes" for criterion, answer in _given(sent, FINDING).items()}
    reason = _text(sent, "reason")
    if not all(findings.values()):
        reason = reason or _text(sent, "back_reason")[:500]
    completion = Completion(findings, outcome=_text(sent, "outcome"), reason=reason, fault=fault_of(sent.fields, reason))
    if item.kind == "leftover":
        return _caught(lambda: acts.settle([item.place], stage=item.stage, outcome=completion.outcome, actor=actor, now=now))
    if not item.act:
        return _caught(lambda: acts.complete({item.place: completion}, stage=item.stage, actor=actor, now=now))
    form = form_of(item.act)
    if form is not None:
        return _caught(lambda: form.perform(item.place, sent, completion=completion, actor=actor, now=now))
    registered = catalogue.act(item.act)
    if registered is None or registered.run is None:
        raise NoPage(item.act)
    run = registered.run
    return _caught(lambda: run([item.place], actor=actor, now=now))


def _caught(act: Callable[[], Mapping[str, Refusal]]) -> Refusal | None:
    try:
        refused = act()
    except Refusal as refusal:
        return refusal
    return next(iter(refused.values()), None)


def _attach(item: WorkItem, sent: Sent, *, actor: Actor, now: datetime) -> None:
    files = [_attachment(file, name.removeprefix(DOCUMENT), name) for name, file in _files(sent, DOCUMENT)]
    if files:
        _raise(acts.attach({item.place: files}, stage=item.stage, actor=actor, now=now))


def _record(item: WorkItem, evidence: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    if evidence:
        _raise(acts.add_evidence({item.place: evidence}, stage=item.stage, actor=actor, now=now))


def _photos(item: WorkItem, sent: Sent, *, actor: Actor, now: datetime) -> dict[str, str]:
    """Photos and files of steps, stored; the evidence is the key of the stored document."""
    evidence = {}
    for name, file in _files(sent, FILE):
        step = name.removeprefix(FILE)
        body = _body(file, name)
        kept, media_type = uploads.checked(file.name or "file", body, field=name, images_only=_wants_photo(item, step))
        paper = documents.Paper(item.order_id, f"evidence.{step}"[:64], item.place, kept, media_type, body)
        documents.store([paper], made_by=actor.key, now=now)
        stored = StoredDocument.objects.filter(order_id=item.order_id, kind=paper.kind, place=item.place).latest("id")
        evidence[step] = str(stored.pk)
    return evidence


def _wants_photo(item: WorkItem, step: str) -> bool:
    stage = program_of(item.order.version_id, item.order.version.content_hash).stage(item.stage)
    found = stage.step(step)
    return found is not None and found.evidence is not None and found.evidence.kind == "photo"


def _attachment(file: UploadedFile[bytes], kind: str, field: str) -> acts.Attachment:
    """The file as the acts take it; they look at its content."""
    body = _body(file, field)
    kept, media_type = uploads.checked(file.name or "file", body, field=field)
    return acts.Attachment(kind, kept, media_type, body)


def _body(file: UploadedFile[bytes], field: str) -> bytes:
    """The content, unless it is too large to be read at all."""
    limit: int = settings.CONFIGURATION.upload_mb
    if (file.size or 0) > limit * 1024 * 1024:
        raise uploads.FileTooLarge(field=field, name=uploads.safe_name(file.name or "file"), limit=limit)
    body: bytes = file.read()
    return body


def _given(sent: Sent, prefix: str) -> dict[str, str]:
    values = {name.removeprefix(prefix): _text(sent, name) for name in sent.fields if name.startswith(prefix)}
    return {name: value for name, value in values.items() if value}


def _text(sent: Sent, name: str) -> str:
    value = sent.fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _files(sent: Sent, prefix: str) -> Iterator[tuple[str, UploadedFile[bytes]]]:
    for name in sent.files:
        if name.startswith(prefix):
            for file in sent.files.getlist(name):
                yield name, file


def _raise(refused: Mapping[str, Refusal]) -> None:
    for refusal in refused.values():
        raise refusal
