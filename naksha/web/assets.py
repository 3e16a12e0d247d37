"""Where static files are: their names carry a hash of what is in them, and do not change while a process runs."""

from __future__ import annotations

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class KeptManifestStorage(CompressedManifestStaticFilesStorage):
    """Each name's address is worked out once: a page names a dozen files, and every page the same ones."""

    _urls: dict[str, str]

    def url(self, name: str | None, force: bool = False) -> str:
        if settings.DEBUG or force or name is None:
            return str(super().url(name, force))
        kept = self.__dict__.setdefault("_urls", {})
        if name not in kept:
            kept[name] = str(super().url(name))
        return str(kept[name])

    def load_manifest(self) -> tuple[dict[str, str], str]:
        self.__dict__["_urls"] = {}
        found: tuple[dict[str, str], str] = super().load_manifest()
        return found
