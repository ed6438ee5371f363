"""The screens of the editor: axe finds nothing, nothing stands beside, and what is wrong is said while somebody types."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from journeys import company
from journeys.looking import look, seen
from orderway.manual import drafts
from orderway.manual.models import WorkingDraft
from orderway.masterdata.models import Person
from orderway.releases.models import Version

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABS = ("flow", "stage", "tables", "languages", "yaml", "changes", "comments")


@pytest.fixture
def draft(transactional_db):
    """A draft of the administrator's, begun from the version in force."""
    company.found()
    version = Version.objects.get(standard_id="make-to-stock")
    return drafts.begin(version, by=Person.objects.get(key="admin"), now=datetime.now(UTC))


@pytest.mark.parametrize(("width", "language", "dark"), [("desk", "en", True), ("phone", "zh-hans", False)])
def test_every_tab_of_the_editor_is_sound(draft, desk, width, language, dark):
    admin = desk(Person.objects.get(key="admin"), language=language, width=width, dark=dark)
    pages = {f"editor-{tab}": (admin, f"/standard/drafts/{draft.pk}/?tab={tab}") for tab in TABS}

    assert look(pages, f"-{language}-{width}") == {}


@pytest.mark.parametrize(("width", "language", "said"), [("desk", "en", "1 defect"), ("phone", "zh-hant", "1 項缺陷")])
def test_what_is_wrong_is_said_while_somebody_types_and_nothing_is_kept(draft, desk, width, language, said):
    admin = desk(Person.objects.get(key="admin"), language=language, width=width)
    admin.open(f"/standard/drafts/{draft.pk}/?tab=stage")
    admin.page.fill("#f-skip", "order.totl > 5")
    admin.page.wait_for_selector(f"[role=status]:has-text('{said}')")
    wrong = {"typing-a-stage": seen(admin, f"typing-a-stage-{language}-{width}")}
    assert admin.page.evaluate("document.activeElement.id") == "f-skip"
    assert admin.page.get_attribute("#check-list a", "href") == "#f-skip"

    admin.open(f"/standard/drafts/{draft.pk}/?tab=yaml")
    text = admin.page.input_value("#source")
    line = text[: text.index("limit: 2h")].count("\n") + 1
    admin.page.fill("#source", text.replace("limit: 2h", "limit: soon", 1))
    admin.page.wait_for_selector(f"#L{line}.ow-bad")
    wrong["typing-yaml"] = seen(admin, f"typing-yaml-{language}-{width}")
    admin.page.fill("#source", text)
    admin.page.wait_for_selector("[data-ow-lines]:not(:has(.ow-bad))")

    assert {name: found for name, found in wrong.items() if found} == {}
    assert WorkingDraft.objects.get().saves == 0
