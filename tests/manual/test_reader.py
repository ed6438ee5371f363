"""The manual as people read it: stages, search, what changed, suggestions."""

from __future__ import annotations

from django.utils import translation

from orders.shop import PLAIN
from orderway.manual.changes import sentences
from orderway.manual.drawing import wrapped
from orderway.manual.searching import search
from orderway.orders.models import Feedback
from orderway.releases import publishing
from orderway.releases.models import Version
from orderway.standard.parse import parse
from orderway.standard.templates import shipped

NEWER = (
    PLAIN.format(id="plain", version="1.1.0")
    .replace("limit: 4h", "limit: 2h")
    .replace("{id: type, do: {en: Type it in}", "{id: type, do: {en: Type it in twice}")
    .replace("\nflow:", "\nchanges:\n  - {version: 1.1.0, reason: {en: faster}}\nflow:")
)


def changed(standard: str, **replaced: str) -> list[str]:
    old = parse(shipped()[standard]).standard
    text = shipped()[standard]
    for before, after in replaced.values():
        assert before in text
        text = text.replace(before, after, 1)
    return [said.sentence for said in sentences(old, parse(text).standard)]


def test_a_stage_shows_its_steps_its_place_in_the_flow_and_the_way_to_its_neighbours(shop, signed_in):
    page = signed_in("eve").get("/standard/plain/1.0.0/check/").content.decode()

    assert 'id="step-compare"' in page
    assert "Is it right" in page
    assert "/standard/plain/1.0.0/enter/" in page
    assert "/standard/plain/1.0.0/reserve/" in page
    assert 'class="ow-d-stage ow-d-now"' in page
    assert page.count('<polyline class="ow-d-line ow-d-rework"') == 1


def test_a_version_says_since_when_it_is_in_force_and_when_it_is_reviewed(shop, signed_in):
    page = signed_in("eve").get("/standard/plain/1.0.0/").content.decode()

    assert "In force since 2026-03-02" in page
    assert "2027-03-02" in page


def test_a_draft_says_that_nobody_works_by_it_yet(shop, signed_in):
    publishing.draft(NEWER, author="alice", now=shop.now)

    page = signed_in("eve").get("/standard/plain/1.1.0/enter/").content.decode()

    assert "This version is not in force yet" in page
    assert "Enter: time limit: 4 hours → 2 hours" in page


def test_what_changed_is_said_in_sentences_of_the_readers_language():
    said = changed("make-to-order", limit=("limit: 2h", "limit: 4h"), key=("The oldest batch first", "Always the oldest batch"))
    with translation.override("zh-hans"):
        chinese = changed("make-to-order", limit=("limit: 2h", "limit: 4h"), owner=("owner: planner", "owner: buyer"))

    assert said == [
        "Stock check: time limit: 2 hours → 4 hours",
        "Stock check: step 1, key point: “The oldest batch first” → “Always the oldest batch”",
    ]
    assert chinese == ["库存检查：负责岗位：物料计划员 → 采购员", "库存检查：时限：2 小时 → 4 小时"]


def test_a_stage_that_left_its_place_is_said_to_have_moved():
    text = shipped()["trade"].replace("  - stock_check\n  - delivery_planning\n", "  - delivery_planning\n  - stock_check\n")

    said = sentences(parse(shipped()["trade"]).standard, parse(text).standard)

    assert [one.kind for one in said] == ["moved"]


def test_search_finds_a_step_by_words_of_the_readers_language():
    standard = parse(shipped()["make-to-order"]).standard

    english = search(standard, "oldest BATCH")
    with translation.override("zh-hant"):
        chinese = search(standard, "舊批次")

    assert [(hit.stage, hit.anchor) for hit in english] == [("stock_check", "step-reserve")]
    assert [(hit.stage, hit.anchor) for hit in chinese] == [("stock_check", "step-reserve")]
    assert search(standard, "  ") == []


def test_searching_for_nothing_and_for_what_is_not_there_is_answered_in_words(shop, signed_in):
    eve = signed_in("eve")

    assert "Type a word" in eve.get("/standard/plain/1.0.0/search").content.decode()
    assert "says nothing about" in eve.get("/standard/plain/1.0.0/search", {"q": "<b>"}).content.decode()


def test_anybody_may_suggest_an_improvement_at_a_step_and_it_is_kept_with_the_clause(shop, signed_in):
    answer = signed_in("carol").post("/standard/plain/1.0.0/pack/suggest", {"step": "close", "text": " Use tape. "}, follow=True)

    assert "Your suggestion went to the owner" in answer.content.decode()
    kept = Feedback.objects.get()
    assert (kept.kind, kept.version, kept.stage, kept.step, kept.comment, kept.actor, kept.order) == (
        *("suggestion", Version.objects.get(standard_id="plain"), "pack", "close", "Use tape.", "carol"),
        None,
    )


def test_the_form_for_a_suggestion_stands_open_at_the_step_from_whose_task_one_comes(shop, signed_in):
    number = shop.an_order()
    task = signed_in("alice").get(f"/orders/{number}/").content.decode()
    address = "/standard/plain/1.0.0/enter/?suggest=type"
    assert f'href="{address}#step-type"' in task

    assert '<details class="ow-disclosure mt-1 d-print-none" open>' in signed_in("alice").get(address).content.decode()
    for other in ("?suggest=nothing", ""):
        assert 'd-print-none" open' not in signed_in("alice").get(f"/standard/plain/1.0.0/enter/{other}").content.decode()


def test_an_empty_suggestion_is_refused_at_its_step(shop, signed_in):
    answer = signed_in("carol").post("/standard/plain/1.0.0/pack/suggest", {"step": "close", "text": " "})

    assert answer.status_code == 422
    assert "The suggestion is empty." in answer.content.decode()
    assert not Feedback.objects.exists()


def test_who_forgets_a_step_is_told_its_reason_where_it_failed(shop, signed_in):
    number = shop.an_order()
    item = shop.item(number, "enter")

    page = signed_in("alice").post(f"/tasks/{item.pk}/finish", {}).content.decode()

    assert "/standard/plain/1.0.0/enter/#step-type" in page
    assert 'data-ow-key="s"' in signed_in("alice").get("/standard/plain/1.0.0/enter/").content.decode()


def test_a_title_is_wrapped_to_the_width_of_its_box_whatever_its_script():
    assert wrapped("Delivery planning and dispatch of everything") == ["Delivery planning", "and dispatch of", "everything"]
    assert wrapped("物流计划与发运安排") == ["物流计划与发运安", "排"]
    assert wrapped("x" * 60)[-1].endswith("x")
