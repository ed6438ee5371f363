"""Chance, repeatable: the same seed and the same question give the same answer, whatever was asked before. Asks no clock."""

from __future__ import annotations

from math import log
from random import Random


class Chances:
    """One seed; a stream of its own for every question, so that one more question changes no other answer."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, *key: object) -> Random:
        """The stream of this question."""
        return Random("/".join(map(str, (self.seed, *key))))  # noqa: S311  a demo wants repeatable chance, not secrets

    def minutes(self, median: float, spread: float, *key: object) -> int:
        """How long something takes: minutes around a median, log-normal as handling times are."""
        return max(1, int(self.of(*key).lognormvariate(log(median), spread)))
