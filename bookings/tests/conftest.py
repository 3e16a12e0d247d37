"""Time in these tests is the machine's, which they move; the database's own clock would stand still beside it."""

import sys

import pytest
from django.utils import timezone

from naksha import db


@pytest.fixture(autouse=True)
def _one_clock(request, monkeypatch):
    if "postgres" in request.keywords:
        return
    real = db.db_now
    for module in list(sys.modules.values()):
        if getattr(module, "db_now", None) is real:
            monkeypatch.setattr(module, "db_now", timezone.now)
