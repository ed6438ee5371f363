"""One value of an order that was changed, as a sentence for pages and papers. Reads nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orderway.orders.ordered import Difference


def difference_text(one: Difference) -> str:
    """One value that changes, as a sentence."""
    words = {"line": one.position, "item": one.sku, "before": one.before or "–", "after": one.after or "–"}
    if one.what == "added":
        return _("Line %(line)s, %(item)s: added, %(after)s") % words
    if one.what == "part":
        quantity, _space, day = one.after.partition(" ")
        moved = words | {"quantity": quantity, "day": day}
        return _("Line %(line)s, %(item)s: %(quantity)s of line %(before)s, wanted on %(day)s") % moved
    if one.what == "quantity" and one.after == "0":
        return _("Line %(line)s, %(item)s: taken off (was %(before)s)") % words
    sentences = {
        ("quantity", False): _("Line %(line)s, %(item)s: quantity %(before)s → %(after)s"),
        ("price", False): _("Line %(line)s, %(item)s: price %(before)s → %(after)s"),
        ("discount", False): _("Line %(line)s, %(item)s: discount %(before)s → %(after)s %%"),
        ("requested", False): _("Line %(line)s, %(item)s: wanted on %(before)s → %(after)s"),
        ("discount", True): _("Discount on the whole order: %(before)s → %(after)s %%"),
        ("requested", True): _("Wanted on: %(before)s → %(after)s"),
    }
    return sentences[one.what, one.position == 0] % words
