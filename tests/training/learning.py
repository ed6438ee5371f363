"""What people do in the tests of training: write papers rightly or wrongly, and bring new versions of the small standard."""

from __future__ import annotations

from orders.shop import PLAIN
from orderway.releases import publishing
from orderway.training import certifying, keeping


def write(attempt, now, right=True):
    """Answer every question rightly, or every one wrongly, and hand in."""
    for number, question in enumerate(keeping.read(attempt.paper)):
        choice = question.right if right else (question.right + 1) % len(question.options)
        certifying.answer(attempt, number, choice, now=now)
    return certifying.hand_in(attempt, now=now)


def certify(shop, who, role, version=None, now=None):
    """Somebody passes the course of a role; gives the certificate."""
    attempt = certifying.begin(version or shop.version, role, person=shop.people[who], now=now or shop.now)
    return write(attempt, now or shop.now).certificate


def source(version, *replaced, gate="block"):
    """The small standard in another version, with these replacements."""
    text = PLAIN.format(id="plain", version=version)
    for before, after in replaced:
        assert before in text, before
        text = text.replace(before, after)
    text = text.replace("\nflow:", f"\ntraining: {{pass_mark: 80%, valid: 12mo, gate: {gate}}}\nflow:")
    return text.replace("\nflow:", f"\nchanges:\n  - {{version: {version}, reason: {{en: better}}}}\nflow:")


def bring(shop, version, *replaced, gate="block", now=None):
    """A new version of the small standard comes into force."""
    now = now or shop.now
    drafted = publishing.draft(source(version, *replaced, gate=gate), author="paul", now=now)
    approved = publishing.approve(drafted, by=shop.people["mary"], now=now, accept="a test")
    return publishing.release(approved, by=shop.people["mary"], now=now)
