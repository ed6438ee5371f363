"""Which language a person reads, in the three spellings that need it: Django's, the browser's and the standard's.

Never chooses a language; the person or their browser does.
"""

from __future__ import annotations

from django.utils import translation

TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
OWN_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


def tag(code: str | None = None) -> str:
    """The language tag as browsers and standards write it (``zh-Hans``); of the language in use if none is given."""
    return TAGS.get((code or translation.get_language() or "en").lower(), "en")


def known(code: str) -> str | None:
    """The code of one of our languages, None for every other text."""
    code = code.lower()
    return code if code in TAGS else None
