"""Who may open an account: nobody by themselves; an administrator makes people. Never checks a password."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse


class NoSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Closes the sign-up of allauth."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False


@login_not_required
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """The address that allauth expects for signing up; there is no such page here."""
    raise Http404
