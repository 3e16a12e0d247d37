from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from availability.offers import Found
from bookings.services import price_of
from consultants.models import Consultant, Service, ServiceQuestion
from naksha.api.fields import Days, Enum, Link, Zone
from naksha.api.serializers import Instant, Serializer
from naksha.money import to_paise
from naksha.times import iso
from public.directory import DEARER
from sessions_app.models import Session

# --- filters ----------------------------------------------------------------------------------------


class Rupees(serializers.CharField):
    """Rupees with at most two decimals, kept as paise."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return min(to_paise(super().to_internal_value(data)), DEARER)
        except ValueError:
            raise serializers.ValidationError(_("Write an amount in rupees, such as 1500 or 1500.50.")) from None


class DirectoryFilters(Serializer):
    search = serializers.CharField(required=False, max_length=80, help_text="Words of the name, the work, a service.")
    expertise = serializers.CharField(required=False, max_length=60, help_text="A field of practice: slug or name.")
    language = serializers.CharField(required=False, max_length=60, help_text="A language: code or name.")
    city = serializers.CharField(required=False, max_length=60, help_text="A city: slug or name.")
    min_price = Rupees(required=False, help_text="Rupees before GST.")
    max_price = Rupees(required=False, help_text="Rupees before GST.")
    min_rating = serializers.DecimalField(
        required=False, max_digits=3, decimal_places=1, min_value=Decimal(0), max_value=Decimal(5)
    )
    available_on = serializers.DateField(required=False, help_text="A date in each consultant's own zone.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        low, high = attrs.get("min_price"), attrs.get("max_price")
        if low is not None and high is not None and low > high:
            raise serializers.ValidationError({"maxPrice": [_("This is below the price it starts from.")]})
        return attrs


class SlotFilters(Serializer, Days):
    service = serializers.UUIDField()
    timezone = Zone(required=False)


class WebinarFilters(Serializer):
    search = serializers.CharField(required=False, max_length=80, help_text="Words of the title or the consultant.")
    consultant = serializers.CharField(required=False, max_length=110, help_text="A consultant's slug.")


class ReviewFilters(Serializer):
    rating = serializers.IntegerField(required=False, min_value=1, max_value=5)
    search = serializers.CharField(required=False, max_length=200, help_text="Words of the review or of its answer.")


# --- consultants ------------------------------------------------------------------------------------


class Place(Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()


class Spoken(Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    own_name = serializers.CharField()


class Rated(Serializer):
    average = serializers.DecimalField(
        source="rating", max_digits=2, decimal_places=1, coerce_to_string=False, allow_null=True
    )
    count = serializers.IntegerField(source="review_count")


class Person(Serializer):
    """What a list and a page of a consultant share."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField(source="display_name")
    headline = serializers.CharField()
    photo_url = Link(source="photo")
    city = Place(allow_null=True)
    expertise = Place(many=True, source="fields.all")
    languages = Spoken(many=True, source="languages.all")
    experience_years = serializers.IntegerField(allow_null=True)
    rating = Rated(source="*")
    page_url = serializers.SerializerMethodField()

    def get_page_url(self, consultant: Consultant) -> str:
        return f"{settings.SITE_URL}{consultant.get_absolute_url()}"


class Card(Person):
    """A consultant in the directory. The price is the lowest, before GST."""

    from_price_paise = serializers.IntegerField(source="from_paise", allow_null=True)
    currency = serializers.CharField(default="INR")
    next_available = Instant(default=None, allow_null=True)

    def to_representation(self, found: Found) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(found.consultant)
        return told | {"nextAvailable": iso(found.next_free) if found.next_free else None}


class Asked(Serializer):
    """A question that is asked with each booking of a service."""

    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = Enum(ServiceQuestion.Kind)
    choices = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()  # type: ignore[assignment]


class Offer(Serializer):
    """A service as a client books it. ``totalPaise`` is the price with GST, ``dueNowPaise`` what is paid to book."""

    id = serializers.UUIDField()
    kind = Enum(Service.Kind)
    title = serializers.CharField()
    description = serializers.CharField()
    minutes = serializers.IntegerField()
    price_paise = serializers.IntegerField()
    tax_paise = serializers.IntegerField(default=0)
    total_paise = serializers.IntegerField(default=0)
    due_now_paise = serializers.IntegerField(default=0)
    currency = serializers.CharField()
    platform = Enum(Service.Platform)
    place = serializers.CharField(help_text="The address of a service in person; else it is told once it is booked.")
    confirmation = Enum(Service.Confirmation)
    capacity = serializers.IntegerField()
    questions = Asked(many=True, source="questions.all")

    def to_representation(self, service: Service) -> dict[str, Any]:
        price = price_of(service, service.consultant)
        told: dict[str, Any] = super().to_representation(service)
        told |= {"taxPaise": price.tax_paise, "totalPaise": price.total_paise, "dueNowPaise": price.due_now_paise}
        return told if service.platform == Service.Platform.IN_PERSON else told | {"place": ""}


class Terms(Serializer):
    min_notice_minutes = serializers.IntegerField()
    horizon_days = serializers.IntegerField()
    free_cancel_hours = serializers.IntegerField()
    partial_cancel_hours = serializers.IntegerField()
    partial_refund_percent = serializers.IntegerField()
    reschedule_hours = serializers.IntegerField()
    max_reschedules = serializers.IntegerField()


class SocialLink(Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.URLField()


class RatingSummary(Serializer):
    average = serializers.DecimalField(
        source="rating", max_digits=2, decimal_places=1, coerce_to_string=False, allow_null=True
    )
    count = serializers.IntegerField(source="review_count")
    breakdown = serializers.DictField(child=serializers.IntegerField(), help_text="How many gave 5, 4, 3, 2, 1.")


class Page(Person):
    """The public page's data: a consultant with the services ``offered`` and the ``breakdown`` of ratings."""

    bio = serializers.CharField()
    credentials = serializers.CharField()
    timezone = serializers.CharField()
    links = SocialLink(many=True)
    services = Offer(many=True, source="offered")
    rating = RatingSummary(source="*")  # type: ignore[assignment]
    booking_policy = Terms(source="policy", allow_null=True)


# --- times ------------------------------------------------------------------------------------------


class Span(Serializer):
    start = serializers.CharField(help_text="A wall time, 09:30.")
    end = serializers.CharField(help_text="A wall time; 24:00 is the day's end.")


class WeekDay(Serializer):
    weekday = serializers.CharField()
    hours = serializers.CharField(help_text="As a person reads it: 9:00 am to 1:00 pm.")
    stretches = Span(many=True)


class OtherDates(Serializer):
    first = serializers.DateField(help_text="The first date.")
    last = serializers.DateField()
    hours = serializers.CharField(help_text="Empty: away.")
    stretches = Span(many=True)


class Hours(Serializer):
    timezone = serializers.CharField()
    week = WeekDay(many=True)
    dates = OtherDates(many=True, help_text="Dates to come that differ from the week.")


class Slot(Serializer):
    start = Instant()
    end = Instant()


class SlotDay(Serializer):
    date = serializers.DateField()
    slots = Slot(many=True)


class Slots(Serializer):
    timezone = serializers.CharField()
    service_id = serializers.UUIDField()
    minutes = serializers.IntegerField()
    days = SlotDay(many=True, help_text="The dates that have free times.")


# --- reviews, webinars ------------------------------------------------------------------------------


class Said(Serializer):
    id = serializers.UUIDField()
    rating = serializers.IntegerField()
    comment = serializers.CharField()
    author_name = serializers.CharField()
    service_title = serializers.CharField(source="session.title")
    reviewed_at = Instant()
    reply = serializers.CharField()
    replied_at = Instant(allow_null=True)


class Host(Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField(source="display_name")
    photo_url = Link(source="photo")


class Webinar(Serializer):
    """A date of a webinar. Book it with ``serviceId`` and ``start``."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    description = serializers.CharField(source="service.description")
    start = Instant(source="starts_at")
    end = Instant(source="ends_at")
    minutes = serializers.IntegerField()
    platform = Enum(Service.Platform)
    service_id = serializers.UUIDField()
    consultant = Host()
    price_paise = serializers.IntegerField()
    tax_paise = serializers.IntegerField()
    total_paise = serializers.IntegerField()
    currency = serializers.CharField()
    capacity = serializers.IntegerField()
    seats_left = serializers.IntegerField()

    def to_representation(self, session: Session) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(session)
        if session.service is not None:  # the price of a date is that of its service
            price = price_of(session.service, session.consultant)
            told |= {"pricePaise": price.price_paise, "taxPaise": price.tax_paise, "totalPaise": price.total_paise}
        return told


def slot_days(starts: list[datetime], minutes: Any, zone: Any) -> list[dict[str, Any]]:
    """Starts by their local date, each with its end (``minutes`` is a timedelta)."""
    days: dict[Any, list[dict[str, str]]] = {}
    for start in starts:
        days.setdefault(start.astimezone(zone).date(), []).append({"start": iso(start), "end": iso(start + minutes)})
    return [{"date": day.isoformat(), "slots": slots} for day, slots in days.items()]
