"""The worker's side of questions to the simulation: what waits is answered one after the other, with progress. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from orderway.engine.refusals import Refusal
from orderway.improvement import predicting, staffing
from orderway.improvement.models import WhatIf
from orderway.mining.plain import dumped

Answer = Callable[[WhatIf, datetime, Callable[[float], None]], object]
ANSWERS: Mapping[str, Answer] = {WhatIf.Kind.COMPARE: predicting.predicted, WhatIf.Kind.STAFF: staffing.searched}


def work_off(now: datetime) -> str:
    """Answer what waits, and what a worker left unfinished when it died."""
    done = 0
    while row := WhatIf.objects.filter(state__in=[WhatIf.State.WAITING, WhatIf.State.RUNNING]).order_by("asked_at", "id").first():
        _work(row, now)
        done += 1
    return _("%(done)s done") % {"done": done}


def _work(row: WhatIf, now: datetime) -> None:
    _note(row, state=WhatIf.State.RUNNING, percent=1)
    try:
        found = ANSWERS[row.kind](row, now, lambda share: _note(row, percent=max(1, round(100 * share))))
    except Refusal as refusal:
        _note(row, state=WhatIf.State.FAILED, problem=str(refusal), finished_at=now)
    else:
        _note(row, state=WhatIf.State.DONE, percent=100, result=dumped(found), finished_at=now)


def _note(row: WhatIf, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
