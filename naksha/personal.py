"""What is known of one person, so that it can be taken out wherever it was written down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

ERASED_NAME = "Erased client"
# A domain that never exists (RFC 2606): nothing can be sent there.
_DOMAIN = "erased.invalid"
_SHORTEST = 3  # what is shorter is found in other words too


def erased_mail(row_id: UUID | None = None) -> str:
    """An address in the place of one that was erased; each row's own where addresses must differ."""
    return f"erased-{row_id.hex}@{_DOMAIN}" if row_id else f"erased@{_DOMAIN}"


def is_erased_mail(address: str) -> bool:
    """Whether ``address`` is one that :func:`erased_mail` gives."""
    return address.lower().endswith(f"@{_DOMAIN}")


@dataclass(frozen=True)
class Identity:
    """The names, mail addresses and numbers of one person, as they were written in different places."""

    words: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Identity:
        return cls(frozenset(word.strip() for word in words if len(word.strip()) >= _SHORTEST))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(map(re.escape, self.words), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)

    def redact(self, text: str) -> str:
        """``text`` with every mention of the person replaced."""
        return self._pattern.sub(ERASED_NAME, text) if self.words and text else text

    def redact_in(self, value: Any) -> Any:
        """The same in every text of a JSON value."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self.redact_in(one) for one in value]
        if isinstance(value, dict):
            return {key: self.redact_in(one) for key, one in value.items()}
        return value


def redact_rows(rows: Any, identity: Identity, *fields: str) -> int:
    """Redact ``fields`` of each row of a queryset, writing only what changes. Returns how many rows did."""
    changed = 0
    for row in rows.only("pk", *fields).iterator(chunk_size=500):
        new = {field: identity.redact_in(getattr(row, field)) for field in fields}
        new = {field: value for field, value in new.items() if value != getattr(row, field)}
        if new:
            type(row)._default_manager.filter(pk=row.pk).update(**new)
            changed += 1
    return changed
