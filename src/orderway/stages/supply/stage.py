"""What the supply stage registers with the layers below: acts, facts, documents, consequences, undo, panels, invariants."""


def register() -> None:
    """Fill the registered lists."""
