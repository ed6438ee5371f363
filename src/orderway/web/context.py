"""What every page shows around its content: navigation, languages, who is signed in. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from orderway.pages import languages
from orderway.web import queries


@dataclass(frozen=True, slots=True)
class Door:
    """An entry of the navigation; `key` is the letter after g."""

    name: str
    title: object
    icon: str
    key: str

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.name)


DOORS = (
    Door("my_work", _("My work"), "inbox", "w"),
    Door("orders", _("Orders"), "cart", "o"),
    Door("standards", _("Standard"), "book", "s"),
)


def shell(request: HttpRequest) -> dict[str, object]:
    """Navigation and languages; the number of open tasks is counted only where the page shows it."""
    match = getattr(request, "resolver_match", None)
    return {
        "doors": DOORS,
        "here": getattr(match, "url_name", "") or "",
        "language_tag": languages.tag(),
        "languages": languages.OWN_NAMES.items(),
        "open_tasks": SimpleLazyObject(lambda: queries.open_tasks(request.user)),
    }
