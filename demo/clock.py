"""The past is made in order: services run as if it were then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from unittest import mock

from naksha.db import clock_told


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Both clocks that the project asks (Django's and the database's) say ``moment`` inside."""

    class Told(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    # timezone.now itself is a default of many fields, so the class that it asks is what must change.
    with clock_told(moment), mock.patch("django.utils.timezone.datetime", Told):
        yield
