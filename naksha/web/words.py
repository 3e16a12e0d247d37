"""Sentences in the language of the installation."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import trans_real

MOST = 8192  # sentences; there are half as many


def keep_words() -> None:
    """Let each sentence be looked for once in a process. Django looks into the catalogues of all apps for it, twice
    where none of them words it otherwise, and a page has two hundred."""
    words: Any = trans_real.translation(settings.LANGUAGE_CODE)
    if not hasattr(words.gettext, "cache_info"):
        words.gettext = lru_cache(maxsize=MOST)(words.gettext)
