"""Makers for tests."""

from __future__ import annotations

from clients.models import ClientImport
from clients.services import importing
from consultants.models import Consultant

LIST = "Name,Mail address\nMeera Nair,meera@example.com\n"


def make_import(consultant: Consultant, text: str = LIST) -> ClientImport:
    """A list that waits to be looked through."""
    return importing.start(consultant=consultant, actor=consultant.user, filename="mine.csv", data=text.encode())
