"""What is written of a session over the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clients.fields import MailField, NameField, PhoneField, PlainField
from consultants.services.offers import wrong_place
from naksha.api.fields import Enum, Typed, Zone
from naksha.api.naming import camel
from naksha.api.serializers import Instant, Serializer
from naksha.times import wall_instant
from sessions_app.api.serializers.names import HOSTS, PLATFORM_NAMES, PLATFORMS, is_of
from sessions_app.models import Session
from sessions_app.services.recording import LONGEST_MINUTES
from sessions_app.services.reviewing import LONGEST


@extend_schema_field({"type": ["number", "string"], "pattern": r"^\d{1,10}(\.\d{1,2})?$"})
class Rupees(serializers.DecimalField):
    """Rupees as text or number with at most two decimals outside, paise inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if value < 0:
            raise serializers.ValidationError(_("An amount is not below 0."))
        return int(value * 100)


class SessionStart(Serializer):
    """A start: ``start`` as an instant, or day and time on the clocks of ``timezone``."""

    start = Instant(required=False)
    scheduled_date = serializers.DateField(required=False)
    scheduled_time = serializers.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S"], format="%H:%M")
    timezone = Zone(required=False, help_text="IANA; the consultant's if left out.")

    is_needed = True

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        wall = [name for name in ("scheduled_date", "scheduled_time") if name in attrs]
        if "start" in attrs and wall:
            raise serializers.ValidationError({"start": [_("Write either this, or a day and a time.")]})
        if len(wall) == 1 or (self.is_needed and not wall and "start" not in attrs):
            missing = [name for name in ("scheduled_date", "scheduled_time") if name not in attrs]
            raise serializers.ValidationError({camel(name): [_("This field is required.")] for name in missing})
        if "timezone" in attrs and not wall and "start" not in attrs:
            raise serializers.ValidationError({"timezone": [_("It goes with a day and a time: send these too.")]})
        return attrs


def start_of(data: Mapping[str, Any], zone: str) -> datetime | None:
    """The instant of a SessionStart; None where it says nothing of a time. Raises WrongInput for a skipped hour."""
    if "start" in data:
        return data["start"]
    if "scheduled_date" in data:
        return wall_instant(data["scheduled_date"], data["scheduled_time"], data.get("timezone") or zone)
    return None


class SessionFacts(SessionStart):
    """What a session is, as far as it can be written down anew."""

    title = Typed(PlainField(max_length=100, required=False), max_length=100)
    platform = serializers.ChoiceField(choices=PLATFORM_NAMES)
    place = Typed(
        PlainField(max_length=300, required=False),
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="The link, the number or the address. JITSI has none.",
    )
    duration = serializers.IntegerField(min_value=1, max_value=LONGEST_MINUTES, help_text="Minutes.")
    notes = Typed(
        PlainField(max_length=5000, required=False),
        max_length=5000,
        required=False,
        allow_blank=True,
        help_text="For the consultant alone.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if (name := attrs.get("platform")) is not None:
            if not self.partial or "place" in attrs:  # else it is the one that the session has: see place_stays
                check_place(name, attrs.get("place", ""))
            attrs |= {"platform": PLATFORMS[name], "called": name}
        return attrs


def check_place(name: str, place: str) -> None:
    """Raises a 400 that names ``place`` where the platform that the contract calls ``name`` is not met there."""
    wrong = wrong_place(PLATFORMS[name], place)
    if not wrong and name in HOSTS and not is_of(name, place):
        wrong = _("That is not a link of this platform’s. Send it as LINK.")
    if wrong:
        raise serializers.ValidationError({"place": [wrong]})


def place_stays(session: Session, name: str) -> None:
    """As check_place, of the place that ``session`` keeps when only its platform is written: on another there is
    none."""
    check_place(name, session.place if PLATFORMS[name] == session.platform else "")


class NewSession(SessionFacts):
    """One that a consultant records. A webinar's date needs a service and a start, and nothing else."""

    session_type = Enum(Session.Kind, required=False, default=Session.Kind.PERSONAL)
    client_id = serializers.UUIDField(required=False)
    client_email = Typed(MailField(required=False), required=False, max_length=254)
    client_name = Typed(NameField(required=False), required=False, max_length=200)
    client_phone = Typed(PhoneField(required=False), required=False, max_length=40)
    amount = Rupees(required=False, help_text="Rupees before GST; 0 or left out: it is free.")
    service_id = serializers.UUIDField(required=False, help_text="Of a webinar: the service that it is a date of.")
    tell_client = serializers.BooleanField(required=False, default=True, help_text="Whether the client hears by mail.")
    ask_now = serializers.BooleanField(required=False, default=False, help_text="Ask for the amount at once.")

    PERSONAL = ("title", "platform", "duration")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in self.PERSONAL:
            fields[name].required = False  # a webinar's service says them
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wrong: dict[str, list[str]] = {}
        if attrs["session_type"] == Session.Kind.WEBINAR:
            allowed = {"session_type", "service_id", "start", "scheduled_date", "scheduled_time", "timezone"}
            given = set(attrs) - allowed - {"tell_client", "ask_now"}
            wrong = {camel(name): [_("The webinar’s service says this.")] for name in sorted(given)}
            if "service_id" not in attrs:
                wrong["serviceId"] = [_("This field is required.")]
        else:
            wrong = {name: [_("This field is required.")] for name in self.PERSONAL if name not in attrs}
            if "service_id" in attrs:
                wrong["serviceId"] = [_("Only a webinar is a date of a service.")]
            wrong |= _wrong_client(attrs)
        if wrong:
            raise serializers.ValidationError(wrong)
        return super().validate(attrs)


def _wrong_client(attrs: dict[str, Any]) -> dict[str, list[str]]:
    named = [name for name in ("client_email", "client_name", "client_phone") if attrs.get(name)]
    if "client_id" in attrs:
        return {camel(name): [_("Write either this or clientId.")] for name in named}
    needed = [name for name in ("client_email", "client_name") if not attrs.get(name)]
    return {camel(name): [_("Write this, or clientId.")] for name in needed}


class WholeSession(SessionFacts):
    shared_notes = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class PartOfSession(WholeSession):
    is_needed = False


class RescheduleSession(SessionStart):
    pass


def reason_typed() -> Typed:
    return Typed(
        PlainField(max_length=1000, required=False),
        max_length=1000,
        required=False,
        allow_blank=True,
        default="",
        help_text="The other side reads it. A consultant has to give one.",
    )


class CancelSession(Serializer):
    reason = reason_typed()


class CompleteSession(Serializer):
    summary = Typed(
        PlainField(max_length=10_000, required=False),
        max_length=10_000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Goes out to the client with the thanks.",
    )


class SayHeld(Serializer):
    took_place = serializers.BooleanField()


class RateSession(Serializer):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST)
