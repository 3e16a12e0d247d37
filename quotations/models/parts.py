"""What hangs from a quotation: lines, links, looks, questions, reminders, sessions; and the series of numbers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from naksha.db import Row
from quotations.models.quotation import Quotation
from quotations.sums import WHOLE


class QuotationSeries(Row):
    """The last number of a consultant's financial year. Its row is locked while a number is taken: no gaps."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="quotation_series")
    financial_year = models.CharField(max_length=7)  # 2026-27
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "quotation series"
        constraints = [
            models.UniqueConstraint(fields=["consultant", "financial_year"], name="quotation_series_once"),
        ]

    def __str__(self) -> str:
        return self.financial_year


class QuotationLine(Row):
    """One thing that is offered. Rewritten with each change of a draft, and never changed once it was sent."""

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(_("what it is"), max_length=200)
    details = models.TextField(_("details"), max_length=1000, blank=True)
    quantity = models.PositiveIntegerField()  # hundredths
    unit_paise = models.PositiveIntegerField()
    discount_points = models.PositiveIntegerField(default=0)
    gross_paise = models.PositiveIntegerField()
    discount_paise = models.PositiveIntegerField()
    net_paise = models.PositiveIntegerField()

    class Meta:
        ordering = ["quotation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["quotation", "position"], name="quotation_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="quotation_line_has_quantity"),
            models.CheckConstraint(condition=Q(discount_points__lte=WHOLE), name="quotation_line_share_within_whole"),
            models.CheckConstraint(
                condition=Q(discount_paise__lte=F("gross_paise")), name="quotation_line_discount_within_gross"
            ),
            models.CheckConstraint(
                condition=Q(net_paise=F("gross_paise") - F("discount_paise")), name="quotation_line_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class QuotationLink(Row):
    """A link that opens one quotation, or the version that came after it, without a login. Only its hash is kept."""

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class QuotationView(Row):
    """Its client has opened the page. The consultant's own looks, and those of machines, are none."""

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="views")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["quotation", "at"], name="quotation_views")]


class QuotationQuestionQuerySet(models.QuerySet["QuotationQuestion"]):
    def waiting(self) -> QuotationQuestionQuerySet:
        """Those without an answer, about quotations that stand: open, or accepted."""
        return self.filter(answered_at__isnull=True, quotation__status__in=[*Quotation.OPEN, *Quotation.AGREED])


QuotationQuestionManager = models.Manager.from_queryset(QuotationQuestionQuerySet)


class QuotationQuestion(Row):
    """What the client asked on the page, and what the consultant answered."""

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="questions")
    body = models.TextField(_("question"), max_length=1000)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[QuotationQuestionManager] = QuotationQuestionManager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="quotation_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class QuotationReminder(Row):
    """A reminder to come, before it lapses: a row with its time, sent once, dropped when it was answered."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Dropped")

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="reminders")
    days_before = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quotation", "days_before"], name="quotation_reminder_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="waiting"), name="quotation_reminder_due"),
        ]

    def __str__(self) -> str:
        return f"{self.days_before} days before {self.quotation_id}"


class QuotedSession(Row):
    """A session that was made of one line of accepted work. This floor knows no sessions: an id names it."""

    line = models.ForeignKey(QuotationLine, on_delete=models.PROTECT, related_name="sessions")
    session_id = models.UUIDField(unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
