"""The product without its lock (the test takes the constraint away): what the storms would do to it."""

from __future__ import annotations

from importlib import import_module

from naksha.celery import app
from naksha.wsgi import application

__all__ = ["app", "application"]

import_module("availability.services.occupancy").lock_consultant = lambda consultant_id: None
