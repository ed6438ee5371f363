"""How long the editor takes to check a standard, and how long its manual takes to print.

    python bench/standards.py FILE

FILE is a standard as YAML in one or more languages. Beside the check stands its control: reading the same YAML alone, by the C library and
by the reader in pure Python that judges what is unusual. A text is new to the check each time, as it is while somebody types. Median of 21,
in ms of wall clock and of CPU; the manual is printed in all its languages, once and then three copies more.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

TIMES, PRINTS = 21, 3


def told(what, do, times=TIMES):
    walls, cpus = [], []
    for number in range(times):
        wall, cpu = perf_counter(), process_time()
        do(number)
        walls.append(perf_counter() - wall)
        cpus.append(process_time() - cpu)
    print(f"{what}: {median(walls) * 1000:.1f} ms, {median(cpus) * 1000:.1f} ms of CPU")


def main(path):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.project.settings")
    import django

    django.setup()
    import yaml
    from ruamel.yaml import YAML

    from orderway.manual import book, printouts
    from orderway.pages import languages
    from orderway.releases.catalogue import catalogue
    from orderway.releases.models import Version
    from orderway.standard.canonical import content_hash
    from orderway.standard.defects import check_text
    from orderway.standard.parse import parse

    source = path.read_text(encoding="utf-8")
    told("control, YAML by the C library", lambda _n: list(yaml.parse(source, Loader=yaml.CSafeLoader)))
    told("control, YAML in pure Python", lambda _n: list(YAML(typ="safe", pure=True).parse(source)))
    told("check", lambda number: check_text(f"{source}\n# {number}", catalogue()))
    standard, today = parse(source).standard, datetime.now(UTC)
    version = Version(standard_id=standard.id, version=standard.version, content_hash=content_hash(standard), effective_at=today)
    sheet = book.Printing(version, today.date(), "http://127.0.0.1/standard/")
    codes = [code for tag in standard.languages if (code := languages.known(tag))]
    for what, times in (("the first print", 1), ("the next ones", PRINTS)):
        told(f"manual in {', '.join(codes)}, {what}", lambda n: printouts.whole(standard, replace(sheet, copy_number=10 + n), codes), times)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
