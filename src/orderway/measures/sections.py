"""The product's own sections of a management review. Each reads its figures over the period and says them in the language in use."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.measures import figures, reading, showing
from orderway.measures.figures import Figure
from orderway.measures.models import Decision, ReviewPack
from orderway.measures.periods import Period
from orderway.measures.reading import Sums
from orderway.measures.rules.definitions import BY_ID
from orderway.orders.models import Correction
from orderway.pages.review_sections import Days, Section, register_section
from orderway.pages.templatetags.ow import day, said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.releases.reviewing import due_dates

HEADLINES = (
    "lead_time",
    "error_rate",
    "perfect_order",
    "perfect_order_rates",
    "otif_requested",
    "otif_confirmed",
    "stages_in_limit",
    "touchless",
    "conforming",
    "adherence",
    "days_to_payment",
)
SHOWN_STAGES = 6


def register() -> None:
    """Fill the list of sections."""
    register_section("decisions", decisions, rank=10)
    register_section("figures", targets, rank=20)
    register_section("bottlenecks", bottlenecks, rank=30)
    register_section("errors", errors, rank=40)
    register_section("standards", standards, rank=70)


def decisions(period: Days, now: datetime) -> Section | None:
    """How the decisions of earlier reviews stand: what is open, and what was done since the review before."""
    before = ReviewPack.objects.order_by("-made_at").values_list("made_at", flat=True).first()
    rows = Decision.objects.select_related("owner", "pack")
    known = [one for one in rows if one.done_at is None or before is None or one.done_at >= before]
    if not known:
        return None
    today = timezone.localdate(now)
    late = sum(one.done_at is None and one.due_on < today for one in known)
    head = [_("Decision"), _("Review"), _("Owner"), _("Due"), _("State")]
    table = [[one.text, one.pack.key, one.owner.name, one.due_on.isoformat(), _state(one)] for one in known]
    marks = ["met" if one.done_at else "missed" if one.due_on < today else "" for one in known]
    sentence = ngettext("%(number)d decision is late.", "%(number)d decisions are late.", late) % {"number": late}
    return Section(_("Decisions of earlier reviews"), [sentence] if late else [], head, table, marks)


def _state(one: Decision) -> str:
    return _("done: %(result)s") % {"result": one.result} if one.done_at else _("open")


def targets(period: Days, now: datetime) -> Section:
    """Figures against their targets, beside the period before."""
    today = timezone.localdate(now)
    length = period.until - period.since + timedelta(days=1)
    earlier = Period("", period.since - length, period.until - length)
    before = {one.kind.definition.id: one for one in figures.figures(earlier, today)}
    shown = [one for one in figures.figures(period, today) if one.kind.standard or one.kind.definition.id in HEADLINES]
    head = [_("Figure"), _("Value"), _("Before"), _("Target"), "n", _("Verdict")]
    rows = [_figure_row(one, before.get(one.kind.definition.id)) for one in shown]
    missed, met = (sum(one.verdict == verdict for one in shown) for verdict in ("missed", "met"))
    sentence = _("%(met)d targets were met, %(missed)d missed; the others are too close to call or rest on too few orders.")
    ended = reading.orders_ended(period.since, period.until)
    ended_words = ngettext("%(number)d order ended in this period.", "%(number)d orders ended in this period.", ended) % {"number": ended}
    return Section(
        _("Figures against target"), [ended_words, sentence % {"met": met, "missed": missed}], head, rows, [one.verdict for one in shown]
    )


def _figure_row(one: Figure, before: Figure | None) -> list[str]:
    definition, title = one.kind.definition, showing.words(one.kind.definition.title)
    return [
        f"{title} ({one.kind.standard})" if one.kind.standard else title,
        showing.amount(definition, one.value),
        showing.amount(definition, before.value if before else None),
        showing.target_words(one.kind) or "–",
        f"{one.number:,}",
        str(showing.VERDICTS[one.verdict]),
    ]


def bottlenecks(period: Days, now: datetime) -> Section | None:
    """The stages that take most of all time, waiting apart from work."""
    sums = reading.by_stage(("waiting", "working", "stages_in_limit"), period.since, period.until)
    times = {stage: sum(known.get(name, _NOTHING).numerator for name in ("waiting", "working")) for stage, known in sums.items()}
    whole = sum(times.values())
    if not whole:
        return None
    names, ranked = showing.Names(), sorted(times, key=lambda stage: -times[stage])[:SHOWN_STAGES]
    rows = [_stage_row(names.of("stage", stage), times[stage] / whole, sums[stage]) for stage in ranked]
    sentence = _("“%(stage)s” takes %(share)s %% of all working time, most of it %(kind)s.")
    first = sums[ranked[0]]
    waits = first.get("waiting", _NOTHING).numerator >= first.get("working", _NOTHING).numerator
    words = {
        "stage": names.of("stage", ranked[0]),
        "share": showing.decimals(100 * times[ranked[0]] / whole, 1),
        "kind": _("waiting time") if waits else _("time at work"),
    }
    head = [_("Stage"), _("Share of all time"), _("Waiting time"), _("Time at work"), _("On time"), "n"]
    return Section(_("Bottlenecks"), [sentence % words], head, rows)


_NOTHING = Sums(0, 0)


def _stage_row(name: str, share: float, sums: dict[str, Sums]) -> list[str]:
    cells = [showing.amount(BY_ID[figure], _mean(figure, sums)) for figure in ("waiting", "working", "stages_in_limit")]
    return [name, f"{showing.decimals(100 * share, 1)} %", *cells, f"{sums.get('waiting', _NOTHING).denominator:,}"]


def _mean(figure: str, sums: dict[str, Sums]) -> Decimal | None:
    return figures.ratio(BY_ID[figure], sums.get(figure, _NOTHING))


def errors(period: Days, now: datetime) -> Section:
    """Errors by cause: failed gates by stage, corrections by kind and where they were found."""
    names = showing.Names()
    counted: Counter[tuple[str, str]] = Counter()
    for stage, sums in reading.by_stage(("failed_gates",), period.since, period.until).items():
        if sums["failed_gates"].numerator:
            counted[_("failed gate"), names.of("stage", stage)] += sums["failed_gates"].numerator
    kinds = {name: said(kind.title) for standard in figures.standards_in_force() for name, kind in standard.errors.items()}
    found = Correction.objects.filter(at__date__range=(period.since, period.until)).values_list("kind", "found_at", "should_be_caught_at")
    for kind, found_at, caught_at in found:
        where = names.of("stage", found_at)
        if caught_at:
            where = _("%(found)s, should have been caught at %(gate)s") % {"found": where, "gate": names.of("stage", caught_at)}
        counted[kinds.get(kind, kind), where] += 1
    rows = [[cause, where, str(number)] for (cause, where), number in counted.most_common()]
    sentences = [] if rows else [_("No errors were recorded in this period.")]
    return Section(_("Errors by cause"), sentences, [_("Cause"), _("Where found"), _("Count")] if rows else [], rows)


def standards(period: Days, now: datetime) -> Section:
    """The standards in force, and when each is due for review."""
    versions = list(Version.objects.filter(status=Version.Status.EFFECTIVE).order_by("standard_id"))
    pairs = [(version, program_of(version.pk, version.content_hash).standard) for version in versions]
    due, today = due_dates(pairs), timezone.localdate(now)
    rows, marks = [], []
    for version, standard in pairs:
        planned = due.get(version.pk)
        late = planned is not None and planned <= today
        state = _("due for review") if late else _("not due yet")
        rows.append([said(standard.title), version.version, day(version.effective_at), day(planned) or "–", state])
        marks.append("missed" if late else "met")
    head = [_("Standard"), _("Version"), _("In force since"), _("Next review"), _("State")]
    return Section(_("Standards due for review"), [], head, rows, marks)
