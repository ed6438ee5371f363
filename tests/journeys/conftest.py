"""A browser, and what every screen must keep: no axe violation, no console or policy error, no sideways scrolling."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
WIDTHS = {"desk": {"viewport": {"width": 1440, "height": 900}}, "phone": {"viewport": {"width": 390, "height": 844}}}
LOOK_EVERY_MS, QUIET_LOOKS, WAIT_AT_MOST_MS = 20, 3, 30_000
PICTURES = os.environ.get("ORDERWAY_TEST_PICTURES", "")  # a folder: every screen is kept there as a picture


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator[object]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    # Playwright runs a loop in this thread; Django would refuse the test's own queries because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


class Desk:
    """A person at a screen: opens pages signed in, and notes everything the browser complains about."""

    def __init__(self, browser, server: str, *, width: str, dark: bool = False) -> None:
        phone = {"is_mobile": True, "has_touch": True} if width == "phone" else {}
        scheme = "dark" if dark else "light"
        self.context = browser.new_context(**WIDTHS[width], **phone, color_scheme=scheme, base_url=server, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.server = server
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.under_way: set[object] = set()
        self.page.on("request", lambda request: self.under_way.add(request))
        self.page.on("requestfinished", lambda request: self.under_way.discard(request))
        self.page.on("requestfailed", lambda request: self.under_way.discard(request))

    def sign_in(self, person, language: str) -> None:
        """A session for this person, made here: the sign-in page has its own test."""
        person.language = language
        person.save()
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self.server}])

    def open(self, path: str) -> None:
        """Go to a page and wait until it stands still."""
        self.under_way.clear()
        self.page.goto(path)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is on its way any more: Playwright's own way waits half a second longer at every page."""
        quiet = 0
        for _ in range(WAIT_AT_MOST_MS // LOOK_EVERY_MS):
            self.page.wait_for_timeout(LOOK_EVERY_MS)
            quiet = 0 if self.under_way else quiet + 1
            if quiet == QUIET_LOOKS:
                return
        raise AssertionError(f"still on its way: {[request.url for request in self.under_way]}")

    def keep(self, name: str) -> None:
        """Keep a picture of the page, if somebody wants pictures."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)

    def unsound(self) -> list[str]:
        """What is wrong with the page: violations, complaints, what stands beside the screen."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        beside = [f"{wide} px wider than the screen: {self.page.evaluate(WIDEST)}"] if wide > 0 else []
        # axe is handed to the page by the debugger, past the content security policy, which forbids everything else.
        self.page.evaluate(AXE.read_text() + "\n;0")
        complaints, self.complaints = self.complaints, []
        return [*complaints, *beside, *self.page.evaluate(VIOLATIONS)]


VIOLATIONS = """async () => (await axe.run()).violations.map(
  v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))"""
WIDEST = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + '.' + e.className).slice(0, 8).join(', ')"""


@pytest.fixture
def desk(browser, live_server):
    """``desk(person, language="en", width="phone")`` sits a person down."""
    opened = []

    def sit(person=None, *, language: str = "en", width: str = "desk", dark: bool = False) -> Desk:
        desk = Desk(browser, live_server.url, width=width, dark=dark)
        opened.append(desk)
        if person is not None:
            desk.sign_in(person, language)
        return desk

    yield sit
    for desk in opened:
        desk.context.close()
