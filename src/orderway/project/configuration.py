"""What an installation may set from outside: environment variables, read and checked once at start.

Every name here is described in docs/configuration.md (a test compares the two). Nothing else reads the environment.
"""

from __future__ import annotations

import os
import secrets
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

NAMES = (
    "ORDERWAY_DATABASE_URL",
    "ORDERWAY_DATA_DIR",
    "ORDERWAY_SECRET_KEY",
    "ORDERWAY_ADDRESS",
    "ORDERWAY_HOSTS",
    "ORDERWAY_LANGUAGE",
    "ORDERWAY_ZONE",
    "ORDERWAY_REQUESTS_PER_MINUTE",
    "ORDERWAY_UPLOAD_MB",
    "ORDERWAY_SMTP_URL",
    "ORDERWAY_MAIL_FROM",
    "ORDERWAY_RETENTION",
    "ORDERWAY_LOG_DAYS",
)
RETENTIONS = ("tell", "erase")
LANGUAGES = ("en", "zh-hans", "zh-hant")
# Django's default is None, with which psycopg never prepares, not even what `sets` asks to prepare. This prepares nothing else.
PREPARE_WHAT_ASKS = 1_000_000_000


class ConfigurationMistake(Exception):
    """A setting has a value that cannot be used; the message names it and says what would do."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `tls`: implicit (smtps), else STARTTLS is used where a user is named."""

    host: str
    port: int
    user: str
    password: str
    tls: bool


@dataclass(frozen=True, slots=True)
class Configuration:
    """The checked settings. `address` is the public base address; https makes cookies Secure."""

    database: Mapping[str, object]
    data_dir: Path
    secret_key: str
    address: str
    hosts: tuple[str, ...]
    language: str
    zone: str
    requests_per_minute: int
    upload_mb: int
    mail: MailServer | None
    mail_from: str
    retention: str
    log_days: int

    @property
    def https(self) -> bool:
        """Whether people reach us over https."""
        return self.address.startswith("https://")


def read(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read and check the environment; raises ConfigurationMistake."""
    _refuse_unknown(environment)
    data_dir = Path(environment.get("ORDERWAY_DATA_DIR", "var")).absolute()
    address = environment.get("ORDERWAY_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationMistake(f"ORDERWAY_ADDRESS is {address!r}. Give the address people type, such as https://orders.example.com.")
    hosts = tuple(host.strip() for host in environment.get("ORDERWAY_HOSTS", "").split(",") if host.strip())
    return Configuration(
        database=database(environment.get("ORDERWAY_DATABASE_URL", f"sqlite:///{data_dir}/orderway.sqlite3")),
        data_dir=data_dir,
        secret_key=environment.get("ORDERWAY_SECRET_KEY") or _kept_secret(data_dir),
        address=address,
        hosts=hosts or (parts.hostname, "localhost", "127.0.0.1", "[::1]"),
        language=_one_of(environment, "ORDERWAY_LANGUAGE", "en", LANGUAGES),
        zone=_zone(environment.get("ORDERWAY_ZONE", "Asia/Shanghai")),
        requests_per_minute=_whole_number(environment, "ORDERWAY_REQUESTS_PER_MINUTE", 6000),
        upload_mb=_whole_number(environment, "ORDERWAY_UPLOAD_MB", 50),
        mail=_mail_server(environment.get("ORDERWAY_SMTP_URL", "")),
        mail_from=_mail_from(environment.get("ORDERWAY_MAIL_FROM", ""), parts.hostname),
        retention=_one_of(environment, "ORDERWAY_RETENTION", "tell", RETENTIONS),
        log_days=_whole_number(environment, "ORDERWAY_LOG_DAYS", 90),
    )


def _mail_server(url: str) -> MailServer | None:
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or {"smtp": 587, "smtps": 465}[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname:
        raise ConfigurationMistake("ORDERWAY_SMTP_URL is no address of a mail server. Use smtp://user:password@host:587 or smtps://host.")
    return MailServer(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls=parts.scheme == "smtps")


def _mail_from(address: str, host: str) -> str:
    if address and "@" not in address:
        raise ConfigurationMistake(f"ORDERWAY_MAIL_FROM is {address!r}. Give an e-mail address such as orders@example.com.")
    return address or f"orderway@{host}"


def database(url: str) -> dict[str, object]:
    """Django's settings of a database URL: sqlite:///relative, sqlite:////absolute, postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(url)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise ConfigurationMistake(
        f"ORDERWAY_DATABASE_URL is {url!r}. Use sqlite:///relative.sqlite3, sqlite:////absolute.sqlite3 or postgresql://user@host:port/name."
    )


def _sqlite(url: str) -> dict[str, object]:
    path = unquote(url.removeprefix("sqlite://").removeprefix("/"))
    if not path or not url.startswith("sqlite:///"):
        raise ConfigurationMistake(
            "ORDERWAY_DATABASE_URL names no file. Use sqlite:///orderway.sqlite3 or sqlite:////var/lib/orderway.sqlite3."
        )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(path).absolute()),
        "TEST": {"NAME": f"{Path(path).absolute()}.test"},  # a file, as threads and processes of the race tests need it
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # with the default, two writers die with "database is locked" (ARCHITECTURE)
            "timeout": 30,
            "cached_statements": 1000,  # all statements of all acts; of the driver's 128 each act would push out those of the others
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "orderway.sets.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": PREPARE_WHAT_ASKS, **query, "options": "-c jit=off -c plan_cache_mode=force_generic_plan"},
    }


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    for name in environment:
        if name.startswith("ORDERWAY_") and name not in NAMES and not name.startswith(("ORDERWAY_REAL_", "ORDERWAY_TEST_")):
            raise ConfigurationMistake(f"{name} is no setting. The settings are: {', '.join(NAMES)} (docs/configuration.md).")


def _kept_secret(data_dir: Path) -> str:
    path = data_dir / "secret-key"
    if path.exists():
        return path.read_text().strip()
    data_dir.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret)
    except FileExistsError:  # another process was first
        return path.read_text().strip()
    return secret


def _one_of(environment: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name, default).lower()
    if value not in choices:
        raise ConfigurationMistake(f"{name} is {value!r}. Use one of: {', '.join(choices)}.")
    return value


def _zone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise ConfigurationMistake(f"ORDERWAY_ZONE is {value!r}. Use a zone such as Asia/Shanghai or Europe/Berlin.")
    return value


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, str(default))
    if not value.isdigit() or int(value) == 0:
        raise ConfigurationMistake(f"{name} is {value!r}. Use a whole number above 0.")
    return int(value)
