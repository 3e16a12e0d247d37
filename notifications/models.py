"""What is told to people: on screen, and by mail. A mail is a row first, with its state."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from naksha.crypto import EncryptedTextField
from naksha.db import Row


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: Any) -> NotificationQuerySet:
        """What ``user`` has not taken off the list."""
        return self.filter(user=user, removed_at__isnull=True)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True, removed_at__isnull=True)


NotificationManager = models.Manager.from_queryset(NotificationQuerySet)


class Notification(Row):
    """A line on screen for one login."""

    class Kind(models.TextChoices):
        BOOKING = "booking", _("Bookings")
        SESSION = "session", _("Sessions")
        MESSAGE = "message", _("Messages")
        PAYMENT = "payment", _("Payments")
        REVIEW = "review", _("Reviews")
        SYSTEM = "system", _("Account")

    user = models.ForeignKey(  # found by the indexes below, which begin with it
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=140)
    body = models.CharField(max_length=500, blank=True)
    moment = models.DateTimeField(null=True, blank=True)  # what it is about; pages word it, for "today" goes stale
    url = models.CharField(max_length=300, blank=True)  # a path on this site
    read_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)  # taken off the list by its reader; wiped a day later
    broadcast = models.ForeignKey(
        "Broadcast", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="lines"
    )

    objects: ClassVar[NotificationManager] = NotificationManager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "user"],
                condition=Q(broadcast__isnull=False),
                name="notification_once_of_broadcast",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notification_by_user"),
            # What every page's header counts, newest first for the few that it shows.
            models.Index(
                fields=["user", "-created_at"],
                condition=Q(read_at__isnull=True, removed_at__isnull=True),
                name="notification_waiting",
            ),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notification_read"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="notification_removed"),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(Row):
    """What somebody wants of one kind, by each channel. Without a row, all of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=10, choices=Notification.Kind)
    on_screen = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once_for_kind")]


class MailOff(Row):
    """A mail address that wants no mail of a kind: what a link in such a mail switched off, with a login or without."""

    address = models.EmailField(max_length=254)  # in lower case
    kind = models.CharField(max_length=10, choices=Notification.Kind)

    class Meta:
        verbose_name_plural = "mail switched off"
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="mail_off_once")]


class QuietHours(models.Model):
    """When somebody is left alone: local wall times, which may pass midnight."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="quiet_hours"
    )
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Kolkata")

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints = [
            models.CheckConstraint(condition=~Q(begins=models.F("ends")), name="quiet_hours_have_length"),
        ]


class Broadcast(Row):
    """A line that an admin puts on many screens, written in batches by a worker that may die between two."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        CONSULTANTS = "consultants", _("Consultants")
        CLIENTS = "clients", _("Clients with a login")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Being sent")
        SENT = "sent", _("Sent")

    audience = models.CharField(_("for"), max_length=12, choices=Audience)
    title = models.CharField(_("title"), max_length=140)
    body = models.CharField(_("text"), max_length=500, blank=True)
    url = models.CharField(_("leads to"), max_length=300, blank=True)  # a path on this site
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    # The last account that was told, in the order of their names: where the next batch goes on.
    told_up_to = models.UUIDField(null=True, blank=True, editable=False)
    told = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class OutgoingMail(Row):
    """A mail to send: written with the change it tells of, rendered and sent by a worker, kept as the log."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")
        SKIPPED = "skipped", _("Not wanted")  # its reader has switched mails of its kind off

    template = models.CharField(max_length=80)
    # Of one that its reader can do without, and whose login may have said so; empty for what must always go out.
    kind = models.CharField(max_length=10, choices=Notification.Kind, blank=True, default="")
    to = models.EmailField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=250, blank=True)  # filled when it is rendered
    # The consultant in whose name it goes out, who should know when it can't be delivered.
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reply_to = models.EmailField(max_length=254, blank=True)
    sealed_context = EncryptedTextField(blank=True)  # JSON; may hold links that open something; wiped after 30 days
    calendar = EncryptedTextField(blank=True)  # an iCalendar file to go with it
    calendar_method = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    edition = models.PositiveSmallIntegerField(default=1)  # one more each time somebody asks to send it again
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    # The same change never mails twice: a retry of the change finds the row.
    dedupe_key = models.CharField(max_length=120, null=True, blank=True, unique=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status__in=["queued", "sending"]), name="mail_waiting"),
            models.Index(fields=["on_behalf_of"], condition=Q(status="failed"), name="mail_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.to}"
