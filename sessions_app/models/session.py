"""The session: the meeting that comes of a booking, a webinar with its seats, or what the consultant recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultants.models import FrozenTerms, Service
from naksha.db import Row, db_now

JOIN_OPENS = timedelta(minutes=10)  # before the start, the way into the meeting


class SessionQuerySet(models.QuerySet["Session"]):
    def live(self) -> SessionQuerySet:
        """Those that still take time."""
        return self.exclude(status__in=[Session.Status.CANCELLED, Session.Status.ABANDONED])

    def owing(self) -> SessionQuerySet:
        """Recorded ones of whose price something is still asked for: as ``Session.owed_paise``, for all at once."""
        rows = self.filter(total_paise__gt=F("paid_paise") + F("elsewhere_paise"))
        return rows.exclude(status__in=Session.UNASKED)

    def log_tells(self) -> SessionQuerySet:
        """Those whose join log shows who came: people meet in the room that we make. To a call, a link of the
        consultant's own and a room in town they come without us."""
        return self.filter(platform=Service.Platform.JITSI, place="")

    def client_alone(self) -> SessionQuerySet:
        """Those of which the join log shows that a client came, as far as our meeting let them, and that their
        consultant never was in the meeting."""
        log = JoinEvent.objects.filter(session=OuterRef("pk"))
        return self.filter(
            Exists(log.came().filter(side=Side.CLIENT)), ~Exists(log.joined().filter(side=Side.CONSULTANT))
        )

    def nobody_came(self) -> SessionQuerySet:
        """Those of which the join log shows neither side, not before a meeting that we did not open either."""
        return self.filter(~Exists(JoinEvent.objects.filter(session=OuterRef("pk")).came()))

    def of_client(self, user: User) -> SessionQuerySet:
        """Those of a login, booked or not: one to one, and webinars with a seat that is taken."""
        one_to_one = Session.objects.filter(client__user=user).order_by().values("pk")
        seats = Seat.objects.filter(client__user=user, status=Seat.Status.TAKEN).values("session_id")
        # A union, because PostgreSQL reads the whole table for "this or that".
        return self.filter(pk__in=one_to_one.union(seats, all=True)).exclude(status=Session.Status.ABANDONED)


SessionManager = models.Manager.from_queryset(SessionQuerySet)


class Session(Row):
    PAYABLE: ClassVar[str] = "session"  # as payments know one with a price of its own

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("One to one")
        WEBINAR = "webinar", _("Webinar")

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        IN_PROGRESS = "in_progress", _("In progress")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("No-show")
        ABANDONED = "abandoned", _("Abandoned")

    UNASKED = (Status.CANCELLED, Status.NO_SHOW)  # nothing is asked for what did not take place

    class Says(models.TextChoices):
        HELD = "held", _("It took place")
        NOT_HELD = "not_held", _("It did not take place")

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="sessions")
    service = models.ForeignKey(
        "consultants.Service", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    client = models.ForeignKey(
        "clients.Client", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSONAL)
    status = models.CharField(max_length=12, choices=Status, default=Status.CONFIRMED)
    title = models.CharField(max_length=100)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # without buffers
    platform = models.CharField(max_length=10)
    place = models.CharField(max_length=300, blank=True)
    # No constraint in the database: whoever clears time holds the consultant's lock and must not wait for this row.
    occupancy = models.OneToOneField(
        "availability.Occupancy",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="session",
    )
    capacity = models.PositiveSmallIntegerField(default=1)
    seats_taken = models.PositiveSmallIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)  # iCalendar SEQUENCE (RFC 5545 §3.8.7.4)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # completed, or marked as no-show
    asked_at = models.DateTimeField(null=True, blank=True)  # when the consultant was asked how it went
    # When its client was asked whether it took place, whom the join log shows there alone; and the answer.
    client_asked_at = models.DateTimeField(null=True, blank=True)
    client_says = models.CharField(max_length=8, choices=Says, blank=True, default="")
    client_said_at = models.DateTimeField(null=True, blank=True)
    # Set when it ends: its clients have to be told, and asked for what they owe. Empty once that is done.
    follow_up_due_at = models.DateTimeField(null=True, blank=True)

    # Of one that the consultant recorded; the money of a booked one is the booking's (paise, basis points).
    reference = models.CharField(max_length=11, null=True, blank=True, unique=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    client_told = models.BooleanField(default=True)  # whether its client hears of it by mail
    price_paise = models.PositiveIntegerField(default=0)  # before GST
    tax_paise = models.PositiveIntegerField(default=0)
    total_paise = models.PositiveIntegerField(default=0)
    gst_basis_points = models.PositiveSmallIntegerField(default=0)
    fee_basis_points = models.PositiveSmallIntegerField(default=0)
    currency = models.CharField(max_length=3, default="INR")
    paid_paise = models.PositiveIntegerField(default=0)
    refunded_paise = models.PositiveIntegerField(default=0)
    # The rest of the price, said by the consultant to have been paid without us: in cash, say. We never had it, so the
    # ledger, the figures and the papers know nothing of it.
    elsewhere_paise = models.PositiveIntegerField(default=0)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="session_range"),
            models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="session_seats_within_capacity"),
            models.CheckConstraint(
                condition=Q(kind="webinar", client__isnull=True) | Q(kind="personal", client__isnull=False),
                name="session_client_iff_personal",
            ),
            models.CheckConstraint(
                condition=Q(total_paise=F("price_paise") + F("tax_paise")), name="session_total_adds_up"
            ),
            models.CheckConstraint(condition=Q(refunded_paise__lte=F("paid_paise")), name="session_refund_within_paid"),
            models.CheckConstraint(
                condition=Q(client_says="", client_said_at__isnull=True)
                | Q(client_says__in=["held", "not_held"], client_said_at__isnull=False, client_asked_at__isnull=False),
                name="session_client_says_when_asked",
            ),
            models.CheckConstraint(
                condition=Q(elsewhere_paise=0) | Q(total_paise=F("paid_paise") + F("elsewhere_paise")),
                name="session_elsewhere_is_the_rest",
            ),
            models.CheckConstraint(
                condition=Q(total_paise=0) | Q(reference__isnull=False), name="session_money_has_reference"
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-starts_at"], name="session_by_client"),
            models.Index(
                fields=["starts_at"], condition=Q(status__in=["confirmed", "in_progress"]), name="session_to_move_on"
            ),
            models.Index(
                fields=["follow_up_due_at"],
                condition=Q(follow_up_due_at__isnull=False),
                name="session_to_follow_up",
            ),
            # With the state, so that a list and its length are read from the index alone.
            models.Index(fields=["consultant", "starts_at", "status"], name="session_by_time_and_state"),
            # So few that their number is told at once: a list is as long as all rows less these.
            models.Index(fields=["consultant"], condition=Q(status="abandoned"), name="session_given_up"),
            models.Index(
                fields=["cancelled_at"],
                condition=Q(kind="webinar", status="cancelled", seats_taken__gt=0),
                name="session_seats_to_give_back",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_webinar(self) -> bool:
        return self.kind == self.Kind.WEBINAR

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status not in (self.Status.PENDING, self.Status.CONFIRMED, self.Status.IN_PROGRESS)

    @property
    def balance_paise(self) -> int:
        """What is still owed of a recorded session's price. What was given back is not asked for again."""
        return max(0, self.total_paise - self.paid_paise - self.elsewhere_paise)

    @property
    def owed_paise(self) -> int:
        """What the client of a recorded session is still asked for: nothing for what was cancelled or missed."""
        return 0 if self.status in self.UNASKED else self.balance_paise

    @property
    def payable_paise(self) -> int:
        """What can be paid now: of what is owed, nothing while its consultant is suspended. It looks at the latter."""
        return self.owed_paise if self.consultant.is_approved else 0

    @property
    def seats_left(self) -> int:
        return self.capacity - self.seats_taken


class SessionTerms(FrozenTerms):
    """The terms on which its client may cancel or move a recorded session: its consultant's when it was recorded. A
    booked session has none, for its booking does."""

    session = models.OneToOneField(Session, primary_key=True, on_delete=models.CASCADE, related_name="terms")

    class Meta:
        verbose_name_plural = "session terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(partial_cancel_hours__lte=F("free_cancel_hours")),
                name="session_terms_windows_ordered",
            ),
            models.CheckConstraint(
                condition=Q(
                    partial_refund_percent__lte=100, least_refund_percent__lte=100, most_refund_percent__lte=100
                ),
                name="session_terms_percent_range",
            ),
            models.CheckConstraint(
                condition=Q(reschedules__lte=F("max_reschedules")), name="session_terms_moves_within_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of {self.session_id}"


class Seat(Row):
    """One client's place in a webinar. A live seat is counted in ``Session.seats_taken``, and only once."""

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        TAKEN = "taken", _("Taken")
        RELEASED = "released", _("Released")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="seats")
    status = models.CharField(max_length=8, choices=Status)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "client"], condition=~Q(status="released"), name="seat_one_live_for_client"
            ),
            models.CheckConstraint(
                condition=Q(status="held", expires_at__isnull=False) | (~Q(status="held") & Q(expires_at__isnull=True)),
                name="seat_holds_expire",
            ),
        ]


class SessionLink(Row):
    """A signed link that opens a session's room for one client without a login. Only the token's hash is kept."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="links")
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="session_links")
    token_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Side(models.TextChoices):
    CONSULTANT = "consultant", _("Consultant")
    CLIENT = "client", _("Client")


def side_fits_client() -> Q:
    return Q(side="consultant", client__isnull=True) | Q(side="client", client__isnull=False)


class JoinEventQuerySet(models.QuerySet["JoinEvent"]):
    def joined(self) -> JoinEventQuerySet:
        """Who went into the meeting, at the time that its session has now. What was pressed before it was moved stays
        in the log, and says nothing of the new time."""
        return self._in_time().filter(kind=JoinEvent.Kind.JOINED)

    def came(self) -> JoinEventQuerySet:
        """As :meth:`joined`, and who came when our meeting did not open: it was not by them that they were not
        there."""
        return self._in_time().filter(kind__in=[JoinEvent.Kind.JOINED, JoinEvent.Kind.TRIED])

    def _in_time(self) -> JoinEventQuerySet:
        return self.filter(at__gte=F("session__starts_at") - JOIN_OPENS)


JoinEventManager = models.Manager.from_queryset(JoinEventQuerySet)


class JoinEvent(Row):
    """One line of the join log, the evidence for a no-show: who came to the room or the meeting, and when."""

    class Kind(models.TextChoices):
        ENTERED = "entered", _("Opened the room")
        JOINED = "joined", _("Joined the meeting")
        TRIED = "tried", _("Came, but our meeting did not open")
        LEFT = "left", _("Left the room")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="join_events")
    side = models.CharField(max_length=10, choices=Side)
    client = models.ForeignKey(
        "clients.Client", null=True, blank=True, on_delete=models.PROTECT, related_name="join_events"
    )
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField(default=db_now)

    objects: ClassVar[JoinEventManager] = JoinEventManager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=side_fits_client(), name="join_event_side_fits_client")]
        indexes = [models.Index(fields=["session", "at"], name="join_event_by_session")]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.get_kind_display()}"


class SessionNotes(models.Model):
    """What is written down of a session. ``version`` goes up with each change, so that two windows can't overwrite
    each other unseen."""

    session = models.OneToOneField(Session, primary_key=True, on_delete=models.CASCADE, related_name="notes")
    private = models.TextField(_("private notes"), max_length=20_000, blank=True)  # the consultant's alone
    shared = models.TextField(_("shared notes"), max_length=20_000, blank=True)
    summary = models.TextField(_("summary"), max_length=10_000, blank=True)  # for the client, afterwards
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "session notes"

    def __str__(self) -> str:
        return f"Notes of {self.session_id}"
