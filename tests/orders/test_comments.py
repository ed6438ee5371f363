"""Comments: said, changed for a short while, withdrawn; who is mentioned is told; the journal knows of each and holds no text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderway.journal import reading
from orderway.masterdata.rights import Duty
from orderway.orders import comments
from orderway.orders.actor import Actor
from orderway.orders.models import Mention


@pytest.fixture
def number(shop):
    return shop.an_order()


def mentioned(comment) -> list[str]:
    return sorted(Mention.objects.filter(comment=comment).values_list("person__key", flat=True))


def test_a_comment_mentions_people_and_everybody_of_a_role_and_leaves_the_rest_as_text(shop, number):
    text = "@bob please ask @manager, not dan@bob.example or @nobody."
    comment = comments.post(number, text, actor=shop.actor("alice"), now=shop.now)
    assert mentioned(comment) == ["bob", "mary"]
    assert comment.text == text


def test_who_tells_people_is_handed_each_new_mention_once(shop, number, monkeypatch):
    told = []
    monkeypatch.setattr(comments, "_tell", [lambda mentions: told.extend(each.person.key for each in mentions)])
    comment = comments.post(number, "@bob?", actor=shop.actor("alice"), now=shop.now)
    comments.edit(comment.pk, "@bob? @mary?", actor=shop.actor("alice"), now=shop.now)
    assert told == ["bob", "mary"]


def test_nobody_is_told_of_what_they_said_themselves(shop, number):
    assert mentioned(comments.post(number, "@alice notes: @carol", actor=shop.actor("alice"), now=shop.now)) == ["carol"]


def test_after_a_quarter_of_an_hour_a_comment_stands(shop, number):
    alice = shop.actor("alice")
    comment = comments.post(number, "ten", actor=alice, now=shop.now)
    assert comments.edit(comment.pk, "twelve", actor=alice, now=shop.now + timedelta(minutes=15)).text == "twelve"
    with pytest.raises(comments.CommentStands):
        comments.edit(comment.pk, "twenty", actor=alice, now=shop.now + timedelta(minutes=15, seconds=1))


def test_nobody_changes_or_withdraws_what_somebody_else_said_but_an_administrator_may_withdraw_it(shop, number):
    comment = comments.post(number, "ten", actor=shop.actor("alice"), now=shop.now)
    for act in (
        lambda: comments.edit(comment.pk, "no", actor=shop.actor("bob"), now=shop.now),
        lambda: comments.withdraw(comment.pk, actor=shop.actor("bob"), now=shop.now),
    ):
        with pytest.raises(comments.NotYourComment):
            act()
    admin = Actor("admin", shop.administrator.pk, duties=frozenset({Duty.ADMINISTRATOR}))
    gone = comments.withdraw(comment.pk, actor=admin, now=shop.now)
    assert (gone.text, gone.withdrawn_by) == ("", "admin")


def test_the_journal_knows_of_each_change_and_holds_a_digest_instead_of_the_text(shop, number):
    alice = shop.actor("alice")
    comment = comments.post(number, "a secret", actor=alice, now=shop.now)
    comments.edit(comment.pk, "another secret", actor=alice, now=shop.now)
    comments.withdraw(comment.pk, actor=alice, now=shop.now)
    comments.withdraw(comment.pk, actor=alice, now=shop.now)
    entries = list(reading.of_subject("comment", str(comment.pk)))
    assert [(entry.act, entry.actor) for entry in entries] == [("comment", "alice"), ("edit", "alice"), ("withdraw", "alice")]
    assert not any("secret" in entry.payload for entry in entries)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4_001])
def test_a_comment_says_something_and_not_too_much(shop, number, text):
    with pytest.raises(comments.EmptyComment):
        comments.post(number, text, actor=shop.actor("alice"), now=shop.now)


def test_a_comment_is_about_the_order_a_stage_or_a_step_of_its_standard(shop, number):
    said = comments.post(number, "hm", stage="check", step="compare", actor=shop.actor("alice"), now=shop.now)
    assert (said.stage, said.step) == ("check", "compare")
    for stage, step in (("nowhere", ""), ("check", "nothing"), ("", "compare")):
        with pytest.raises(comments.UnknownPlace):
            comments.post(number, "hm", stage=stage, step=step, actor=shop.actor("alice"), now=shop.now)
