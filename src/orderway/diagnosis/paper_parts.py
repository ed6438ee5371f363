"""The parts of a diagnosis on paper: the sentences, limits and tables of the page, cut to what can be read where nothing can be clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from orderway.diagnosis import showing
from orderway.diagnosis.lasting import lasting
from orderway.diagnosis.showing import ENOUGH, Wanted
from orderway.diagnosis.templatetags.diagnosing import counted, decimals, percent
from orderway.mining.drift import Change
from orderway.mining.summary import Summary
from orderway.pages import fonts

MAP_SHARE = 20  # percent of the edges: what can still be followed on a page
WAYS, ROWS, PEOPLE = 12, 25, 15
UPRIGHT_MM, ACROSS_MM = (178, 205), (265, 135)  # what a picture has on a page (typst/diagnosis.typ)
LARGEST_SCALE = 0.28  # millimetres per unit: larger, a few boxes would fill a page


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report, as finished text.

    `numeric`: columns that stand right; `short`: as wide as their words; `bars`: per row two shares in percent, drawn behind the first
    column in the colours of waiting and work; `picture`: SVG of `size_mm`; `across`: on a page across.
    """

    title: str
    sentences: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    numeric: Sequence[int] = ()
    short: Sequence[int] = ()
    bars: Sequence[tuple[float, float]] = ()
    picture: str = ""
    size_mm: tuple[float, float] = (0, 0)
    across: bool = False
    notes: Sequence[str] = ()

    def texts(self) -> Iterator[str]:
        """Every text in it."""
        yield from (self.title, *self.sentences, *self.head, *self.notes)
        for row in self.rows:
            yield from row


def parts(summary: Summary, code: str) -> list[Part]:
    """What there is to say, in the order of the page; how it was read and counted stands last."""
    built = (
        _map(summary, code),
        _ways(summary),
        _times(summary),
        _rework(summary),
        _deviations(summary),
        _causes(summary),
        _drift(summary),
        _people(summary),
        _handovers(summary),
        _batches(summary),
        _dots(summary, code),
        _draft(summary),
        _read(summary),
        _method(summary),
    )
    return [part for part in built if part is not None]


def figures(summary: Summary) -> list[tuple[str, str]]:
    """The figures of the first page."""
    beside = summary.beside
    compared = []
    if beside:
        compared = [(_("Fitness to the standard"), decimals(beside.log_fitness)), (_("Deviating cases"), percent(beside.deviating_share))]
    return [
        (_("Cases"), counted(summary.cases)),
        (_("Events"), counted(summary.events)),
        (_("Ways"), counted(summary.variants)),
        (_("Median duration"), lasting(summary.median_seconds)),
        (_("95 % end within"), lasting(summary.p95_seconds)),
        (_("Most frequent way"), percent(summary.happy_share)),
        *compared,
    ]


def period(summary: Summary) -> str:
    """From when to when, and how durations are meant."""
    sentence = _("Events from %(first)s to %(last)s. Durations by the clock on the wall, nights and weekends included.")
    return sentence % {"first": f"{showing.moment(summary.first):%Y-%m-%d}", "last": f"{showing.moment(summary.last):%Y-%m-%d}"}


def _map(summary: Summary, code: str) -> Part:
    drawn = showing.drawn_map(summary, Wanted(MAP_SHARE))
    notes = [_("Connections that are not shown: {n}.").format(n=counted(drawn.hidden_edges))]
    if drawn.hidden_activities:
        notes.append(_("Rare activities that are not shown: {n}.").format(n=counted(drawn.hidden_activities)))
    sentence = _("Boxes are activities, arrows what follows them; the number says how often, darker is more often.")
    picture = _svg("diagnosis/parts/map_svg.html", {"map": drawn, "wanted": Wanted(MAP_SHARE)}, code)
    size, across = _fitted(drawn.width, drawn.height)
    return Part(_("Process map"), [sentence], picture=picture, size_mm=size, across=across, notes=notes)


def _fitted(width: float, height: float) -> tuple[tuple[float, float], bool]:
    """How large a picture becomes, and whether it does so on a page across."""
    upright, across = (min(room[0] / width, room[1] / height, LARGEST_SCALE) for room in (UPRIGHT_MM, ACROSS_MM))
    scale = max(upright, across)
    return (width * scale, height * scale), across > upright


def _ways(summary: Summary) -> Part:
    shown = summary.ways[:WAYS]
    rows = [
        [_way(summary, way.activities), counted(way.count), percent(way.count / summary.cases), lasting(way.median_seconds)]
        for way in shown
    ]
    covered = sum(way.count for way in shown) / summary.cases
    sentence = _("The {n} most frequent of {all} ways are those of {share} of the cases.")
    said = sentence.format(n=len(shown), all=counted(summary.variants), share=percent(covered))
    return Part(_("Ways that cases take"), [said], [_("Ways"), _("cases"), _("share"), _("median")], rows, (1, 2, 3))


def _way(summary: Summary, activities: Sequence[int]) -> str:
    return " → ".join(summary.activities[one].name for one in activities)


def _times(summary: Summary) -> Part:
    most = max((time.waiting_total + time.working_total for time in summary.times), default=0.0) or 1.0
    shown = summary.times[:ROWS]
    head = [_("Activity"), _("Share of all time"), _("times"), _("waiting, median"), _("waiting, 95 %")]
    rows = [
        [time.activity, percent(time.share), counted(time.pieces), lasting(time.waiting_median), lasting(time.waiting_p95)]
        for time in shown
    ]
    if summary.working_known:
        head += [_("working, median"), _("working, 95 %")]
        rows = [[*row, lasting(time.working_median), lasting(time.working_p95)] for row, time in zip(rows, shown, strict=True)]
        sentence = _("Waiting is the time from the event before to the start of the work.")
    else:
        sentence = _(
            "The log has one time per event, so waiting and working cannot be told apart: shown is the time from the event before."
        )
    bars = [(100 * time.waiting_total / most, 100 * time.working_total / most) for time in shown]
    return Part(_("Waiting and working"), [sentence], head, rows, tuple(range(1, len(head))), bars=bars)


def _rework(summary: Summary) -> Part:
    again = sorted((one for one in summary.activities if one.rework_cases), key=lambda one: (-one.rework_cases, one.name))[:ROWS]
    if not again:
        return Part(_("Rework"), [_("No case repeats a step.")])
    head = [_("Activity"), _("cases that repeat it"), _("surplus times"), _("at once again")]
    rows = [[one.name, counted(one.rework_cases), counted(one.surplus), counted(one.self_loops)] for one in again]
    share = _("{share} % of the cases repeat a step.").format(share=f"{100 * summary.rework_cases / summary.cases:.1f}")
    return Part(_("Rework"), [share], head, rows, (1, 2, 3))


def _deviations(summary: Summary) -> Part | None:
    beside = summary.beside
    if beside is None:
        return None
    sentence = _("%(fitting)s of the cases fit wholly; the fitness of the log is %(fitness)s (exact alignments).")
    said = [sentence % {"fitting": percent(beside.fitting_share), "fitness": decimals(beside.log_fitness)}]
    if beside.unmatched:
        said.append(f"{_('Activities that the standard does not know:')} {', '.join(beside.unmatched)}")
    if beside.never_seen:
        said.append(f"{_('Stages that the log never shows:')} {', '.join(beside.never_seen)}")
    head = [_("Step"), _("what"), _("cases"), _("longer by (median)"), _("Who")]
    rows = [
        [row.step, str(kind), counted(row.cases), lasting(row.extra_seconds), ", ".join(f"{name} ({n})" for name, n in who[:5])]
        for kind, row, who in showing.deviations(summary)[:ROWS]
    ]
    note = _("Conditions of the standard are not evaluated: every branch may be taken. Who went on without a skipped step is named there.")
    title = _("Deviations from %(name)s") % {"name": beside.name}
    return Part(title, said, head if rows else (), rows, (2, 3), short=(1,), notes=[note])


def _causes(summary: Summary) -> Part:
    if not summary.causes:
        nothing = _("Nothing in the log goes together with slow, repeated or deviating cases more than chance would.")
        return Part(_("Causes"), [nothing])
    head = [_("Where"), _("a case more often"), _("cases"), _("there"), _("elsewhere"), _("times as often (95 % interval)")]
    rows = [
        [
            f"{showing.attribute_words(one.attribute)} = {one.value}",
            str(showing.OUTCOMES[one.outcome]),
            counted(one.cases),
            percent(one.share),
            percent(one.share_elsewhere),
            f"{decimals(one.lift)} ({decimals(one.low)} – {decimals(one.high)})",
        ]
        for one in summary.causes[:ROWS]
    ]
    note = _("Only what stands after correction for everything looked at. What goes together need not be the cause: ask the people.")
    return Part(_("Causes"), [], head, rows, (2, 3, 4, 5), notes=[note])


def _drift(summary: Summary) -> Part:
    drift = summary.drift
    if not drift.enough:
        return Part(_("Drift"), [_("Too few cases to compare two periods (20 on each side are needed).")])
    sentence = _(
        "%(before)s cases begun until %(at)s beside %(after)s later ones; the last tenth of the time is left out, "
        "as its cases are not complete."
    )
    at = f"{showing.moment(drift.split):%Y-%m-%d}"
    said = [sentence % {"before": counted(drift.cases_before), "at": at, "after": counted(drift.cases_after)}]
    if not drift.changes:
        return Part(_("Drift"), [*said, _("Nothing changed more than chance would.")])
    rows = [[showing.change_words(one.kind, one.name), *_both(one)] for one in drift.changes[:ROWS]]
    return Part(_("Drift"), said, [_("What changed"), _("before"), _("after")], rows, (1, 2))


def _both(change: Change) -> tuple[str, str]:
    if change.kind == "duration":
        return lasting(change.before), lasting(change.after)
    return percent(change.before), percent(change.after)


def _people(summary: Summary) -> Part:
    people = showing.people_shown(summary.people)[:PEOPLE]
    if not summary.people:
        return Part(_("People"), [_("The log does not say who did what.")])
    sentence = _("%(n)s people in all. These are amounts of work, not of diligence: who gets the hard cases has fewer.")
    said = [_("Nobody with fewer than 20 cases is shown."), sentence % {"n": counted(summary.people_total)}]
    head = [_("Person"), _("pieces of work"), _("share"), _("cases"), _("different activities"), _("mostly")]
    rows = [[one.name, counted(one.pieces), percent(one.share), counted(one.cases), str(one.activities), one.mostly] for one in people]
    return Part(_("People"), said, head if rows else (), rows, (1, 2, 3, 4))


def _handovers(summary: Summary) -> Part | None:
    pairs = [pair for pair in summary.handovers if pair.count >= ENOUGH][:PEOPLE]
    if not pairs:
        return None
    rows = [[pair.giver, pair.taker, counted(pair.count), lasting(pair.median_seconds)] for pair in pairs]
    return Part(_("Handovers"), [], [_("from"), _("to"), _("times"), _("median")], rows, (2, 3))


def _batches(summary: Summary) -> Part | None:
    if not summary.batching:
        return None
    rows = [[one.activity, percent(one.share), counted(one.batches), counted(one.largest)] for one in summary.batching[:PEOPLE]]
    head = [_("Activity"), _("share in batches"), _("batches"), _("cases in the largest")]
    note = _("Three cases and more that one person completes within a minute of each other.")
    return Part(_("Done in batches"), [note], head, rows, (1, 2, 3))


def _dots(summary: Summary, code: str) -> Part:
    sentence = _("Each line is a case, from the first begun above to the last below; each dot an event, from left to right in time.")
    drawn = _("%(shown)s of %(all)s cases are drawn.") % {"shown": counted(summary.dotted_cases), "all": counted(summary.cases)}
    picture = _svg("diagnosis/parts/dots_svg.html", {"dots": showing.dots(summary)}, code)
    between = f"{showing.moment(summary.first):%Y-%m-%d} – {showing.moment(summary.last):%Y-%m-%d}"
    size, _across = _fitted(showing.DOTS_WIDTH, showing.DOTS_HEIGHT)
    return Part(_("Dotted chart"), [sentence, drawn], picture=picture, size_mm=size, notes=[between])


def _draft(summary: Summary) -> Part:
    said = [
        _(
            "What most cases do, written down as a standard, with the time limits that 95 % keep today. "
            "It is a beginning for a talk, not a decision."
        ),
        _("The draft is a file of its own, to be opened in the editor of standards."),
    ]
    if not summary.left_out:
        return Part(_("Draft standard"), said)
    rows = [[name, percent(share)] for name, share in summary.left_out[:ROWS]]
    said.append(_("Left out, because fewer than half of the cases do it:"))
    return Part(_("Draft standard"), said, [_("Activity"), _("share of the cases")], rows, (1,))


def _read(summary: Summary) -> Part:
    taken = ", ".join(f"{showing.PARTS.get(part, part)} = {column}" for part, column in summary.taken)
    found = [showing.finding_words(one) for one in summary.findings] or [_("Nothing in it was wrong.")]
    return Part(_("How the file was read"), [f"{summary.format}: {taken}", *found])


def _method(summary: Summary) -> Part:
    said = [
        _("Events are ordered by case, time and place in the file. Quantiles are interpolated between values; nothing is smoothed."),
        _("A way is the sequence of all activities of a case. A case repeats a step if it has the same activity more than once."),
        _(
            "A cause is an attribute whose cases have an outcome more often than all others, with the interval of the ratio of the two "
            "shares, corrected for all attributes looked at (Holm). Drift compares the earlier with the later half in the same way."
        ),
    ]
    if summary.beside:
        exact = _(
            "Each way is laid beside the standard at the least cost (exact alignment): a missing step and a surplus one cost 1 each. "
            "Fitness is 1 less the cost divided by the worst possible cost."
        )
        said.append(exact)
    return Part(_("How it was calculated"), said)


def _svg(template: str, shown: dict[str, object], code: str) -> str:
    """A picture of the page with its colours inside, in the fonts that papers have."""
    css = (resources.files("orderway.diagnosis") / "static" / "orderway" / "diagnosis.css").read_text(encoding="utf-8")
    families = ", ".join(f'"{family}"' for family in fonts.families(code))
    rules = "\n".join(line for line in css.splitlines() if "var(" not in line)  # typst's pictures know no variables
    own = f"text {{ font-family: {families}; font-size: 12px; fill: #17202e; }} .dg-label {{ stroke: #fff; stroke-width: 4px; }}"
    head, mark, rest = render_to_string(template, shown).partition(">")  # no template carries styles: pages take them from files
    return f"{head}{mark}<style>{rules}\n{own}</style>{rest}"
