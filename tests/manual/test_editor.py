"""The editor: drafts kept with and without defects, each button one change, checks with lines, submission for approval by somebody else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orderway.manual import drafts, editor_forms
from orderway.manual.models import WorkingDraft
from orderway.masterdata.models import Person
from orderway.releases.models import Version
from orderway.standard import editing
from orderway.standard.parse import parse
from orderway.standard.templates import shipped


@pytest.fixture
def draft(shop, signed_in):
    """Alice begins a new version."""
    signed_in("alice").post("/standard/plain/1.0.0/edit")
    return WorkingDraft.objects.get()


def document(draft):
    return parse(WorkingDraft.objects.get(pk=draft.pk).source).standard


def post(browser, draft, page, **fields):
    saves = WorkingDraft.objects.get(pk=draft.pk).saves
    return browser.post(f"/standard/drafts/{draft.pk}/{page}", {"saves": saves, **fields})


def test_a_draft_follows_the_version_in_force_with_the_next_number(draft, shop):
    assert document(draft).version == "1.1.0"
    assert drafts.base_of(draft).version == "1.0.0"
    assert not drafts.check(draft).errors


@pytest.mark.parametrize("tab", ["flow", "stage", "tables", "languages", "yaml", "changes", "comments", "nonsense"])
def test_every_tab_opens(draft, signed_in, tab):
    assert signed_in("eve").get(f"/standard/drafts/{draft.pk}/?tab={tab}").status_code == 200


def test_stages_are_moved_inserted_put_in_parallel_and_taken_out_with_buttons(draft, signed_in):
    alice = signed_in("alice")

    assert post(alice, draft, "flow", act="earlier", stage="reserve").status_code == 302
    assert list(document(draft).stages_in_flow())[:3] == ["enter", "reserve", "check"]
    post(alice, draft, "flow", act="insert", target="pack", title="Count again")
    assert "count_again" in document(draft).stages
    post(alice, draft, "flow", act="beside", stage="count_again", target="thank")
    post(alice, draft, "flow", act="out", stage="count_again")
    assert sorted(document(draft).stages_in_flow()) == ["check", "enter", "pack", "reserve", "thank"]


def test_the_form_of_a_stage_changes_what_it_says_and_refuses_a_limit_that_is_none(draft, signed_in):
    alice = signed_in("alice")
    fields = {"stage": "enter", "title": "Type", "owner": "clerk", "limit": "2h", "runs": "person", "language": "en"}
    step = {"step.0.id": "type", "step.0.do": "Type it", "step.0.key": "Look twice", "step.0.evidence": "tick"}

    assert post(alice, draft, "stage", **{**fields, "limit": "soon"}).status_code == 422
    assert post(alice, draft, "stage", **fields, **step, **{"step.1.do": "Smile", "step.1.evidence": "tick"}).status_code == 302

    stage = document(draft).stages["enter"]
    assert (str(stage.limit), stage.title.in_language("en"), [one.id for one in stage.steps]) == ("2h", "Type", ["type", "step1"])
    assert stage.steps[0].key.in_language("en") == "Look twice"


def test_a_table_shows_its_gap_and_the_row_that_closes_it(draft, signed_in):
    alice = signed_in("alice")
    rows = {"table": "authority", "cell.0.0": "< 1000", "out.0": "none"}

    post(alice, draft, "table", **rows)
    page = alice.get(f"/standard/drafts/{draft.pk}/?tab=tables").content.decode()
    assert "ow-refused" in page
    post(alice, draft, "table", **rows, **{"cell.1.0": "-", "out.1": "manager"})

    assert not drafts.check(WorkingDraft.objects.get()).errors
    assert [row.output for row in document(draft).tables["authority"].rows] == [(), ("manager",)]


def test_a_broken_text_is_kept_and_its_defect_points_to_its_line(draft, signed_in):
    alice = signed_in("alice")
    broken = draft.source.replace("owner: reviewer", "owner: nobody")
    line = broken[: broken.index("owner: nobody")].count("\n") + 1

    assert post(alice, draft, "yaml", source=broken.replace("\n", "\r\n")).status_code == 302
    page = alice.get(f"/standard/drafts/{draft.pk}/?tab=yaml").content.decode()
    assert WorkingDraft.objects.get().source == broken
    assert f'href="#L{line}"' in page
    assert f'<span id="L{line}" class="ow-bad">' in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "The owner of &#x27;check&#x27; is &#x27;revewer&#x27;, which is no role of this standard. Did you mean &#x27;reviewer&#x27;?",
        ),
        ("zh-Hans", "“check”的负责岗位是“revewer”，但本标准没有这个角色。您是否想写“reviewer”？请在 roles 下定义。"),
        ("zh-Hant", "「check」的負責職位是「revewer」，但本標準沒有這個角色。您是否想寫「reviewer」？請在 roles 下定義。"),
    ],
)
def test_a_defect_is_said_in_the_language_of_the_reader(draft, signed_in, language, said):
    alice = signed_in("alice")
    post(alice, draft, "yaml", source=draft.source.replace("owner: reviewer", "owner: revewer"))
    Person.objects.filter(key="alice").update(language=language)

    page = alice.get(f"/standard/drafts/{draft.pk}/").content.decode()
    refused = alice.post(f"/standard/drafts/{draft.pk}/submit").content.decode()

    assert said in page
    assert said in refused.split('role="alert"')[1].split("</p>")[0]


def test_a_text_that_is_no_document_leaves_only_yaml_and_forms_are_refused(draft, signed_in):
    alice = signed_in("alice")
    post(alice, draft, "yaml", source="flow: [")

    assert "data-ow-source" in alice.get(f"/standard/drafts/{draft.pk}/?tab=flow").content.decode()
    assert post(alice, draft, "flow", act="later", stage="enter").status_code == 409
    assert alice.post(f"/standard/drafts/{draft.pk}/submit").status_code == 409


def test_two_people_cannot_overwrite_each_other_unseen(draft, signed_in):
    assert post(signed_in("bob"), draft, "flow", act="earlier", stage="reserve").status_code == 302

    answer = signed_in("alice").post(f"/standard/drafts/{draft.pk}/yaml", {"saves": 0, "source": "mine"})

    assert answer.status_code == 409
    assert "Somebody else saved this draft" in answer.content.decode()
    assert "mine" in answer.content.decode()


def test_differences_say_what_they_cause(draft, shop, signed_in):
    shop.orders(2)
    post(signed_in("alice"), draft, "yaml", source=draft.source.replace("limit: 4h", "limit: 2h"))

    page = signed_in("alice").get(f"/standard/drafts/{draft.pk}/?tab=changes").content.decode()

    assert "Enter: time limit: 4 hours → 2 hours" in page
    assert "1 person has to read and acknowledge it." in page
    assert "2 running orders: let them finish on their own versions, or migrate them" in page


def test_a_draft_is_commented_submitted_and_approved_by_somebody_else(draft, signed_in):
    post(signed_in("bob"), draft, "comment", text="Why not one hour?")
    post(signed_in("alice"), draft, "yaml", source=draft.source.replace("limit: 4h", "limit: 2h"))

    answer = signed_in("alice").post(f"/standard/drafts/{draft.pk}/submit")

    assert answer["Location"] == "/standard/plain/1.1.0/control"
    assert "Why not one hour?" in signed_in("mary").get("/standard/plain/1.1.0/control").content.decode()
    assert Version.objects.get(version="1.1.0").author == "alice"
    assert signed_in("alice").post(f"/standard/drafts/{draft.pk}/submit").status_code == 409
    assert post(signed_in("alice"), draft, "yaml", source="x").status_code == 409


def test_a_dropped_draft_is_no_longer_written(draft, signed_in):
    assert signed_in("alice").post(f"/standard/drafts/{draft.pk}/drop").status_code == 302
    assert post(signed_in("alice"), draft, "yaml", source="x").status_code == 409


def test_missing_and_stale_texts_of_one_chinese_script_are_drafted_from_the_other():
    base = parse(shipped()["make-to-order"]).standard
    path = ("stages", "picking", "title")
    changed = editing.with_text(base, path, "zh-Hans", "软件订单拣货")
    changed = editing.with_text(changed, ("stages", "invoicing", "title"), "zh-Hant", "")

    drafted = editor_forms.converted(changed, base, "zh-Hant")

    assert dict(drafted.stages["picking"].title.values)["zh-Hant"] == "軟體訂單揀貨"
    assert "zh-Hant" in drafted.stages["invoicing"].title.languages()
    assert drafted.stages["review"] == base.stages["review"]
    with pytest.raises(editor_forms.NoScript):
        editor_forms.converted(base, None, "en")


def test_a_flow_goes_out_as_bpmn_and_comes_into_a_draft(draft, signed_in):
    alice = signed_in("alice")
    xml = alice.get("/standard/plain/1.0.0/flow.bpmn").content
    post(alice, draft, "flow", act="earlier", stage="reserve")

    assert post(alice, draft, "bpmn", file=SimpleUploadedFile("flow.bpmn", xml)).status_code == 302
    assert list(document(draft).stages_in_flow()) == ["enter", "check", "reserve", "pack", "thank"]

    refused = post(alice, draft, "bpmn", file=SimpleUploadedFile("flow.bpmn", b"<a/>"))
    assert refused.status_code == 422
    assert "This BPMN file cannot be read: definitions: it has 0 processes" in refused.content.decode()


# --- checks while one types ------------------------------------------------------------------------------------------------


def ask(browser, draft, tab, **fields):
    """What the page asks while one types."""
    return browser.post(f"/standard/drafts/{draft.pk}/check", {"tab": tab, **fields}, headers={"HX-Request": "true"}).content.decode()


def test_the_text_is_checked_while_it_is_typed_and_nothing_is_kept(draft, signed_in):
    alice = signed_in("alice")
    broken = draft.source.replace("owner: reviewer", "owner: revewer")
    line = broken[: broken.index("owner: revewer")].count("\n") + 1

    answer = ask(alice, draft, "yaml", source=broken.replace("\n", "\r\n"))

    assert "which is no role of this standard" in answer
    assert f'href="#L{line}"' in answer
    assert f'data-ow-line="{line}"' in answer
    assert 'data-ow-counted="1 defect"' in answer
    assert "<html" not in answer
    assert WorkingDraft.objects.get().source == draft.source


def test_the_form_of_a_stage_is_checked_while_it_is_typed_and_leads_to_the_field(draft, signed_in):
    alice = signed_in("alice")
    fields = {"stage": "enter", "title": "Type", "owner": "clerk", "limit": "2h", "runs": "person", "language": "en"}
    step = {"step.0.id": "type", "step.0.do": "x" * 121, "step.0.evidence": "tick"}

    answer = ask(alice, draft, "stage", **fields, **step, skip_when="order.totl > 5")

    assert "There is no fact &#x27;order.totl&#x27;" in answer
    assert 'href="#f-skip"' in answer
    assert 'href="#s0-do"' in answer
    assert "tab=yaml" not in answer, "a link away would lose what is typed"
    assert WorkingDraft.objects.get().saves == 0


def test_a_limit_that_is_none_is_said_beside_the_other_findings(draft, signed_in):
    fields = {"stage": "enter", "title": "Type", "owner": "clerk", "limit": "soon", "runs": "person", "language": "en"}

    answer = ask(signed_in("alice"), draft, "stage", **fields, skip_when="order.totl > 5")

    assert "soon is no time limit." in answer
    assert "There is no fact" in answer


def test_the_gap_of_a_table_shows_while_it_is_typed(draft, signed_in):
    answer = ask(signed_in("alice"), draft, "tables", table="authority", **{"cell.0.0": "< 1000", "out.0": "none"})

    assert "has no row for" in answer


def test_without_javascript_a_button_checks_and_the_form_keeps_what_was_typed(draft, signed_in):
    alice = signed_in("alice")
    fields = {
        "tab": "stage",
        "stage": "enter",
        "title": "Typed anew",
        "owner": "clerk",
        "limit": "soon",
        "runs": "person",
        "language": "en",
    }

    page = alice.post(f"/standard/drafts/{draft.pk}/check", {**fields, "saves": 0}).content.decode()
    text = alice.post(f"/standard/drafts/{draft.pk}/check", {"tab": "yaml", "source": "flow: [", "saves": 0}).content.decode()

    assert 'value="Typed anew"' in page
    assert 'value="soon"' in page
    assert "This is not YAML" in text
    assert "flow: [</textarea>" in text
    assert WorkingDraft.objects.get().source == draft.source


def test_a_refused_save_keeps_what_was_typed_into_the_form(draft, signed_in):
    fields = {"stage": "enter", "title": "Typed anew", "owner": "clerk", "limit": "soon", "runs": "person", "language": "en"}

    page = post(signed_in("alice"), draft, "stage", **fields).content.decode()

    assert 'value="Typed anew"' in page


def test_what_is_no_form_of_the_draft_is_not_checked(draft, signed_in):
    alice = signed_in("alice")

    assert alice.post(f"/standard/drafts/{draft.pk}/check", {"tab": "stage", "stage": "moon"}).status_code == 404
    assert alice.post(f"/standard/drafts/{draft.pk}/check", {"tab": "nonsense"}).status_code == 404
    assert "has at most" in ask(alice, draft, "yaml", source="x" * (drafts.MOST_LETTERS + 1))
