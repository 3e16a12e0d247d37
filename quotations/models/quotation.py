"""Quotations: what a consultant offers a client, on which terms, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from consultants.pricing import GST_BASIS_POINTS
from naksha.db import Row
from payments.tax import Split
from quotations.sums import MOST_PAISE, WHOLE, LineSum, Sums, deposit_of, split_of, sums

# The one rule of what is owed; Quotation.owed_paise says it of one row. What was called off is not accepted any more.
OWES = Q(status__in=["accepted", "paid"], total_paise__gt=F("paid_paise"))
LEFT_TO_PAY = F("total_paise") - F("paid_paise")
_WAS_ACCEPTED = Q(status__in=["accepted", "paid"]) | Q(ending="called_off")


class QuotationQuerySet(models.QuerySet["Quotation"]):
    def about(self, words: str) -> QuotationQuerySet:
        """Those that have all of ``words`` in their title, their number or their client."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                Q(title__icontains=word)
                | Q(number__icontains=word)
                | Q(client__name__icontains=word)
                | Q(client__email__icontains=word)
            )
        return found

    def with_total_now(self, *, charges_gst: bool) -> QuotationQuerySet:
        """For those of one consultant, who charges GST by now or not: ``total_now`` (paise), which a draft would be
        sent with (services.drafting.as_sent_now), and which stands for all others."""
        taxable = Cast(F("subtotal_paise") - F("discount_paise"), models.BigIntegerField())
        half = GST_BASIS_POINTS // 2 if charges_gst else 0
        halves = 2 * ((taxable * half + WHOLE // 2) / WHOLE)  # whole numbers: rounded half up, as quotations.sums says
        as_draft = When(status="draft", then=taxable + halves)
        return self.annotate(total_now=Case(as_draft, default=F("total_paise"), output_field=models.BigIntegerField()))

    def open(self) -> QuotationQuerySet:
        """Those that wait for their client's answer."""
        return self.filter(status__in=Quotation.OPEN)

    def owing(self) -> QuotationQuerySet:
        """Those of which something is left to pay, with ``owed`` (paise): ``Quotation.owed_paise`` for all at once."""
        return self.filter(OWES).annotate(owed=LEFT_TO_PAY)

    def newest_version_of(self, quotation: Quotation) -> Quotation:
        """The version of a sent one that counts: the last that was sent. One query."""
        found = self.filter(consultant_id=quotation.consultant_id, number=quotation.number, sent_at__isnull=False)
        return found.order_by("-version")[0]


QuotationManager = models.Manager.from_queryset(QuotationQuerySet)


class Quotation(Row):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        VIEWED = "viewed", _("Seen")
        ACCEPTED = "accepted", _("Accepted")
        PAID = "paid", _("Paid")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Lapsed")

    class Ending(models.TextChoices):
        """Why one is over that nobody declined: all of these are EXPIRED."""

        LAPSED = "lapsed", _("Lapsed")
        REVISED = "revised", _("Replaced by a new version")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CALLED_OFF = "called_off", _("Called off")  # after it was accepted

    PAYABLE: ClassVar[str] = "quotation"  # as payments know it
    OPEN = (Status.SENT, Status.VIEWED)
    AGREED = (Status.ACCEPTED, Status.PAID)

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.PROTECT, related_name="quotations")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="quotations")
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    # Taken when it is first sent; all versions of one share it.
    number = models.CharField(max_length=16, blank=True)  # QT/2627/00012
    version = models.PositiveSmallIntegerField(default=1)
    revises = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="revision", editable=False
    )
    edition = models.PositiveIntegerField(default=1)  # up by one with each change, so that two windows can't collide

    title = models.CharField(_("title"), max_length=100)
    message = models.TextField(_("message"), max_length=2000, blank=True)
    terms = models.TextField(_("terms"), max_length=5000, blank=True)
    valid_until = models.DateField(_("valid until"))  # the whole of that day, in the consultant's zone
    lapses_at = models.DateTimeField(null=True, blank=True)  # the instant at which that day ends; set when it is sent
    state_code = models.CharField(_("State of the client"), max_length=2, blank=True)  # empty: as the client's row says
    gstin = models.CharField(max_length=15, blank=True)  # the client's, as it was when it was sent
    place_of_supply = models.CharField(max_length=2, blank=True)  # State code
    within_state = models.BooleanField(default=True)  # CGST and SGST; else IGST

    # Paise and basis points; the rule is in quotations.sums.
    discount_points = models.PositiveIntegerField(default=0)  # on the whole
    deposit_points = models.PositiveIntegerField(default=0)  # of the total; 0: all at once
    gst_points = models.PositiveIntegerField(default=0)
    fee_points = models.PositiveIntegerField(default=0)  # the platform's share of what is before GST
    subtotal_paise = models.PositiveIntegerField(default=0)
    discount_paise = models.PositiveIntegerField(default=0)
    tax_paise = models.PositiveIntegerField(default=0)
    total_paise = models.PositiveIntegerField(default=0)
    deposit_paise = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, default="INR")
    paid_paise = models.PositiveIntegerField(default=0)
    refunding_paise = models.PositiveIntegerField(default=0)  # promised back, whether or not it has gone yet
    refunded_paise = models.PositiveIntegerField(default=0)

    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)  # for the first time
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_name = models.CharField(_("accepted by"), max_length=200, blank=True)  # as it was typed
    accepted_from = models.GenericIPAddressField(_("accepted from"), null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # declined, or EXPIRED in any way
    close_reason = models.TextField(blank=True)

    objects: ClassVar[QuotationManager] = QuotationManager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultant", "number", "version"], condition=~Q(number=""), name="quotation_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", sent_at__isnull=True)
                | (~Q(status="draft") & ~Q(number="") & Q(sent_at__isnull=False, lapses_at__isnull=False)),
                name="quotation_sent_has_number",
            ),
            models.CheckConstraint(
                condition=Q(version=1, revises__isnull=True)
                | (Q(version__gt=1, revises__isnull=False) & ~Q(number="")),
                name="quotation_version_has_one_before",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["draft", "sent", "viewed", "accepted", "paid", "declined", "expired"],
                    ending__in=["", "lapsed", "revised", "withdrawn", "called_off"],
                ),
                name="quotation_known_state",
            ),
            models.CheckConstraint(
                condition=(Q(status="expired") & ~Q(ending="")) | (~Q(status="expired") & Q(ending="")),
                name="quotation_expired_has_ending",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["declined", "expired"], closed_at__isnull=False)
                | (~Q(status__in=["declined", "expired"]) & Q(closed_at__isnull=True)),
                name="quotation_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", viewed_at__isnull=True)
                | Q(status="sent", viewed_at__isnull=True)
                | Q(status="viewed", viewed_at__isnull=False)
                | Q(status__in=["accepted", "paid", "declined", "expired"]),
                name="quotation_viewed_has_time",
            ),
            models.CheckConstraint(
                condition=(_WAS_ACCEPTED & Q(accepted_at__isnull=False) & ~Q(accepted_name=""))
                | (~_WAS_ACCEPTED & Q(accepted_at__isnull=True, paid_paise=0)),
                name="quotation_accepted_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False, paid_paise=F("total_paise"), refunding_paise=0)
                | ~Q(status="paid"),
                name="quotation_paid_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(discount_points__lte=WHOLE, deposit_points__lte=WHOLE, gst_points__lte=WHOLE),
                name="quotation_shares_within_whole",
            ),
            models.CheckConstraint(
                condition=Q(subtotal_paise__lte=MOST_PAISE, discount_paise__lte=F("subtotal_paise")),
                name="quotation_discount_within_lines",
            ),
            models.CheckConstraint(
                condition=Q(total_paise=F("subtotal_paise") - F("discount_paise") + F("tax_paise")),
                name="quotation_adds_up",
            ),
            models.CheckConstraint(condition=Q(deposit_paise__lte=F("total_paise")), name="quotation_deposit_in_total"),
            models.CheckConstraint(condition=Q(paid_paise__lte=F("total_paise")), name="quotation_paid_within_total"),
            models.CheckConstraint(
                condition=Q(refunded_paise__lte=F("refunding_paise"), refunding_paise__lte=F("paid_paise")),
                name="quotation_refund_within_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["consultant", "-created_at"], name="quotation_by_time"),
            models.Index(fields=["consultant", "status"], name="quotation_by_status"),
            models.Index(fields=["client", "-created_at"], name="quotation_by_client"),
            models.Index(fields=["lapses_at"], condition=Q(status__in=["sent", "viewed"]), name="quotation_to_lapse"),
        ]

    def __str__(self) -> str:
        return self.label or self.title

    @property
    def label(self) -> str:
        """What people call it: ``QT/2627/00012``, its second version ``QT/2627/00012-R2``. Empty: never sent."""
        if not self.number:
            return ""
        return f"{self.number}-R{self.version}" if self.version > 1 else self.number

    @property
    def filename(self) -> str:
        return f"{(self.label or 'quotation-draft').replace('/', '-')}.pdf"

    @property
    def picture_name(self) -> str:
        return self.filename.replace(".pdf", ".png")

    @property
    def taxable_paise(self) -> int:
        return self.subtotal_paise - self.discount_paise

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def is_open_at(self, now: datetime) -> bool:
        """Whether its client may still answer it: the schedule may be late."""
        return self.is_open and self.lapses_at is not None and now < self.lapses_at

    @property
    def owed_paise(self) -> int:
        """What is still asked for: nothing of what was given back, and nothing of work that was called off."""
        return self.total_paise - self.paid_paise if self.status in self.AGREED else 0

    @property
    def refundable_paise(self) -> int:
        """What was paid and has not been promised back."""
        return self.paid_paise - self.refunding_paise

    @property
    def payable_paise(self) -> int:
        """What can be paid now: of what is owed, nothing while its consultant is suspended. It looks at the latter."""
        return self.owed_paise if self.consultant.is_approved else 0

    @property
    def due_deposit_paise(self) -> int:
        """The deposit, while nothing has been paid."""
        return self.deposit_paise if self.payable_paise and not self.paid_paise else 0

    @property
    def status_words(self) -> str:
        """Its state as people say it: a refund, and why one is over, among them."""
        if self.refunding_paise:
            if not self.refundable_paise:
                return translate("Refunded")
            if not self.ending:
                return translate("Partly refunded")
        if self.status == self.Status.ACCEPTED and self.paid_paise:
            return translate("Partly paid")
        return str(self.Ending(self.ending).label if self.ending else self.get_status_display())

    @property
    def tone(self) -> str:
        """Of its badge."""
        if self.refunding_paise or self.ending == self.Ending.CALLED_OFF:
            return "bad"
        return {"sent": "calm", "viewed": "wait", "accepted": "good", "paid": "good", "declined": "bad"}.get(
            self.status, ""
        )

    @property
    def client_words(self) -> str:
        """The same for its client, who is asked for an answer."""
        return translate("Waits for your answer") if self.is_open else self.status_words

    @property
    def client_tone(self) -> str:
        return "wait" if self.is_open else self.tone

    @property
    def split(self) -> Split:
        """How its GST is shown, for its place of supply."""
        return split_of(
            self.taxable_paise, total=self.total_paise, gst_points=self.gst_points, within_state=self.within_state
        )

    @property
    def taxed(self) -> str:
        """Where, how and for whom it is taxed, as one word: another one wherever its page or paper says otherwise."""
        way = "within" if self.within_state else "across"
        return f"{self.place_of_supply}-{way}-{self.gst_points}-{self.gstin}"

    def reckon(self, lines: list[LineSum]) -> Sums:
        """Write what ``lines`` come to under its shares, without saving it."""
        found = sums(
            lines, discount_points=self.discount_points, gst_points=self.gst_points, within_state=self.within_state
        )
        self.subtotal_paise, self.discount_paise = found.subtotal, found.discount
        self.tax_paise, self.total_paise = found.tax, found.total
        self.deposit_paise = deposit_of(found.total, self.deposit_points)
        return found
