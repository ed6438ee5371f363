"""Two versions of a standard: what changed in sentences, how large the step must be, whose work it concerns."""

from dataclasses import replace

import pytest

from orderway.standard.canonical import canonical
from orderway.standard.diff import diff, read_version, roles_concerned, smallest_step
from orderway.standard.parse import parse
from orderway.standard.templates import SHIPPED, shipped
from standard.mutations import EXAMPLE, example, replaced_once
from standard.test_defects_complete import CHECKED


def changed(*replacements: tuple[str, str]):
    text = EXAMPLE
    for old, new in replacements:
        text = replaced_once(text, old, new)
    parsed = parse(text)
    assert parsed.standard is not None, parsed.problems
    return parsed.standard


def sentences(*replacements: tuple[str, str]) -> list[str]:
    return [difference.sentence for difference in diff(example(), changed(*replacements))]


REVIEW_LIMIT = ("limit: 4h\n    warn", "limit: 2h\n    warn")
PARALLEL = "- parallel: [[production], [purchasing]]"
END = "  - after_sales\n\nexceptions"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (*REVIEW_LIMIT, "Order review: limit 4h -> 2h"),
        ("owner: planner", "owner: buyer", "Stock check: owner planner -> buyer"),
        ("runs: system                     # default", "runs: person  # default", "Stock check: runs system -> person"),
        ("warn: 50%", "warn: 60%", "Order review: warn 50% -> 60%"),
        ("    calendar: warehouse\n    limit: 4h", "    limit: 4h", "Picking and packing: calendar warehouse -> none"),
        ("needs: [delivery_note]", "needs: [delivery_note, pick_list]", "Invoicing: needs delivery_note -> delivery_note, pick_list"),
        ("evidence: scan", "evidence: photo", 'Picking and packing: step "scan" evidence scan -> photo'),
        ("not_by: [receipt]", "not_by: []", "Order review: gate not_by receipt -> none"),
        (
            "at_most: 3",
            "at_most: 4",
            "Order review: gate fail back to receipt, at most 3, then sales_manager -> back to receipt, at most 4, then sales_manager",
        ),
        (
            "auto: table.credit == 'ok' #",
            "auto: order.total > 0 #",
            "Order review: criterion \"credit\" auto table.credit == 'ok' -> auto order.total > 0",
        ),
        ("none]\n", "sales_manager]\n", 'Table "approval_level": row (< 20000 | < 5 | false) none -> sales_manager'),
        ('["< 20000",', '["< 30000",', 'Table "approval_level": row (< 30000 | < 5 | false) added (none)'),
        ("- id: photo", "- id: picture", 'Picking and packing: step "photo" removed'),
        ("- id: price_terms", "- id: terms", 'Order review: criterion "terms" added (ask)'),
        ("roles:     ", "roles:\n  auditor: Auditor\n  # ", 'Role "auditor" added'),
        ("keep: 2y", "keep: 3y", 'Document "pick_list": keep 2y -> 3y'),
        ("order.discount: percent", "order.discount: number", 'Fact "order.discount": type percent -> number'),
        (
            "until: delivery, reason",
            "until: picking, reason",
            "Exceptions: cancel by sales_manager until delivery -> by sales_manager until picking",
        ),
        (
            "expires: 5d",
            "expires: 5d, lift_when: table.credit == 'ok'",
            "Exceptions: hold \"credit\" by finance, expires 5d -> by finance, expires 5d, lifts when table.credit == 'ok'",
        ),
        ("expires: 5d", "expires: 6d", 'Exceptions: hold "credit" by finance, expires 5d -> by finance, expires 6d'),
        ("{back_to: review}", "{back_to: receipt}", "Exceptions: change back_to review -> receipt"),
        ('"13:00-18:00"', '"13:00-17:00"', 'Calendar "office": hours on mon 09:00-12:00, 13:00-18:00 -> 09:00-12:00, 13:00-17:00'),
        ("pass_mark: 80%", "pass_mark: 90%", "Training: pass_mark 80% -> 90%"),
        ('target: "<= 6d"', 'target: "<= 5d"', 'Measure "lead_time": target <= 6d -> <= 5d'),
        ("remind: 3d", "remind: 4d", "Feedback: remind 3d -> 4d"),
        ("title: {en: Purchasing,", "title: {en: Buying,", 'Buying: title "Purchasing" -> "Buying"'),
    ],
)
def test_a_change_is_said_in_a_sentence(old, new, sentence):
    said = sentences((old, new))

    assert sentence in said


def test_a_stage_that_comes_goes_or_moves_is_said_with_its_place():
    definition = "  packing: {title: Packing, owner: warehouse, limit: 1h, steps: [{id: a, do: Pack, evidence: tick}]}\n"
    moved = ("  - stock_check                      # gate\n", ""), ("  - after_sales\n\nex", "  - stock_check\n  - after_sales\n\nex")

    assert sentences(("  after_sales:\n", definition + "  after_sales:\n"), (END, "  - after_sales\n  - packing\n\nexceptions")) == [
        "Packing added after after_sales"
    ]
    assert sentences((PARALLEL, "- parallel: [[production]]")) == ["Purchasing removed"]
    assert sentences(*moved) == ["Stock check moved: after review -> after invoicing"]


def test_a_stage_that_leaves_its_block_has_moved():
    assert sentences((PARALLEL, "- production\n      - purchasing"))[0] == (
        "Production moved: after delivery_planning, in each delivery in order.deliveries, in parallel branch 1"
        " -> after delivery_planning, in each delivery in order.deliveries"
    )


def test_other_steps_in_another_order_are_said_once():
    swapped = EXAMPLE.replace("- id: scan", "- id: X").replace("- id: photo", "- id: scan").replace("- id: X", "- id: photo")

    said = [difference.sentence for difference in diff(example(), parse(swapped).standard)]

    assert "Picking and packing: order of steps scan, photo -> photo, scan" in said


@pytest.mark.parametrize("mutation", CHECKED, ids=str)
def test_nothing_that_is_written_differently_escapes_the_comparison(mutation):
    old, new = example(), parse(mutation.text()).standard
    assert new is not None
    same = replace(new, version=old.version, changes=old.changes)

    assert bool(diff(old, new)) == (canonical(same) != canonical(old))
    assert bool(diff(new, old)) == bool(diff(old, new))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_standard_does_not_differ_from_itself(name):
    standard = parse(shipped()[name]).standard

    assert diff(standard, standard) == ()
    assert smallest_step(standard, standard) is None
    assert roles_concerned(standard, standard) == ()


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("title: {en: Purchasing,", "title: {en: Buying,", "patch"),
        ('key: {en: "Scan; do not tick by eye"', 'key: {en: "Scan each box"', "patch"),
        ('effective: "2026-03-01"', 'effective: "2026-04-01"', "patch"),
        ("languages: [zh-Hans, zh-Hant, en]", "languages: [zh-Hans, zh-Hant, en, de]", "patch"),
        ("languages: [zh-Hans, zh-Hant, en]", "languages: [en, zh-Hans, zh-Hant]", "minor"),
        ("limit: 7d", "limit: 6d", "minor"),
        ("evidence: scan", "evidence: photo", "minor"),
        ("zh-Hant: 客戶單據, right: true}", "zh-Hant: 客戶單據}", "minor"),
        ("  - version: 1.1.0\n", "  - version: 1.1.1\n", None),
    ],
)
def test_only_wording_is_a_patch(old, new, step):
    assert smallest_step(example(), changed((old, new))) == step


@pytest.mark.parametrize(
    ("old", "new", "roles"),
    [
        (*REVIEW_LIMIT, ("sales_manager", "finance", "general_manager")),
        ("limit: 7d", "limit: 6d", ("buyer",)),
        ("owner: planner", "owner: buyer", ("sales_manager", "planner", "buyer")),
        ("none]\n", "sales_manager]\n", ("sales_manager", "finance", "general_manager")),
        ('["0", ">= 0", ok]', '["0", ">= 1", ok]', ("finance",)),
        ("keep: 2y", "keep: 3y", ("warehouse", "logistics")),
        ("08:00-20:00", "08:00-19:00", ("warehouse", "logistics")),
        ("expires: 5d", "expires: 6d", ("sales", "sales_manager", "finance", "service")),
        ('target: "<= 6d"', 'target: "<= 5d"', ("process_owner",)),
        ("title: {en: Purchasing,", "title: {en: Buying,", ()),
    ],
)
def test_the_roles_whose_work_changes_are_named(old, new, roles):
    assert roles_concerned(example(), changed((old, new))) == roles


@pytest.mark.parametrize(
    ("text", "version"), [("1.2.3", (1, 2, 3)), ("10.0.0", (10, 0, 0)), ("1.2", None), ("01.2.3", None), ("1.2.3-x", None), ("", None)]
)
def test_a_version_is_three_numbers(text, version):
    assert read_version(text) == version
