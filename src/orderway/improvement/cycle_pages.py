"""PDCA cycles on one A3 page each, and the page where they begin. Decides nothing; `cycles` does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderway.engine.refusals import Mistake, Refusal
from orderway.improvement import asking, charts, cycles, introduction, predicting, series, suggestions
from orderway.improvement import words as wording
from orderway.improvement.cycles import Checked, Plan
from orderway.improvement.models import Cycle, Reply, Result, WhatIf
from orderway.improvement.refusals import WrongMoment
from orderway.improvement.suggestion_pages import rows_of
from orderway.masterdata.models import Group, PriceList
from orderway.orders.models import Feedback
from orderway.pages import refusing
from orderway.pages.guarding import needs
from orderway.pages.templatetags.ow import said
from orderway.releases import trials
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.simulation.verdicts import FEWEST
from orderway.standard.document import Standard

BACK_DAYS = 90  # of the bottleneck and of suggestions on the first page
SHOWN = 5


@needs("cycle.read")
@require_safe
def improve(request: HttpRequest) -> HttpResponse:
    """Where improvement begins: cycles, the biggest bottleneck, what was said lately."""
    since = asking.now() - timedelta(days=BACK_DAYS)
    worst = next(iter(suggestions.bottlenecks(since)), None)
    context = {
        "tab": "cycles",
        "cycles": [_row(cycle) for cycle in Cycle.objects.select_related("begun_by", "version", "result").order_by("-id")[:50]],
        "worst": worst,
        "worst_title": _stage_title(worst.version_id, worst.stage) if worst else "",
        "said": rows_of(suggestions.suggestions(state=Reply.State.OPEN)[:SHOWN]),
    }
    return render(request, "improvement/improve.html", context)


@needs("cycle.read")
@require_POST
def from_bottleneck(request: HttpRequest) -> HttpResponse:
    """Begin a cycle because of a bottleneck: its figures become a suggestion, which the cycle answers."""
    version, stage, now = asking.whole(asking.sent(request, "version")), asking.sent(request, "stage"), asking.now()
    found = (one for one in suggestions.bottlenecks(now - timedelta(days=BACK_DAYS)) if (one.version_id, one.stage) == (version, stage))
    worst = next(found, None)
    if worst is None:
        raise Http404
    text = _("%(n)s passages in %(days)s days, open for %(mean)s hours each on average.") % {
        "n": worst.n,
        "days": BACK_DAYS,
        "mean": f"{worst.mean:.1f}",
    }
    try:
        row = suggestions.of_bottleneck(version, stage, text, actor=asking.actor_of(request), now=now)
    except Refusal as refusal:
        return refusing.response(request, refusal)
    return redirect(f"{reverse('new_cycle')}?about={row.pk}")


def _row(cycle: Cycle) -> dict[str, object]:
    column = wording.column_of(cycle)
    return {"cycle": cycle, "column": column, "column_words": wording.column(column)}


@needs("cycle.read")
@require_http_methods(["GET", "HEAD", "POST"])
def new_cycle(request: HttpRequest) -> HttpResponse:
    """The plan of a new cycle; the address may say what it is about."""
    source = request.POST if request.method == "POST" else request.GET
    about = list(Feedback.objects.filter(pk__in=[asking.whole(one) for one in source.getlist("about")]).select_related("version"))
    follows = Cycle.objects.filter(pk=asking.whole(source.get("follows", ""))).first()
    if request.method != "POST":
        return _plan_page(request, None, about, follows)
    try:
        cycle = cycles.begin(_plan(request), by=asking.person_of(request), now=asking.now(), about=about, follows=follows)
    except Refusal as refusal:
        return _plan_page(request, None, about, follows, refusal)
    return redirect("cycle", cycle.pk)


@needs("cycle.read")
@require_http_methods(["GET", "HEAD", "POST"])
def replan(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Write the plan anew."""
    cycle = get_object_or_404(Cycle, pk=cycle_id)
    if request.method != "POST":
        return _plan_page(request, cycle, [], None)
    try:
        cycles.replan(cycle, _plan(request), by=asking.person_of(request))
    except Refusal as refusal:
        return _plan_page(request, cycle, [], None, refusal)
    return redirect("cycle", cycle.pk)


def _plan(request: HttpRequest) -> Plan:
    names = ("title", "standard", "stage", "measure")
    title, standard, stage, measure = (asking.sent(request, name) for name in names)
    aim = asking.whole(asking.sent(request, "aim").lstrip("-−").rstrip("% "))
    return Plan(title, standard, stage, measure, aim, asking.sent(request, "problem"), asking.sent(request, "causes"))


def _plan_page(
    request: HttpRequest, cycle: Cycle | None, about: list[Feedback], follows: Cycle | None, refusal: Refusal | None = None
) -> HttpResponse:
    first = about[0] if about else None
    given: dict[str, object] = {"measure": "lead_time", "aim": 30, "standard": "", "stage": "", "title": "", "problem": "", "causes": ""}
    if cycle is not None or follows is not None:
        known = cycle or follows
        assert known is not None
        given |= {"standard": known.standard_id, "stage": known.stage, "measure": known.measure, "aim": -known.aim_percent}
        given |= {"title": known.title, "problem": known.problem, "causes": known.causes}
    if first is not None and first.version is not None:
        given |= {"standard": first.version.standard_id, "stage": first.stage, "problem": first.comment}
    given |= {name: request.GET[name] for name in ("standard", "stage", "measure", "problem") if name in request.GET}
    given |= {name: request.POST[name] for name in given if name in request.POST}
    standards = _standards()
    context = {
        "tab": "cycles",
        "cycle": cycle,
        "about": rows_of(about),
        "follows": follows,
        "given": given,
        "standards": [(one.id, said(one.title)) for one in standards],
        "stages": {said(one.title): [(stage.id, said(stage.title)) for stage in one.stages.values()] for one in standards}.items(),
        "measures": Cycle.Measure.choices,
        "refused": refusing.sentence(refusal) if refusal else "",
        "field": refusal.field if isinstance(refusal, Mistake) else "",
    }
    return render(request, "improvement/plan.html", context, status=refusing.status(refusal) if refusal else 200)


def _standards() -> list[Standard]:
    effective = Version.objects.filter(status=Version.Status.EFFECTIVE).only("id", "content_hash").order_by("standard_id")
    return [program_of(version.pk, version.content_hash).standard for version in effective]


# --- the A3 page ------------------------------------------------------------------------------------------------------------


@needs("cycle.read")
@require_safe
def cycle(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Plan, do, check, act on one page."""
    return _page(request, _of(cycle_id))


def _page(request: HttpRequest, one: Cycle, refusal: Refusal | None = None) -> HttpResponse:
    checked = cycles.check(one)
    old, new = series.sides(one, checked.rows)
    person, asked = asking.person_of(request), one.what_ifs.order_by("-id").first()
    context = {
        "tab": "cycles",
        "cycle": one,
        "column": wording.column_of(one),
        "stage_title": _title_of(one),
        "baseline": _baseline(one, checked),
        "before": charts.drawn([row for row in checked.rows if not row.new], one.measure),
        "after": charts.drawn(checked.rows, one.measure) if one.changed_at else None,
        "n_old": len(old),
        "n_new": len(new),
        "fewest": FEWEST,
        "verdict": checked.verdict,
        "sentence": wording.verdict_sentence(one.measure, checked.verdict) if checked.verdict else "",
        "aim": wording.percent(one.aim_percent / 100),
        "prediction": predicting.in_short(predicting.result_of(asked)) if asked and asked.state == WhatIf.State.DONE else "",
        "asked": asked,
        "causes": [line for line in one.causes.splitlines() if line.strip()],
        "said": rows_of(suggestions.suggestions().filter(replies__cycle=one).distinct()),
        "frozen": getattr(one, "result", None),
        **_introduced(one),
        "may_lead": cycles.may_lead(one, person),
        "versions": _tryable(one),
        "customer_groups": PriceList.objects.order_by("key"),
        "teams": Group.objects.filter(active=True),
        "outcomes": Cycle.Outcome.choices,
        "today": timezone.localdate(),
        "refused": refusing.sentence(refusal) if refusal else "",
        "sent": request.POST,
    }
    return render(request, "improvement/cycle.html", context, status=refusing.status(refusal) if refusal else 200)


def _introduced(one: Cycle) -> dict[str, object]:
    """How the introduction of the cycle's version goes; nothing where there is none."""
    if one.version is None or one.changed_at is None:
        return {}
    found = introduction.of(one.version, one.changed_at, asking.now())
    return {
        "introduction": found,
        "introduced": [(_stage_title(one.version.pk, stage), new, old) for stage, new, old in found.stages],
        "heard": rows_of(suggestions.suggestions().filter(version=one.version, at__gte=one.changed_at)[:SHOWN]),
        "few": suggestions.FEWEST,
    }


def _baseline(one: Cycle, checked: Checked) -> str:
    rows = [row for row in checked.rows if not row.new]
    if not rows:
        return _("No order has ended yet: there is no baseline.")
    mean = wording.value(one.measure, sum(row.value for row in rows) / len(rows))
    return _("%(mean)s on average, of %(n)s orders received from %(first)s to %(last)s.") % {
        "mean": mean,
        "n": len(rows),
        "first": timezone.localtime(rows[0].at).date(),
        "last": timezone.localtime(rows[-1].at).date(),
    }


@needs("cycle.read")
@require_POST
def prepare(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Note what is done."""
    one = _of(cycle_id)
    version = Version.objects.filter(pk=asking.whole(asking.sent(request, "version")), standard_id=one.standard_id).first()
    return _do(request, one, lambda: cycles.prepare(one, version, asking.sent(request, "doing"), by=asking.person_of(request)))


@needs("cycle.read")
@require_POST
def changed(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Note since when all new orders go the new way."""
    one = _of(cycle_id)
    return _do(request, one, lambda: cycles.changed(one, _moment(request), by=asking.person_of(request), now=asking.now()))


@needs("cycle.read")
@require_POST
def start_trial(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """A share of new orders goes the new way, of all or of a pilot's."""
    one, share, reason = _of(cycle_id), asking.whole(asking.sent(request, "share").rstrip("% ")), asking.sent(request, "reason")
    person, now = asking.person_of(request), asking.now()
    return _do(request, one, lambda: cycles.start_trial(one, share, reason, pilot=_pilot(request), by=person, now=now))


def _pilot(request: HttpRequest) -> trials.Pilot:
    group = PriceList.objects.filter(key=asking.sent(request, "customers")).first()
    return trials.Pilot(group, Group.objects.filter(key=asking.sent(request, "team"), active=True).first())


@needs("cycle.read")
@require_POST
def stop_trial(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """No further order goes the new way."""
    one, reason = _of(cycle_id), asking.sent(request, "reason")
    return _do(request, one, lambda: cycles.stop_trial(one, reason, by=asking.person_of(request), now=asking.now()))


def _moment(request: HttpRequest) -> datetime:
    """The beginning of a day; today is now."""
    text = asking.sent(request, "day")
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise WrongMoment(field="day", day=text or "-")
    now = asking.now()
    return now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, time()))


@needs("cycle.read")
@require_POST
def close(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """End the cycle."""
    one, outcome = _of(cycle_id), asking.sent(request, "outcome")
    chosen = Cycle.Outcome(outcome) if outcome in Cycle.Outcome.values else Cycle.Outcome.DROP
    act = lambda: cycles.close(one, chosen, asking.sent(request, "reason"), by=asking.person_of(request), now=asking.now())  # noqa: E731
    answer = _do(request, one, act)
    if chosen == Cycle.Outcome.NEXT and answer.status_code == 302:
        return redirect(f"/improve/cycles/new?follows={one.pk}")
    return answer


@needs("cycle.read")
@require_safe
def data(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """The frozen result of a closed cycle: verdict and orders."""
    frozen = get_object_or_404(Result, cycle=cycle_id)
    answer = HttpResponse(frozen.content, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="cycle-{cycle_id}.json"'
    return answer


def _do(request: HttpRequest, one: Cycle, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return _page(request, one, refusal)
    messages.success(request, _("Noted."))
    return redirect("cycle", one.pk)


def _of(cycle_id: int) -> Cycle:
    rows = Cycle.objects.select_related(
        "begun_by", "closed_by", "version", "trial__customer_group", "trial__team", "result", "follows", "followed_by"
    )
    return get_object_or_404(rows, pk=cycle_id)


def _tryable(one: Cycle) -> list[Version]:
    """Versions that a cycle may try: those that are not retired."""
    rows = Version.objects.filter(standard_id=one.standard_id).exclude(status=Version.Status.RETIRED)
    return list(rows.only("id", "standard_id", "version", "status").order_by("-id"))


def _title_of(one: Cycle) -> str:
    standard = cycles.standard_of(one.standard_id)
    stage = next((stage for stage in standard.stages.values() if stage.id == one.stage), None)
    return f"{said(standard.title)} · {said(stage.title)}" if stage else said(standard.title)


def _stage_title(version_id: int, stage: str) -> str:
    stages = program_of(version_id).standard.stages
    return next((said(one.title) for one in stages.values() if one.id == stage), stage)
