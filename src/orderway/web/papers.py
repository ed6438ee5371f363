"""The papers of orders as downloads: always as attachment, because a file of a stranger is never shown as a page of ours."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from orderway.engine.refusals import Refusal
from orderway.orders import documents
from orderway.orders.models import StoredDocument
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.templatetags.ow import when
from orderway.releases.publishing import program_of


class PaperErased(Refusal):
    """A paper whose time of keeping is over."""

    code = "paper_erased"
    message = "This paper was erased on {when}, as its time of keeping was over."
    remedy = "Its hash and the entry in the journal still prove that it was there."


@needs("document.read")
@require_safe
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """The bytes of a document; those that are rendered on demand come in the language in use."""
    found = StoredDocument.objects.select_related("order__version").filter(pk=document_id).first()
    if found is None:
        raise Http404
    if found.erased_at is not None:
        return refusing.response(request, PaperErased(when=when(found.erased_at)))
    standard = program_of(found.order.version_id, found.order.version.content_hash).standard
    kind = standard.documents.get(found.kind)
    body = documents.content(found, template=(kind.template if kind else "") or "", language=translation.get_language() or "en")
    answer = HttpResponse(body, content_type=found.media_type)
    name = re.sub(r"[^\w.\- ]", "_", found.name) or found.kind
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "private, no-store"
    return answer
