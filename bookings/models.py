"""The client's request for a slot: held, paid, accepted; the links that open it; the waitlist."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from consultants.models import FrozenTerms
from naksha.db import Row
from sessions_app.models import Session

if TYPE_CHECKING:
    from accounts.models import User

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O 1 I L U: read out on the phone


def new_reference() -> str:
    """What people call a booking: ``NK-`` and eight signs. A name, never a secret."""
    return "NK-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


class BookingQuerySet(models.QuerySet["Booking"]):
    def seen_by(self, user: User) -> BookingQuerySet:
        """Those that a login has made or, for a consultant, has had; all for an admin. What a visitor only holds is
        nobody else's business."""
        if user.is_staff:
            return self.all()
        mine = Q(client__user=user)
        if user.is_consultant:
            unfinished = [Booking.Status.HELD, Booking.Status.ABANDONED]
            mine |= Q(consultant__user=user) & ~Q(status__in=unfinished)
        return self.filter(mine)

    def waiting(self) -> BookingQuerySet:
        """Requests that the consultant has to answer, the most pressing first."""
        return self.filter(status=Booking.Status.PENDING).order_by("answer_by")

    def owing(self) -> BookingQuerySet:
        """Those of which something is left to pay: as ``Booking.owed_paise``, for all at once."""
        rows = self.filter(status=Booking.Status.ACCEPTED, total_paise__gt=F("paid_paise"))
        return rows.exclude(session__status__in=Session.UNASKED)

    def upcoming(self) -> BookingQuerySet:
        """Confirmed, and not over yet."""
        return self.filter(status=Booking.Status.ACCEPTED, ends_at__gt=clock.now()).order_by("starts_at")


class Booking(Row, FrozenTerms):
    class Status(models.TextChoices):
        HELD = "held", _("Held")
        PENDING = "pending", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Confirmed")
        REJECTED = "rejected", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Not answered in time")
        ABANDONED = "abandoned", _("Given up")

    LIVE = (Status.HELD, Status.PENDING, Status.ACCEPTED)

    reference = models.CharField(max_length=11, unique=True, default=new_reference, editable=False)
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey("consultants.Service", on_delete=models.PROTECT, related_name="bookings")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="bookings")
    # The login that made it; empty for a guest, who may have typed anybody's address.
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # without buffers
    timezone = models.CharField(max_length=64)  # the client's, IANA
    answers = models.JSONField(default=list, blank=True)  # [{"question": …, "answer": …}], as asked then
    # As typed with this booking: what a guest types never changes what is known of a client.
    contact_name = models.CharField(max_length=100, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)  # E.164
    state_code = models.CharField(max_length=2, blank=True)  # the client's, for the invoice
    pin_code = models.CharField(max_length=6, blank=True)
    # Where the invoice has to name them: the business, if it isn't the contact, its GSTIN, and the address.
    billing_name = models.CharField(_("invoice made out to"), max_length=200, blank=True, default="")
    billing_address = models.CharField(_("address on the invoice"), max_length=300, blank=True, default="")
    gstin = models.CharField(_("GSTIN"), max_length=15, blank=True, default="")
    # A keyed hash of the address that it was made from (bookings.services.hoard); empty where we made it ourselves.
    origin = models.CharField(max_length=32, blank=True, default="", editable=False)
    # The same press of the button, twice: the hash of the form's own number and all that was typed.
    request_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    # The time this booking takes. No constraint in the database: a lapsed hold is cleared under the consultant's lock,
    # which may never wait for the lock of a booking's row. A name that finds nothing says that the time is gone.
    occupancy = models.OneToOneField(
        "availability.Occupancy",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="booking",
    )
    session = models.ForeignKey(
        "sessions_app.Session", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    seat = models.OneToOneField(
        "sessions_app.Seat", null=True, blank=True, on_delete=models.PROTECT, related_name="booking"
    )
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    # When a request is mailed to a consultant whose quiet hours ran as it came; empty where nothing waits for that.
    request_mail_due_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Terms, frozen when the booking is made (paise, basis points), with those of cancelling and moving.
    title = models.CharField(max_length=100)
    platform = models.CharField(max_length=10)
    place = models.CharField(max_length=300, blank=True)
    needs_confirmation = models.BooleanField()
    price_paise = models.PositiveIntegerField()  # before GST
    tax_paise = models.PositiveIntegerField()
    total_paise = models.PositiveIntegerField()
    due_now_paise = models.PositiveIntegerField()  # all, the deposit with its GST, or 0
    gst_basis_points = models.PositiveSmallIntegerField()
    fee_basis_points = models.PositiveSmallIntegerField()  # the platform's share of the price before GST
    currency = models.CharField(max_length=3, default="INR")

    paid_paise = models.PositiveIntegerField(default=0)
    refunded_paise = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)  # iCalendar SEQUENCE
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    close_reason = models.TextField(blank=True)
    # By an admin, or with its consultant's suspension.
    closed_by_platform = models.BooleanField(_("closed by the platform"), default=False)

    objects: ClassVar[models.Manager[Booking]] = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="booking_range"),
            models.CheckConstraint(
                condition=Q(total_paise=F("price_paise") + F("tax_paise")), name="booking_total_adds_up"
            ),
            models.CheckConstraint(condition=Q(due_now_paise__lte=F("total_paise")), name="booking_due_within_total"),
            models.CheckConstraint(condition=Q(refunded_paise__lte=F("paid_paise")), name="booking_refund_within_paid"),
            models.CheckConstraint(
                condition=Q(status="held", hold_expires_at__isnull=False) | ~Q(status="held"),
                name="booking_hold_expires",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", answer_by__isnull=False) | ~Q(status="pending"),
                name="booking_request_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", session__isnull=False) | ~Q(status="accepted"),
                name="booking_accepted_has_session",
            ),
        ]
        indexes = [
            models.Index(fields=["consultant", "status", "starts_at"], name="booking_by_status"),
            models.Index(fields=["hold_expires_at"], condition=Q(status="held"), name="booking_holds"),
            models.Index(fields=["answer_by"], condition=Q(status="pending"), name="booking_requests"),
            models.Index(
                fields=["request_mail_due_at"],
                condition=Q(status="pending", request_mail_due_at__isnull=False),
                name="booking_requests_to_mail",
            ),
            models.Index(fields=["client", "-starts_at"], name="booking_by_client"),
            models.Index(fields=["consultant", "created_at"], name="booking_by_making"),
            # As icontains reads it, with what is found, so that a search of sessions by it reads no booking and makes
            # no letter great: for 5,000 that takes six times as long. The name itself is there for the planner's sake.
            models.Index(
                "consultant",
                Upper("contact_name"),
                include=["contact_name", "session"],
                condition=Q(session__isnull=False) & ~Q(contact_name=""),
                name="booking_by_name",
            ),
            models.Index(
                fields=["consultant", "starts_at"],
                condition=Q(status="accepted", total_paise__gt=F("paid_paise")),
                name="booking_owing",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def balance_paise(self) -> int:
        """What is still owed of the whole price. What was given back is not asked for again."""
        return max(0, self.total_paise - self.paid_paise)

    @property
    def owed_paise(self) -> int:
        """What its client is asked for: nothing for what was missed or cancelled, nor for a webinar that is called off
        while its bookings are still to be closed. It looks at the session."""
        asked = self.session is None or self.session.status not in Session.UNASKED
        return self.balance_paise if self.status == self.Status.ACCEPTED and asked else 0

    @property
    def payable_paise(self) -> int:
        """What its client can pay now: of what is owed, nothing while its consultant is suspended. It looks at the
        session and the consultant."""
        return self.owed_paise if self.consultant.is_approved else 0

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def is_held_at(self, now: datetime) -> bool:
        """Whether the time is kept for its visitor, who has to pay."""
        return self.status == self.Status.HELD and self.hold_expires_at is not None and self.hold_expires_at > now


class BookingLink(Row):
    """A signed link that opens one booking without a login. Only the token's hash is kept."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class WaitlistEntry(Row):
    """Somebody who wants a seat of a full webinar, or any time of a full day."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        BOOKED = "booked", _("Booked")
        LAPSED = "lapsed", _("Offer lapsed")
        LEFT = "left", _("Left")

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="waitlist")
    service = models.ForeignKey("consultants.Service", on_delete=models.CASCADE, related_name="waitlist")
    session = models.ForeignKey(
        "sessions_app.Session", null=True, blank=True, on_delete=models.CASCADE, related_name="waitlist"
    )
    date = models.DateField(null=True, blank=True)  # in the consultant's zone
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("mail address"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    timezone = models.CharField(max_length=64, default="Asia/Kolkata")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    occupancy = models.OneToOneField(
        "availability.Occupancy",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="waitlist_entry",
    )
    seat_held = models.BooleanField(default=False)
    offer_starts_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    booking = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="waitlist_entry"
    )

    class Meta:
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False, date__isnull=True) | Q(session__isnull=True, date__isnull=False),
                name="waitlist_webinar_or_day",
            ),
            models.UniqueConstraint(
                fields=["service", "session", "email"],
                condition=Q(status__in=["waiting", "offered"], session__isnull=False),
                name="waitlist_once_for_webinar",
            ),
            models.UniqueConstraint(
                fields=["service", "date", "email"],
                condition=Q(status__in=["waiting", "offered"], date__isnull=False),
                name="waitlist_once_for_day",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "created_at"], condition=Q(status="waiting"), name="waitlist_for_webinar"),
            models.Index(
                fields=["consultant", "date", "created_at"],
                condition=Q(status="waiting", date__isnull=False),
                name="waitlist_for_day",
            ),
            models.Index(fields=["offer_expires_at"], condition=Q(status="offered"), name="waitlist_offers"),
        ]


class WaitlistLink(Row):
    """A link that opens one place on a waitlist: each mail has its own, and only its hash is kept."""

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
