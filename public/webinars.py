"""The dates of webinars that are still to come, of those who have a public page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from sessions_app.models import Session


def coming(now: datetime) -> QuerySet[Session]:
    """The soonest first, each with its consultant and its service."""
    return (
        Session.objects.filter(
            kind=Session.Kind.WEBINAR,
            status=Session.Status.CONFIRMED,
            starts_at__gt=now,
            service__is_active=True,
            service__archived_at__isnull=True,
            consultant__status="approved",
            consultant__is_listed=True,
            consultant__profile_completed_at__isnull=False,
        )
        .select_related("consultant", "service")
        .order_by("starts_at", "pk")
    )
