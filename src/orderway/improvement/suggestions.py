"""What was suggested by staff at a step, by customers after delivery, or because of a bottleneck, and what became of it.

The words themselves are `orders.Feedback`; here lies the answer to their author. Nobody's suggestion ends without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from orderway.improvement.models import Cycle, Reply
from orderway.improvement.refusals import NothingAnswered
from orderway.masterdata.models import Person
from orderway.orders import feedback
from orderway.orders.actor import Actor
from orderway.orders.feedback import MOST_LETTERS, Clause, TooLong
from orderway.orders.models import Feedback, Notification, WorkItem
from orderway.orders.notifying import tell
from orderway.releases import control
from orderway.releases.publishing import program_of

BOTTLENECK = "bottleneck"
CUSTOMER = "customer:"
SAID = Q(kind=Feedback.Kind.SUGGESTION) | Q(low=True) | (Q(kind=Feedback.Kind.ANSWER) & ~Q(comment=""))
ANSWERING = (Reply.State.TAKEN_UP, Reply.State.DONE, Reply.State.DECLINED)


def suggestions(state: str = "", source: str = "") -> QuerySet[Feedback]:
    """Everything that asks for an answer, newest first, each with `state`; `source`: staff, customer or bottleneck."""
    newest = Reply.objects.filter(feedback=OuterRef("pk")).order_by("-id")
    found = Feedback.objects.filter(SAID).annotate(state=Coalesce(Subquery(newest.values("state")[:1]), Value(Reply.State.OPEN.value)))
    if state:
        found = found.filter(state=state)
    if source == "customer":
        found = found.filter(kind=Feedback.Kind.ANSWER)
    elif source == BOTTLENECK:
        found = found.filter(kind=Feedback.Kind.SUGGESTION, name=BOTTLENECK)
    elif source == "staff":
        found = found.filter(kind=Feedback.Kind.SUGGESTION).exclude(name=BOTTLENECK)
    return found.select_related("order__customer", "version").order_by("-id")


def reply(rows: Iterable[Feedback], state: Reply.State, text: str, *, by: Person, now: datetime, cycle: Cycle | None = None) -> list[Reply]:
    """Answer the authors. Refused with NotTheirs, NothingAnswered or TooLong; who wrote it is told, customers read it behind their link."""
    rows, text = list(rows), text.strip()
    if not text:
        raise NothingAnswered(field="text")
    if len(text) > MOST_LETTERS:
        raise TooLong(field="text", letters=len(text), most=MOST_LETTERS)
    for version in {row.version for row in rows if row.version is not None}:
        control.require(program_of(version.pk, version.content_hash).standard, by, "suggestion.answer")
    with transaction.atomic():
        replies = [Reply.objects.create(feedback=row, state=state, text=text, cycle=cycle, by=by, at=now) for row in rows]
        for one in replies:
            _tell_author(one)
    return replies


def _tell_author(one: Reply) -> None:
    author = one.feedback.actor
    if author.startswith(CUSTOMER):
        return
    people = Person.objects.filter(key=author.partition(":")[0])
    tell(
        people,
        subject=str(one.feedback_id),
        source=f"reply:{one.pk}",
        actor=one.by.key,
        now=one.at,
        text=one.text,
        kind=Notification.Kind.ANSWERED,
        about="suggestion",
    )


def may_answer(row: Feedback, person: Person) -> bool:
    """Whether somebody may answer this author."""
    if row.version is None:
        return False
    return control.may(program_of(row.version.pk, row.version.content_hash).standard, person, "suggestion.answer")


def of_bottleneck(version_id: int, stage: str, text: str, *, actor: Actor, now: datetime) -> Feedback:
    """A suggestion that figures made: orders wait longest there. One that nobody has answered yet is the same one."""
    waiting = suggestions(Reply.State.OPEN, BOTTLENECK).filter(version=version_id, stage=stage).first()
    if waiting is not None:
        return waiting
    row = feedback.suggest(Clause(version_id, stage), text, actor=actor, now=now)
    row.name = BOTTLENECK
    row.save(update_fields=["name"])
    return row


def reply_to_customer(feedback_id: int) -> str:
    """What a customer reads behind the link: the newest answer, empty while there is none."""
    return Reply.objects.filter(feedback=feedback_id).order_by("-id").values_list("text", flat=True).first() or ""


# --- bottlenecks ------------------------------------------------------------------------------------------------------------

FEWEST = 20  # passages of a stage: below, a mean says little


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A stage of a version with the hours that its finished passages were open in all, their mean and their number."""

    version_id: int
    stage: str
    hours: float
    mean: float
    n: int


def bottlenecks(since: datetime) -> Sequence[Bottleneck]:
    """Where orders spent most time since then, worst first; one statement. Elapsed hours from opening to end, by people and system."""
    rows = WorkItem.objects.filter(kind="stage", state=WorkItem.State.DONE, closed_at__gte=since).values_list(
        "order__version", "stage", "opened_at", "closed_at"
    )
    spans: dict[tuple[int, str], list[float]] = {}
    for version, stage, opened, closed in rows.iterator(chunk_size=2_000):
        if closed is not None:
            spans.setdefault((version, stage), []).append((closed - opened).total_seconds() / 3_600)
    found = [Bottleneck(*key, sum(hours), sum(hours) / len(hours), len(hours)) for key, hours in spans.items() if len(hours) >= FEWEST]
    return sorted(found, key=lambda one: (-one.hours, one.stage))
