"""Balances of the exposure moves that stand already."""

from django.db import migrations
from django.db.models import Sum

SIGNS = {"confirmed": 1, "paid": -1, "deposited": -1}


def fill(apps, _editor):
    """One balance per customer with moves; sums are brought to whole hundredths, for SQLite adds binary fractions."""
    sums = {}
    moves = apps.get_model("orders", "ExposureMove").objects.filter(kind__in=SIGNS)
    for customer, kind, amount in moves.values_list("customer_id", "kind").annotate(Sum("amount")).order_by():
        sums[customer] = sums.get(customer, 0) + SIGNS[kind] * round(amount * 100)
    balances = apps.get_model("orders", "ExposureBalance")
    balances.objects.bulk_create([balances(customer_id=customer, exposed=exposed) for customer, exposed in sorted(sums.items())])


def empty(apps, _editor):
    """The moves say everything."""
    apps.get_model("orders", "ExposureBalance").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_exposure_balance")]
    operations = [migrations.RunPython(fill, empty)]
