"""Lines on screen and preferences as the contract words them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from naksha.api.fields import Enum, Zone
from naksha.api.serializers import Instant, Serializer
from notifications.models import Broadcast, Notification
from notifications.wishes import MAILS_THAT_CAN_BE_OFF

Kind = Notification.Kind


class NotificationLine(Serializer):
    id = serializers.UUIDField()
    type = Enum(Kind, source="kind")
    title = serializers.CharField()
    body = serializers.CharField()
    moment = Instant(allow_null=True, help_text="What it is about, if that has a time.")
    url = serializers.CharField(help_text="A path on the site, or empty.")
    is_read = serializers.SerializerMethodField()
    read_at = Instant(allow_null=True)
    created_at = Instant()

    def get_is_read(self, line: Notification) -> bool:
        return line.read_at is not None


class UnreadCount(Serializer):
    count = serializers.IntegerField()


class MarkedRead(Serializer):
    marked = serializers.IntegerField(help_text="How many were unread.")


class NewBroadcast(Serializer):
    audience = Enum(Broadcast.Audience)
    title = serializers.CharField(max_length=140)
    body = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    url = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="", help_text="A path on the site, or empty."
    )


class BroadcastState(Serializer):
    id = serializers.UUIDField()
    audience = Enum(Broadcast.Audience)
    title = serializers.CharField()
    status = Enum(Broadcast.Status)
    told = serializers.IntegerField(help_text="How many people have it by now; a worker goes on.")
    created_at = Instant()


class NotificationPreference(Serializer):
    type = Enum(Kind)
    on_screen = serializers.BooleanField()
    by_mail = serializers.BooleanField(help_text="Mails about payments always go out.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["by_mail"] and attrs["type"] not in MAILS_THAT_CAN_BE_OFF:
            raise serializers.ValidationError({"byMail": [_("These mails always go out.")]})
        return super().validate(attrs)


class QuietTimes(Serializer):
    """When nothing pops up and mails wait: wall times, which may pass midnight."""

    until = serializers.TimeField(input_formats=["%H:%M"], format="%H:%M", source="ends")
    timezone = Zone()

    def get_fields(self) -> dict[str, Any]:
        begins = serializers.TimeField(input_formats=["%H:%M"], format="%H:%M", source="begins")
        return {"from": begins, **super().get_fields()}


class NotificationPreferences(Serializer):
    """The whole: one entry for each type. ``quietHours`` null: there are none."""

    preferences = NotificationPreference(many=True)
    quiet_hours = QuietTimes(allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        types = [one["type"] for one in attrs.get("preferences", [])]
        if len(types) != len(set(types)) or not (self.partial or len(types) == len(Kind.values)):
            raise serializers.ValidationError({"preferences": [_("Send one entry for each type.")]})
        return super().validate(attrs)
