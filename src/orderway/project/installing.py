"""What `orderway init` does: migrate, the administrator, the masters nobody can do without, the shipped standards. Repeatable."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.core.management import call_command
from django.db import connection

from orderway.masterdata.models import Company, Person, TaxCategory, Warehouse
from orderway.project.history import refuse_left_between
from orderway.releases import publishing


def install(*, administrator: str, now: datetime, password: str | None = None) -> Iterator[str]:
    """Bring the database up to this version; yields a line per thing done. Doing it again changes nothing that exists."""
    refuse_left_between(connection)
    call_command("migrate", interactive=False, verbosity=0)
    yield "The database is up to date."
    admin = Person.objects.filter(key=administrator).first()
    if admin is None:
        chosen = password or secrets.token_urlsafe(12)
        admin = Person.objects.create_superuser(administrator, chosen, name=administrator)
        yield f"Administrator {administrator} was created with the password {chosen} (shown only now; sign in and change it)."
    Company.objects.get_or_create(pk=1, defaults={"name": "Our company"})
    TaxCategory.objects.get_or_create(key="EXEMPT", defaults={"rate_percent": Decimal(0)})
    if not Warehouse.objects.exists():
        Warehouse.objects.create(key="MAIN", name="Main warehouse")
    for version in publishing.install_shipped(admin, now):
        yield f"Standard {version} was released."
    yield "Ready. Next: orderway serve, or orderway import FILE."
