"""Where private files live: on disk, without an address. They are served only by views that check who asks."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Django's own falls back to ``MEDIA_URL`` where it is told no base address; this one has none at all."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("file_permissions_mode", 0o600)
        options.setdefault("directory_permissions_mode", 0o700)
        super().__init__(**options)

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("This file is not accessible via a URL.")
