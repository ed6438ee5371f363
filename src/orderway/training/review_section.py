"""What a management review reads about training: who is certified for what the standards ask of them, and where too few are. Reads only."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext as _

from orderway.masterdata.models import Qualification
from orderway.pages.review_sections import Days, Section
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.training import skills
from orderway.training.models import Attempt
from orderway.training.rules import Standing
from orderway.training.standings import standard_of, standards_to_learn

SHOWN_RISKS = 6
ANEW = (Standing.ACKNOWLEDGE, Standing.RETRAIN)
LACKING = (Standing.EXPIRED, Standing.MISSING)


def training(days: Days, now: datetime) -> Section | None:
    """Certificates by standard: each person at each stage that their roles act in counts once. Nothing where nobody was ever certified."""
    if not Qualification.objects.exists() and not Attempt.objects.exists():
        return None
    known = [(version, skills.matrix(version, now=now)) for version in standards_to_learn()]
    counted = [(version, matrix, _counted(matrix)) for version, matrix in known]
    risks = [f"{_title(version)}: {risk}" for version, matrix, _standings in counted for risk in matrix.risks]
    more = [_("{n} more risks stand in the matrix of skills.").format(n=len(risks) - SHOWN_RISKS)] if len(risks) > SHOWN_RISKS else []
    rows = [_row(version, len(matrix.rows), standings) for version, matrix, standings in counted]
    marks = [
        "met" if not standings.total() - standings[Standing.VALID] else "close" if _able(standings) else "missed"
        for *_, standings in counted
    ]
    head = [_("Standard"), _("People"), _("certified"), _("ends within 30 days"), _("to be learned anew"), _("missing or ended")]
    return Section(_("Training"), [_papers(days), *risks[:SHOWN_RISKS], *more], head if rows else [], rows, marks)


def _counted(matrix: skills.Matrix) -> Counter[Standing]:
    return Counter(cell.state.standing for row in matrix.rows for cell in row.cells if cell.concerned)


def _able(standings: Counter[Standing]) -> bool:
    """Whether more of the work can be done by certified people than cannot."""
    able = sum(number for standing, number in standings.items() if standing.counts)
    return 2 * able > standings.total()


def _row(version: Version, people: int, standings: Counter[Standing]) -> list[str]:
    groups = ((Standing.VALID,), (Standing.EXPIRING,), ANEW, LACKING)
    return [f"{_title(version)} {version.version}", str(people), *(str(sum(standings[one] for one in group)) for group in groups)]


def _title(version: Version) -> str:
    return said(standard_of(version).title)


def _papers(days: Days) -> str:
    """What was written in the period."""
    finished = Attempt.objects.filter(finished_at__date__range=(days.since, days.until))
    passed = finished.filter(passed=True).count()
    words = {"passed": passed, "failed": finished.count() - passed}
    return _("In this period %(passed)d quizzes were passed and %(failed)d failed; certificates as they stand today.") % words
