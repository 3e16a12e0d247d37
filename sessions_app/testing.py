"""Makers for tests of sessions that came of no booking: rows as the services leave them, where a test needs no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from availability import services as time
from availability.models import Occupancy
from clients.models import Client
from consultants.models import Consultant
from naksha.testing import make_client, make_consultant, make_service, next_slot_start
from sessions_app.access import ROOMS, mint_link, resolve_link
from sessions_app.models import JoinEvent, Review, Session, Side
from sessions_app.services import open_session, record_session, reviewing


def make_session(
    consultant: Consultant | None = None,
    *,
    client: Client | None = None,
    starts_at: datetime | None = None,
    minutes: int = 30,
    platform: str = "jitsi",
    **fields: Any,
) -> Session:
    """A confirmed session at the next free time, opened through the service; ``fields`` are then written over it."""
    consultant = consultant or make_consultant()
    client = client or make_client(consultant)
    starts_at = starts_at or next_slot_start()
    service = make_service(consultant, platform=platform, minutes=minutes)
    occupancy = time.reserve(
        consultant_id=consultant.pk,
        starts_at=starts_at,
        minutes=minutes,
        kind=Occupancy.Kind.SESSION,
        listed_only=False,
    )
    session = open_session(
        service=service,
        client=client,
        title=service.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        platform=platform,
        place=service.place,
        occupancy_id=occupancy.pk,
    )
    if fields:
        Session.objects.filter(pk=session.pk).update(**fields)
        session.refresh_from_db()
    return session


def make_recorded(consultant: Consultant, **changes: Any) -> Session:
    """A session that its consultant wrote down, for Meera Nair where no ``client`` is given."""
    values: dict[str, Any] = {
        "title": "Second opinion",
        "platform": "jitsi",
        "starts_at": next_slot_start(),
        "minutes": 45,
        "name": "Meera Nair",
        "email": "meera@example.com",
    }
    return record_session(consultant=consultant, actor=consultant.user, **{**values, **changes})


def wait_in(session: Session) -> Session:
    """Let the join log show its consultant in the meeting."""
    JoinEvent.objects.create(session=session, side=Side.CONSULTANT, kind=JoinEvent.Kind.JOINED, at=session.starts_at)
    return session


def make_completed(consultant: Consultant | None = None, *, days_ago: float = 1, **fields: Any) -> Session:
    """A session that was held and ended ``days_ago``."""
    ended = timezone.now() - timedelta(days=days_ago)
    session = make_session(consultant, starts_at=fields.pop("starts_at", None) or _free_start(consultant), **fields)
    Session.objects.filter(pk=session.pk).update(
        status=Session.Status.COMPLETED,
        starts_at=ended - timedelta(minutes=session.minutes),
        ends_at=ended,
        started_at=ended - timedelta(minutes=session.minutes),
        ended_at=ended,
    )
    session.refresh_from_db()
    return session


def _free_start(consultant: Consultant | None) -> datetime:
    """A start that none of the consultant's other sessions of a test has."""
    return next_slot_start(days=2 + (consultant.sessions.count() if consultant else 0))  # type: ignore[attr-defined]


def make_review(
    consultant: Consultant | None = None, *, rating: int = 5, comment: str = "Calm and clear.", **fields: Any
) -> Review:
    """A review that came about as in life; ``fields`` are then written over it."""
    session = make_completed(consultant)
    assert session.client is not None
    review = reviewing.rate(session=session, client=session.client, rating=rating, comment=comment)
    if fields:
        Review.objects.filter(pk=review.pk).update(**fields)
        review.refresh_from_db()
    return review


def open_by_link(browser: Any, session: Session, client: Client | None = None) -> Any:
    """Let a test's browser in as a guest of ``session``. Returns the link."""
    who = client or session.client
    assert who is not None
    link = resolve_link(mint_link(session=session, client=who))
    kept = browser.session
    kept[ROOMS] = {str(session.pk): str(link.pk)}
    kept.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = kept.session_key
    return link
