"""What a management review reads about training."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderway.measures.periods import Period
from orderway.training import certifying, review_section
from training.learning import bring, certify, write


@pytest.fixture
def days(shop):
    """The month around now."""
    return Period("", shop.now.date() - timedelta(days=20), shop.now.date() + timedelta(days=10))


def test_nobody_was_ever_certified_so_nothing_is_said(shop, days):
    assert review_section.training(days, shop.now) is None


def test_each_person_at_each_stage_of_their_roles_counts_once(shop, days):
    version = bring(shop, "1.1.0")
    certify(shop, "alice", "clerk", version)

    section = review_section.training(days, shop.now)

    row = next(row for row in section.rows if row[0].endswith("1.1.0"))
    people, certified, soon, anew, lacking = (int(cell) for cell in row[1:])
    assert people >= 3
    assert certified >= 1
    assert (soon, anew) == (0, 0)
    assert lacking >= 2
    assert section.sentences[0] == "In this period 1 quizzes were passed and 0 failed; certificates as they stand today."
    assert any("Nobody is certified for" in sentence for sentence in section.sentences)


def test_what_ends_soon_and_what_was_failed_is_counted_apart(shop, days):
    version = bring(shop, "1.1.0")
    certify(shop, "alice", "clerk", version)
    write(certifying.begin(version, "reviewer", person=shop.people["bob"], now=shop.now), shop.now, right=False)
    shortly = shop.now + timedelta(days=350)

    now, later = (review_section.training(days, moment) for moment in (shop.now, shortly))

    assert now.sentences[0].startswith("In this period 1 quizzes were passed and 1 failed")
    soon = [next(row for row in section.rows if row[0].endswith("1.1.0"))[3] for section in (now, later)]
    assert soon[0] == "0"
    assert int(soon[1]) >= 1
