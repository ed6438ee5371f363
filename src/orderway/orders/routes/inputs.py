"""What an act needs beyond evidence and answers, when a program does it: the fields of its input and how it is performed.

Each stage lists its acts; the API puts them together. Never performs anything by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel

from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion

Refused = Mapping[str, Refusal]


class Perform(Protocol):
    """How a program does an act at one place; `given` is the validated input, None if none came."""

    def __call__(self, place: str, completion: Completion, given: Any, *, actor: Actor, now: datetime) -> Refused:
        """Call the act; gives its refusals by place."""


@dataclass(frozen=True, slots=True)
class ActInput:
    """An act that programs may do. `name` is the field of the request that holds its input, `schema` its fields (None: no input)."""

    act: str
    perform: Perform
    name: str = ""
    schema: type[BaseModel] | None = None


def with_evidence(act: Callable[..., Refused]) -> Perform:
    """An act that takes nothing but places and what is brought along."""

    def perform(place: str, completion: Completion, given: Any, *, actor: Actor, now: datetime) -> Refused:
        return act([place], actor=actor, now=now, brings={place: completion})

    return perform
