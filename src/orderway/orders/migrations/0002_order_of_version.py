"""Orders are found by their version: which standards have orders of their own, and which run by a version that is to be left."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies: ClassVar = [("orders", "0001_tables")]

    operations: ClassVar = [
        migrations.AddIndex("order", models.Index(fields=["version", "status"], name="order_of_version")),
    ]
