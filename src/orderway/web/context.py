"""What every page shows around its content: navigation, languages, who is signed in. Decides nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from orderway.pages import languages, navigation
from orderway.web import queries


def shell(request: HttpRequest) -> dict[str, object]:
    """Navigation and languages; tasks and messages are counted only where the page shows it."""
    match = getattr(request, "resolver_match", None)
    here = getattr(match, "url_name", "") or ""
    return {
        "doors": navigation.doors(),
        "here": here,
        "door_here": next((door.name for door in navigation.doors() if door.leads_to(here)), ""),
        "language_tag": languages.tag(),
        "languages": languages.OWN_NAMES.items(),
        "waiting_here": SimpleLazyObject(lambda: queries.waiting_for(request.user)),
    }
