"""What a consultant's public page shows of the reviews: the breakdown and the newest, published ones alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from consultants.models import Consultant
from sessions_app.models import Review
from sessions_app.ratings import Breakdown, breakdown

SHOWN = 5  # on the consultant's page; the others are on a page of their own
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Said:
    breakdown: Breakdown
    newest: list[Review] = field(default_factory=list)


def published(consultant: Consultant) -> QuerySet[Review]:
    """Newest first, each with the service that it is about."""
    return (
        Review.objects.published()
        .filter(consultant=consultant)
        .select_related("session__service")
        .order_by("-reviewed_at", "-pk")
    )


def said_of(consultant: Consultant) -> Said:
    """Two queries; none where nobody has rated."""
    if not consultant.review_count:
        return Said(Breakdown({}))
    return Said(breakdown(consultant), list(published(consultant)[:SHOWN]))
