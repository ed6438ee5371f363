"""What reading and counting an event log costs, beside pm4py and plain DuckDB on the same file in the same run.

    python bench/mining.py [--events 338000] [--large 10000000] [--python PYTHON]

pm4py (AGPL) and DuckDB are installed into an environment that is thrown away, never into the product; `--python` names an interpreter
that has them already. Where they cannot be installed, that is said and our figures stand alone. The log is made from a seed: cases of 8
events on average over 20 activities with skips and loops, 40 people, written as CSV and XES.gz. Times are CPU seconds of a process that
does one thing, the best of three (one where it takes long). Both sides must count the same, or the comparison is void.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

TIMES = 3
ACTIVITIES = [f"step {number:02d}" for number in range(20)]
OURS = """
import json, sys, time
from pathlib import Path
import numpy as np
from orderway.mining import counting, timing
from orderway.mining.logs.reading import read_log
begun = time.process_time()
log = read_log(Path(sys.argv[1])).log
read = time.process_time()
ways, edges = counting.variants(log), counting.edges(log)
counting.starts(log), counting.ends(log), counting.durations(log)
counted = time.process_time()
said = {"read": read - begun, "count": counted - read, "events": log.events, "variants": len(ways), "edges": len(edges)}
if "--waits" in sys.argv:
    rows = timing.activity_times(log, timing.work(log))
    days = np.unique(log.times // 86_400_000_000, return_counts=True)[0]
    said |= {"waits": time.process_time() - counted, "stages": len(rows), "days": len(days)}
print(json.dumps(said))
"""
PM4PY = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas, pm4py
begun = time.process_time()
if sys.argv[1].endswith(".csv"):
    log = pandas.read_csv(sys.argv[1])
    log["timestamp"] = pandas.to_datetime(log["timestamp"], utc=True)
    log = pm4py.format_dataframe(log, case_id="case_id", activity_key="activity", timestamp_key="timestamp")
else:
    log = pm4py.read_xes(sys.argv[1], variant="iterparse")
read = time.process_time()
edges, starts, ends = pm4py.discover_dfg(log)
medians = pm4py.discover_performance_dfg(log)[0]
variants = pm4py.get_variants(log)
counted = time.process_time()
print(json.dumps({"read": read - begun, "count": counted - read, "events": len(log), "variants": len(variants), "edges": len(edges)}))
"""
DUCKDB = """
import json, sys, time
import duckdb
begun = time.process_time()
base = duckdb.connect()
base.execute("SET threads = 2; SET preserve_insertion_order = false")
base.execute(f"CREATE TABLE e AS SELECT case_id, activity, timestamp::TIMESTAMPTZ t, row_number() OVER () n FROM read_csv('{sys.argv[1]}')")
base.execute("CREATE TABLE s AS SELECT *, lag(activity) OVER w a, lag(t) OVER w b FROM e WINDOW w AS (PARTITION BY case_id ORDER BY t, n)")
edges = base.execute("SELECT a, activity, count(*), median(epoch(t) - epoch(b)) FROM s WHERE a IS NOT NULL GROUP BY ALL").fetchall()
ways = "SELECT string_agg(activity, '>' ORDER BY t, n) v FROM e GROUP BY case_id"
variants = base.execute(f"SELECT v, count(*) FROM ({ways}) GROUP BY v").fetchall()
stages = base.execute("SELECT activity, median(epoch(t) - epoch(b)) FROM s GROUP BY activity").fetchall()
days = base.execute("SELECT t::DATE, count(*) FROM e GROUP BY ALL").fetchall()
print(json.dumps({"read": 0.0, "count": time.process_time() - begun, "events": base.execute("SELECT count(*) FROM e").fetchone()[0],
                  "variants": len(variants), "edges": len(edges), "stages": len(stages), "days": len(days)}))
"""


def made(events: int) -> dict[str, np.ndarray]:
    """The columns of a log: codes and microseconds, in the order of time as a system would write them."""
    draw = np.random.default_rng(2026)
    lengths = np.clip(draw.geometric(0.35, size=events // 4) + 5, 6, 40)
    lengths = lengths[np.cumsum(lengths) <= events]
    cases = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(cases)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    odd = draw.random(len(cases)) < 0.04
    activities = np.where(odd, draw.integers(0, 20, len(cases)), np.minimum(place, 19))
    begins = np.sort(draw.integers(0, 300 * 86_400, len(lengths)))
    gaps = draw.lognormal(8.5, 1.2, len(cases)) * (place > 0)
    total = np.cumsum(gaps)
    times = begins[cases] + total - total[np.repeat(np.cumsum(lengths) - lengths, lengths)]
    order = np.argsort(times, kind="stable")
    return {
        "case": cases[order],
        "activity": activities[order],
        "time": (times[order] * 1e6).astype(np.int64) + 1_767_225_600_000_000,
        "person": draw.integers(0, 40, len(cases)),
    }


def write_csv(log: dict[str, np.ndarray], path: Path) -> None:
    """The log as a table, one event a row."""
    times = pa.array(log["time"], pa.timestamp("us", tz="UTC"))
    columns = {
        "case_id": pa.array(np.char.add("SO-", log["case"].astype("U"))),
        "activity": pa.array(ACTIVITIES).take(pa.array(log["activity"])),
        "timestamp": times.cast(pa.timestamp("us")).cast(pa.string()),
        "resource": pa.array([f"person {number}" for number in range(40)]).take(pa.array(log["person"])),
    }
    stamped = pa.compute.binary_join_element_wise(columns["timestamp"], "+00:00", "")
    pa_csv.write_csv(pa.table({**columns, "timestamp": stamped}), path, pa_csv.WriteOptions(quoting_style="needed"))


def write_xes(log: dict[str, np.ndarray], path: Path) -> None:
    """The same as XES.gz, a trace per case."""
    order = np.lexsort((log["time"], log["case"]))
    stamps = np.datetime_as_string(log["time"][order].view("datetime64[us]"))
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=5) as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n')
        before = -1
        for case, activity, person, stamp in zip(log["case"][order], log["activity"][order], log["person"][order], stamps, strict=True):
            if case != before:
                file.write("</trace>\n" if before >= 0 else "")
                file.write(f'<trace>\n\t<string key="concept:name" value="SO-{case}"/>\n')
                before = case
            file.write(f'\t<event>\n\t\t<string key="concept:name" value="{ACTIVITIES[activity]}"/>\n\t\t<string key="org:resource" ')
            file.write(f'value="person {person}"/>\n\t\t<date key="time:timestamp" value="{stamp}+00:00"/>\n\t</event>\n')
        file.write("</trace>\n</log>\n")


def run(python: str, code: str, *arguments: str, times: int = TIMES) -> dict[str, float]:
    """The best of several runs by CPU seconds, with the largest memory in MB."""
    best: dict[str, float] = {}
    for _time in range(times):
        measured = subprocess.run(
            [python, "-c", MEMORY + code, *arguments], check=True, capture_output=True, text=True, timeout=3_600
        ).stdout.splitlines()
        said = json.loads(measured[-2]) | {"mb": int(measured[-1]) / 1024}
        if not best or said["read"] + said["count"] < best["read"] + best["count"]:
            best = said
    return best


MEMORY = """
import atexit, resource
atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def environment(folder: Path) -> str:
    """An interpreter with pm4py and DuckDB, empty where they cannot be installed."""
    print("installing pm4py and duckdb into an environment of their own ...", file=sys.stderr)
    python = folder / "v" / "bin" / "python"
    steps = ([sys.executable, "-m", "venv", str(folder / "v")], [str(python), "-m", "pip", "install", "-q", "pm4py", "duckdb", "pytz"])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"pm4py and duckdb cannot be installed here, so nothing is compared: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return ""
    return str(python)


def row(name: str, said: dict[str, float], beside: dict[str, float] | None = None) -> None:
    """One line; a comparison only where both counted the same."""
    whole = said["read"] + said["count"] + said.get("waits", 0.0)
    line = f"{name:34} read {said['read']:7.2f} s  count {said['count']:6.2f} s  whole {whole:7.2f} s  {said['mb']:6.0f} MB"
    if beside:
        same = all(said[key] == beside[key] for key in ("events", "variants", "edges"))
        assert same, f"they do not count the same: {said} {beside}"
        other = beside["read"] + beside["count"]
        line += f"   x{other / whole:.1f} whole"
        line += f", x{beside['read'] / said['read']:.1f} reading, x{beside['count'] / said['count']:.1f} counting" if beside["read"] else ""
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=338_000)
    parser.add_argument("--large", type=int, default=10_000_000, help="0 leaves the large log out")
    parser.add_argument("--python", default="", help="an interpreter that has pm4py and duckdb")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        other = given.python or environment(folder)
        log = made(given.events)
        for kind, write in (("csv", write_csv), ("xes.gz", write_xes)):
            path = folder / f"log.{kind}"
            write(log, path)
            ours = run(sys.executable, OURS, str(path))
            theirs = run(other, PM4PY, str(path), times=1 if kind != "csv" else TIMES) if other else None
            if theirs:
                row(f"pm4py, {theirs['events']:,} events, {kind}", theirs)
            row(f"ours, {ours['events']:,} events, {kind}", ours, theirs)
        if given.large:
            path = folder / "large.csv"
            write_csv(made(given.large), path)
            ours = run(sys.executable, OURS, str(path), "--waits", times=1)
            theirs = run(other, DUCKDB, str(path), times=1) if other else None
            if theirs:
                row(f"DuckDB, {theirs['events']:,} events", theirs)
            row(f"ours, {ours['events']:,} events", ours, theirs)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > 0


if __name__ == "__main__":
    main()
