"""What a management review reads about improvement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from improvement.test_cycles import PLAN, ended, suggested
from orderway.improvement import cycles, review_sections, suggestions
from orderway.improvement.models import Cycle, Reply
from orderway.measures.periods import Period


@pytest.fixture
def days(shop):
    """The month around now."""
    return Period("", shop.now.date() - timedelta(days=20), shop.now.date() + timedelta(days=10))


def test_suggestions_stand_with_what_came_of_them(shop, owner, days):
    done, open_ = suggested(shop, "Check before noon"), suggested(shop, "Buy a second printer")
    suggestions.reply([done], Reply.State.DONE, "Since Monday we do", by=owner, now=shop.now)

    section = review_sections.said(days, shop.now)

    by_text = {row[3]: row for row in section.rows}
    assert by_text[done.comment][4:] == ["Since Monday we do", "done"]
    assert by_text[open_.comment][4:] == ["–", "open"]
    assert dict(zip((row[3] for row in section.rows), section.marks, strict=True)) == {done.comment: "met", open_.comment: "missed"}
    assert section.sentences == ["2 suggestions were made.", "What came of them: open 1, done 1."]


def test_an_old_suggestion_stands_there_again_when_it_is_answered_and_is_not_counted_as_made(shop, owner, days):
    old = suggested(shop)
    later = shop.now + timedelta(days=40)
    suggestions.reply([old], Reply.State.DECLINED, "We check at eleven", by=owner, now=later)
    next_month = Period("", later.date() - timedelta(days=5), later.date() + timedelta(days=5))

    section = review_sections.said(next_month, later)

    assert section.sentences[0] == "0 suggestions were made."
    assert [row[4] for row in section.rows] == ["We check at eleven"]


def test_cycles_stand_with_aim_state_and_verdict_and_leave_when_they_were_closed_before(shop, owner, days):
    start = shop.now - timedelta(days=15)
    ended(shop, 80, 6, since=start - timedelta(days=20))
    cycle = cycles.begin(PLAN, by=owner, now=start)
    assert review_sections.tried(days, shop.now).rows[0][2:] == ["Plan", "nothing has changed yet"]
    cycles.prepare(cycle, None, "Bob checks before noon", by=owner)
    cycles.changed(cycle, start, by=owner, now=shop.now)
    ended(shop, 60, 3, since=start)
    cycles.close(cycle, Cycle.Outcome.RELEASE, "It holds", by=owner, now=shop.now)

    section = review_sections.tried(days, shop.now)

    assert section.rows[0][:3] == ["Fewer calls", "lead time −30 %", "kept"]
    assert section.rows[0][3].startswith("Better: ")
    assert (section.marks, section.sentences) == (["met"], ["Closed: kept 1."])
    assert review_sections.tried(Period("", days.until + timedelta(days=1), days.until + timedelta(days=30)), shop.now) is None
    with translation.override("zh-hans"):
        assert review_sections.tried(days, shop.now).title == "改进循环"


def test_suggestions_take_a_fixed_number_of_statements(shop, owner, days, django_assert_max_num_queries):
    for number in range(8):
        suggestions.reply([suggested(shop, f"Number {number}")], Reply.State.TAKEN_UP, "Yes", by=owner, now=shop.now)
    with django_assert_max_num_queries(6):
        assert len(review_sections.said(days, shop.now).rows) == 8
