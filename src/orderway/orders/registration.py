"""What the layer of orders registers with the layers below: its invariants and the worker jobs of every order."""

from __future__ import annotations


def register() -> None:
    """Fill the registered lists."""
    from orderway.orders import comments, corrections, documents, effects, invariants, jobs, notifying
    from orderway.releases import catalogue
    from orderway.standard.document import FactType

    effects.register()
    invariants.register()
    jobs.register_own()
    comments.register_told(notifying.of_mentions)
    catalogue.register_fact("order.errors", FactType("number"), load=corrections.counted)
    catalogue.register_fact("order.papers", FactType("list", record=(("kind", FactType("text")),)), load=documents.as_facts)
