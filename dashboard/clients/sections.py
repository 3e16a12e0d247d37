"""The parts of a client's page. A further domain adds one from its ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from clients.models import Client
from consultants.models import Consultant


@dataclass(frozen=True)
class Asked:
    client: Client
    consultant: Consultant
    page: str | None
    now: datetime


@dataclass(frozen=True)
class Section:
    """``load`` gives what ``template`` is drawn with, in a fixed number of queries."""

    key: str
    label: str | Promise
    template: str
    load: Callable[[Asked], dict[str, Any]]


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Show ``section`` after those that there are."""
    _sections[section.key] = section


def sections() -> list[Section]:
    return list(_sections.values())


def section(key: str) -> Section:
    """The one that is asked for, else the first."""
    return _sections.get(key) or next(iter(_sections.values()))
