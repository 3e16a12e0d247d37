"""Who asks for sessions: a consultant for those of the practice, a client for their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from rest_framework.request import Request

from accounts.models import User
from consultants.models import Consultant
from naksha.times import INDIA
from sessions_app.access import Visitor, find_visitor
from sessions_app.models import Session
from sessions_app.models.session import SessionQuerySet


@dataclass(frozen=True)
class Reader:
    """Whose sessions a list shows. ``consultant`` is None for a client."""

    user: User
    consultant: Consultant | None

    @property
    def client_user(self) -> User | None:
        """The login whose money is looked at; None for the consultant, who sees all of a session's."""
        return self.user if self.consultant is None else None

    @property
    def timezone(self) -> str:
        return self.consultant.timezone if self.consultant else INDIA

    def sessions(self) -> SessionQuerySet:
        if self.consultant is None:
            return Session.objects.of_client(self.user)
        return Session.objects.filter(consultant=self.consultant)


def reader_of(request: Request) -> Reader:
    user = request.user
    assert isinstance(user, User)
    return Reader(user, user.consultant if user.is_consultant else None)  # type: ignore[attr-defined]


def visitor_of(request: Request, session_id: UUID) -> Visitor:
    """Whoever asks, on their side of the session. Raises Http404 for a stranger as for a session that there isn't."""
    visitor = find_visitor(session_id=session_id, user=request.user, browser={})
    if visitor is None:
        raise Http404
    return visitor
