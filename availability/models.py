"""When a consultant works, and when somebody has taken the time."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from naksha.db import Row

DAY_MINUTES = 1440


class WeeklyHours(Row):
    """One stretch of a weekday, as wall minutes after midnight in the consultant's zone; 1440 is 24:00."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])  # Monday is 0
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "start_minute"]
        verbose_name_plural = "weekly hours"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekly_hours_weekday"),
            models.CheckConstraint(
                condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=DAY_MINUTES), name="weekly_hours_range"
            ),
            models.UniqueConstraint(fields=["consultant", "weekday", "start_minute"], name="weekly_hours_unique"),
        ]


class DateOverride(Row):
    """Hours of one date in place of the weekly ones. Both minutes empty: the day is off."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="date_overrides")
    date = models.DateField(_("date"))
    start_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    end_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["date", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_minute__isnull=True, end_minute__isnull=True)
                | Q(start_minute__isnull=False, start_minute__lt=F("end_minute"), end_minute__lte=DAY_MINUTES),
                name="date_override_range",
            ),
            models.UniqueConstraint(fields=["consultant", "date", "start_minute"], name="date_override_unique"),
            models.UniqueConstraint(
                fields=["consultant", "date"], condition=Q(start_minute__isnull=True), name="date_override_one_day_off"
            ),
        ]


class Occupancy(Row):
    """The one place that says when a consultant is taken: ``[starts_at, ends_at)``, buffers included.

    ``core_starts_at`` to ``core_ends_at`` is the meeting itself, without the pauses before and after it.

    Rows of a consultant that are exclusive never overlap: PostgreSQL keeps that with an exclusion constraint,
    SQLite with triggers (migration 0002). ``expires_at`` is when a hold lapses; a lapsed hold no longer counts
    and is marked as such under the consultant's lock before anything is reserved. It is marked and not deleted,
    because deleting would write to the rows that point at it, which a payment may have locked while it waits for
    the same consultant. ``external`` busy time comes from somebody else's calendar and may overlap, so it is not
    exclusive.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("Held")
        SESSION = "session", _("Session")
        BLOCK = "block", _("Blocked")
        EXTERNAL = "external", _("Other calendar")
        LAPSED = "lapsed", _("Lapsed")

    EXCLUSIVE = (Kind.HOLD, Kind.SESSION, Kind.BLOCK)
    COUNTED = (Kind.HOLD, Kind.SESSION)  # towards the daily limit

    consultant = models.ForeignKey(
        "consultants.Consultant", on_delete=models.CASCADE, related_name="occupancies", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    core_starts_at = models.DateTimeField()
    core_ends_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "occupancies"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lte=F("core_starts_at"))
                & Q(core_starts_at__lt=F("core_ends_at"))
                & Q(core_ends_at__lte=F("ends_at")),
                name="occupancy_range",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["hold", "lapsed"], expires_at__isnull=False)
                | (~Q(kind__in=["hold", "lapsed"]) & Q(expires_at__isnull=True)),
                name="occupancy_holds_expire",
            ),
        ]
        indexes = [
            # Busy time of a window: ends_at > its beginning skips the past, so cost does not grow with it.
            models.Index(fields=["consultant", "ends_at", "starts_at"], name="occupancy_by_time"),
            models.Index(fields=["consultant", "expires_at"], condition=Q(kind="hold"), name="occupancy_holds"),
            models.Index(fields=["updated_at"], condition=Q(kind="lapsed"), name="occupancy_lapsed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.core_starts_at:%Y-%m-%d %H:%M} UTC"

    @property
    def minutes(self) -> int:
        """Length of the meeting itself."""
        return int((self.core_ends_at - self.core_starts_at).total_seconds()) // 60
