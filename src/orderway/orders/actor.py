"""Who acts: a person, an interface on behalf of one, or the system. Knows no rights; `masterdata.rights` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Via = Literal["form", "api", "import", "cli", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something and through which entrance. `acting_for` is the key of the person a deputy stands in for.

    `duties` are those that come with the entrance (administrator, customer, token); `work.duties_of` adds those that follow from
    the work item, the stage's role and the order. `lent`: roles of absent people for whom this person stands in today, with the key of
    whose role it is; `stands_in_for`: these people, whoever lends a role or not;
    `leads`: roles of the people in the groups that this person leads.
    """

    key: str
    person_id: int | None = None
    duties: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    via: Via = "form"
    acting_for: str | None = None
    lent: Mapping[str, str] = field(default_factory=dict)
    leads: frozenset[str] = frozenset()
    stands_in_for: frozenset[str] = frozenset()

    @property
    def is_system(self) -> bool:
        """Whether nobody in particular acts: system stages, sweeps, the worker."""
        return self.via == "system"


SYSTEM = Actor(key="system", via="system")
