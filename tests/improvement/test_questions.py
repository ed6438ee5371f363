"""Customers are asked once after delivery, behind a signed link; what they say is kept, and a low score reopens the order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from orderway.improvement import limiting, mailing, questions
from orderway.improvement.models import LinkBucket, Question
from orderway.improvement.refusals import AnsweredAlready, LinkNotOurs, LinkRevoked, LinkTooOld
from orderway.journal import following, verify
from orderway.orders.models import Correction, Feedback, Order


@pytest.fixture
def order(shop):
    """An order that was packed and has ended."""
    questions.follow(shop.now)
    return shop.delivered()


def asked(shop, order) -> Question:
    questions.follow(shop.now)
    return Question.objects.get(order__number=order)


def status(order) -> str:
    return Order.objects.get(number=order).status


def test_the_customer_is_asked_once_when_the_stage_of_the_standard_is_done(shop):
    questions.follow(shop.now)
    order = shop.an_order(version=shop.asking)
    shop.entered(order)
    shop.checked(order)
    shop.runs(order)
    questions.follow(shop.now)
    before = Question.objects.count()

    shop.packed(order)
    questions.follow(shop.now)
    questions.follow(shop.now)

    question = Question.objects.get()
    assert before == 0
    assert (question.order.number, question.stage, question.path, question.run, question.name) == (order, "pack", "1", 1, "csat")


def test_what_was_done_before_anybody_followed_and_long_ago_is_not_asked_about(shop):
    order = shop.delivered()

    questions.follow(shop.now)
    late = questions.ask([order], shop.now + timedelta(days=15))

    assert (Question.objects.count(), late) == (0, 0)
    assert questions.ask([order], shop.now) == 1


def test_a_standard_that_asks_nothing_asks_nobody(shop):
    number = shop.an_order()

    assert questions.ask([number], shop.now) == 0


def test_the_answer_is_kept_with_order_stage_and_run_and_thanked_for(shop, order):
    question = asked(shop, order)
    address = f"/say/{questions.token_of(question)}"
    dan = Client(enforce_csrf_checks=True)

    page = dan.get(address)
    sent = dan.post(address, {"score": "5", "comment": " Quick and friendly "})
    thanks = dan.get(sent["Location"]).content.decode()

    said = Feedback.objects.get()
    assert "How content are you" in page.content.decode()
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert order in page.content.decode()
    assert (said.order.number, said.stage, said.path, said.run, said.score, said.low) == (order, "pack", "1", 1, 5, False)
    assert (said.comment, said.actor, said.version) == ("Quick and friendly", "customer:DAN", shop.asking)
    assert "Thank you." in thanks
    assert status(order) == "ended"


def test_a_low_score_reopens_the_order_as_the_standard_says(shop, order):
    token = questions.token_of(asked(shop, order))

    questions.answer(token, 2, "Two rails were bent", now=shop.now)

    assert shop.open_stages(order) == ["thank"]
    assert shop.item(order, "thank").kind == "complaint"
    assert Feedback.objects.get().low
    assert not Correction.objects.exists()
    assert "bent" not in str(list(following.read((0, 0), 10_000)))  # words of people stay out of the hashed payload
    assert [row for row in verify.verify() if row.broken] == []


def test_a_second_answer_a_forged_a_revoked_and_an_old_link_are_refused_in_words(shop, order):
    question = asked(shop, order)
    token = questions.token_of(question)
    dan = Client()

    with pytest.raises(LinkNotOurs):
        questions.answer(token[:-1] + ("a" if token[-1] != "a" else "b"), 5, "", now=shop.now)
    with pytest.raises(LinkTooOld):
        questions.answer(token, 5, "", now=shop.now + timedelta(days=61))
    questions.answer(token, 4, "", now=shop.now)
    with pytest.raises(AnsweredAlready):
        questions.answer(token, 1, "", now=shop.now)
    again = dan.post(f"/say/{token}", {"score": "1"})

    assert again.status_code == 409
    assert "This question was answered on" in again.content.decode()
    assert Feedback.objects.get().score == 4
    assert status(order) == "ended"
    assert dan.get("/say/nonsense").status_code == 404


def test_a_link_is_taken_back_by_those_who_answer_for_the_order_and_another_one_made(shop, order, signed_in):
    question = asked(shop, order)
    token = questions.token_of(question)

    assert signed_in("eve").post(f"/improve/orders/{order}/link/revoke").status_code == 409
    assert signed_in("alice").post(f"/improve/orders/{order}/link/revoke").status_code == 302
    page = Client().get(f"/say/{token}")
    with pytest.raises(LinkRevoked):
        questions.answer(token, 5, "", now=shop.now)
    assert signed_in("alice").post(f"/improve/orders/{order}/link").status_code == 302
    twice = signed_in("alice").post(f"/improve/orders/{order}/link")

    assert page.status_code == 410
    assert "This link was taken back." in page.content.decode()
    assert twice.status_code == 409
    assert Question.objects.filter(revoked_at__isnull=True).count() == 1


def test_an_answer_without_a_number_or_with_another_is_said_beside_the_form_and_keeps_the_words(shop, order):
    address = f"/say/{questions.token_of(asked(shop, order))}"

    answers = [Client().post(address, {"score": score, "comment": "keep me"}) for score in ("", "6", "0", "²", "x" * 5000)]

    assert {answer.status_code for answer in answers} == {422}
    assert all("No answer was chosen." in answer.content.decode() and "keep me" in answer.content.decode() for answer in answers)
    assert not Feedback.objects.exists()


def test_guessing_is_slowed_down_and_nobody_guesses_in_a_hundred_thousand_tries(shop, order):
    asked(shop, order)
    guesser = Client()

    answers = [guesser.get(f"/say/guess{number}").status_code for number in range(limiting.FORGERIES_PER_WINDOW + 3)]

    assert answers == [404] * limiting.FORGERIES_PER_WINDOW + [429] * 3
    assert guesser.get("/say/x")["Retry-After"] == "600"
    cache.clear()  # what another process remembers, or forgets, changes nothing
    assert guesser.get("/say/x").status_code == 429


def test_after_the_window_links_may_be_tried_again_and_old_counts_are_thrown_away(shop):
    for _ in range(limiting.FORGERIES_PER_WINDOW):
        limiting.note_forgery("10.0.0.1", shop.now)
    soon, later = shop.now + timedelta(seconds=limiting.WINDOW_SECONDS - 1), shop.now + timedelta(seconds=limiting.WINDOW_SECONDS)

    assert limiting.seconds_to_wait("10.0.0.1", "x", soon) == limiting.WINDOW_SECONDS
    assert limiting.seconds_to_wait("10.0.0.2", "x", soon) == 0
    assert limiting.seconds_to_wait("10.0.0.1", "y", later) == 0
    assert [row.count for row in LinkBucket.objects.all()] == [1, 1]  # both links; the address is forgotten


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "满意"), ("zh-hant", "滿意"), ("en", "content")])
def test_the_page_speaks_three_languages_and_keeps_the_one_that_was_chosen(shop, order, language, words):
    address = f"/say/{questions.token_of(asked(shop, order))}?language={language}"

    page = Client().get(address).content.decode()
    sent = Client().post(address, {"score": "5"})

    assert words in page
    assert sent["Location"].endswith(f"?language={language}")


def test_without_a_browser_language_the_customers_own_is_spoken(shop, order):
    shop.customer.language = "zh-Hans"
    shop.customer.save()

    assert 'lang="zh-Hans"' in Client().get(f"/say/{questions.token_of(asked(shop, order))}").content.decode()


def test_the_order_page_shows_the_link_while_no_mail_goes_out_and_then_the_answer(shop, order, signed_in):
    question = asked(shop, order)

    before = signed_in("alice").get(f"/orders/{order}/").content.decode()
    questions.answer(questions.token_of(question), 3, "Came late", now=shop.now)
    after = signed_in("alice").get(f"/orders/{order}/").content.decode()

    assert mailing.address_of(question) in before
    assert "Came late" in after
    assert mailing.address_of(question) not in after


def test_with_a_mail_server_the_question_is_mailed_once_and_reminded_of_once(shop, order, settings):
    settings.MAIL_IS_SET = True
    shop.customer.email, shop.customer.language = "dan@example.com", "zh-Hans"
    shop.customer.save()
    question = asked(shop, order)

    for hours in (0, 1, 30, 73, 80, 300):
        mailing.send(shop.now + timedelta(hours=hours, minutes=5))

    assert [one.to for one in mail.outbox] == [["dan@example.com"]] * 2
    assert mailing.address_of(question) in mail.outbox[0].body
    assert "订单" in mail.outbox[0].subject


def test_a_mail_that_fails_is_noted_and_tried_again(shop, order, settings, monkeypatch):
    settings.MAIL_IS_SET = True
    shop.customer.email = "dan@example.com"
    shop.customer.save()
    asked(shop, order)

    def broken_server(*_args, **_kwargs):
        raise OSError("no route")

    with monkeypatch.context() as patch:
        patch.setattr("orderway.improvement.mailing.EmailMessage.send", broken_server)
        mailing.send(shop.now)
    assert Question.objects.get().mail_error == "OSError: no route"
    mailing.send(shop.now + timedelta(hours=2))

    assert len(mail.outbox) == 1
    assert Question.objects.get().mail_error == ""
