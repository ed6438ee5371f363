"""The management review: a pack that is made by itself from registered sections, and stays as it was made. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation

from orderway.measures import following, periods
from orderway.measures.models import MeasuredOrder, ReviewPack
from orderway.measures.periods import Period
from orderway.pages import languages, review_sections
from orderway.pages.review_sections import Section


def make(kind: str, period: Period, *, actor: str, now: datetime) -> ReviewPack:
    """Make the pack of a period. A monthly or quarterly one is made once; on demand there may be several of the same days."""
    following.follow(now)
    content = {code: [asdict(section) for section in _built(code, period, now)] for code in languages.TAGS}
    with transaction.atomic():
        key = _key(kind, period)
        pack, _made = ReviewPack.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "since": period.since,
                "until": period.until,
                "made_by": actor,
                "made_at": now,
                "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            },
        )
    return pack


def sections_of(pack: ReviewPack, code: str) -> list[Section]:
    """The sections of a pack in one of our languages."""
    content: Mapping[str, list[dict[str, list[str]]]] = json.loads(pack.content)
    return [Section(**section) for section in content[code]]  # type: ignore[arg-type]


def make_due(now: datetime) -> str:
    """Make the packs of the last whole month and quarter where there is none yet; nothing before the first order has ended."""
    today = timezone.localdate(now)
    wanted = [(ReviewPack.Kind.MONTH, periods.month_before(today)), (ReviewPack.Kind.QUARTER, periods.quarter_before(today))]
    made = 0
    for kind, period in wanted:
        if not ReviewPack.objects.filter(key=_key(kind, period)).exists() and _anything_until(period.until, now):
            make(kind, period, actor="system", now=now)
            made += 1
    return f"{made} made"


def _anything_until(until: date, now: datetime) -> bool:
    following.follow(now)
    return MeasuredOrder.objects.filter(day__lte=until).exists()


def _built(code: str, period: Period, now: datetime) -> list[Section]:
    with translation.override(code):
        return review_sections.built(period, now)


def _key(kind: str, period: Period) -> str:
    if kind == ReviewPack.Kind.MONTH:
        return f"{period.since:%Y-%m}"
    if kind == ReviewPack.Kind.QUARTER:
        return f"{period.since.year}-Q{(period.since.month + 2) // 3}"
    days = f"{period.since.isoformat()}_{period.until.isoformat()}"
    same = ReviewPack.objects.filter(key__startswith=days).count()
    return f"{days}_{same + 1}" if same else days
