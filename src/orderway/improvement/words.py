"""Figures of a cycle as sentences: the verdict, the baseline, the effect that an author reads. Never a number without its n."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orderway.improvement.models import Cycle, Reply
from orderway.simulation.verdicts import Verdict

COLUMNS: dict[str, Callable[[], str]] = {
    "plan": lambda: pgettext("PDCA", "Plan"),
    "do": lambda: pgettext("PDCA", "Do"),
    "check": lambda: pgettext("PDCA", "Check"),
    "act": lambda: _("closed"),
}


def column_of(cycle: Cycle) -> str:
    """Which of the four columns a cycle stands in."""
    if cycle.closed_at is not None:
        return "act"
    if cycle.changed_at is not None:
        return "check"
    return "do" if cycle.version_id is not None or cycle.doing else "plan"


def column(name: str) -> str:
    """What a column is called."""
    return COLUMNS[name]()


def value(measure: str, figure: float) -> str:
    """A mean in its unit."""
    if measure == Cycle.Measure.LEAD_TIME:
        return _("%(days)s days") % {"days": f"{figure:.1f}"}
    return f"{100 * figure:.1f} %"


def percent(change: float) -> str:
    """A relative change with its sign; what rounds to nothing has none."""
    whole = round(100 * change)
    return f"{whole:+d} %".replace("-", "−") if whole else "0 %"


def verdict_sentence(measure: str, verdict: Verdict) -> str:
    """What can be said, in a sentence with its numbers."""
    words = {
        "before": value(measure, verdict.before),
        "after": value(measure, verdict.after),
        "change": percent(verdict.change),
        "low": percent(verdict.low),
        "high": percent(verdict.high),
        "n_before": verdict.n_before,
        "n_after": verdict.n_after,
        "needed": max(verdict.needed, verdict.n_after + 1),
    }
    sentence = {
        "better": _("Better: %(before)s before, %(after)s after, %(change)s (95 %% interval %(low)s to %(high)s)."),
        "worse": _("Worse: %(before)s before, %(after)s after, %(change)s (95 %% interval %(low)s to %(high)s)."),
        "no_difference_yet": _(
            "No difference can be shown yet: %(before)s before, %(after)s after, %(change)s (95 %% interval %(low)s to %(high)s). "
            "About %(needed)s orders on each side would show a change of the size aimed at."
        ),
        "too_few": _("Too few orders to judge. About %(needed)s on each side would show a change of the size aimed at."),
    }[verdict.word]
    counted = _("%(n_before)s orders the old way, %(n_after)s the new way.")
    return f"{sentence % words} {counted % words}"


def reply_state(cycle: Cycle) -> Reply.State:
    """What a closed cycle means for the suggestions that it was about."""
    return Reply.State.DONE if cycle.outcome == Cycle.Outcome.RELEASE else Reply.State.DECLINED


def effect_for_author(cycle: Cycle, verdict: Verdict | None) -> str:
    """What an author reads at the end."""
    if verdict is None:
        return f"{cycle.title}: {_('nothing was tried.')} {cycle.reason}"
    return f"{cycle.title}: {verdict_sentence(cycle.measure, verdict)} {cycle.reason}"
