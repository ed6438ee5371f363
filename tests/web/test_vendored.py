"""Files of others lie here exactly as the lock says, and the templates use no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from orderway.web import vendoring

DOWNLOADS = {"diagnosis/templates/diagnosis/report.html"}  # whole files to send on: they carry their style along, and no script
TEMPLATES = sorted(Path(vendoring.__file__).parents[1].rglob("templates/**/*.html"))


@pytest.mark.parametrize("target", [vendoring.SHIPPED, vendoring.FOR_TESTS])
def test_the_lock_names_every_file_with_its_digest(target):
    locked = (target / "vendor.lock").read_text()

    assert locked == vendoring.lock_of(target)
    known = {name for package in vendoring.PACKAGES for name in (package.folder, "vendor.lock")}
    assert {path.name for path in target.iterdir()} <= known


def test_every_static_file_that_a_template_names_exists():
    named = {name for path in TEMPLATES for name in re.findall(r"\{% static '([^']+)' %\}", path.read_text())}

    assert "vendor/tabler-core-1.6.1/tabler.min.css" in named
    assert [name for name in sorted(named) if finders.find(name) is None] == []


def test_every_icon_that_a_template_names_is_in_the_sprite():
    found = finders.find("orderway/icons.svg")
    drawn = set(re.findall(r'id="(\w+)"', Path(str(found)).read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'\{% icon "(\w+)"', path.read_text())}

    assert named
    assert named <= drawn


def test_no_template_carries_inline_code_or_styles():
    for path in TEMPLATES:
        text = path.read_text()
        if str(path.relative_to(Path(vendoring.__file__).parents[1])) in DOWNLOADS:
            text = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
            assert "<script" not in text, path
        assert not re.search(r"\sstyle=|\son(click|load|change|submit)=|<style|<script(?![^>]*src=)|javascript:", text), path
