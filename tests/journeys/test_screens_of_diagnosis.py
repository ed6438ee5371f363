"""The screens of a diagnosis: axe finds nothing, the browser complains about nothing, nothing stands beside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from journeys import company
from mining.logs import ORDERS
from orderway.diagnosis import asking, keeping
from orderway.diagnosis.working import work_off
from orderway.releases.models import Version

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language", "dark"), [("desk", "en", False), ("phone", "zh-hans", False), ("desk", "zh-hant", True)])
def test_every_screen_of_a_diagnosis_is_sound(transactional_db, desk, width, language, dark):
    people, now = company.found(), datetime.now(UTC)
    against = Version.objects.filter(status="effective").first()
    made = [
        asking.ask_file(SimpleUploadedFile(name, content.encode()), "", against, actor=people["bob"], now=now)
        for name, content in (("orders.csv", ORDERS), ("broken.csv", "a,b\n1,2\n"), ("old.csv", ORDERS), ("waiting.csv", ORDERS))
    ]
    for _turn in range(3):
        work_off(now)
    keeping.share(made[0], people["carol"], actor=people["bob"], now=now)
    keeping.erase(made[2], actor=people["bob"], now=now)
    bob, carol = (desk(people[key], language=language, width=width, dark=dark) for key in ("bob", "carol"))
    pages = {
        "diagnoses": (bob, "/diagnosis/"),
        "diagnosis": (bob, f"/diagnosis/{made[0].key}"),
        "diagnosis-of-a-reader": (carol, f"/diagnosis/{made[0].key}"),
        "diagnosis-failed": (bob, f"/diagnosis/{made[1].key}"),
        "diagnosis-waiting": (bob, f"/diagnosis/{made[3].key}"),
        "diagnosis-delete": (bob, f"/diagnosis/{made[0].key}/delete"),
    }

    wrong = {}
    for name, (who, path) in pages.items():
        who.open(path)
        who.keep(f"{name}-{language}-{width}")
        if found := who.unsound():
            wrong[name] = found

    assert wrong == {}
