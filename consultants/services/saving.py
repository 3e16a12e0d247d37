"""Consultants whom a login has saved. Saving twice is saving once."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from consultants.models import Consultant, SavedConsultant

MOST = 200
WAITING = "save_consultant"  # in the browser's session: who is saved as soon as somebody logs in there


def save(*, user: User, consultant: Consultant) -> None:
    """Keep ``consultant`` for ``user``; the oldest of more than MOST is let go."""
    try:
        with transaction.atomic():
            SavedConsultant.objects.get_or_create(user=user, consultant=consultant)
    except IntegrityError:
        return  # the same press, twice at once
    beyond = SavedConsultant.objects.filter(user=user).order_by("-created_at", "-pk").values("pk")[MOST:]
    SavedConsultant.objects.filter(pk__in=list(beyond.values_list("pk", flat=True))).delete()


def unsave(*, user: User, consultant: Consultant) -> None:
    SavedConsultant.objects.filter(user=user, consultant=consultant).delete()


def saved_by(user: User) -> QuerySet[Consultant]:
    """Saved and still public, the last saved first."""
    return Consultant.objects.listed().filter(saved_by__user=user).order_by("-saved_by__created_at")  # type: ignore[attr-defined]


def saved_ids(user: Any) -> set[UUID]:
    """The consultants whom a visitor has saved; none for one without a login."""
    if not isinstance(user, User):
        return set()
    return set(SavedConsultant.objects.filter(user=user).values_list("consultant_id", flat=True))


def remember(browser: MutableMapping[str, Any], consultant: Consultant) -> None:
    browser[WAITING] = str(consultant.pk)


def save_what_waits(*, user: User, browser: MutableMapping[str, Any]) -> None:
    """Save whom this browser asked for before the login."""
    waiting = browser.pop(WAITING, None)
    if waiting is None:
        return
    consultant = Consultant.objects.listed().filter(pk=waiting).first()  # type: ignore[attr-defined]
    if consultant is not None:
        save(user=user, consultant=consultant)
