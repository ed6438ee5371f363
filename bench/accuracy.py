"""How near simulated logs come to held-out halves of real ones, by `log-distance-measures` (Apache-2.0) in an environment of its own.

    python bench/accuracy.py FOLDER-WITH-LOGS [--seeds N]

The library and what it needs (pandas, scipy, pulp) are installed into a folder that is thrown away, never into the product. Every distance
is said beside the noise floor: the distance of the interleaved halves from each other.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from orderway.mining.logs.reading import read_log
from orderway.simulation.accuracy import accuracy
from orderway.simulation.foreign import discovered, simulated, traces_of

LOGS = {
    "purchasing_example": "purchasing_example/PurchasingExample.csv.gz",
    "bpic2017_w": "bpic2017_w/log.csv.gz",
    "production": "production/production_raw.csv.gz",
}
ARTIFICIAL = ("Start", "End")  # rows that Disco wrote into the production log
MEASURE = """
import datetime, json, sys
import pandas as pd
from log_distance_measures.config import EventLogIDs, AbsoluteTimestampType, discretize_to_hour
from log_distance_measures.cycle_time_distribution import cycle_time_distribution_distance
from log_distance_measures.n_gram_distribution import n_gram_distribution_distance
from log_distance_measures.relative_event_distribution import relative_event_distribution_distance
from log_distance_measures.work_in_progress import work_in_progress_distance

ids = EventLogIDs(case="case", activity="activity", start_time="start", end_time="end", resource="resource")

def read(name):
    log = pd.read_csv(name, dtype={"case": str, "resource": str}, keep_default_na=False)
    for column in ("start", "end"):
        log[column] = pd.to_datetime(log[column], unit="s", utc=True)
    return log

def distances(one, other):
    hour = datetime.timedelta(hours=1)
    return {
        "cycle time": cycle_time_distribution_distance(one, ids, other, ids, bin_size=hour),
        "n-gram": n_gram_distribution_distance(one, ids, other, ids, n=3),
        "relative event": relative_event_distribution_distance(one, ids, other, ids),
        "work in progress": work_in_progress_distance(one, ids, other, ids, window_size=hour),
    }

known, held_out, made = (read(name) for name in sys.argv[1:])
print(json.dumps({"floor": distances(known, held_out), "simulated": distances(held_out, made)}))
"""


def real_traces(path):
    traces = traces_of(read_log(path).log)
    kept = [tuple(one for one in trace if one.activity not in ARTIFICIAL) for trace in traces]
    return sorted((trace for trace in kept if trace), key=lambda trace: trace[0].start)


def write(path, traces):
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["case", "activity", "resource", "start", "end"])
        for number, trace in enumerate(traces):
            rows.writerows([number, one.activity, one.resource, one.start, one.end] for one in trace)


def by_library(python, folder, traces):
    known, held_out = traces[0::2], traces[1::2]
    files = [folder / name for name in ("known.csv", "held_out.csv", "simulated.csv")]
    for path, log in zip(files, (known, held_out, simulated(discovered(known), len(held_out), seed=1)), strict=True):
        write(path, log)
    done = subprocess.run([python, "-W", "ignore", "-c", MEASURE, *map(str, files)], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  the library failed: {done.stderr.strip().splitlines()[-1]}")
        return
    found = json.loads(done.stdout.splitlines()[-1])
    for name, floor in found["floor"].items():
        made = found["simulated"][name]
        print(f"  {name}: floor {floor:.4g}, simulated {made:.4g}" + (f", {made / floor:.2f} x" if floor else ""))


def main(data, seeds):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
        python = str(folder / "env" / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "log-distance-measures==2.2.0"]
        ready = subprocess.run(install, capture_output=True, text=True, check=False).returncode == 0
        if not ready:
            print("log-distance-measures could not be installed: the own cycle-time distance only")
        for log, file in LOGS.items():
            traces = real_traces(data / file)
            found = accuracy(traces, seeds=seeds)
            print(f"{log}: {found.cases} cases; cycle time in hours, mean of {2 * seeds} runs:", end=" ")
            print(f"floor {found.floor:.1f}, simulated {found.distance:.1f}, {found.ratio:.2f} x", flush=True)
            if ready:
                by_library(python, folder, traces)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[sys.argv.index("--seeds") + 1]) if "--seeds" in sys.argv else 10)
