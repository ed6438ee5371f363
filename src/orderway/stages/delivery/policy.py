"""Which delivery policy the company has chosen; the default is the one of RULES 22. Decides nothing."""

from __future__ import annotations

from django.conf import settings

from orderway.stages.delivery.rules import DeliveryPolicy


def policy() -> DeliveryPolicy:
    """The named policy of the settings (``ORDERWAY_DELIVERY_POLICY``), else the default: parts are allowed, no tolerance."""
    chosen: DeliveryPolicy = getattr(settings, "ORDERWAY_DELIVERY_POLICY", DeliveryPolicy())
    return chosen
