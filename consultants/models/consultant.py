"""A consultant, what can be booked, on which terms, and the way to being public."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from naksha.crypto import EncryptedTextField
from naksha.db import Row

if TYPE_CHECKING:
    from django.core.files.storage import Storage


def private_storage() -> Storage:
    return storages["private"]


class Field(models.Model):
    """A field of practice, by which clients look: tax, law, design …"""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Language(models.Model):
    """A language that consultants speak with clients; ``code`` is BCP 47."""

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=60)
    own_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class City(models.Model):
    """A city with its place on the map (degrees) and its GST state code."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60)
    state_code = models.CharField(max_length=2)
    latitude = models.DecimalField(max_digits=7, decimal_places=4)
    longitude = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "cities"

    def __str__(self) -> str:
        return self.name


class ConsultantQuerySet(models.QuerySet["Consultant"]):
    def listed(self) -> ConsultantQuerySet:
        """Those that the public may see: approved, complete, and not hidden by themselves."""
        return self.filter(status=Consultant.Status.APPROVED, is_listed=True, profile_completed_at__isnull=False)


class Consultant(Row):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Not sent in")
        SUBMITTED = "submitted", _("Waiting for approval")
        NEEDS_INFO = "needs_info", _("More asked for")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        SUSPENDED = "suspended", _("Suspended")

    class Registration(models.TextChoices):
        UNREGISTERED = "unregistered", _("Not registered under GST")
        REGULAR = "regular", _("Registered under GST")
        COMPOSITION = "composition", _("Composition scheme")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consultant")
    slug = models.SlugField(max_length=110, unique=True)
    display_name = models.CharField(_("name"), max_length=201)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decision_note = models.TextField(blank=True)
    is_listed = models.BooleanField(_("listed"), default=True)
    profile_completed_at = models.DateTimeField(null=True, blank=True, editable=False)

    photo = models.ImageField(_("photo"), upload_to="photos/", blank=True)
    headline = models.CharField(_("headline"), max_length=120, blank=True)
    bio = models.TextField(_("about you"), max_length=4000, blank=True)
    fields = models.ManyToManyField(Field, blank=True, related_name="consultants", verbose_name=_("fields"))
    languages = models.ManyToManyField(Language, blank=True, related_name="consultants", verbose_name=_("languages"))
    city = models.ForeignKey(City, null=True, blank=True, on_delete=models.PROTECT, related_name="consultants")
    experience_years = models.PositiveSmallIntegerField(
        _("years of practice"), null=True, blank=True, validators=[MaxValueValidator(70)]
    )
    credentials = models.CharField(_("memberships and degrees"), max_length=200, blank=True)
    links = models.JSONField(default=list, blank=True)  # [{"label": …, "url": https…}]
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Kolkata")
    # Of published reviews alone, written anew with each of them; the average is the one by the other.
    review_count = models.PositiveIntegerField(default=0, editable=False)
    rating_total = models.PositiveIntegerField(default=0, editable=False)

    # What an invoice needs; frozen onto each invoice when it is issued.
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    registration = models.CharField(max_length=12, choices=Registration, default=Registration.UNREGISTERED)
    gstin = models.CharField(_("GSTIN"), max_length=15, blank=True)
    pan = EncryptedTextField(_("PAN"), blank=True)
    sac = models.CharField(_("SAC"), max_length=6, default="998399")
    address = models.CharField(_("address"), max_length=300, blank=True)
    state_code = models.CharField(_("state"), max_length=2, blank=True)
    pin_code = models.CharField(_("PIN code"), max_length=6, blank=True)

    objects: ClassVar[models.Manager[Consultant]] = ConsultantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(registration="unregistered", gstin="") | (~Q(registration="unregistered") & ~Q(gstin="")),
                name="consultant_gstin_iff_registered",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="consultant_slug_not_empty"),
            models.CheckConstraint(
                condition=Q(rating_total__gte=F("review_count"), rating_total__lte=F("review_count") * 5),
                name="consultant_rating_of_reviews",
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="consultant_queue")]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("public:consultant", args=[self.slug])

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED

    @property
    def was_approved(self) -> bool:
        """Also one who is suspended: the account goes with the page, and is closed and opened with it."""
        return self.status in (self.Status.APPROVED, self.Status.SUSPENDED)

    @property
    def is_public(self) -> bool:
        return self.is_approved and self.is_listed and self.profile_completed_at is not None

    @property
    def page_url(self) -> str:
        """The absolute address of the public page, for mails; empty where nobody could open it."""
        return settings.SITE_URL + self.get_absolute_url() if self.is_public else ""

    @property
    def rating(self) -> Decimal | None:
        """The plain average of the published reviews, ``4.9``; None where nobody has rated."""
        if not self.review_count:
            return None
        return (Decimal(self.rating_total) / self.review_count).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def charges_gst(self) -> bool:
        """Only a regular registration adds GST; composition and unregistered may not collect it (s. 10, s. 32)."""
        return self.registration == self.Registration.REGULAR


class SavedConsultant(Row):
    """A consultant whom somebody wants to find again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_consultants")
    consultant = models.ForeignKey(Consultant, on_delete=models.CASCADE, related_name="saved_by")

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["user", "consultant"], name="saved_consultant_once")]


class SlugRedirect(models.Model):
    """An address that a consultant's page had before."""

    slug = models.SlugField(primary_key=True, max_length=110)
    consultant = models.ForeignKey(Consultant, on_delete=models.CASCADE, related_name="old_slugs")
    left_at = models.DateTimeField(auto_now_add=True, null=True)  # null: before it was noted

    class Meta:
        ordering = ["-left_at", "slug"]


class ApprovalDocument(Row):
    """A paper that the consultant sends in with the application; private to the consultant and admins."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("Proof of identity")
        QUALIFICATION = "qualification", _("Degree or membership")
        OTHER = "other", _("Other")

    consultant = models.ForeignKey(Consultant, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind)
    file = models.FileField(upload_to="approval/", storage=private_storage)
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()  # bytes

    def __str__(self) -> str:
        return self.original_name


class ServiceQuerySet(models.QuerySet["Service"]):
    def bookable(self) -> ServiceQuerySet:
        return self.filter(is_active=True, archived_at__isnull=True)


class Service(Row):
    """What can be booked: a title, a length in minutes, a price in paise, a place."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("One to one")
        WEBINAR = "webinar", _("Webinar")

    class Platform(models.TextChoices):
        JITSI = "jitsi", _("Online, in the browser")
        LINK = "link", _("Online, my own link")
        PHONE = "phone", _("Phone")
        IN_PERSON = "in_person", _("In person")

    class Confirmation(models.TextChoices):
        INSTANT = "instant", _("At once")
        MANUAL = "manual", _("By hand")

    consultant = models.ForeignKey(Consultant, on_delete=models.CASCADE, related_name="services")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSONAL)
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("what the client gets"), max_length=1000, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), validators=[MinValueValidator(5), MaxValueValidator(720)]
    )
    price_paise = models.PositiveIntegerField(_("price"), default=0)  # before GST; 0 is free
    deposit_paise = models.PositiveIntegerField(_("deposit"), default=0)  # before GST; 0 is payment in full
    currency = models.CharField(max_length=3, default="INR")
    platform = models.CharField(_("place"), max_length=10, choices=Platform, default=Platform.JITSI)
    place = models.CharField(_("link, number or address"), max_length=300, blank=True)
    confirmation = models.CharField(_("confirmed"), max_length=8, choices=Confirmation, default=Confirmation.INSTANT)
    capacity = models.PositiveSmallIntegerField(_("seats"), default=1)
    is_active = models.BooleanField(_("can be booked"), default=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager[Service]] = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["order", "created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name="service_minutes_range"),
            models.CheckConstraint(
                condition=Q(deposit_paise=0) | Q(deposit_paise__lt=F("price_paise")), name="service_deposit_below_price"
            ),
            # Razorpay takes no order below 100 paise.
            models.CheckConstraint(
                condition=Q(price_paise=0) | Q(price_paise__gte=100), name="service_price_free_or_a_rupee"
            ),
            models.CheckConstraint(
                condition=Q(deposit_paise=0) | Q(deposit_paise__gte=100), name="service_deposit_none_or_a_rupee"
            ),
            models.CheckConstraint(
                condition=Q(kind="personal", capacity=1) | Q(kind="webinar", capacity__gte=2, capacity__lte=1000),
                name="service_capacity_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_webinar(self) -> bool:
        return self.kind == self.Kind.WEBINAR

    @property
    def is_free(self) -> bool:
        return self.price_paise == 0


class ServiceQuestion(Row):
    """Something the consultant asks with each booking of a service."""

    class Kind(models.TextChoices):
        SHORT = "short", _("One line")
        LONG = "long", _("Several lines")
        CHOICE = "choice", _("One of a list")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="questions")
    label = models.CharField(_("question"), max_length=200)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SHORT)
    choices = models.JSONField(default=list, blank=True)  # ["…"] for CHOICE
    required = models.BooleanField(_("must be answered"), default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "created_at"]

    def __str__(self) -> str:
        return self.label


def usual_reminders() -> list[int]:
    """A day and an hour before, in minutes."""
    return [1440, 60]


class BookingPolicy(models.Model):
    """The terms on which a consultant can be booked. They are frozen on each booking when it is made."""

    consultant = models.OneToOneField(Consultant, primary_key=True, on_delete=models.CASCADE, related_name="policy")
    min_notice_minutes = models.PositiveIntegerField(
        _("minimum notice"), default=120, validators=[MaxValueValidator(43_200)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("bookable ahead, in days"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("pause before"), default=0, validators=[MaxValueValidator(240)]
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("pause after"), default=0, validators=[MaxValueValidator(240)]
    )
    slot_interval_minutes = models.PositiveSmallIntegerField(
        _("a time every … minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    daily_limit = models.PositiveSmallIntegerField(_("sessions a day, at most"), null=True, blank=True)
    # Cancelled at least free_cancel_hours before: all back; at least partial_cancel_hours: the share; later: nothing.
    free_cancel_hours = models.PositiveSmallIntegerField(_("free to cancel until, hours before"), default=24)
    partial_cancel_hours = models.PositiveSmallIntegerField(_("part refund until, hours before"), default=4)
    partial_refund_percent = models.PositiveSmallIntegerField(
        _("part refund, percent"), default=50, validators=[MaxValueValidator(100)]
    )
    reschedule_hours = models.PositiveSmallIntegerField(_("can be moved until, hours before"), default=4)
    max_reschedules = models.PositiveSmallIntegerField(_("moves, at most"), default=2)
    answer_hours = models.PositiveSmallIntegerField(
        _("requests are answered within, hours"), default=24, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )

    reminder_minutes = models.JSONField(_("reminders, minutes before"), default=usual_reminders, blank=True)

    class Meta:
        verbose_name_plural = "booking policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(partial_cancel_hours__lte=F("free_cancel_hours")), name="policy_cancel_windows_ordered"
            ),
            models.CheckConstraint(condition=Q(partial_refund_percent__lte=100), name="policy_percent_range"),
            models.CheckConstraint(
                condition=Q(slot_interval_minutes__gte=5, slot_interval_minutes__lte=240), name="policy_interval_range"
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__gte=1, horizon_days__lte=365), name="policy_horizon_range"
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of {self.consultant_id}"
