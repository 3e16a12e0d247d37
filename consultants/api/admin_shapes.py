"""What admins see and send about consultants and accounts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api import examples
from accounts.api.serializers import ROLES, Name
from accounts.models import AuditEntry, User
from consultants import application
from consultants.models import Consultant
from naksha.api.serializers import Instant, Serializer

MOVES = ["APPROVED", "SUSPENDED"]
STATUSES = [status.upper() for status in Consultant.Status.values]


class Upper(serializers.CharField):
    """A state as the contract spells it."""

    def to_representation(self, value: Any) -> str:
        return str(value).upper()


class ConsultantRow(Serializer):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    slug = serializers.CharField()
    display_name = serializers.CharField()
    email = serializers.EmailField(source="user.email")
    status = Upper(help_text=", ".join(STATUSES))
    is_approved_by_admin = serializers.BooleanField(source="is_approved")
    is_listed = serializers.BooleanField()
    profile_completed = serializers.SerializerMethodField(method_name="get_profile_completed")
    city = serializers.CharField(source="city.name", default=None, allow_null=True)
    submitted_at = Instant(allow_null=True)
    decided_at = Instant(allow_null=True)
    created_at = Instant()

    def get_profile_completed(self, consultant: Consultant) -> bool:
        return consultant.profile_completed_at is not None


class StepData(Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    done = serializers.BooleanField()


class HistoryLine(Serializer):
    created_at = Instant()
    action = serializers.CharField()
    actor = serializers.CharField(source="actor_label", allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class DocumentData(Serializer):
    id = serializers.UUIDField()
    kind = Upper()
    name = serializers.CharField(source="original_name")
    size = serializers.IntegerField(help_text="Bytes.")


class ConsultantDetail(ConsultantRow):
    headline = serializers.CharField(allow_blank=True)
    bio = serializers.CharField(allow_blank=True)
    credentials = serializers.CharField(allow_blank=True)
    experience_years = serializers.IntegerField(allow_null=True)
    decision_note = serializers.CharField(allow_blank=True)
    steps = StepData(many=True)
    documents = DocumentData(many=True)
    history = HistoryLine(many=True)


def in_detail(consultant: Consultant) -> dict[str, Any]:
    """As :class:`ConsultantDetail` says it."""
    row = ConsultantRow(consultant).data
    return {
        **row,
        "headline": consultant.headline,
        "bio": consultant.bio,
        "credentials": consultant.credentials,
        "experienceYears": consultant.experience_years,
        "decisionNote": consultant.decision_note,
        "steps": StepData(application.steps(consultant), many=True).data,
        "documents": DocumentData(consultant.documents.order_by("created_at"), many=True).data,
        "history": HistoryLine(application.history(consultant), many=True).data,
    }


class Reason(Serializer):
    reason = serializers.CharField(max_length=2000)


class Note(Serializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ConsultantInput(Serializer):
    """The whole of what an admin may change, and why."""

    display_name = Name()
    headline = serializers.CharField(max_length=120, allow_blank=True)
    bio = serializers.CharField(max_length=4000, allow_blank=True)
    credentials = serializers.CharField(max_length=200, allow_blank=True)
    experience_years = serializers.IntegerField(min_value=0, max_value=70, allow_null=True)
    is_listed = serializers.BooleanField()
    status = serializers.ChoiceField(
        choices=MOVES, required=False, help_text="Suspends, or opens again what was suspended."
    )
    reason = serializers.CharField(max_length=2000)


class Part(Serializer):
    """Before what an admin may change: some of it, and always why."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "reason"
        return fields


class ConsultantPart(Part, ConsultantInput):
    """Some of what an admin may change, and why."""


class Decision(Serializer):
    consultant_id = serializers.UUIDField()
    action = serializers.ChoiceField(choices=["approve", "reject"])
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="A rejection needs one."
    )


class DecisionData(Serializer):
    consultant_id = serializers.UUIDField()
    is_approved_by_admin = serializers.BooleanField()
    approved_at = Instant(allow_null=True)
    approved_by = serializers.UUIDField(allow_null=True, help_text="The admin's account.")


def decided(consultant: Consultant) -> dict[str, Any]:
    """As :class:`DecisionData` says it."""
    yes = consultant.is_approved
    return {
        "consultantId": str(consultant.pk),
        "isApprovedByAdmin": yes,
        "approvedAt": Instant().to_representation(consultant.decided_at) if yes and consultant.decided_at else None,
        "approvedBy": str(consultant.decided_by_id) if yes else None,
    }


class UserRow(Serializer):
    """An account; ``has_confirmed`` is annotated."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    account_type = serializers.ChoiceField(choices=ROLES, source="role")
    is_active = serializers.BooleanField()
    is_super_admin = serializers.BooleanField(source="is_superuser")
    is_email_verified = serializers.BooleanField(source="has_confirmed")
    consultant_id = serializers.SerializerMethodField(method_name="get_consultant_id")
    consultant_status = serializers.SerializerMethodField(method_name="get_consultant_status")
    last_login_at = Instant(source="last_login", allow_null=True)
    created_at = Instant(source="date_joined")

    def get_consultant_id(self, user: User) -> str | None:
        consultant = getattr(user, "consultant", None)
        return str(consultant.pk) if consultant else None

    def get_consultant_status(self, user: User) -> str | None:
        consultant = getattr(user, "consultant", None)
        return consultant.status.upper() if consultant else None


class UserDetail(UserRow):
    history = HistoryLine(many=True)


HISTORY_LINES = 100


def user_in_detail(user: User) -> dict[str, Any]:
    """As :class:`UserDetail` says it; the history is of the account and of its consultant."""
    subjects = [user.pk, *([user.consultant.pk] if hasattr(user, "consultant") else [])]
    history = AuditEntry.objects.filter(subject_id__in=subjects).order_by("-created_at")[:HISTORY_LINES]
    return {**UserRow(user).data, "history": HistoryLine(history, many=True).data}


class UserInput(Serializer):
    """The whole of what an admin may change of an account, and why."""

    name = Name()
    is_active = serializers.BooleanField(help_text="An approved consultant is suspended by this, page and all.")
    reason = serializers.CharField(max_length=2000)


class UserPart(Part, UserInput):
    """Some of what an admin may change of an account, and why."""


CONSULTANT = {
    "id": examples.ACCOUNT["consultantId"],
    "userId": examples.ACCOUNT["id"],
    "slug": "asha-devi-rao",
    "displayName": "Asha Devi Rao",
    "email": "asha@example.com",
    "status": "SUBMITTED",
    "isApprovedByAdmin": False,
    "isListed": True,
    "profileCompleted": True,
    "city": "Pune",
    "submittedAt": "2026-11-24T05:30:00Z",
    "decidedAt": None,
    "createdAt": "2026-11-20T09:00:00Z",
}
CHANGES = {
    "displayName": "Asha Devi Rao",
    "headline": "Tax for founders, in plain words",
    "bio": "Fourteen years of notices answered.",
    "credentials": "FCA",
    "experienceYears": 14,
    "isListed": True,
    "reason": "Asked by phone.",
}
LINE = {
    "createdAt": "2026-11-24T05:30:00Z",
    "action": "consultant.submitted",
    "actor": "asha@example.com",
    "reason": "",
}
CONSULTANT_DETAIL = {
    **CONSULTANT,
    **{name: CHANGES[name] for name in ("headline", "bio", "credentials", "experienceYears")},
    "decisionNote": "",
    "steps": [{"key": "headline", "title": "Write a headline", "done": True}],
    "documents": [
        {"id": "019391f0-6c40-7f11-8a55-0d2c7f9a1b03", "kind": "IDENTITY", "name": "pan.pdf", "size": 120_400}
    ],
    "history": [LINE],
}
DECISION = {
    "consultantId": CONSULTANT["id"],
    "isApprovedByAdmin": True,
    "approvedAt": "2026-11-24T05:30:00Z",
    "approvedBy": examples.ADMIN["id"],
}
USER = {
    "id": examples.ACCOUNT["id"],
    "email": "asha@example.com",
    "name": "Asha Devi Rao",
    "accountType": "consultant",
    "isActive": True,
    "isSuperAdmin": False,
    "isEmailVerified": True,
    "consultantId": CONSULTANT["id"],
    "consultantStatus": "SUBMITTED",
    "lastLoginAt": "2026-11-24T05:30:00Z",
    "createdAt": "2026-11-20T09:00:00Z",
}
USER_DETAIL = {**USER, "history": [LINE]}
