"""Serializers that speak the contract: camelCase names, instants in UTC with ``Z``, and nothing unknown taken in."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.fields import empty

from naksha.api.naming import camel


class Instant(serializers.DateTimeField):
    """An instant, ISO 8601. Taken in only with its offset or ``Z``; given out in UTC with ``Z``, to the second."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default_timezone", UTC)
        kwargs.setdefault("format", "%Y-%m-%dT%H:%M:%SZ")
        super().__init__(**kwargs)

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            raise serializers.ValidationError(_("Say the zone too: 2026-11-24T05:30:00Z."))
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise serializers.ValidationError(_("That is not a time that a calendar has.")) from None


class _Contract(serializers.Serializer):
    # No docstring, for the document of the API would show it. The contract's spelling of names: fields are declared as
    # Python names them; the outside says them in camelCase, in values, errors and schema alike. An unknown or read-only
    # name in the input is refused by its name.

    def get_fields(self) -> dict[str, Any]:
        spelled = {}
        for name, field in super().get_fields().items():
            outside = camel(name)
            if outside != name and field.source is None:
                field.source = name
                field._kwargs["source"] = name  # type: ignore[attr-defined]  # DRF copies fields from their arguments
            if isinstance(field, serializers.SerializerMethodField) and field.method_name is None:
                field.method_name = field._kwargs["method_name"] = f"get_{name}"  # type: ignore[attr-defined]
            spelled[outside] = field
        return spelled

    def run_validation(self, data: Any = empty) -> Any:
        """What stands inside of a body is whole, though that changes a part: it has its defaults and all it needs."""
        root: Any = self.root
        if data is empty or root is self or not getattr(root, "partial", False):
            return super().run_validation(data)
        root.partial = False  # each field asks the root
        try:
            return super().run_validation(data)
        finally:
            root.partial = True

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) or hasattr(data, "keys"):
            wrong = {}
            for name in data:
                field = self.fields.get(str(name))
                if field is None:
                    wrong[str(name)] = [_("There is no such field.")]
                elif field.read_only:
                    wrong[str(name)] = [_("This field can’t be set.")]
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class Serializer(_Contract):
    pass


class ModelSerializer(_Contract, serializers.ModelSerializer):
    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: Instant}
