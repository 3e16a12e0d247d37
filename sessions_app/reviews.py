"""What a page shows of the reviews of one session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.urls import reverse

from naksha.db import db_now
from sessions_app.access import Visitor
from sessions_app.models import Review, Session
from sessions_app.review_forms import ReviewForm
from sessions_app.services.reviewing import closes_at

MOST_SHOWN = 5


@dataclass(frozen=True)
class ReviewPanel:
    """The panel of ``templates/sessions/_review.html``; ``is_there`` says whether there is anything to show.

    For the client ``review`` is their own, and ``form`` is there while it can be given. The consultant sees what
    clients gave: at most MOST_SHOWN ``reviews`` of ``count``.
    """

    url: str
    for_consultant: bool
    consultant_name: str
    timezone: str
    review: Review | None = None
    form: ReviewForm | None = None
    closes_at: datetime | None = None
    is_late: bool = False
    reviews: list[Review] = field(default_factory=list)
    count: int = 0

    @property
    def is_there(self) -> bool:
        return bool(self.review or self.form or self.is_late or self.reviews)


def review_panel(visitor: Visitor, form: ReviewForm | None = None) -> ReviewPanel:
    """What ``visitor`` sees of the reviews of their session; ``form`` is one that came back with an error.

    No query before the session is completed, one after it (two for the consultant of a webinar with many reviews).
    """
    session = visitor.session
    url = reverse("sessions:review", args=[session.pk])
    zone = visitor.timezone
    name = session.consultant.display_name
    if visitor.client is None:
        return _for_consultant(session, url, name, zone)
    if session.status != Session.Status.COMPLETED:
        return ReviewPanel(url, False, name, zone)
    review = Review.objects.filter(session=session, client=visitor.client).select_related("session__service").first()
    if review is not None:
        return ReviewPanel(url, False, name, zone, review=review)
    until = closes_at(session)
    if db_now() > until:
        return ReviewPanel(url, False, name, zone, closes_at=until, is_late=True)
    return ReviewPanel(url, False, name, zone, form=form or ReviewForm(), closes_at=until)


def _for_consultant(session: Session, url: str, name: str, zone: str) -> ReviewPanel:
    if session.status != Session.Status.COMPLETED:
        return ReviewPanel(url, True, name, zone)
    reviews = list(Review.objects.filter(session=session).select_related("session__service")[: MOST_SHOWN + 1])
    count = len(reviews)
    if count > MOST_SHOWN:
        count = Review.objects.filter(session=session).aggregate(n=Count("pk"))["n"]
    return ReviewPanel(url, True, name, zone, reviews=reviews[:MOST_SHOWN], count=count)
