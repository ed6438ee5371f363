"""The small company of the order tests, learning."""

from __future__ import annotations

from web.conftest import shop, signed_in

__all__ = ["shop", "signed_in"]
