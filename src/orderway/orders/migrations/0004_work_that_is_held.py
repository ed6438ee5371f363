"""The live board counts work on hold from an index of the held items alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_notifications_of_measures")]

    operations = [
        migrations.AddIndex(
            "workitem",
            models.Index(fields=["held_since"], condition=Q(state="open", held_since__isnull=False), name="work_item_held"),
        ),
    ]
