"""How numbers, times and texts are said in the three languages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from orderway.engine.refusals import EvidenceMissing, ReasonRequired
from orderway.orders import uploads
from orderway.pages import fields, refusing, standard_view
from orderway.pages.templatetags import ow
from orderway.standard.document import Duration, Text
from orderway.standard.parse import parse
from orderway.standard.sentences import Sentence
from orderway.standard.templates import shipped


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [
        ("en", Decimal("12000"), "12,000"),
        ("zh-hans", Decimal("12000.50"), "12,000.5"),
        ("en", Decimal("0.000001"), "0.000001"),
        ("en", Decimal("1E+3"), "1,000"),
        ("en", None, ""),
    ],
)
def test_a_quantity_keeps_its_decimals_and_groups_its_thousands(language, value, said):
    with translation.override(language):
        assert ow.quantity(value) == said


def test_a_price_has_at_least_two_decimals_and_all_it_has():
    with translation.override("zh-hans"):
        assert ow.price(Decimal("1300")) == "1,300.00"
        assert ow.price(Decimal("0.00123400")) == "0.001234"


def test_money_carries_the_sign_of_its_currency_as_the_reader_writes_it():
    with translation.override("zh-hans"):
        assert ow.money(Decimal("126400"), "CNY") == "¥126,400.00"
    with translation.override("en"):
        assert ow.money(Decimal("126400"), "EUR") == "€126,400.00"


@pytest.mark.parametrize(
    ("minutes", "day", "said"),
    [(0, 0, "0 min"), (59, 0, "59 min"), (60, 0, "1 h"), (72, 0, "1 h 12 min"), (610, 0, "10 h"), (959, 480, "15 h"), (960, 480, "2 d")],
)
def test_working_time_is_said_as_short_as_it_stays_true(minutes, day, said):
    with translation.override("en"):
        assert ow.worked(minutes, day) == said


def test_used_time_stands_beside_the_limit_in_the_limits_own_unit():
    with translation.override("en"):
        assert ow.share_of_limit(126, Duration(Decimal(4), "h"), 480) == "2.1/4 h"
        assert ow.share_of_limit(240, Duration(Decimal(5), "d"), 480) == "0.5/5 d"


def test_a_moment_is_said_in_the_companys_zone():
    assert ow.when(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) == "2026-03-02 17:00"


def test_a_text_of_the_standard_is_read_in_the_language_in_use_else_in_its_first():
    text = Text((("zh-Hans", "订单审核"), ("en", "Order review")))
    with translation.override("en"):
        assert ow.said(text) == "Order review"
    with translation.override("zh-hant"):
        assert ow.said(text) == "订单审核"


def test_a_refusal_is_translated_with_the_words_of_the_standard():
    refusal = EvidenceMissing(stage="review", steps=("compare", "sign"))
    with translation.override("zh-hans"):
        sentence = refusing.sentence(refusal, lambda name, value: f"<{value}>" if name == "steps" else value)

    assert "<compare>、<sign>" in sentence
    assert refusing.status(refusal) == 409
    assert refusing.status(ReasonRequired()) == 422


def test_a_refusal_that_was_stored_as_a_sentence_is_told_again_in_the_readers_language():
    stored = str(EvidenceMissing(stage="review", steps=("compare", "sign")))
    with translation.override("zh-hans"):
        assert refusing.retold(stored) == "以下步骤还没有凭证：compare、sign。 请完成这些步骤并记录凭证。"
        assert refusing.retold("A sentence that nobody wrote.") == "A sentence that nobody wrote."


@pytest.mark.parametrize("text", ["", "abc", "1e99", "NaN", "1_000", "Infinity", "٣a"])
def test_what_is_no_number_is_a_mistake_of_its_field(text):
    with pytest.raises(fields.NotANumber) as caught:
        fields.number(text, "found.1")
    assert caught.value.field == "found.1"


def test_full_width_digits_are_digits():
    assert fields.number("１２．５", "quantity") == Decimal("12.5")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("料号;数量".encode(), "text/plain"),
        (b"<svg onload=alert(1)>", None),
        (b"  <!doctype html>", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04 anything", None),
        (b"", None),
        ("料号".encode("utf-16"), None),
    ],
)
def test_only_known_contents_are_kept_whatever_the_sender_says(body, media_type):
    assert uploads.media_type_of(body) == media_type


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\po.pdf", "po.pdf"),
        ("a<b>.pdf", "a_b_.pdf"),
        ("..", "file"),
        ("订单 1.pdf", "订单 1.pdf"),
    ],
)
def test_the_name_of_a_file_can_do_no_harm(given, kept):
    assert uploads.safe_name(given) == kept


@pytest.mark.parametrize(
    ("language", "unit", "said"), [("zh-hans", "pcs", "件"), ("en", "pcs", "pcs"), ("zh-hans", "stillage", "stillage")]
)
def test_a_unit_is_said_in_the_readers_language_if_it_is_a_common_one(language, unit, said):
    with translation.override(language):
        assert ow.unit(unit) == said


def test_a_choice_of_people_shows_their_names_as_text():
    mallory = SimpleNamespace(key='m"1', name="<script>'Mallory' & Co</script>")

    assert ow.choices([mallory]) == '<option value="m&quot;1">&lt;script&gt;&#x27;Mallory&#x27; &amp; Co&lt;/script&gt;</option>'


def test_what_a_standard_still_lacks_is_said_with_titles_not_with_ids():
    standard = parse(shipped()["make-to-stock"], name="mts").standard
    nobody = Sentence("nobody has the role {role}", role="sales_manager")
    alone = Sentence("only {person} could decide {stage}, and works in {earlier} too", person="王芳", stage="review", earlier="receipt")
    uncertified = Sentence("nobody is certified for {stages}", stages=("receipt", "review"))

    with translation.override("zh-hans"):
        sales = ow.said(standard.roles["sales_manager"].title)
        assert standard_view.named(standard, nobody) == f"没有人担任角色 {sales}"
        receipt, review = (ow.said(standard.stages[stage].title) for stage in ("receipt", "review"))
        assert standard_view.named(standard, alone) == f"只有 王芳 能裁决 {review}，但此人也负责 {receipt}"
        assert all(title in standard_view.named(standard, uncertified) for title in (receipt, review))
    with translation.override("en"):
        assert "sales_manager" not in standard_view.named(standard, nobody)
