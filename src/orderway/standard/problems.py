"""What is wrong with a draft and where: the one form in which parsing and checking speak. Never decides anything itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orderway.standard.document import Mark


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable code, where it stands, a sentence that ends with what to do. A warning does not stop a release."""

    code: str
    mark: Mark
    message: str
    severity: Literal["error", "warning"] = "error"

    def line(self, name: str) -> str:
        """``FILE:LINE:COLUMN: CODE sentence``, as `standard check` prints it."""
        return f"{name}:{self.mark.line}:{self.mark.column}: {self.code} {self.message}"
