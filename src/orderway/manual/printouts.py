"""The manual as PDF: the whole in one or all languages, controlled copies with a distribution list, one page per role, check sheets."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.manual import asking, book, check_sheets, copies
from orderway.manual.models import ControlledCopy
from orderway.manual.reader import frame
from orderway.orders.models import Order
from orderway.pages import languages, printing, refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role
from orderway.releases.models import Version
from orderway.releases.reviewing import due_on
from orderway.standard.document import Stage, Standard

FOLDER = Path(str(resources.files("orderway.manual"))) / "typst"


def whole(standard: Standard, sheet: book.Printing, codes: list[str]) -> bytes:
    """The PDF of the whole manual in these languages, one after the other. Raises MissingGlyphs."""
    books = [book.book(standard, sheet, code) for code in codes]
    for one, code in zip(books, codes, strict=True):
        printing.refuse_missing(book.texts_of(one), code)
    return printing.compiled(FOLDER / "manual.typ", {"title": f"{standard.id} {standard.version}", "books": books})


def page_of_role(standard: Standard, sheet: book.Printing, role_id: str, code: str) -> bytes:
    """The PDF of one role's page. Raises MissingGlyphs."""
    one = book.extract(standard, sheet, role_id, code)
    printing.refuse_missing(book.texts_of(one), code)
    return printing.compiled(FOLDER / "role.typ", {"title": f"{standard.id} {standard.version} {role_id}", "book": one})


@needs("standard.read")
@require_safe
def printed(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """The whole manual; `language` chooses one of its languages, without it all of them."""
    found, document = asking.version_of(standard_id, version)
    wanted = languages.known(request.GET.get("language", ""))
    return _answer(request, whole, document, _sheet(request, found, document), [wanted] if wanted else _codes(document))


@needs("standard.read")
@require_safe
def printed_role(request: HttpRequest, standard_id: str, version: str, role: str) -> HttpResponse:
    """What one role does, on one page, in the reader's language."""
    found, document = asking.version_of(standard_id, version)
    if role not in document.roles:
        raise Http404
    return _answer(request, page_of_role, document, _sheet(request, found, document), role, _reading())


def check_sheet(standard: Standard, sheet: book.Printing, stage: Stage, code: str, recorded: check_sheets.Recorded | None = None) -> bytes:
    """The PDF of a stage's check sheet, empty or filled. Raises MissingGlyphs."""
    one = check_sheets.sheet(standard, stage, sheet, code, recorded)
    printing.refuse_missing(book.texts_of(one), code)
    return printing.compiled(FOLDER / "check_sheet.typ", {"title": f"{standard.id} {standard.version} {stage.id}", "book": one})


@needs("standard.read")
@require_safe
def printed_check_sheet(request: HttpRequest, standard_id: str, version: str, stage: str) -> HttpResponse:
    """The empty check sheet of a stage, in the reader's language."""
    found, document = asking.version_of(standard_id, version)
    return _answer(request, check_sheet, document, _sheet(request, found, document), asking.stage_of(document, stage), _reading())


@needs("order.read")
@require_safe
def filled_check_sheet(request: HttpRequest, number: str, stage: str) -> HttpResponse:
    """The check sheet of a stage as an order has it on record, by the version that the order runs under; `path` names the run."""
    order = get_object_or_404(Order.objects.select_related("customer", "version"), number=number)
    found, document = asking.version_of(order.version.standard_id, order.version.version)
    asked = asking.stage_of(document, stage)
    with translation.override(_reading()):
        recorded = check_sheets.recorded(order, asked, request.GET.get("path", ""))
    return _answer(request, check_sheet, document, _sheet(request, found, document), asked, _reading(), recorded)


@needs("standard.read")
@require_safe
def printing_page(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """What can be printed, and who holds a controlled copy."""
    return _page(request, standard_id, version)


@needs("standard.copy")
@require_POST
def issue(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Issue a controlled copy: number it and put its holder on the distribution list."""
    found, _document = asking.version_of(standard_id, version)
    try:
        copies.issue(found, request.POST.get("holder", ""), by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, standard_id, version, refusal)
    return redirect("standard_print", standard_id, version)


@needs("standard.copy")
@require_POST
def take_back(request: HttpRequest, item_id: int) -> HttpResponse:
    """Note that a copy came back."""
    copy = get_object_or_404(ControlledCopy.objects.select_related("version"), pk=item_id)
    try:
        copies.take_back(copy, by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, copy.version.standard_id, copy.version.version, refusal)
    return redirect("standard_print", copy.version.standard_id, copy.version.version)


@needs("standard.read")
@require_safe
def printed_copy(request: HttpRequest, item_id: int) -> HttpResponse:
    """A controlled copy as it was issued."""
    copy = get_object_or_404(ControlledCopy.objects.select_related("version__approved_by"), pk=item_id)
    found, document = asking.version_of(copy.version.standard_id, copy.version.version)
    sheet = _sheet(request, found, document, copy)
    return _answer(request, whole, document, sheet, _codes(document))


def _page(request: HttpRequest, standard_id: str, version: str, refusal: Refusal | None = None) -> HttpResponse:
    found, document = asking.version_of(standard_id, version)
    context = {
        "roles": [(one, role(document, one)) for one in document.roles],
        "own_languages": [(code, languages.OWN_NAMES[code]) for code in _codes(document)],
        "copies": copies.distribution(found.standard_id),
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
        **frame(found, document),
    }
    return render(request, "manual/printing.html", context, status=refusing.status(refusal) if refusal else 200)


def _sheet(request: HttpRequest, version: Version, document: Standard, copy: ControlledCopy | None = None) -> book.Printing:
    address = request.build_absolute_uri(reverse("standard_current", args=[version.standard_id]))
    printed_on = localtime(copy.issued_at).date() if copy else localtime().date()
    review = due_on(version, document)
    return book.Printing(version, printed_on, address, review, copy.number if copy else 0, copy.holder if copy else "")


def _codes(document: Standard) -> list[str]:
    """The printable languages of a standard, its own order."""
    return [code for tag in document.languages if (code := languages.known(tag))]


def _reading() -> str:
    return languages.known(translation.get_language() or "en") or "en"


def _answer(request: HttpRequest, make: object, document: Standard, sheet: book.Printing, *rest: object) -> HttpResponse:
    try:
        pdf = make(document, sheet, *rest)  # type: ignore[operator]
    except Refusal as refusal:
        return refusing.response(request, refusal)
    name = f"{sheet.version.standard_id}-{sheet.version.version}.pdf"
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


urlpatterns = [
    path("check-sheets/<str:number>/<slug:stage>.pdf", filled_check_sheet, name="check_sheet_of_order"),
    path("<slug:standard_id>/<str:version>/<slug:stage>/check-sheet.pdf", printed_check_sheet, name="check_sheet"),
    path("<slug:standard_id>/<str:version>/print", printing_page, name="standard_print"),
    path("<slug:standard_id>/<str:version>/manual.pdf", printed, name="standard_pdf"),
    path("<slug:standard_id>/<str:version>/copies", issue, name="standard_copy"),
    path("<slug:standard_id>/<str:version>/role/<slug:role>.pdf", printed_role, name="standard_role"),
    path("copies/<int:item_id>.pdf", printed_copy, name="standard_printed_copy"),
    path("copies/<int:item_id>/back", take_back, name="standard_copy_back"),
]
