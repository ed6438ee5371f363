"""What if: the question as a form, its progress, and the answer with intervals. Simulates nothing in a request; the worker does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderway.engine.refusals import Mistake, Refusal
from orderway.improvement import asking, predicting, staffing, staffing_pages
from orderway.improvement.models import Cycle, WhatIf
from orderway.improvement.predicting import Prediction
from orderway.manual.models import WorkingDraft
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.standard_view import role, stage_title
from orderway.pages.templatetags.ow import limit, said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation import settings as known_settings
from orderway.simulation import shifts
from orderway.simulation.refusals import BadSetting
from orderway.simulation.summary import Figure
from orderway.standard.document import Standard
from orderway.standard.parse import parse

PEOPLE, LIMIT, CALENDAR = "people.", "limit.", "calendar."


@needs("what_if.read")
@require_safe
def what_ifs(request: HttpRequest) -> HttpResponse:
    """Those asked, and the form for another."""
    return _list(request)


@needs("what_if.ask")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Queue one; what is wrong is said above the form."""
    version = get_object_or_404(Version, pk=asking.whole(asking.sent(request, "version")), status=Version.Status.EFFECTIVE)
    cycle = Cycle.objects.filter(pk=asking.whole(asking.sent(request, "cycle"))).first()
    base = program_of(version.pk, version.content_hash).standard
    try:
        draft, name = _draft(asking.sent(request, "draft"), version.standard_id)
        given = _settings(request, base)
        title = asking.sent(request, "title") or ", ".join([name, *(f"{key}={value}" for key, value in given.items())]).strip(", ")
        person, now = asking.person_of(request), asking.now()
        row = predicting.ask(
            title, version, given, by=person, now=now, draft=draft, draft_name=name, cycle=cycle,
            from_now=bool(asking.sent(request, "from_now")),
        )  # fmt: skip
    except Refusal as refusal:
        return _list(request, refusal)
    return redirect("what_if", row.pk)


def _draft(chosen: str, standard_id: str) -> tuple[Standard | None, str]:
    """The draft or version that the form names: ``draft-3`` is being written, ``version-5`` is stored."""
    kind, _dash, number = chosen.partition("-")
    if kind == "version":
        version = Version.objects.filter(pk=asking.whole(number), standard_id=standard_id).first()
        return (program_of(version.pk, version.content_hash).standard, str(version)) if version else (None, "")
    if kind == "draft":
        draft = WorkingDraft.objects.filter(pk=asking.whole(number), standard_id=standard_id).first()
        parsed = parse(draft.source, name=standard_id).standard if draft else None
        if draft is not None and parsed is None:
            raise DraftNotReadable(field="draft")
        return parsed, _("draft of %(who)s") % {"who": draft.author.name} if draft else ""
    return None, ""


class DraftNotReadable(Mistake):
    """A draft whose text is no whole document."""

    code = "draft_not_whole"
    message = "This draft cannot be read, so it cannot be simulated."
    remedy = "Mend what the editor marks, then ask again."


def _settings(request: HttpRequest, base: Standard) -> dict[str, str]:
    """Everything that the form changes; empty fields, and people as they are, change nothing."""
    now = predicting.people_now(base, asking.now())
    given: dict[str, str] = {}
    for name in request.POST:
        value = asking.sent(request, name)
        unchanged = name.startswith(PEOPLE) and value == str(now.get(name.removeprefix(PEOPLE), 0))
        if name.startswith((PEOPLE, LIMIT, CALENDAR)) and value and not unchanged:
            given[name] = value
    for name in ("arrivals.per_week", "absence"):
        if value := asking.sent(request, name):
            given[name] = value
    for line in asking.sent(request, "more").splitlines():
        key, equals, value = (part.strip() for part in line.partition("="))
        if key and equals and value:
            given[key] = value
        elif key:
            raise BadSetting(field="more", key=key, value="", expected=_("it has no value"), example=f"{key}=…")
    return given


def _list(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    versions = list(Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "content_hash", "standard_id", "version", "title"))
    wanted = request.POST.get("version") or request.GET.get("standard", "")
    chosen = next((one for one in versions if wanted in (str(one.pk), one.standard_id)), versions[0] if versions else None)
    context = {
        "tab": "what_ifs",
        "rows": WhatIf.objects.filter(kind=WhatIf.Kind.COMPARE)
        .select_related("asked_by", "version")
        .defer("result", "draft")
        .order_by("-id")[:30],
        "versions": [(one, said(program_of(one.pk, one.content_hash).standard.title)) for one in versions],
        "chosen": chosen,
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
        "cycle": Cycle.objects.filter(pk=asking.whole(request.POST.get("cycle", request.GET.get("cycle", "")))).first(),
        **(_form(request, chosen) if chosen else {}),
    }
    return render(request, "improvement/what_ifs.html", context, status=refusing.status(refusal) if refusal else 200)


def _form(request: HttpRequest, chosen: Version) -> dict[str, object]:
    standard = program_of(chosen.pk, chosen.content_hash).standard
    people = predicting.people_now(standard, asking.now())
    others = Version.objects.filter(standard_id=chosen.standard_id).exclude(pk=chosen.pk).exclude(status=Version.Status.RETIRED)
    drafts = WorkingDraft.objects.filter(standard_id=chosen.standard_id, state=WorkingDraft.State.WRITING).select_related("author")
    return {
        "roles": [
            (f"{PEOPLE}{one}", role(standard, one), request.POST.get(f"{PEOPLE}{one}", str(people.get(one, 0)))) for one in standard.roles
        ],
        "limits": [
            (f"{LIMIT}{stage.id}", said(stage.title), limit(stage.limit), request.POST.get(f"{LIMIT}{stage.id}", ""))
            for stage in standard.stages.values()
        ],
        "calendars": [
            (f"{CALENDAR}{one.id}", str(one.id), shifts.said(one.hours), request.POST.get(f"{CALENDAR}{one.id}", ""))
            for one in standard.calendars.values()
        ],
        "drafts": [
            *(
                (f"version-{one.pk}", f"{one} ({one.get_status_display()})")
                for one in others.only("id", "standard_id", "version", "status")
            ),
            *((f"draft-{one.pk}", _("draft of %(who)s") % {"who": one.author.name}) for one in drafts),
        ],
        "keys": known_settings.keys(standard),
    }


@needs("what_if.read")
@require_safe
def what_if(request: HttpRequest, what_if_id: int) -> HttpResponse:
    """One question: how far it is, or what came out."""
    row = get_object_or_404(WhatIf.objects.select_related("asked_by", "version", "cycle"), pk=what_if_id)
    asked_again = bool(request.headers.get("HX-Request"))
    if asked_again and row.state in (WhatIf.State.DONE, WhatIf.State.FAILED):
        return HttpResponse(headers={"HX-Refresh": "true"})
    tab = "people_needed" if row.kind == WhatIf.Kind.STAFF else "what_ifs"
    context: dict[str, object] = {"tab": tab, "row": row, "changes": _changes(row)}
    if row.state == WhatIf.State.DONE and row.kind == WhatIf.Kind.STAFF:
        context |= staffing_pages.shown(row, staffing.result_of(row))
    elif row.state == WhatIf.State.DONE:
        context |= _shown(row, predicting.result_of(row))
    elif row.state == WhatIf.State.FAILED:
        context["problem"] = refusing.retold(row.problem)
    page = f"improvement/{'staffing' if row.kind == WhatIf.Kind.STAFF else 'what_if'}.html"
    page = "improvement/parts/what_if_state.html" if asked_again else page
    return render(request, page, context)


def _changes(row: WhatIf) -> list[str]:
    """What was asked to be different, in words; settings that only the text field knows as they were written."""
    standard = program_of(row.version_id, row.version.content_hash).standard
    kinds = (PEOPLE, staffing_pages.COST, LIMIT, CALENDAR)  # in this sequence, whatever the database made of it
    rank = {key: next((at for at, kind in enumerate(kinds) if key.startswith(kind)), len(kinds)) for key in row.given}
    return [_change(standard, key, row.given[key]) for key in sorted(rank, key=lambda key: (rank[key], key))]


def _change(standard: Standard, key: str, value: str) -> str:
    for prefix, titled in ((PEOPLE, role), (LIMIT, stage_title)):
        if key.startswith(prefix):
            return _("%(what)s: %(value)s") % {"what": titled(standard, key.removeprefix(prefix)), "value": value}
    if key.startswith(staffing_pages.COST):
        words = {"role": role(standard, key.removeprefix(staffing_pages.COST)), "cost": value}
        return _("%(role)s: %(cost)s an hour") % words
    named = {"arrivals.per_week": _("Orders per week"), "absence": _("Absence beside what is known")}
    if key.startswith(CALENDAR):
        return _("%(what)s: %(value)s") % {"what": key.removeprefix(CALENDAR), "value": value}
    return _("%(what)s: %(value)s") % {"what": named[key], "value": value} if key in named else f"{key}={value}"


def _shown(row: WhatIf, found: Prediction) -> dict[str, object]:
    standard = program_of(row.version_id, row.version.content_hash).standard
    titles = {str(stage.id): said(stage.title) for stage in standard.stages.values()}
    before, after = found.before, found.after
    changed = {stage.stage: stage for stage in after.stages}
    return {
        "found": found,
        "in_short": predicting.in_short(found),
        "headline": [
            (_("Lead time, mean (days)"), _figure(before.lead_mean), _figure(after.lead_mean), predicting.relative(found.lead_mean)),
            (_("Lead time, 80 % within (days)"), _figure(before.lead_p80), _figure(after.lead_p80), predicting.relative(found.lead_p80)),
            (
                _("Orders with a stage beyond its limit (%)"),
                _figure(before.late_share, 100),
                _figure(after.late_share, 100),
                _points(found.late_points),
            ),
            (
                _("Orders with an error (%)"),
                _figure(before.error_rate, 100),
                _figure(after.error_rate, 100),
                _points(found.error_points),
            ),
            (_("Orders ended per week"), _figure(before.per_week), _figure(after.per_week), ""),
        ],
        "stages": [(titles.get(one.stage, one.stage), one, changed.get(one.stage)) for one in before.stages if one.passages],
        "busy": [(role(standard, name), dict(before.roles).get(name), busy) for name, busy in after.roles],
        "basis": [(titles.get(one.stage, one.stage), one) for one in found.basis],
        "heads": [(role(standard, name), dict(found.people_before).get(name, 0), n) for name, n in found.people_after],
    }


def _figure(found: Figure, factor: float = 1) -> str:
    if found.low is None or found.high is None:
        return f"{found.value * factor:.2f}"
    return f"{found.value * factor:.2f} ({max(0.0, found.low * factor):.2f} – {found.high * factor:.2f})"


def _points(change: Figure | None) -> str:
    if change is None:
        return ""
    if change.low is None or change.high is None:
        return _signed(change.value)
    ends = {"low": _signed(change.low), "high": _signed(change.high)}
    return _("%(change)s points (%(low)s to %(high)s)") % {"change": _signed(change.value), **ends}


def _signed(points: float) -> str:
    """With its sign; what rounds to nothing has none."""
    return f"{points:+.1f}".replace("-", "−") if round(points, 1) else "0.0"
