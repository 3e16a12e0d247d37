"""The world that the tests of every row ask about, made once for a file: each test undoes what it has changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models import FileField

from payments.razorpay.emulator.testing import RunningEmulator
from tests.api.world import World, build, undone

YOUNG = 3 * 60  # seconds; holds lapse, tokens expire, and a login is no proof any more after five minutes


class Once:
    """The world, in a transaction that is undone when the file is done; made anew for a test that comes late."""

    def __init__(self) -> None:
        self._block: Any = None
        self._files: dict[tuple[Storage, str], bytes] = {}
        self._of: World | None = None  # whose files these are

    def world(self) -> World:
        if self._block is None or time.monotonic() > self._until:
            self.end()
            self._block, self._until = undone(), time.monotonic() + YOUNG
            self._block.__enter__()
            try:
                self._made = build()
            except BaseException:  # the next test makes it anew, and sees why it can't be made
                self.end()
                raise
        return self._made

    def bring_files_back(self) -> None:
        """A file that a test has deleted comes back with no transaction's end."""
        if self._of is not self._made:
            self._of, self._files = self._made, files()
        for (storage, name), content in self._files.items():
            if not storage.exists(name):
                storage.save(name, ContentFile(content))

    def end(self) -> None:
        if self._block is not None:
            self._block.__exit__(None, None, None)
        self._block = None


def files() -> dict[tuple[Storage, str], bytes]:
    """All that rows refer to."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                for name in model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True):
                    with field.storage.open(name) as opened:
                        found[field.storage, name] = opened.read()
    return found


@pytest.fixture(scope="module")
def _once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Once]:
    once = Once()
    yield once
    with django_db_blocker.unblock():
        once.end()


@pytest.fixture
def _made(_once: Once, django_db_blocker: Any) -> World:
    """Before the test's own transaction, which then is one inside of the file's."""
    with django_db_blocker.unblock():
        made = _once.world()
        _once.bring_files_back()
        return made


@pytest.fixture
def world(_made: World, db: None, emulator: RunningEmulator) -> World:
    return replace(_made, apis=dict(_made.apis), things=dict(_made.things), tokens=set(_made.tokens))
