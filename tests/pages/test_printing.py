"""Papers are printed in three languages, and a text that cannot be printed is named instead of becoming empty boxes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
import typst
from django.utils import translation

from orderway.pages import fonts, printing
from orderway.pages.printing import Column, MissingGlyphs, Paper, UnknownLanguage

TEMPLATES = sorted(printing.ROOT.glob("stages/*/typst/*.typ"))
PAPER = Paper(
    title="Invoice",
    number="INV-2026-000042",
    seller=("Example Guides Ltd", "1 Example Road"),
    party_title="Bill to",
    party=("Dan Customer", "2 Example Road"),
    facts=(("Date", "5 Mar 2026"),),
    columns=(Column("Pos."), Column("Item", share=1), Column("Quantity", numeric=True)),
    rows=(("1", "Linear guide", "1,000"),) * 60,
    totals=(("To pay", "CNY 14,125.00"),),
    notes=("Thank you.",),
    signatures=("Received",),
)
CHINESE = "直线导轨訂單"
NO_CHINESE_FONT = bool(fonts.without_glyph([CHINESE], "zh-hans"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_template_prints_and_the_same_paper_gives_the_same_bytes(template):
    pdf = printing.render(template, PAPER, "en")

    assert pdf.startswith(b"%PDF-")
    assert printing.render(template, PAPER, "en") == pdf
    assert printing.render(template, replace(PAPER, number="INV-2026-000043"), "en") != pdf


def test_the_five_papers_of_an_order_have_a_template_next_to_their_stage():
    assert {f"{path.parts[-3]}/{path.stem}" for path in TEMPLATES} == {
        "capture/order_form",
        "delivery/pick_list",
        "delivery/delivery_note",
        "invoicing/invoice",
        "aftersales/credit_note",
    }


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.skipif(NO_CHINESE_FONT, reason="no font with Chinese on this machine: apt-get install fonts-noto-cjk")
def test_chinese_is_printed_in_every_language(language):
    paper = replace(PAPER, party=(CHINESE,))

    assert printing.render(TEMPLATES[0], paper, language) != printing.render(TEMPLATES[0], PAPER, language)


def test_a_text_without_glyphs_is_refused_by_name():
    with pytest.raises(MissingGlyphs, match=r"U\+1F9FF") as refused:
        printing.render(TEMPLATES[0], replace(PAPER, notes=("lucky \U0001f9ff",)), "en")

    assert refused.value.code == "missing_glyphs"
    assert "fonts-noto-cjk" in str(refused.value)


@pytest.mark.parametrize("field", ["title", "seller", "party_title", "party", "facts", "columns", "rows", "totals", "notes", "signatures"])
def test_every_text_of_a_paper_is_looked_at(field):
    odd = "\U0001f9ff"
    value = {
        "title": odd,
        "party_title": odd,
        "facts": (("a", odd),),
        "totals": ((odd, "b"),),
        "rows": ((odd,),),
        "columns": (Column(odd),),
    }

    assert odd in set("".join(replace(PAPER, **{field: value.get(field, (odd,))}).texts()))


def test_without_chinese_fonts_latin_still_prints_and_chinese_is_named(monkeypatch):
    monkeypatch.setitem(fonts.FAMILIES, "en", ("Libertinus Serif",))

    assert printing.render(TEMPLATES[0], PAPER, "en").startswith(b"%PDF-")
    with pytest.raises(MissingGlyphs, match="直"):
        printing.render(TEMPLATES[0], replace(PAPER, party=(CHINESE,)), "en")


def test_the_font_inside_typst_has_what_we_say_it_has():
    def glyphs(text: str) -> set[str]:
        source = f'#set text(font: "Libertinus Serif", fallback: false)\n#"{text}"'.encode()
        svg = typst.compile(source, format="svg", font_paths=fonts.fonts()).decode()
        return set(re.findall(r'<symbol id="(\w+)"', svg))

    blank = {0x20, 0xA0, 0xAD, *range(0x2010, 0x2012)}
    printed = "".join(chr(code) for code in sorted(fonts.EMBEDDED - blank) if chr(code) not in '"\\')

    empty_box = glyphs("\U0001f9ff")
    assert len(empty_box) == 1
    assert not empty_box & glyphs(printed)


@pytest.mark.skipif("DejaVu Sans" not in fonts.fonts().families(), reason="needs DejaVu Sans: apt-get install fonts-dejavu-core")
def test_the_coverage_of_a_font_is_read_from_its_file():
    covered = fonts._coverage("DejaVu Sans")

    assert {ord(character) for character in "Aäžя€"} <= covered
    assert ord("直") not in covered


def test_what_is_no_text_of_the_template_language_stays_text():
    hostile = '#read("/pages/printing.py") $x$ *bold* <tag> @ref \\ // [ ] #panic()'

    assert printing.render(TEMPLATES[0], replace(PAPER, notes=(hostile,)), "en").startswith(b"%PDF-")


def test_a_language_that_nobody_prints_is_refused():
    assert printing.language_of("zh-Hant") == "zh-hant"
    with pytest.raises(UnknownLanguage, match="zh-Hans"):
        printing.language_of("fr")


def test_a_renderer_builds_in_the_language_it_prints(monkeypatch):
    seen = []

    def build(data: object) -> Paper:
        seen.append((data, translation.get_language(), printing.day(date(2026, 3, 5))))
        return PAPER

    render = printing.renderer("orderway.stages.invoicing", "invoice.typ", build)

    assert render({"invoice": 1}, "en").startswith(b"%PDF-")
    assert seen == [({"invoice": 1}, "en", "5 Mar 2026")]
    with translation.override("zh-hans"):
        assert printing.day(date(2026, 3, 5)) == "2026年3月5日"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (printing.quantity(D("1000.500000")), "1,000.5"),
        (printing.quantity(D("100.000000")), "100"),
        (printing.price(D("12.00000000")), "12.00"),
        (printing.price(D("0.12345678")), "0.12345678"),
        (printing.money(D("1235"), "JPY"), "JPY\xa01,235"),
        (printing.money(D("-1234.5"), "CNY"), "-CNY\xa01,234.50"),
        (printing.money(D("1.001"), "KWD"), "KWD\xa01.001"),
        (printing.percent(D("13.000")), "13 %"),
    ],
)
def test_numbers_are_printed_with_the_decimals_they_need(text, printed):
    assert text.replace(" ", "\xa0") == printed.replace(" ", "\xa0")
