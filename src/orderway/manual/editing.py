"""The editor of a draft: flow, stages, tables, languages, YAML, differences, comments. Each button is one change, saved at once.

Decides nothing: checks and refusals come from the standard and from `drafts`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Refusal
from orderway.manual import asking, drafts, editor_forms, editor_view
from orderway.manual.models import WorkingDraft
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.releases.models import Version
from orderway.standard import bpmn_reading, editing
from orderway.standard.document import StageId, Standard, Text
from orderway.standard.format import write

TABS = {
    "flow": gettext_lazy("Flow"),
    "stage": gettext_lazy("Stage"),
    "tables": gettext_lazy("Decision tables"),
    "languages": gettext_lazy("Languages"),
    "yaml": gettext_lazy("YAML"),
    "changes": gettext_lazy("Differences"),
    "comments": gettext_lazy("Comments"),
}
Change = Callable[[Standard], Standard]


@needs("standard.draft")
@require_POST
def begin(request: HttpRequest, standard_id: str, version: str) -> HttpResponse:
    """Begin a draft that follows this version."""
    found, _document = asking.version_of(standard_id, version)
    draft = drafts.begin(found, by=asking.person_of(request), now=asking.now())
    return redirect("draft", draft.pk)


@needs("standard.read")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every draft that is being written."""
    writing = WorkingDraft.objects.filter(state=WorkingDraft.State.WRITING).select_related("author", "based_on").defer("source")
    bases = Version.objects.filter(status=Version.Status.EFFECTIVE).defer("document", "source")
    return render(request, "manual/drafts.html", {"drafts": writing, "bases": bases})


@needs("standard.read")
@require_safe
def edit(request: HttpRequest, item_id: int) -> HttpResponse:
    """The editor."""
    return _page(request, _draft(item_id))


@needs("standard.draft")
@require_POST
def save_yaml(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep the YAML text as it was typed."""
    draft = _draft(item_id)
    return _do(request, draft, "yaml", lambda: drafts.save(draft, request.POST.get("source", ""), saves=_saves(request), now=asking.now()))


@needs("standard.draft")
@require_POST
def check(request: HttpRequest, item_id: int) -> HttpResponse:
    """What is wrong with what is typed, as it would be saved. Keeps nothing; htmx gets the findings alone, others the editor as typed."""
    draft, tab, refusal = _draft(item_id), request.POST.get("tab", ""), None
    try:
        draft.source = _typed(request, draft, tab)
        if tab == "stage":
            editor_forms.limit_from(request.POST)
    except Refusal as refused:
        refusal = refused
    if not request.headers.get("HX-Request"):
        return _page(request, draft, refusal, tab)
    context = editor_view.checks(request, drafts.check(draft), tab)
    return render(request, "manual/parts/editor_checks.html", {**context, "refused": refusing.sentence(refusal) if refusal else ""})


@needs("standard.draft")
@require_POST
def arrange(request: HttpRequest, item_id: int) -> HttpResponse:
    """Move, insert, put in parallel or take out a stage."""
    stage, target = (StageId(request.POST.get(name, "")) for name in ("stage", "target"))
    words = request.POST.get("title", "").strip()[:120]

    def change(standard: Standard) -> Standard:
        if stage not in standard.stages and request.POST.get("act") != "insert":
            raise Http404
        match request.POST.get("act"):
            case "earlier":
                return editing.earlier(standard, stage)
            case "later":
                return editing.later(standard, stage)
            case "out":
                return editing.take_out(standard, stage)
            case "insert" if target in standard.stages and words:
                id_ = editor_view.stage_id(standard, words)
                return editing.insert(standard, id_, Text(((editor_view.language_of(request, standard), words),)), target)
            case ("before" | "after") as side if target in standard.stages:
                return editing.move(standard, stage, target, after=side == "after")
            case "beside" if target in standard.stages:
                return editing.beside(standard, stage, target)
        return standard

    return _change(request, item_id, "flow", change, stage)


@needs("standard.draft")
@require_POST
def take_bpmn(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take the flow of a BPMN file; stages that the draft knows keep what they say."""
    sent = request.FILES.get("file")
    xml = sent.read(bpmn_reading.MOST_BYTES + 1) if isinstance(sent, UploadedFile) else b""
    return _change(request, item_id, "flow", lambda standard: drafts.with_bpmn(standard, xml))


@needs("standard.draft")
@require_POST
def save_stage(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep the form of a stage."""

    def change(standard: Standard) -> Standard:
        editor_forms.limit_from(request.POST)
        return _as_typed(request, standard, "stage")

    return _change(request, item_id, "stage", change, request.POST.get("stage", ""))


@needs("standard.draft")
@require_POST
def save_table(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep the cells of a decision table; rows may be added, taken out or moved."""
    return _change(request, item_id, "tables", lambda standard: _as_typed(request, standard, "tables"))


@needs("standard.draft")
@require_POST
def save_texts(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep texts in several languages."""
    return _change(request, item_id, "languages", lambda standard: _as_typed(request, standard, "languages"))


@needs("standard.draft")
@require_POST
def translate(request: HttpRequest, item_id: int) -> HttpResponse:
    """Draft the missing and stale texts of one Chinese script from the other."""
    base = drafts.base_of(_draft(item_id))
    return _change(request, item_id, "languages", lambda standard: editor_forms.converted(standard, base, request.POST.get("into", "")))


@needs("standard.draft")
@require_POST
def comment(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say something about the draft."""
    draft = _draft(item_id)
    return _do(
        request,
        draft,
        "comments",
        lambda: drafts.comment(draft, request.POST.get("text", ""), by=asking.person_of(request), now=asking.now()),
    )


@needs("standard.draft")
@require_POST
def submit(request: HttpRequest, item_id: int) -> HttpResponse:
    """Submit for approval."""
    draft = _draft(item_id)
    try:
        version = drafts.submit(draft, by=asking.person_of(request), now=asking.now())
    except Refusal as refusal:
        return _page(request, draft, refusal, "changes")
    messages.success(request, _("Submitted. Somebody else approves it now."))
    return redirect("standard_control", version.standard_id, version.version)


@needs("standard.draft")
@require_POST
def drop(request: HttpRequest, item_id: int) -> HttpResponse:
    """Give the draft up."""
    try:
        drafts.drop(_draft(item_id))
    except Refusal as refusal:
        return refusing.response(request, refusal)
    return redirect("drafts")


def _typed(request: HttpRequest, draft: WorkingDraft, tab: str) -> str:
    if tab == "yaml":
        return drafts.sized(request.POST.get("source", ""))
    return write(_as_typed(request, drafts.readable(draft), tab))


def _as_typed(request: HttpRequest, standard: Standard, tab: str) -> Standard:
    """The document as the form of a tab says it."""
    stage, table = StageId(request.POST.get("stage", "")), request.POST.get("table", "")
    match tab:
        case "stage" if stage in standard.stages:
            return editor_forms.stage_from(standard, stage, request.POST, editor_view.language_of(request, standard))
        case "tables" if table in standard.tables:
            return editing.with_rows(standard, table, editor_forms.rows_from(standard.tables[table], request.POST))
        case "languages":
            return editor_forms.texts_from(standard, request.POST)
    raise Http404


def _change(request: HttpRequest, item_id: int, tab: str, change: Change, stage: str = "") -> HttpResponse:
    draft = _draft(item_id)
    return _do(
        request,
        draft,
        tab,
        lambda: drafts.keep(draft, change(drafts.readable(draft)), saves=_saves(request), now=asking.now()),
        stage,
    )


def _do(request: HttpRequest, draft: WorkingDraft, tab: str, act: Callable[[], object], stage: str = "") -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return _page(request, draft, refusal, tab)
    query = f"?tab={tab}{f'&stage={stage}' if stage else ''}"
    language = request.POST.get("language", "")
    return redirect(f"{reverse('draft', args=[draft.pk])}{query}{f'&language={language}' if language else ''}")


def _page(request: HttpRequest, draft: WorkingDraft, refusal: Refusal | None = None, tab: str = "") -> HttpResponse:
    tab = tab or request.GET.get("tab", "flow")
    checked = drafts.check(draft)
    if checked.standard is None and tab not in ("yaml", "comments"):
        tab = "yaml"
    typed = request.POST.get("source") if refusal else None
    shown = checked.standard
    if refusal and shown is not None and "saves" in request.POST and tab in ("stage", "tables", "languages") and "into" not in request.POST:
        shown = _as_typed(request, shown, tab)
    context = {
        "draft": draft,
        "tabs": TABS.items(),
        "tab": tab if tab in TABS else "flow",
        **editor_view.checks(request, checked, tab),
        "source": draft.source if typed is None else typed,
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
        **editor_view.source_lines(draft.source if typed is None else typed, checked),
        **editor_view.context(request, draft, shown, tab),
    }
    return render(request, "manual/editor.html", context, status=refusing.status(refusal) if refusal else 200)


def _draft(item_id: int) -> WorkingDraft:
    return get_object_or_404(WorkingDraft.objects.select_related("author", "based_on", "version"), pk=item_id)


def _saves(request: HttpRequest) -> int:
    text = request.POST.get("saves", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


urlpatterns = [
    path("drafts/", listed, name="drafts"),
    path("drafts/<int:item_id>/", edit, name="draft"),
    path("drafts/<int:item_id>/check", check, name="draft_check"),
    path("drafts/<int:item_id>/yaml", save_yaml, name="draft_yaml"),
    path("drafts/<int:item_id>/flow", arrange, name="draft_flow"),
    path("drafts/<int:item_id>/bpmn", take_bpmn, name="draft_bpmn"),
    path("drafts/<int:item_id>/stage", save_stage, name="draft_stage"),
    path("drafts/<int:item_id>/table", save_table, name="draft_table"),
    path("drafts/<int:item_id>/texts", save_texts, name="draft_texts"),
    path("drafts/<int:item_id>/translate", translate, name="draft_translate"),
    path("drafts/<int:item_id>/comment", comment, name="draft_comment"),
    path("drafts/<int:item_id>/submit", submit, name="draft_submit"),
    path("drafts/<int:item_id>/drop", drop, name="draft_drop"),
    path("<slug:standard_id>/<str:version>/edit", begin, name="draft_begin"),
]
