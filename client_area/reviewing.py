"""Reviews from their author's side: those to write, and those written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from client_area import ways
from client_area.agenda import sessions_of
from sessions_app.models import Review, Session
from sessions_app.services.reviewing import OPEN_FOR


@dataclass(frozen=True)
class ToWrite:
    """A session that can be reviewed, and where."""

    session: Session

    @property
    def url(self) -> str:
        return ways.review_url(self.session.pk)


def to_review(user: User, now: datetime, most: int) -> list[ToWrite]:
    """Completed sessions of the last 60 days that this login has not reviewed, the newest first."""
    written = Review.objects.filter(session=OuterRef("pk"), client__user=user)
    over = Coalesce("ended_at", "ends_at")
    ended = sessions_of(user).filter(status=Session.Status.COMPLETED).annotate(over=over)
    rows = ended.filter(over__gt=now - OPEN_FOR).filter(~Exists(written)).select_related("consultant").order_by("-over")
    return [ToWrite(session) for session in rows[:most]]


def written_by(user: User) -> QuerySet[Review]:
    return Review.objects.filter(client__user=user).select_related("consultant", "session")
