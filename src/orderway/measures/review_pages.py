"""The pages of management reviews: the packs, one pack as a page or PDF, its decisions. Moves no order."""

from __future__ import annotations

from dataclasses import asdict
from importlib import resources
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Company, Person
from orderway.measures import deciding, periods, reviewing
from orderway.measures.models import Decision, ReviewPack
from orderway.orders import asking
from orderway.pages import fields, languages, printing, refusing
from orderway.pages.guarding import needs
from orderway.pages.review_sections import Section, texts_of
from orderway.pages.templatetags.ow import when

TEMPLATE = Path(str(resources.files("orderway.measures"))) / "typst" / "review.typ"


@needs("measures.read")
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """All packs, newest first, and the form for another."""
    today = timezone.localdate()
    context = {
        "packs": ReviewPack.objects.defer("content")[:60],
        "may_make": deciding.may(asking.person_of(request), "review.make"),
        "choices": [(key, title) for key, title in periods.CHOICES.items() if key != "all"],
        "today": today.isoformat(),
    }
    return render(request, "measures/reviews.html", context)


@needs("review.make")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a pack now, of the chosen days."""
    person = asking.person_of(request)
    if not deciding.may(person, "review.make"):
        return refusing.response(request, deciding.NotForThem(person=person.key))
    period = periods.period_of(request.POST.dict(), timezone.localdate())
    pack = reviewing.make(ReviewPack.Kind.DEMAND, period, actor=person.key, now=asking.now())
    return redirect("review", pack.key)


@needs("measures.read")
@require_safe
def review(request: HttpRequest, name: str) -> HttpResponse:
    """One pack with its decisions."""
    return _page(request, get_object_or_404(ReviewPack, key=name))


@needs("measures.read")
@require_safe
def printed(request: HttpRequest, name: str) -> HttpResponse:
    """The pack as PDF, in `language` or that of the reader."""
    pack = get_object_or_404(ReviewPack, key=name)
    code = languages.known(request.GET.get("language", "")) or languages.known(translation.get_language() or "en") or "en"
    try:
        content = pdf(pack, code)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    headers = {"Content-Disposition": f'inline; filename="review-{pack.key}-{languages.tag(code)}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@needs("review.decide")
@require_POST
def decide(request: HttpRequest, name: str) -> HttpResponse:
    """Put a decision on record."""
    pack, sent = get_object_or_404(ReviewPack, key=name), request.POST
    owner = Person.objects.filter(key=sent.get("owner", ""), is_active=True).first()
    try:
        deciding.decide(
            pack, sent.get("text", ""), owner, fields.day_if_any(sent.get("due_on", "")), by=asking.person_of(request), now=asking.now()
        )
    except Refusal as refusal:
        return _page(request, pack, refusal)
    messages.success(request, _("The decision is on record; its owner was told."))
    return redirect("review", pack.key)


@needs("review.settle")
@require_POST
def settle(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say what came of a decision."""
    decision = Decision.objects.select_related("pack").filter(pk=item_id).first()
    if decision is None:
        raise Http404
    try:
        deciding.settle(decision.pk, request.POST.get("result", ""), by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, decision.pack, refusal)
    messages.success(request, _("Saved."))
    return redirect("review", decision.pack.key)


def pdf(pack: ReviewPack, code: str) -> bytes:
    """The PDF of a pack in one of our languages. Raises MissingGlyphs."""
    with translation.override(code):
        sections = reviewing.sections_of(pack, code)
        decisions = _decided(pack)
        sections = [*sections, decisions] if decisions else sections
        head = [
            str(pack.get_kind_display()).capitalize(),
            f"{pack.since.isoformat()} – {pack.until.isoformat()}",
            _made(pack),
            _company(code),
        ]
    printing.refuse_missing(texts_of(sections, head), code)
    sent = {"head": head, "sections": [asdict(section) for section in sections], **printing.typesetting(code)}
    return printing.compiled(TEMPLATE, sent)


def _page(request: HttpRequest, pack: ReviewPack, refusal: Refusal | None = None) -> HttpResponse:
    person = asking.person_of(request)
    decisions = [(one, deciding.may(person, "review.settle", one)) for one in pack.decisions.select_related("owner")]
    context = {
        "pack": pack,
        "sections": [(section, _rows(section)) for section in reviewing.sections_of(pack, translation.get_language() or "en")],
        "decisions": decisions,
        "may_decide": deciding.may(person, "review.decide"),
        "everybody": Person.objects.filter(is_active=True).only("key", "name"),
        "own_languages": languages.OWN_NAMES.items(),
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
        "today": timezone.localdate().isoformat(),
    }
    return render(request, "measures/review.html", context, status=refusing.status(refusal) if refusal else 200)


def _rows(section: Section) -> list[tuple[list[tuple[str, str]], str]]:
    """Rows as (heading of the column, cell), with the mark of each."""
    marks = [*section.marks, *[""] * (len(section.rows) - len(section.marks))]
    return [(list(zip(section.head, row, strict=True)), mark) for row, mark in zip(section.rows, marks, strict=True)]


def _decided(pack: ReviewPack) -> Section | None:
    rows = [
        [one.text, one.owner.name, one.due_on.isoformat(), _("done: %(result)s") % {"result": one.result} if one.done_at else _("open")]
        for one in pack.decisions.select_related("owner")
    ]
    return Section(_("Decisions of this review"), [], [_("Decision"), _("Owner"), _("Due"), _("State")], rows) if rows else None


def _made(pack: ReviewPack) -> str:
    return _("made on %(when)s") % {"when": when(pack.made_at)}


def _company(code: str) -> str:
    company = Company.objects.first()
    return str(company.names.get(languages.tag(code), company.name)) if company else ""


urlpatterns = [
    path("", reviews, name="reviews"),
    path("make", make, name="review_make"),
    path("decisions/<int:item_id>/settle", settle, name="review_settle"),
    path("<str:name>/", review, name="review"),
    path("<str:name>/review.pdf", printed, name="review_pdf"),
    path("<str:name>/decide", decide, name="review_decide"),
]
