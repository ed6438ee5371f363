"""What a web process loads: the libraries that read logs and print papers are large, and most processes never do either."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import os, sys, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.project.settings")
django.setup()
import orderway.project.urls
from orderway.engine.calendars import Holidays
assert Holidays().published("CN", 2025), "deadlines need the holidays of their country, and of no other"
print(*sorted({"holidays.countries.germany", "pyarrow", "typst", "python_calamine", "xlsxwriter"} & sys.modules.keys()))
"""


def test_all_pages_load_without_the_libraries_that_read_logs_and_print_and_with_one_country():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
