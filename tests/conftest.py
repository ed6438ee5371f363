"""What every test may rely on: which tests this machine can run, hypothesis profiles, files kept apart from the checkout."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

REAL_DATA = Path(os.environ.get("ORDERWAY_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# The gate tries the same examples each time, so that it is red for a reason; a search for new ones: --hypothesis-profile=search
hypothesis_settings.register_profile("search", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile(
    "quick", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "full", max_examples=1000, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("ORDERWAY_TEST_PROFILE", "quick"))

if "sqlite" in settings.DATABASES["default"]["ENGINE"]:  # the disk need not keep what tests write; the kill tests set their own
    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    own_folder = tempfile.mkdtemp(prefix="orderway-test-")  # two test runs at once must not share a file
    atexit.register(shutil.rmtree, own_folder, ignore_errors=True)
    settings.DATABASES["default"]["TEST"]["NAME"] = f"{own_folder}/test.sqlite3"


def _missing() -> dict[str, str]:
    """Marker -> why its tests cannot run on this machine, and how to get what they need."""
    missing = {}
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        missing["postgresql"] = "needs PostgreSQL: set ORDERWAY_DATABASE_URL=postgresql://... (.ci/run installs and starts one)"
    if CHROMIUM is None:
        missing["browser"] = "needs Chromium: apt-get install chromium fonts-noto-cjk"
    if not REAL_DATA.is_dir():
        missing["real"] = f"needs the real data in {REAL_DATA}: set ORDERWAY_REAL_DATA to their folder"
    return missing


SLOW_FOLDERS = {"contracts", "demo", "faults"}
PURE_FOLDERS = {"house", "standard", "engine", "mining", "simulation"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)
        if folder in PURE_FOLDERS:
            item.add_marker(pytest.mark.pure)
    for marker, reason in _missing().items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path):
    """Stored files of a test go to its own folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "files")}},
    }


@pytest.fixture(autouse=True)
def _followers_see_at_once(request, monkeypatch):
    """On PostgreSQL a follower waits for every older transaction of the server: a test inside of one, or beside another worker's, would
    wait for ever. The races read as the product does.
    """
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"] or "races" in request.path.parts:
        return
    from orderway.sets import reading

    known = reading.queries("journal", "postgresql")
    bound = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    assert bound in known["follow"]
    monkeypatch.setitem(known, "follow", known["follow"].replace(bound, "9223372036854775807"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A test that commits leaves its rows to be taken away. Django empties 120 tables on PostgreSQL to take away the rows of ten, and asks
    every app anew for its permissions, which nothing here reads.
    """
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db import connection
    from django.db.models.signals import post_migrate

    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql" and _may_lift_triggers(connection):
            connection.ops.sql_flush = lambda style, tables, *, reset_sequences=False, allow_cascade=False: _deletions(connection, tables)


def _may_lift_triggers(connection) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


def _deletions(connection, tables: list[str]) -> list[str]:
    """Statements that empty the tables that hold rows; neither foreign keys nor the triggers that keep documents look meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables))
        filled = [name for (name,) in cursor.fetchall()]
    deletions = [f'DELETE FROM "{table}"' for table in filled]
    return ["SET LOCAL session_replication_role = replica", *deletions, "SET LOCAL session_replication_role = DEFAULT"] if filled else []


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets."""
    return REAL_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    assert CHROMIUM is not None
    return CHROMIUM
