"""What the layer of orders registers with the layers below: its invariants and the worker jobs of every order."""

from __future__ import annotations


def register() -> None:
    """Fill the registered lists."""
    from orderway.orders import invariants, jobs

    invariants.register()
    jobs.register_own()
