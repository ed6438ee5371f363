"""The small company of the order tests, at its manual."""

from __future__ import annotations

from web.conftest import shop, signed_in

__all__ = ["shop", "signed_in"]
