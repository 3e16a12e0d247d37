"""What a client says of a completed session, once, and what the consultant answers, once."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from naksha.db import Row, db_now
from sessions_app.models.session import Session


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> ReviewQuerySet:
        return self.filter(status=Review.Status.PUBLISHED)


class Review(Row):
    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="reviews")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="reviews")
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="reviews")
    rating = models.PositiveSmallIntegerField(_("rating"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    author_name = models.CharField(max_length=100)  # as the public page shows it
    status = models.CharField(max_length=10, choices=Status, default=Status.PUBLISHED)
    reviewed_at = models.DateTimeField(default=db_now)
    reply = models.TextField(_("reply"), max_length=2000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    hidden_reason = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Review]] = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-reviewed_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "client"], name="review_once_for_session"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="review_rating_range"),
            models.CheckConstraint(
                condition=Q(status="hidden", hidden_at__isnull=False) & ~Q(hidden_reason="")
                | Q(status="published", hidden_at__isnull=True),
                name="review_hidden_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="review_reply_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["consultant", "-reviewed_at"], condition=Q(status="published"), name="review_published"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rating} of 5 by {self.author_name}"
