"""How long alignments of every variant take: python bench/alignments.py LOG MODEL.pnml (a real log; none comes with us)."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from orderway.mining.alignments import conformance
from orderway.mining.counting import variants
from orderway.mining.logs.reading import read_log
from orderway.mining.models import from_pnml

TIMES = 3
ADDITIONS = 10_000_000


def main() -> None:
    """Print the best of three, and the time of ten million additions as the control."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("model", type=Path)
    given = parser.parse_args()
    log, model = read_log(given.log).log, from_pnml(given.model.read_bytes())
    best = float("inf")
    for _ in range(TIMES):
        started = time.process_time()
        found = conformance(log, variants(log), model)
        best = min(best, time.process_time() - started)
    started, number = time.process_time(), 0
    while number < ADDITIONS:
        number += 1
    print(f"{len(found.alignments)} variants, fitness {found.log_fitness:.4f}: {best:.2f} s; control {time.process_time() - started:.2f} s")


if __name__ == "__main__":
    main()
