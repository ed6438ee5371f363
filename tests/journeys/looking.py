"""Opening screens one after the other and noting what is wrong with each."""

from __future__ import annotations


def look(pages, suffix):
    """``pages``: name -> (desk, path). Gives what is wrong, by name."""
    wrong = {}
    for name, (who, path) in pages.items():
        who.open(path)
        if found := seen(who, f"{name}{suffix}"):
            wrong[name] = found
    return wrong


def seen(who, name):
    """What is wrong with the page that stands there."""
    who.keep(name)
    return who.unsound()
