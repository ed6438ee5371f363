"""How an order keeps to its pinned standard, on its page: read from its journal whenever the page is opened. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderway.measures import measuring
from orderway.measures.rules.conforming import Conformance, Deviation, conformance
from orderway.measures.rules.tracing import traced
from orderway.orders.models import Order
from orderway.orders.stages import Panel, register_panel
from orderway.pages.templatetags.ow import said
from orderway.releases.publishing import program_of
from orderway.standard.document import StageId, Standard

KINDS: Mapping[str, str | Promise] = {
    "unproven": _("steps without proof"),
    "sent_back": _("sent back by its gate"),
    "late": _("done after its limit"),
    "waived": _("criteria waived"),
    "overridden": _("decided past its gate"),
    "changed": _("changed on its way"),
    "reopened": _("opened again after its end"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel says: the figures, and per deviation stage, words and number."""

    conformance: Conformance
    rows: tuple[tuple[str, str | Promise, int], ...]


def register() -> None:
    """Fill the list of panels."""
    register_panel(Panel("conformance", "order", _("Conformance with its standard"), "measures/parts/conformance.html", of_orders, rank=85))


def of_orders(order_ids: Sequence[int]) -> Mapping[int, object]:
    """By order id; two statements."""
    rows = Order.objects.filter(pk__in=order_ids).values_list("pk", "number", "version_id", "version__content_hash")
    found = {number: (pk, program_of(version, hash_).standard) for pk, number, version, hash_ in rows}
    journals = measuring.journals(list(found))
    return {
        pk: _shown(conformance(traced(journals[number]), standard), standard)
        for number, (pk, standard) in found.items()
        if number in journals
    }


def _shown(found: Conformance, standard: Standard) -> Shown:
    return Shown(found, tuple((_stage(one, standard), KINDS[one.kind], one.number) for one in found.deviations))


def _stage(one: Deviation, standard: Standard) -> str:
    stage = standard.stages.get(StageId(one.stage)) if one.stage else None
    return said(stage.title) if stage else one.stage
