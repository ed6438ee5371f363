"""From a figure to a cycle: beside every figure that a cycle can judge stands where one begins. Begins none."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from orderway.improvement.models import Cycle
from orderway.pages.next_steps import FigureSeen, Step

JUDGED_BY = {
    "lead_time": Cycle.Measure.LEAD_TIME,
    "lead_time_net": Cycle.Measure.LEAD_TIME,
    "waiting": Cycle.Measure.LEAD_TIME,
    "stages_in_limit": Cycle.Measure.LEAD_TIME,
    "error_rate": Cycle.Measure.ERROR_RATE,
}


def begin(figure: FigureSeen) -> Step | None:
    """A cycle about this figure, with the figure as its problem."""
    measure = JUDGED_BY.get(figure.name)
    if measure is None:
        return None
    given = {"measure": measure.value, "problem": f"{figure.title}: {figure.value} ({figure.number})"}
    return Step(_("Start PDCA"), f"{reverse('new_cycle')}?{urlencode(given)}")
