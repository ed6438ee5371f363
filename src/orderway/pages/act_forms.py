"""The inputs that an act needs from a person, registered by stages and shown inside the task that does the act.

A list that this layer owns and stages fill at start; never runs an act by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise as LazyText

from orderway.engine.refusals import Refusal

Context = Mapping[str, object]
Perform = Callable[..., Mapping[str, Refusal]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a form: its fields and its files."""

    fields: QueryDict
    files: MultiValueDict[str, UploadedFile[bytes]]


@dataclass(frozen=True, slots=True)
class ActForm:
    """How a person does an act.

    `load(place)` gives the context of `template` (the inputs, empty: the act needs none); `perform(place, sent, *, completion, actor, now)`
    reads the inputs and calls the act, giving its refusals by place. `completion` has the findings, outcome and reason that the
    page itself asked for. `finish` is the word on the button.
    """

    act: str
    perform: Perform
    finish: str | LazyText
    template: str = ""
    load: Callable[[str], Context] | None = None


_forms: dict[str, ActForm] = {}


def register_form(form: ActForm) -> None:
    """Let the pages offer this act to people."""
    _forms[form.act] = form


def form_of(act: str) -> ActForm | None:
    """The form of an act; None for plain work and for acts without a page."""
    return _forms.get(act)


def offered() -> tuple[str, ...]:
    """The acts that have a form."""
    return tuple(sorted(_forms))
