"""A certificate: its page, its PDF, and the public page to which its QR code leads. Issues none (`certifying` does)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from io import BytesIO
from pathlib import Path

import segno
from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Company
from orderway.pages import languages, printing, refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role as role_title
from orderway.pages.standard_view import stage_title
from orderway.pages.templatetags.ow import day, said
from orderway.training import asking
from orderway.training.models import Certificate
from orderway.training.standings import standard_of

TEMPLATE = Path(str(resources.files("orderway.training"))) / "typst" / "certificate.typ"
SIGNED_DIGITS = 32  # 128 bits: nobody guesses the address of a certificate


@dataclass(frozen=True, slots=True)
class Sheet:
    """A certificate with its words: what it covers, and what it is worth today."""

    certificate: Certificate
    standard: str
    role: str
    stages: tuple[str, ...]
    worth: str
    holds: bool


def signature(certificate: Certificate) -> str:
    """What only this installation can put into the address of a certificate: over everything that it says."""
    said_ = f"{certificate.pk} {certificate.person.key} {certificate.role} {certificate.content_hash} {certificate.valid_until}"
    return salted_hmac("orderway.training.certificate", said_, algorithm="sha256").hexdigest()[:SIGNED_DIGITS]


def proven(certificate_id: int, signed: str) -> Certificate | None:
    """The certificate of this number if the signature is that of its address; without it none is said to exist."""
    found = issued().filter(pk=certificate_id).first()
    return found if found is not None and constant_time_compare(signature(found), signed) else None


@needs("training.read")
@require_safe
def certificate(request: HttpRequest, item_id: int) -> HttpResponse:
    """One certificate of mine."""
    found = _mine(request, item_id)
    return render(request, "training/certificate.html", {"sheet": _sheet(found), "address": _address(request, found)})


@needs("training.read")
@require_safe
def printed(request: HttpRequest, item_id: int) -> HttpResponse:
    """The same as PDF, in the reader's language."""
    found = _mine(request, item_id)
    code = languages.known(translation.get_language() or "en") or "en"
    try:
        pdf = certificate_pdf(found, _address(request, found), code)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    headers = {"Content-Disposition": f'inline; filename="{found.number}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@login_not_required
@require_safe
def verified(request: HttpRequest, item_id: int, signed: str) -> HttpResponse:
    """Whether a printed certificate is one of ours, and what it is worth today; for anybody who holds it."""
    found = proven(item_id, signed)
    return _public(request, {"sheet": _sheet(found) if found else None}, 200 if found else 404)


def certificate_pdf(found: Certificate, address: str, code: str) -> bytes:
    """The PDF of a certificate. Raises MissingGlyphs."""
    with translation.override(code):
        sheet, company = _sheet(found), Company.objects.first()
        stages = [[one, hash_[:12]] for one, hash_ in zip(sheet.stages, found.stages.values(), strict=True)]
        sent: dict[str, object] = {
            "title": _("Certificate"),
            "number": found.number,
            "company": _name(company),
            "holds": _("This is to certify that"),
            "person": found.person.name,
            "passed": _("has passed the course for %(role)s with %(percent)d %% right answers.")
            % {"role": sheet.role, "percent": found.percent},
            "facts": [
                [_("Standard"), f"{sheet.standard} {found.version.version}"],
                [_("Issued"), day(found.issued_at)],
                [_("Valid until"), day(found.valid_until)],
            ],
            "covers": _("It covers these stages, each as it was written:"),
            "stages": stages,
            "hash": found.content_hash,
            "check": _("Whether it still holds is found at this address:"),
            "address": address,
        }
    printing.refuse_missing(_texts(sent), code)
    return printing.compiled(TEMPLATE, {**sent, "qr": _qr(address), **printing.typesetting(code)})


def _sheet(found: Certificate) -> Sheet:
    standard = standard_of(found.version)
    today = localdate()
    worth, holds = _worth(found, today)
    stages = tuple(stage_title(standard, stage) for stage in found.stages)
    return Sheet(found, said(standard.title), role_title(standard, found.role), stages, worth, holds)


def _worth(found: Certificate, today: date) -> tuple[str, bool]:
    if found.valid_until < today:
        return _("It ended on %(day)s.") % {"day": day(found.valid_until)}, False
    if found.version.status == "retired":
        return _("It holds for the version named; a newer one is in force, for which others of its stages may be asked anew."), True
    return _("It holds until %(day)s.") % {"day": day(found.valid_until)}, True


def _public(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    answer = render(request, "training/verified.html", {**context, "language_tag": languages.tag()}, status=status)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _mine(request: HttpRequest, item_id: int) -> Certificate:
    found = issued().filter(pk=item_id, person=asking.person_of(request)).first()
    if found is None:
        raise Http404
    return found


def issued() -> models.QuerySet[Certificate]:
    """Every certificate, with its person and version."""
    return Certificate.objects.select_related("person", "version").defer("version__document", "version__source")


def _address(request: HttpRequest, found: Certificate) -> str:
    return request.build_absolute_uri(reverse("certificate_verified", args=[found.pk, signature(found)]))


def _name(company: Company | None) -> str:
    if company is None:
        return ""
    names: dict[str, str] = company.names
    return names.get(languages.tag(), company.name)


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]


def _qr(address: str) -> str:
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=4, border=1)
    return picture.getvalue().decode()


urlpatterns = [
    path("certificates/<int:item_id>/", certificate, name="certificate"),
    path("certificates/<int:item_id>.pdf", printed, name="certificate_pdf"),
    path("verify/<int:item_id>/<str:signed>", verified, name="certificate_verified"),
]
