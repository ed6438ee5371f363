"""What an act brings when it completes a stage at one place. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderway.orders.corrections import Fault


@dataclass(frozen=True, slots=True)
class Completion:
    """Answers, evidence and words for one place.

    `findings`: answers to the gate's `ask` criteria, by id; a no sends the order back. `evidence`: what proves each step, by step id (a
    tick is "yes", a number its digits, a choice its id, a photo or file the id of the stored document); steps with `evidence: system`
    need none, the act's own record proves them. `documents`: kinds that the act itself made just now. `outcome`: text for the journal,
    steers nothing. `reason`: where the standard asks for one. `fault`: what went wrong, if an answer is no; it counts only then.
    """

    findings: Mapping[str, bool] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    outcome: str = ""
    reason: str = ""
    fault: Fault | None = None


DONE = Completion()
