"""What is wrong with a draft and where: the one form in which parsing and checking speak. Never decides anything itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orderway.standard.document import Mark
from orderway.standard.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable code, where it stands, a sentence that ends with what to do. A warning does not stop a release."""

    code: str
    mark: Mark
    sentence: Sentence
    severity: Literal["error", "warning"] = "error"

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.sentence)

    def line(self, name: str) -> str:
        """``FILE:LINE:COLUMN: CODE sentence``, as `standard check` prints it."""
        return f"{name}:{self.mark.line}:{self.mark.column}: {self.code} {self.message}"

    def placed(self, name: str) -> Sentence:
        """The sentence with its place, for a refusal that names one finding of many."""
        return Sentence(
            "{file}:{line}:{column}: {sentence}", file=name, line=self.mark.line, column=self.mark.column, sentence=self.sentence
        )
