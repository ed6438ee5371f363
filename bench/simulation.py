"""Stages of cases per second with calendars, people, gates and assignment on, beside the machine's own pace and plain SimPy.

    python bench/simulation.py

SimPy (MIT) is installed into an environment that is thrown away; it runs a chain of as many stages with as many people, without calendars,
gates, assignment or segregation. The plain loop says how busy the machine is: an idle one counts about 25 million a second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from orderway.engine.calendars import Holidays
from orderway.engine.program import compile_standard
from orderway.simulation.assumptions import parameters_of
from orderway.simulation.moves import Moves
from orderway.simulation.world import World
from orderway.standard.parse import parse
from orderway.standard.templates import shipped

ORDERS = 2_000
PLAIN = """
import random, simpy
from time import process_time
random.seed(1)
done = 0
def order(env, people):
    global done
    for crew in people:
        with crew.request() as hands:
            yield hands
            yield env.timeout(random.expovariate(1.0))
        done += 1
def source(env, people):
    for _ in range(20_000):
        yield env.timeout(random.expovariate(1.2))
        env.process(order(env, people))
env = simpy.Environment()
people = [simpy.Resource(env, 2) for _ in range(10)]
begin = process_time()
env.process(source(env, people))
env.run()
print(done / (process_time() - begin))
"""


def own():
    program = compile_standard(parse(shipped()["make-to-order"]).standard)
    parameters, holidays = parameters_of(program), Holidays()
    moves = Moves(program, parameters.kinds)
    rates = []
    for seed in range(4):
        world = World(moves, parameters, seed=seed, begin=datetime(2026, 1, 5, tzinfo=UTC), holidays=holidays)
        begin = process_time()
        rates.append(world.run(ORDERS).steps / (process_time() - begin))
    return rates


def loop():
    begin, total = process_time(), 0
    for number in range(5_000_000):
        total += number
    return 5_000_000 / (process_time() - begin)


def simpy():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / "bin" / "python")
        if subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "simpy"], capture_output=True).returncode:
            return None
        return float(subprocess.run([python, "-c", PLAIN], capture_output=True, text=True, check=True).stdout)


def main():
    pace = loop()
    first, *later = own()
    print(f"plain loop: {pace / 1e6:.1f} million a second (an idle machine about 25)")
    print(f"orderway: {first:,.0f} stages/s while moves are learned, {max(later):,.0f} afterwards", end=", ")
    print(f"{max(later) / pace * 1e6:,.0f} per million of the loop")
    plain = simpy()
    print(f"plain SimPy: {plain:,.0f} stages/s" if plain else "SimPy could not be installed")


if __name__ == "__main__":
    main()
