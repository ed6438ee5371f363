"""Scorecards in the reader's words: shares with n and interval, what colleagues reach, causes. Counts nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orderway.assessment.reading import Card, Stage
from orderway.assessment.rules.judging import Excuse, Quality, Rework
from orderway.assessment.rules.shares import FEWEST, Comparison, Share
from orderway.measures.showing import Names
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of

ITEMS: Mapping[str, str | Promise] = {
    "approval": gettext_lazy("signature"),
    "decision": gettext_lazy("decision after failures"),
    "complaint": gettext_lazy("complaint"),
    "leftover": gettext_lazy("leftover"),
}
EXCUSES: Mapping[Excuse, str | Promise] = {
    Excuse.GOODS: gettext_lazy("waited for goods: stock was missing or a supplier late"),
    Excuse.CAME_LATE: gettext_lazy("had lain elsewhere before they came to their person"),
    Excuse.WAITED: gettext_lazy("waited for something outside"),
    Excuse.HELD: gettext_lazy("were on hold"),
    Excuse.AWAY: gettext_lazy("lay while their person was away"),
    Excuse.TAKEN: gettext_lazy("were taken from a colleague or the team: nobody wrote down when, so they are not timed"),
}
ONE_EXCUSE: Mapping[Excuse, str | Promise] = {
    Excuse.GOODS: gettext_lazy("it waited for goods"),
    Excuse.CAME_LATE: gettext_lazy("it had lain elsewhere"),
    Excuse.WAITED: gettext_lazy("it waited for something outside"),
    Excuse.HELD: gettext_lazy("it was on hold"),
    Excuse.AWAY: gettext_lazy("its person was away"),
    Excuse.TAKEN: gettext_lazy("taken from a colleague or the team"),
}
REWORKS: Mapping[Rework, str | Promise] = {
    Rework.OWN: gettext_lazy("after work of one’s own had been sent back"),
    Rework.COLLEAGUE: gettext_lazy("after work of a colleague had been sent back"),
    Rework.CUSTOMER: gettext_lazy("after the customer had changed the order"),
    Rework.SYSTEM: gettext_lazy("after something that no person had done"),
}
TIMES = {0: gettext_lazy("not timed"), 1: gettext_lazy("in time"), 2: gettext_lazy("late")}
QUALITIES = {1: gettext_lazy("right the first time"), 2: gettext_lazy("sent back"), 3: gettext_lazy("error found later")}
TONES = {"better": "bg-green-lt", "worse": "bg-yellow-lt"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a scorecard as finished text. `counted`: "38 of 105"; `beside`: what colleagues reach; `tone`: CSS class of its badge."""

    key: str
    title: str
    meaning: str
    value: str
    interval: str
    counted: str
    beside: str = ""
    verdict: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """Something with its number."""

    text: str
    number: int


def figures(card: Card) -> list[Figure]:
    """The shares of a card, the most important first."""
    return [
        _figure(
            "on_time", _("In time"), card.on_time, card.on_time_beside,
            _("Tasks done within the limit of their stage, by their person’s own clock: working time since the task came, without holds, "
              "waiting and absence."),
        ),
        _figure(
            "first_pass", _("Right the first time"), card.first_pass, card.first_pass_beside,
            _("Tasks that no gate sent back and in which no error was found later, of those that a gate looks at."),
        ),
        _figure(
            "rework", _("Done again because of others"), card.rework, None,
            _("Tasks that came a second time although their person had done nothing wrong."),
        ),
        _figure(
            "adherence", _("Steps proven"), card.adherence, None,
            _("Steps of the standard that ask for proof and have it."),
        ),
    ]  # fmt: skip


def system_causes(card: Card) -> list[Counted]:
    """What went wrong through no fault of the person."""
    rework = card.rework_from or {}
    found = [Counted(str(EXCUSES[kind]), number) for kind, number in (card.excuses or {}).items()]
    found.append(Counted(_("were late, but came when far more than usual lay there: overload, not counted"), card.overloaded))
    found.append(Counted(_("came from a stage that had overrun its own limit"), card.before_late))
    found += [Counted(_("were done again %(why)s") % {"why": REWORKS[kind]}, rework.get(kind, 0)) for kind in Rework if kind > Rework.OWN]
    return [one for one in found if one.number]


def personal_causes(card: Card, causes: Mapping[tuple[str, str, str, int], int]) -> list[Counted]:
    """What was wrong with the person's own work, most frequent first."""
    names = Words()
    found = [
        Counted(
            _("%(stage)s: %(quality)s, %(cause)s")
            % {"stage": names.stage(stage), "quality": QUALITIES[quality], "cause": names.cause(standard, cause, quality)},
            number,
        )
        for (standard, stage, cause, quality), number in sorted(causes.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    other = [(_("criteria waived at the gate"), card.waived), (_("taken over by another role after too many failures"), card.taken_over)]
    return _together(found) + [Counted(text, number) for text, number in other if number]


def volume(card: Card) -> list[Counted]:
    """How many tasks of each stage, in the order of the flow."""
    names, found = Words(), card.volume or {}
    return _together(Counted(names.work(one), found[one]) for one in sorted(found, key=names.rank))


def _together(rows: Iterable[Counted]) -> list[Counted]:
    """What reads the same is one thing: two standards may have a stage of one title."""
    numbers: dict[str, int] = {}
    for one in rows:
        numbers[one.text] = numbers.get(one.text, 0) + one.number
    return [Counted(text, number) for text, number in numbers.items()]


def percent(value: float | None) -> str:
    """A share in whole percent: more digits would claim more than some hundred tasks can say."""
    return f"{100 * value:.0f} %" if value is not None else "–"


def _figure(key: str, title: str, share: Share, beside: Comparison | None, meaning: str) -> Figure:
    if not share.shown:
        few = ngettext(
            "%(n)d so far: too few to judge. Shown from %(fewest)d on.",
            "%(n)d so far: too few to judge. Shown from %(fewest)d on.",
            share.n,
        )
        return Figure(key, title, meaning, "", "", few % {"n": share.n, "fewest": FEWEST})
    interval = _("%(low)s to %(high)s (95 %%)") % {"low": percent(share.low), "high": percent(share.high)}
    counted = _("%(hits)d of %(n)d") % {"hits": share.hits, "n": share.n}
    if beside is None:
        return Figure(key, title, meaning, percent(share.value), interval, counted)
    return Figure(
        key,
        title,
        meaning,
        percent(share.value),
        interval,
        counted,
        compared(beside),
        verdict(beside),
        TONES.get(beside.verdict, "bg-blue-lt"),
    )


def verdict(beside: Comparison) -> str:
    """The comparison in two or three words; empty where there is none."""
    words = {"better": _("higher than expected"), "worse": _("lower than expected"), "same": _("no clear difference")}
    return words.get(beside.verdict, "")


def compared(beside: Comparison) -> str:
    """The comparison as a sentence."""
    if beside.verdict == "alone":
        return _("Hardly anybody else does this work: there is nobody to compare with.")
    if beside.expected is None or beside.low is None or beside.high is None or beside.difference is None:
        return _("Too few comparable tasks of colleagues to compare with.")
    said_ = _("%(others)d others would reach %(expected)s with the same work (same stages, same kinds of order; n = %(n)d).") % {
        "others": beside.others,
        "expected": percent(beside.expected),
        "n": beside.n,
    }
    points = {"difference": _points(beside.difference), "low": _points(beside.low), "high": _points(beside.high)}
    return said_ + " " + _("Difference: %(difference)s points, %(low)s to %(high)s (95 %%).") % points


def _points(value: float) -> str:
    return f"{100 * value:+.0f}".replace("-", "−")


class Words:
    """What stages, criteria and errors are called in the language in use; read once."""

    def __init__(self) -> None:
        self._names = Names()
        self._causes: dict[tuple[str, str, bool], str] = {}
        for version in Version.objects.exclude(status=Version.Status.DRAFT).order_by("id").only("id", "content_hash", "standard_id"):
            standard = program_of(version.pk, version.content_hash).standard
            gates = [stage.gate for stage in standard.stages.values() if stage.gate is not None]
            for criterion in (one for gate in gates for one in gate.criteria):
                self._causes[version.standard_id, criterion.id, True] = said(criterion.ask or criterion.title) or criterion.id
            for kind, error in standard.errors.items():
                self._causes[version.standard_id, str(kind), False] = said(error.title)

    def stage(self, stage: str) -> str:
        """The title of a stage."""
        return self._names.of("stage", stage)

    def work(self, one: Stage) -> str:
        """A stage, and what is done there if it is not the stage itself."""
        _standard, stage, item = one
        return f"{self.stage(stage)} ({ITEMS[item]})" if item in ITEMS else self.stage(stage)

    def rank(self, one: Stage) -> tuple[int, Stage]:
        """Stages stand in the order of the flow."""
        return self._names.rank("stage", one[1]), one

    def cause(self, standard: str, cause: str, quality: int) -> str:
        """What was wrong: the criterion of a gate, or the kind of error."""
        return self._causes.get((standard, cause, quality == Quality.SENT_BACK), cause) or _("without a named cause")
