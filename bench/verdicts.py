"""How often verdicts cry wolf, and how often they find what is there: a seeded experiment on autocorrelated lead times and error flags.

    python bench/verdicts.py [--trials N]

Without any change, "better" must be said at most 5 % of the time; with a change of the size looked for, and as many orders per side as the
verdict itself says are needed, it must be found at least 80 % of the time.
"""

from __future__ import annotations

import sys
from math import exp, sqrt
from random import Random

from orderway.simulation.verdicts import Seen, judged, judged_trial, orders_needed

RHOS = (0.0, 0.3, 0.6)
PER_SIDE = 200
SPREAD = 0.6  # standard deviation of the logarithm: lead times of the real logs lie between 0.5 and 1


def walk(random, rho, n):
    """n neighbours with this autocorrelation, each standard normal."""
    state, fresh = random.gauss(0, 1), sqrt(1 - rho * rho)
    for _ in range(n):
        yield state
        state = rho * state + fresh * random.gauss(0, 1)


def lead_times(random, rho, n, factor=1.0):
    return [Seen(10 * factor * exp(SPREAD * z)) for z in walk(random, rho, n)]


def errors(random, rho, n, share):
    from statistics import NormalDist

    limit = NormalDist().inv_cdf(share)
    return [Seen(float(z < limit)) for z in walk(random, rho, n)]


def shares(trials, make):
    words = [make(number).word for number in range(trials)]
    return words.count("better") / trials, words.count("worse") / trials


def no_change(rho, trials):
    def make(number):
        random = Random(f"none {rho} {number}")
        return judged(lead_times(random, rho, PER_SIDE), lead_times(random, rho, PER_SIDE), seed=number)

    return shares(trials, make)


def no_change_in_errors(rho, trials):
    def make(number):
        random = Random(f"errors {rho} {number}")
        return judged(errors(random, rho, 2 * PER_SIDE, 0.08), errors(random, rho, 2 * PER_SIDE, 0.08), seed=number, looked_for=0.5)

    return shares(trials, make)


def no_change_in_a_trial(rho, trials):
    def make(number):
        random = Random(f"trial {rho} {number}")
        both = lead_times(random, rho, 2 * PER_SIDE)
        return judged_trial([(random.random() < 0.5, one) for one in both], seed=number)

    return shares(trials, make)


def needed(rho):
    """The n that the verdict states after a long look."""
    random = Random(f"long {rho}")
    long = [one.value for one in lead_times(random, rho, 3_000)]
    return orders_needed(long, [0.7 * value for value in long], 0.3)


def found(rho, trials):
    n = needed(rho)

    def make(number):
        random = Random(f"change {rho} {number}")
        return judged(lead_times(random, rho, n), lead_times(random, rho, n, 0.7), seed=number)

    return n, shares(trials, make)[0]


def main(trials):
    print(f"{trials} trials each; better / worse without any change:")
    for rho in RHOS:
        print(f"  rho {rho}: lead time {PER_SIDE} per side {no_change(rho, trials)}", end="; ", flush=True)
        print(f"errors 8 % {2 * PER_SIDE} per side {no_change_in_errors(rho, trials)}", end="; ", flush=True)
        print(f"parallel trial {no_change_in_a_trial(rho, trials)}", flush=True)
    print("a change of -30 % found at the stated n:")
    for rho in RHOS:
        n, share = found(rho, trials)
        print(f"  rho {rho}: n {n} per side, found {share:.1%}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--trials") + 1]) if "--trials" in sys.argv else 1_000)
