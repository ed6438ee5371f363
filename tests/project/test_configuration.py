"""Settings are read once, checked, and described."""

from pathlib import Path

import pytest

from orderway.project import configuration
from orderway.project.configuration import ConfigurationMistake

DOCUMENTED = Path(__file__).parents[2] / "docs" / "configuration.md"


def read(tmp_path, **environment):
    return configuration.read({"ORDERWAY_DATA_DIR": str(tmp_path), **environment})


def test_every_setting_is_documented_and_every_documented_setting_exists():
    documented = {line.split("`")[1] for line in DOCUMENTED.read_text().splitlines() if line.startswith("| `ORDERWAY_")}
    assert documented == set(configuration.NAMES)


def test_without_any_setting_a_sqlite_file_in_the_data_folder_is_used(tmp_path):
    assert read(tmp_path).database["NAME"] == f"{tmp_path}/orderway.sqlite3"


@pytest.mark.parametrize(
    ("url", "name"),
    [("sqlite:////tmp/a.sqlite3", "/tmp/a.sqlite3"), ("sqlite:///a.sqlite3", str(Path("a.sqlite3").absolute()))],
)
def test_three_slashes_are_relative_and_four_are_absolute(url, name):
    assert configuration.database(url)["NAME"] == name


def test_a_postgresql_url_names_user_host_port_and_database():
    database = configuration.database("postgresql://ann:s%40crt@db.example:5433/orders")
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"], database["NAME"]) == (
        "ann",
        "s@crt",
        "db.example",
        "5433",
        "orders",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORDERWAY_DATABASE_URL", "mysql://x"),
        ("ORDERWAY_DATABASE_URL", "sqlite://"),
        ("ORDERWAY_ADDRESS", "orders.example.com"),
        ("ORDERWAY_LANGUAGE", "klingon"),
        ("ORDERWAY_ZONE", "Mars/Olympus"),
        ("ORDERWAY_UPLOAD_MB", "-1"),
        ("ORDERWAY_RETENTION", "forget"),
        ("ORDERWAY_DATABSE_URL", "sqlite:///a"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, name, value):
    with pytest.raises(ConfigurationMistake, match=name):
        read(tmp_path, **{name: value})


def test_the_secret_key_is_made_once_and_kept_private(tmp_path):
    first = read(tmp_path).secret_key
    assert read(tmp_path).secret_key == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_https_makes_cookies_secure(tmp_path):
    assert read(tmp_path, ORDERWAY_ADDRESS="https://orders.example.com").https
    assert not read(tmp_path).https
