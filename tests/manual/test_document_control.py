"""Document control: approval by somebody else, coming into force, review, reading with a check question, controlled copies, printing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orders.shop import PLAIN
from orderway.journal import reading
from orderway.manual import book, copies
from orderway.manual.models import ControlledCopy
from orderway.manual.printouts import page_of_role, whole
from orderway.manual.waiting import waiting
from orderway.masterdata.models import RoleMember
from orderway.releases import acknowledging, publishing, refusals, reviewing
from orderway.releases.models import Version
from orderway.standard.parse import parse
from orderway.standard.templates import shipped


def newer(version="1.1.0", replaced=("limit: 4h", "limit: 2h")):
    text = PLAIN.format(id="plain", version=version).replace(*replaced)
    return text.replace("\nflow:", f"\nchanges:\n  - {{version: {version}, reason: {{en: faster}}}}\nflow:")


def right(standard, stage, reader):
    return acknowledging.question_of(standard, standard.stages[stage], reader).right


def test_a_draft_is_approved_by_somebody_else_and_put_in_force_on_pages(shop, signed_in):
    publishing.draft(newer(), author="mary", now=shop.now)
    shop.hire("paul", "manager", "process_owner")
    address = "/standard/plain/1.1.0/"

    page = signed_in("mary").get(f"{address}control").content.decode()
    assert "somebody else approves it" in page
    assert "Written by Mary." in page
    assert signed_in("mary").post(f"{address}approve").status_code == 409
    assert signed_in("eve").post(f"{address}approve").status_code == 409
    assert signed_in("paul").post(f"{address}approve").status_code == 302
    assert signed_in("eve").post(f"{address}release", {"when": "now"}).status_code == 409
    assert signed_in("paul").post(f"{address}release", {"when": "now"}).status_code == 302

    page = signed_in("eve").get(f"{address}control").content.decode()
    assert [word for word in ("Draft stored", "Approved", "Put in force") if word in page] == ["Draft stored", "Approved", "Put in force"]
    assert signed_in("eve").get("/standard/plain/")["Location"] == "/standard/plain/1.1.0/"


def test_an_approved_version_comes_into_force_on_its_day(shop):
    version = publishing.draft(newer(), author="alice", now=shop.now)
    publishing.approve(version, by=shop.people["mary"], now=shop.now, accept="a test")

    with pytest.raises(refusals.InThePast):
        publishing.plan(version, shop.now.date(), by=shop.people["mary"], now=shop.now)
    publishing.plan(version, shop.now.date() + timedelta(days=2), by=shop.people["mary"], now=shop.now)

    assert publishing.release_planned(shop.now + timedelta(days=1)) == []
    assert [str(released) for released in publishing.release_planned(shop.now + timedelta(days=2))] == ["plain 1.1.0"]


def test_the_owner_is_told_that_a_review_is_due_and_notes_it(shop, signed_in):
    owner = shop.hire("olga", "process_owner")
    document = publishing.program_of(shop.version.pk).standard
    year_later = shop.now + timedelta(days=366)

    assert reviewing.due_on(shop.version, document) == date(2027, 3, 2)
    assert [notice.late for notice in waiting(owner.pk, year_later) if "review" in notice.text] == [True, True]
    with pytest.raises(refusals.NotTheirs):
        reviewing.review(shop.version, document, "keep", "", by=shop.people["eve"], now=year_later)
    with pytest.raises(refusals.NoReason):
        reviewing.review(shop.version, document, "change", " ", by=owner, now=year_later)
    reviewing.review(shop.version, document, "keep", "", by=owner, now=year_later)

    assert reviewing.due_on(shop.version, document) == date(2028, 3, 3)
    assert reading.of_subject("release", "plain 1.0.0").last().act == "review"


def test_a_section_is_read_when_its_question_is_answered_rightly(shop, signed_in):
    document = publishing.program_of(shop.version.pk).standard
    alice = signed_in("alice")
    answer = right(document, "enter", "alice")

    assert [stage.id for stage in acknowledging.sections_due(shop.version, shop.people["alice"])] == ["enter", "thank"]
    wrong = alice.post("/standard/plain/1.0.0/enter/acknowledge", {"answer": (answer + 1) % 4})
    assert wrong.status_code == 422
    assert "That is not what Enter says." in wrong.content.decode()
    assert alice.post("/standard/plain/1.0.0/enter/acknowledge", {"answer": answer}).status_code == 302

    assert [stage.id for stage in acknowledging.sections_due(shop.version, shop.people["alice"])] == ["thank"]
    states = {state.stage.id: (state.read, len(state.readers)) for state in acknowledging.who_has_read(shop.version)}
    assert states["enter"] == (1, 1)


@pytest.mark.parametrize(
    ("version", "replaced", "due"),
    [("1.0.1", ("Type it in", "Type it in well"), ["thank"]), ("1.1.0", ("limit: 4h", "limit: 2h"), ["enter", "thank"])],
    ids=["wording only", "another limit"],
)
def test_a_section_is_read_again_only_if_more_than_its_wording_changed(shop, version, replaced, due):
    document = publishing.program_of(shop.version.pk).standard
    alice = shop.people["alice"]
    acknowledging.acknowledge(shop.version, document.stages["enter"], right(document, "enter", "alice"), by=alice, now=shop.now)

    released = shop.released(newer(version, replaced))

    assert [stage.id for stage in acknowledging.sections_due(released, alice)] == due


def test_what_is_out_of_force_is_not_acknowledged(shop):
    document = publishing.program_of(shop.version.pk).standard
    shop.released(newer())

    with pytest.raises(refusals.NotInForce):
        acknowledging.acknowledge(
            Version.objects.get(pk=shop.version.pk), document.stages["enter"], 0, by=shop.people["alice"], now=shop.now
        )


def test_every_check_question_has_one_right_answer_and_no_two_alike():
    for text in shipped().values():
        standard = parse(text).standard
        for stage in standard.stages.values():
            question = acknowledging.question_of(standard, stage, "alice")
            assert len(set(question.answers)) == len(question.answers) >= 2
            if question.ask is None:
                assert question.answers[question.right] == standard.roles[stage.owner].title


def test_controlled_copies_are_numbered_and_asked_back_when_their_version_retires(shop, signed_in):
    RoleMember.objects.create(person=shop.people["mary"], role="process_owner")
    mary = signed_in("mary")

    assert mary.post("/standard/plain/1.0.0/copies", {"holder": " "}).status_code == 422
    assert mary.post("/standard/plain/1.0.0/copies", {"holder": "Warehouse"}).status_code == 302
    assert mary.post("/standard/plain/1.0.0/copies", {"holder": "Office"}).status_code == 302
    assert signed_in("eve").post("/standard/plain/1.0.0/copies", {"holder": "Me"}).status_code == 409
    shop.released(newer())
    assert [copy.number for copy in copies.outdated("plain")] == [2, 1]
    assert mary.post(f"/standard/copies/{ControlledCopy.objects.get(number=1).pk}/back").status_code == 302

    assert [copy.number for copy in copies.outdated("plain")] == [2]
    assert any("Controlled copy no. 2 (Office)" in notice.text for notice in waiting(shop.people["mary"].pk, shop.now))


def test_the_whole_manual_and_a_page_per_role_are_printed_in_every_language():
    standard = parse(shipped()["make-to-order"]).standard
    version = Version(standard_id=standard.id, version=standard.version, content_hash="a" * 64, status="effective")
    sheet = book.Printing(version, date(2026, 3, 2), "http://localhost/standard/make-to-order/", None, 7, "仓库")

    manual = whole(standard, sheet, ["zh-hans", "zh-hant", "en"])
    role = page_of_role(standard, sheet, "finance", "zh-hant")

    assert manual.startswith(b"%PDF")
    assert whole(standard, sheet, ["zh-hans", "zh-hant", "en"]) == manual
    assert role.count(b"/Type /Page\n") + role.count(b"/Type /Page/") + role.count(b"/Type/Page/") <= 1
    texts = list(book.texts_of(book.book(standard, sheet, "en")))
    assert any("Controlled copy no. 7" in text for text in texts)
    assert "Sales order clerk" in texts


def test_a_pdf_is_sent_and_an_unknown_role_is_not_there(shop, signed_in):
    eve = signed_in("eve")

    assert eve.get("/standard/plain/1.0.0/manual.pdf").content.startswith(b"%PDF")
    assert eve.get("/standard/plain/1.0.0/role/clerk.pdf").content.startswith(b"%PDF")
    assert eve.get("/standard/plain/1.0.0/role/nobody.pdf").status_code == 404
    assert eve.get("/standard/plain/1.0.0/print").status_code == 200
