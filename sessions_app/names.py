"""How people are called: by their first name, without the title before it."""

from __future__ import annotations

TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "shri", "smt", "adv", "ca", "er"})


def words_of(name: str) -> list[str]:
    """The words of ``name``; a title is left out where a first name and another follow it."""
    words = name.split()
    if len(words) > 2 and words[0].rstrip(".").lower() in TITLES:
        return words[1:]
    return words


def first_name(name: str) -> str:
    """``Farhan``. Of a title and one name (``Dr Rao``) both are kept; of nothing comes nothing."""
    words = words_of(name)
    if len(words) == 2 and words[0].rstrip(".").lower() in TITLES:
        return " ".join(words)
    return words[0] if words else ""
