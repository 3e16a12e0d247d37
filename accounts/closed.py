"""Why somebody can't log in, for that person's own eyes: told once, after the right password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from accounts.models import AuditEntry, User

KEPT = "closed_because"  # in the browser's session

# Where a higher app closes accounts, it knows why. The first answer counts.
_known: list[Callable[[User], str]] = []


def explain_with(reason_of: Callable[[User], str]) -> None:
    """Ask ``reason_of`` why a login is closed; it answers with nothing for those that it hasn't closed."""
    if reason_of not in _known:
        _known.append(reason_of)


def reason_for(user: User) -> str:
    """The words of whoever closed the login; empty where nobody wrote any."""
    for reason_of in _known:
        if words := reason_of(user):
            return words
    closed = AuditEntry.objects.filter(
        action="account.closed", subject_kind=User._meta.label_lower, subject_id=user.pk
    ).order_by("-created_at")
    return closed.values_list("reason", flat=True).first() or ""


def keep(request: HttpRequest, user: User) -> None:
    """Have the page that this browser is led to say why."""
    request.session[KEPT] = {"reason": reason_for(user), "is_consultant": user.is_consultant}


def take(request: HttpRequest) -> dict[str, Any]:
    """What :func:`keep` kept, once."""
    kept: dict[str, Any] = request.session.pop(KEPT, {})
    return kept
