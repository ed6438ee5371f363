"""Questions to customers: who is asked when, the signed link, the one answer, and what a low score starts. Sends no mail (`mailing`).

The standard says after which stage, what is asked and which score is low; whoever holds the link may answer, once, without signing in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import eq, ge, gt, le, lt

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from orderway.engine.program import Program
from orderway.improvement.models import Question
from orderway.improvement.refusals import AnsweredAlready, AskedAlready, LinkNotOurs, LinkRevoked, LinkTooOld, NothingAsked
from orderway.journal import following
from orderway.journal.following import Followed
from orderway.masterdata import rights
from orderway.masterdata.rights import Duty
from orderway.orders import acts, feedback
from orderway.orders.actor import Actor
from orderway.orders.feedback import Asked
from orderway.orders.models import Feedback, Order, WorkItem
from orderway.orders.refusals import NotAllowed
from orderway.orders.storing import SUBJECT
from orderway.pages.templatetags.ow import day
from orderway.releases.publishing import program_of
from orderway.sets.kept import Kept, each_of, given
from orderway.standard.document import CustomerFeedback

ASKED_WITHIN = timedelta(days=14)  # of the end of the stage: nobody is asked about what lies further back
ANSWERED_WITHIN = timedelta(days=60)
FOLLOWER = "questions to customers"
CLOSES = '"closed"'  # in the payload of a move that ended something
FACT = "feedback.low"
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {"<=": le, "<": lt, ">=": ge, ">": gt, "=": eq, "==": eq}
LIMIT = re.compile(r"^(<=|>=|==|<|>|=)\s*(\d+(?:\.\d+)?)")
SIGNER = Signer(salt="orderway.improvement.question", sep=".")


# --- asking -----------------------------------------------------------------------------------------------------------------


def follow(now: datetime) -> str:
    """Read on in the journal and ask whose stage was done; the worker's job. The first call begins at the journal's end."""
    following.begin_at_end(FOLLOWER, now)
    asked: list[int] = []
    while following.follow(FOLLOWER, lambda entries: asked.append(_ask_of(entries, now)), now=now):
        pass
    return _("%(asked)s customers asked") % {"asked": sum(asked)}


def _ask_of(entries: Sequence[Followed], now: datetime) -> int:
    return ask({entry.subject_key for entry in entries if entry.subject_kind == SUBJECT and CLOSES in entry.payload}, now)


def ask(numbers: Collection[str], now: datetime) -> int:
    """Ask about those of these orders whose stage was done lately; gives how many. Orders imported as history are never asked about."""
    by_version: dict[tuple[int, str], list[int]] = {}
    for version, content_hash, order in _orders.rows(numbers=numbers) if numbers else ():
        by_version.setdefault((version, content_hash), []).append(order)
    return sum(_ask(program_of(*version), orders, now) for version, orders in by_version.items())


def _ask(program: Program, orders: Sequence[int], now: datetime) -> int:
    """The orders of one version; two statements, however many."""
    rule = rule_of(program)
    if rule is None:
        return 0
    rows = [_question(item, rule, now) for item in _due.rows(orders=orders, stage=rule.after, since=now - ASKED_WITHIN)]
    if rows:
        Question.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@Kept
def _orders() -> QuerySet[Order, tuple[int, str, int]]:
    """The orders of these numbers that may be asked about and were not, with their versions."""
    orders = Order.objects.filter(number__in=each_of("text", "numbers"), as_history=False)
    return orders.exclude(pk__in=Question.objects.values("order")).values_list("version_id", "version__content_hash", "pk")


@Kept
def _due() -> QuerySet[WorkItem, WorkItem]:
    """The last item of a stage that each of these orders has behind it since lately."""
    at_stage = WorkItem.objects.filter(order__in=each_of("int8", "orders"), stage=given("stage"), kind="stage")
    done = at_stage.filter(state=WorkItem.State.DONE, closed_at__gt=given("since"))
    done = done.exclude(order__in=at_stage.filter(state=WorkItem.State.OPEN).values("order"))
    return WorkItem.objects.filter(pk__in=done.values("order").annotate(last=Max("id")).values("last"))


def _question(item: WorkItem, rule: CustomerFeedback, now: datetime) -> Question:
    return Question(
        order_id=item.order_id,
        name=rule.ask,
        stage=item.stage,
        path=item.path,
        run=item.run,
        asked_at=now,
        expires_at=now + ANSWERED_WITHIN,
    )


def rule_of(program: Program) -> CustomerFeedback | None:
    """What the standard asks customers, None if it asks nothing."""
    return program.standard.feedback.customer


# --- the link ---------------------------------------------------------------------------------------------------------------


def token_of(question: Question) -> str:
    """The last part of the link's address."""
    return SIGNER.sign(question.key)


def found(token: str) -> Question:
    """The question behind a link, whatever became of it. Refused with LinkNotOurs; a forged link asks the database nothing."""
    question = Question.objects.select_related("order__customer", "order__version", "answer").filter(key=_key(token)).first()
    if question is None:
        raise LinkNotOurs
    return question


def _key(token: str) -> str:
    try:
        return SIGNER.unsign(token)
    except BadSignature as forged:
        raise LinkNotOurs from forged


_by_key = Kept(lambda: Question.objects.filter(key=given("key")).values_list("pk", "order_id"))


def _ids(token: str) -> tuple[int, int]:
    """The question behind a link and its order, not read."""
    for pk, order in _by_key.rows(key=_key(token)):
        return pk, order
    raise LinkNotOurs


def require_open(question: Question, now: datetime) -> None:
    """Refuse with LinkRevoked, AnsweredAlready or LinkTooOld."""
    if question.revoked_at is not None:
        raise LinkRevoked
    if question.answer is not None:
        raise AnsweredAlready(day=day(question.answer.at))
    if question.expires_at <= now:
        raise LinkTooOld(day=day(question.expires_at))


def revoke(number: str, *, actor: Actor, now: datetime) -> None:
    """Take the link of an order back: it leads nowhere from now on. Refused with NotAllowed or NothingAsked."""
    order = _allowed(number, actor)
    standing = Question.objects.filter(order=order, revoked_at__isnull=True, answer__isnull=True)
    if not standing.update(revoked_at=now, revoked_by=actor.key):
        raise NothingAsked


def ask_again(number: str, *, actor: Actor, now: datetime) -> Question:
    """Make a new link after the old one was taken back. Refused with NotAllowed, AskedAlready or NothingAsked."""
    order = _allowed(number, actor)
    if Question.objects.filter(order=order, revoked_at__isnull=True).exists():
        raise AskedAlready(order=number)
    rule = rule_of(program_of(order.version_id, order.version.content_hash))
    done = WorkItem.objects.filter(order=order, stage=rule.after, kind="stage", state=WorkItem.State.DONE) if rule else None
    item = done.order_by("-id").first() if done is not None else None
    if rule is None or item is None:
        raise NothingAsked
    question = _question(item, rule, now)
    question.save()
    return question


def may_keep(order: Order, actor: Actor) -> bool:
    """Whether somebody may take a customer's link back or make a new one."""
    return rights.allows(_duties(order, actor), "feedback.ask")


def _allowed(number: str, actor: Actor) -> Order:
    order = Order.objects.select_related("version").get(number=number)
    if not may_keep(order, actor):
        raise NotAllowed(actor=actor.key, act="feedback.ask", place=number, who=[_("the owner of the order"), *_named(order)])
    return order


def _duties(order: Order, actor: Actor) -> frozenset[str]:
    own = {Duty.ORDER_OWNER} if order.owner_id is not None and order.owner_id == actor.person_id else set()
    return actor.duties | own | ({Duty.NAMED} if actor.roles & set(_named(order)) else set())


def _named(order: Order) -> tuple[str, ...]:
    rule = program_of(order.version_id, order.version.content_hash).standard.exceptions.complaint
    return tuple(rule.by) if rule else ()


# --- the answer -------------------------------------------------------------------------------------------------------------


def answer(token: str, score: int | None, comment: str, *, now: datetime) -> Question:
    """Keep the customer's answer; a low score becomes a complaint as the standard says. Refused as `found`, `require_open`, `feedback`."""
    pk, order_id = _ids(token)
    with transaction.atomic():
        (order,) = _order_locked.rows(order=order_id)  # joined, an order that migrates would be missing
        (question,) = _question_locked.rows(question=pk)
        require_open(question, now)
        customer, content_hash = next(iter(_beside.rows(order=order.pk)))
        program = program_of(order.version_id, content_hash)
        low, actor = is_low(rule_of(program), score), customer_of(customer)
        asked = Asked(question.name, order.pk, order.version_id, question.stage, question.path, question.run)
        question.answer = feedback.answer(asked, score, comment, low=low, actor=actor, now=now)
        if low:
            question.no_complaint = _complain(order, program, question.answer, actor, now)
        question.save(update_fields=["answer", "no_complaint"])
    return question


_order_locked = Kept(lambda: Order.objects.select_for_update().filter(pk=given("order")))
_question_locked = Kept(lambda: Question.objects.select_for_update().filter(pk=given("question")))
_beside = Kept(lambda: Order.objects.filter(pk=given("order")).values_list("customer__key", "version__content_hash"))


def customer_of(key: str) -> Actor:
    """The customer as one who acts."""
    return Actor(f"customer:{key}", duties=frozenset({Duty.CUSTOMER}))


def is_low(rule: CustomerFeedback | None, score: int | None) -> bool:
    """Whether the standard calls the score low."""
    limit = LIMIT.match(rule.low) if rule and rule.low else None
    return limit is not None and score is not None and COMPARISONS[limit[1]](float(score), float(limit[2]))


def _complain(order: Order, program: Program, said: Feedback, actor: Actor, now: datetime) -> str:
    """Reopen the order through the act for it; gives why that was not possible. The words stay out of the journal, the score is enough."""
    if program.standard.exceptions.complaint is None or _comes_anyway(order, program):
        return ""
    refused = acts.complain([order.number], reason=f"{said.name}: {said.score}", actor=actor, now=now)
    return "; ".join(str(refusal) for refusal in refused.values())[:500]


def _comes_anyway(order: Order, program: Program) -> bool:
    """The order has not reached the stage that complaints open, and will not skip it now: two calls about one score help nobody."""
    rule = program.standard.exceptions.complaint
    skip = program.skips.get(rule.opens) if rule else None
    if rule is None or skip is None or FACT not in skip.compiled.reads or order.status != Order.Status.OPEN:
        return False
    return not WorkItem.objects.filter(order=order, stage=rule.opens).exists()


def standing_of(order_ids: list[int]) -> dict[int, Question]:
    """The newest question of each order; one statement."""
    rows = Question.objects.filter(order__in=order_ids).select_related("answer", "order__customer").order_by("id")
    return {row.order_id: row for row in rows}
