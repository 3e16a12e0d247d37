"""The figures of days: what is kept of each day that is over, so that three years cost no more to show than a month.

Every number of :class:`DailyAnalytics` can be summed over every other column. What can't be (a client who came twice
is one client) has rows of its own, :class:`DailyClient`. All of it can be made anew from the rows of sessions, bookings
and the ledger (dashboard.figures.keeping); page views alone are counted and not kept one by one.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from naksha.db import Row


class FiguresKept(models.Model):
    """How far a consultant's figures are kept, and in whose days. Its row is locked while they are written."""

    consultant = models.OneToOneField(
        "consultants.Consultant", primary_key=True, on_delete=models.CASCADE, related_name="figures_kept"
    )
    timezone = models.CharField(max_length=64)  # whose days these are; another one than the consultant's: make anew
    through = models.DateField()  # the last day that is kept
    due_at = models.DateTimeField()  # when the next day is over, and an hour more

    class Meta:
        verbose_name_plural = "figures kept"
        indexes = [models.Index(fields=["due_at"], name="figures_due")]

    def __str__(self) -> str:
        return f"{self.consultant_id} through {self.through}"


class StaleDay(Row):
    """A day that is kept and has changed since: one row for each change, written with it, gone once the day is counted
    again. Two changes of one day are two rows: a mark that was there already might be taken away by somebody who counts
    without seeing the second change."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="stale_days")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.consultant_id} {self.day}"


class DailyAnalytics(models.Model):
    """What one day brought, for each service, kind and way of payment. Money (paise) and payments stand in rows with a
    way of payment, sessions and bookings in rows without."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("One to one")
        WEBINAR = "webinar", _("Webinar")
        QUOTATION = "quotation", _("Quotation")

    consultant = models.ForeignKey(
        "consultants.Consultant", on_delete=models.CASCADE, related_name="daily_analytics", db_index=False
    )
    day = models.DateField()  # the consultant's own
    service = models.ForeignKey(
        "consultants.Service", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=9, choices=Kind)
    method = models.CharField(max_length=20, blank=True, default="")

    received_paise = models.BigIntegerField(default=0)  # what clients paid, with GST, on the day it came
    refunded_paise = models.BigIntegerField(default=0)  # promised back, on the day of the promise
    gst_paise = models.BigIntegerField(default=0)  # in received less refunded
    fee_paise = models.BigIntegerField(default=0)  # the platform's, with its GST, less what refunds gave back of it
    payments = models.PositiveIntegerField(default=0)

    completed = models.PositiveIntegerField(default=0)
    no_show = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    unsaid = models.PositiveIntegerField(default=0)  # still to come, under way, or nobody has said how it went
    minutes = models.PositiveIntegerField(default=0)  # of the completed, as they were planned

    begun = models.PositiveIntegerField(default=0)  # bookings of the day, whatever became of them since
    booked = models.PositiveIntegerField(default=0)
    paid = models.PositiveIntegerField(default=0)
    lapsed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "daily analytics"
        constraints = [
            models.UniqueConstraint(
                fields=["consultant", "day", "service", "kind", "method"],
                condition=Q(service__isnull=False),
                name="daily_analytics_once",
            ),
            models.UniqueConstraint(
                fields=["consultant", "day", "kind", "method"],
                condition=Q(service__isnull=True),
                name="daily_analytics_once_without_service",
            ),
            models.CheckConstraint(
                condition=Q(received_paise__gte=0, refunded_paise__gte=0), name="daily_analytics_money_has_a_side"
            ),
            models.CheckConstraint(
                condition=Q(begun__gte=F("booked") + F("lapsed"), paid__lte=F("booked")), name="daily_analytics_steps"
            ),
        ]
        indexes = [models.Index(fields=["consultant", "day"], name="daily_analytics_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.method}".strip()


class DailyClient(models.Model):
    """A client had a session that was held on the day, or a seat in one."""

    consultant = models.ForeignKey(
        "consultants.Consultant", on_delete=models.CASCADE, related_name="daily_clients", db_index=False
    )
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultant", "client", "day"], name="daily_client_once"),
        ]
        indexes = [models.Index(fields=["consultant", "day"], name="daily_client_by_day")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"


class DailyViews(models.Model):
    """How often a consultant's page and booking pages were opened on a day that is over, and by how many."""

    consultant = models.ForeignKey(
        "consultants.Consultant", on_delete=models.CASCADE, related_name="daily_views", db_index=False
    )
    day = models.DateField()
    visitors = models.PositiveIntegerField(default=0)
    page_views = models.PositiveIntegerField(default=0)
    booking_views = models.PositiveIntegerField(default=0)
    booking_visitors = models.PositiveIntegerField(default=0)  # of the visitors, those who opened a booking page

    class Meta:
        verbose_name_plural = "daily views"
        constraints = [
            models.UniqueConstraint(fields=["consultant", "day"], name="daily_views_once"),
            models.CheckConstraint(
                condition=Q(visitors__gte=F("booking_visitors"), booking_visitors__lte=F("booking_views"))
                & Q(visitors__lte=F("page_views") + F("booking_views")),
                name="daily_views_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.visitors}"


class Visit(models.Model):
    """One visitor of a day that is not over, by a hash that nobody can undo once the day's salt is gone."""

    consultant = models.ForeignKey(
        "consultants.Consultant", on_delete=models.CASCADE, related_name="visits", db_index=False
    )
    day = models.DateField()
    visitor = models.CharField(max_length=32)
    page_views = models.PositiveIntegerField(default=0)
    booking_views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultant", "day", "visitor"], name="visit_once")]

    def __str__(self) -> str:
        return str(self.day)


class VisitSalt(models.Model):
    """What the visitors of a day are hashed with. Deleted when the day is over everywhere."""

    day = models.DateField(primary_key=True)
    salt = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)


from dashboard.calendar.models import CalendarFeed  # noqa: E402, F401 - a table of this app, beside what it is for
