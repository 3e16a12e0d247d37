"""Fields that many endpoints share: enums in capitals, zones, wall times, and what a form's field checks already."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError as WrongValue
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from naksha.web.zone import clean_zone


class Enum(serializers.ChoiceField):
    """A TextChoices in capitals: ``in_person`` is ``IN_PERSON`` outside. Taken in exactly so."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=[str(value).upper() for value, _label in choices.choices], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).lower()

    def to_representation(self, value: Any) -> str:
        return str(value).upper()


class Zone(serializers.CharField):
    """The IANA name of a time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        known = clean_zone(super().to_internal_value(data))
        if known is None:
            raise serializers.ValidationError(_("There is no such time zone. Write one like Asia/Kolkata."))
        return known


class Typed(serializers.CharField):
    """Text under the rules of a form's field, so that pages and API refuse the same."""

    def __init__(self, field: forms.Field, **kwargs: Any) -> None:
        self.rules = field
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.rules.clean(super().to_internal_value(data))
        except WrongValue as error:
            raise serializers.ValidationError(error.messages) from error


class WallTime(serializers.CharField):
    """A wall time as ``HH:MM``, kept as minutes after midnight. With ``ends``, 24:00 is the day's end."""

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        self.ends = ends
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if self.ends and text == "24:00":
            return 24 * 60
        try:
            wall = datetime.strptime(text if len(text) == 5 else "", "%H:%M")
        except ValueError:
            raise serializers.ValidationError(_("Write a time like 09:30.")) from None
        return wall.hour * 60 + wall.minute

    def to_representation(self, value: Any) -> str:
        return "{:02d}:{:02d}".format(*divmod(value, 60))


@extend_schema_field({"type": ["string", "null"], "format": "uri"})
class Link(serializers.Field):
    """A public file as an absolute address; null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: FieldFile) -> str | None:
        return urljoin(settings.SITE_URL + "/", value.url) if value else None


class Text(serializers.CharField):
    """Words that may be empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, **kwargs)


class Days(serializers.Serializer):
    """The filters ``from`` and ``to``: two dates, both included."""

    def get_fields(self) -> dict[str, Any]:
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**super().get_fields(), **days}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("from"), attrs.get("to")
        if first and last and last < first:
            raise serializers.ValidationError({"to": [_("The last date is before the first.")]})
        return super().validate(attrs)
