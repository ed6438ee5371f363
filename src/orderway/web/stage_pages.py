"""Which stages bring pages of their own: their forms and panels are registered at start, their addresses mounted by `project.urls`.

Knows the packages under `stages/`, never a stage id of a company.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def modules() -> list[ModuleType]:
    """The `web` module of every stage package."""
    return [import_module(f"orderway.stages.{name}.web") for name in settings.STAGES]


def register() -> None:
    """Fill the lists of forms and panels."""
    for module in modules():
        module.register()


def addresses() -> list[URLPattern | URLResolver]:
    """The pages that stages bring beside their forms."""
    return [
        path(f"{name}/", include(module.urlpatterns)) for name, module in zip(settings.STAGES, modules(), strict=True) if module.urlpatterns
    ]
