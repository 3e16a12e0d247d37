from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from consultants.completion import completion
from consultants.models import BankAccount, Consultant, Service, ServiceQuestion
from naksha.api.fields import Enum, Link, Text, Zone
from naksha.api.serializers import Instant, Serializer
from naksha.taxids import masked_pan

# --- profile ----------------------------------------------------------------------------------------


class ProfileInput(Serializer):
    """What a consultant says of themselves. The rules beyond shape are those of the page's form and the service."""

    name = serializers.CharField(max_length=100)
    slug = serializers.CharField(max_length=110, required=False, help_text="Left out, the address stays.")
    headline = Text(max_length=120)
    bio = Text(max_length=4000)
    expertise = serializers.ListField(child=serializers.CharField(max_length=40), help_text="Slugs of fields.")
    languages = serializers.ListField(child=serializers.CharField(max_length=12), help_text="Codes.")
    city = serializers.CharField(max_length=40, allow_null=True, help_text="A city's slug.")
    experience_years = serializers.IntegerField(min_value=0, max_value=70, allow_null=True)
    credentials = Text(max_length=200)
    links = serializers.ListField(child=serializers.CharField(max_length=300), max_length=6)
    timezone = Zone()
    is_listed = serializers.BooleanField()


class Step(Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    done = serializers.BooleanField()
    needed = serializers.BooleanField(help_text="Whether the page is not public without it.")


class Profile(Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="display_name")
    slug = serializers.CharField()
    page_url = serializers.SerializerMethodField()
    headline = serializers.CharField()
    bio = serializers.CharField()
    expertise = serializers.SerializerMethodField()
    languages = serializers.SerializerMethodField()
    city = serializers.CharField(source="city_id", allow_null=True)
    experience_years = serializers.IntegerField(allow_null=True)
    credentials = serializers.CharField()
    links = serializers.SerializerMethodField()
    timezone = serializers.CharField()
    is_listed = serializers.BooleanField()
    photo_url = Link(source="photo")
    status = Enum(Consultant.Status)
    is_approved_by_admin = serializers.BooleanField(source="is_approved")
    is_public = serializers.BooleanField()
    profile_completed = serializers.SerializerMethodField()
    completion = serializers.SerializerMethodField()
    created_at = Instant()
    updated_at = Instant()

    def get_page_url(self, consultant: Consultant) -> str:
        return f"{settings.SITE_URL}{consultant.get_absolute_url()}"

    def get_expertise(self, consultant: Consultant) -> list[str]:
        return [field.pk for field in consultant.fields.all()]

    def get_languages(self, consultant: Consultant) -> list[str]:
        return [language.pk for language in consultant.languages.all()]

    def get_links(self, consultant: Consultant) -> list[str]:
        return [link["url"] for link in consultant.links]

    def get_profile_completed(self, consultant: Consultant) -> bool:
        return consultant.profile_completed_at is not None

    def get_completion(self, consultant: Consultant) -> list[dict[str, Any]]:
        return list(Step(completion(consultant), many=True).data)


SEND_PHOTO = gettext_lazy("Send the picture as the part “photo” of a form.")


class PhotoUpload(Serializer):
    photo = serializers.FileField(
        use_url=False, allow_empty_file=True, error_messages={"required": SEND_PHOTO, "invalid": SEND_PHOTO}
    )


class Photo(Serializer):
    photo_url = Link(source="photo")


class SlugQuestion(Serializer):
    slug = serializers.CharField(max_length=110)


class SlugAnswer(Serializer):
    slug = serializers.CharField()
    available = serializers.BooleanField()
    reason = serializers.CharField(help_text="Why not, in a sentence; empty where it is to be had.")


# --- services ---------------------------------------------------------------------------------------


class QuestionInput(Serializer):
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]
    kind = Enum(ServiceQuestion.Kind, default=ServiceQuestion.Kind.SHORT)
    choices = serializers.ListField(child=serializers.CharField(max_length=120), default=list, max_length=12)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]


class Question(QuestionInput):
    id = serializers.UUIDField()


class ServiceInput(Serializer):
    """Prices are before GST; 0 is free. Without a deposit all is paid when booking."""

    kind = Enum(Service.Kind, default=Service.Kind.PERSONAL)
    title = serializers.CharField(max_length=100)
    description = Text(max_length=1000, default="")
    minutes = serializers.IntegerField(min_value=5, max_value=720)
    price_paise = serializers.IntegerField(min_value=0)
    deposit_paise = serializers.IntegerField(min_value=0, default=0)
    currency = serializers.ChoiceField(choices=["INR"], default="INR")
    platform = Enum(Service.Platform, default=Service.Platform.JITSI)
    place = Text(max_length=300, default="", help_text="A link, a number or an address, as the platform asks for.")
    confirmation = Enum(Service.Confirmation, default=Service.Confirmation.INSTANT)
    capacity = serializers.IntegerField(min_value=1, max_value=1000, default=1, help_text="The seats of a webinar.")
    is_active = serializers.BooleanField(default=True)
    questions = QuestionInput(many=True, default=list)


class ServiceShown(Serializer):
    id = serializers.UUIDField()
    kind = Enum(Service.Kind)
    title = serializers.CharField()
    description = serializers.CharField()
    minutes = serializers.IntegerField()
    price_paise = serializers.IntegerField()
    deposit_paise = serializers.IntegerField()
    currency = serializers.CharField()
    platform = Enum(Service.Platform)
    place = serializers.CharField()
    confirmation = Enum(Service.Confirmation)
    capacity = serializers.IntegerField()
    is_active = serializers.BooleanField()
    archived_at = Instant(allow_null=True)
    questions = Question(many=True, source="questions.all")
    created_at = Instant()
    updated_at = Instant()


class ServiceFilters(Serializer):
    search = serializers.CharField(required=False, max_length=80)
    kind = Enum(Service.Kind, required=False)
    is_active = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False, help_text="The archived ones instead of the others.")


# --- terms ------------------------------------------------------------------------------------------


class Policy(Serializer):
    """The terms of bookings to come; those that are made keep theirs. Reminders hold for all that is to come."""

    min_notice_minutes = serializers.IntegerField()
    horizon_days = serializers.IntegerField()
    buffer_before_minutes = serializers.IntegerField()
    buffer_after_minutes = serializers.IntegerField()
    slot_interval_minutes = serializers.IntegerField()
    daily_limit = serializers.IntegerField(allow_null=True, help_text="Sessions a day; null is no limit.")
    free_cancel_hours = serializers.IntegerField(help_text="Cancelled so long before: all back.")
    partial_cancel_hours = serializers.IntegerField(help_text="Cancelled so long before: the share back.")
    partial_refund_percent = serializers.IntegerField()
    reschedule_hours = serializers.IntegerField()
    max_reschedules = serializers.IntegerField()
    answer_hours = serializers.IntegerField()
    reminder_minutes = serializers.ListField(child=serializers.IntegerField(), max_length=50)


# --- bank account -----------------------------------------------------------------------------------


class BankInput(Serializer):
    account_holder_name = serializers.CharField(max_length=200)
    account_number = serializers.CharField(
        max_length=40, required=False, help_text="Left out, the one that is stored stays."
    )
    ifsc = serializers.CharField(max_length=20)
    account_type = Enum(BankAccount.Kind, default=BankAccount.Kind.SAVINGS)
    pan = serializers.CharField(max_length=20, required=False, help_text="Left out, the one that is stored stays.")


class Bank(Serializer):
    account_holder_name = serializers.CharField(source="holder_name")
    account_number = serializers.CharField(source="masked_number", help_text="Masked but for the last four digits.")
    ifsc = serializers.CharField()
    account_type = Enum(BankAccount.Kind, source="kind")
    pan = serializers.SerializerMethodField()
    updated_at = Instant()

    def get_pan(self, account: BankAccount) -> str:
        return masked_pan(account.consultant.pan)
