"""The audit log, and who the admins are."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api import examples
from accounts.api.auth import AccountRequest, Admin, SuperAdmin
from accounts.api.serializers import Email
from accounts.models import AuditEntry, User
from naksha.api import filters
from naksha.api.errors import refuse
from naksha.api.naming import camel
from naksha.api.paging import ordered
from naksha.api.schema import operation
from naksha.api.serializers import Instant, Serializer
from naksha.api.views import ApiView
from naksha.times import INDIA


class Facts(serializers.JSONField):
    """What an entry holds, with names and instants as everywhere in the API."""

    def to_representation(self, value: Any) -> Any:
        return _outside(super().to_representation(value))


def _outside(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            camel(name): [camel(changed) for changed in one] if name == "changed" else _outside(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_outside(one) for one in value]
    if isinstance(value, str) and _IN_UTC.fullmatch(value):
        return value.removesuffix("+00:00") + "Z"
    return value


class AuditData(Serializer):
    id = serializers.UUIDField()
    created_at = Instant()
    actor = serializers.CharField(source="actor_label", allow_blank=True, help_text="Empty: the schedule or a guest.")
    action = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_id = serializers.UUIDField()
    subject = serializers.CharField(source="subject_label")
    reason = serializers.CharField(allow_blank=True)
    detail = Facts(source="data")
    request_id = serializers.CharField(allow_blank=True)


_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
AUDIT = {
    "id": "019391f0-6c1e-7d2a-8b0c-2f6d1f0b7a55",
    "createdAt": "2026-11-24T05:30:00Z",
    "actor": "admin@example.com",
    "action": "consultant.approved",
    "subjectKind": "consultants.consultant",
    "subjectId": examples.ACCOUNT["consultantId"],
    "subject": "Asha Devi Rao",
    "reason": "Known to us.",
    "detail": {"before": "submitted", "after": "approved"},
    "requestId": "b3c2",
}


def audit_lines(request: Request) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    for name, field in (("action", "action"), ("subjectKind", "subject_kind")):
        if asked := filters.words(request, name):
            rows = rows.filter(**{field: asked})
    for name, field in (("subjectId", "subject_id"), ("actorId", "actor_id")):
        if found := filters.uuid(request, name):
            rows = rows.filter(**{field: found})
    zone = ZoneInfo(INDIA)
    if first := filters.day(request, "from"):
        rows = rows.filter(created_at__gte=datetime.combine(first, time.min, zone))
    if last := filters.day(request, "to"):
        rows = rows.filter(created_at__lt=datetime.combine(last, time.min, zone) + timedelta(days=1))
    if search := filters.words(request):
        rows = rows.filter(
            Q(actor_label__icontains=search) | Q(subject_label__icontains=search) | Q(reason__icontains=search)
        )
    return ordered(request, rows, {"createdAt": "created_at"}, "-createdAt")


class AuditLog(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_audit_log",
        "Who did what to whom, and why",
        tag="Admin",
        answer=AuditData,
        listed="entries",
        errors=["PERMISSION_DENIED"],
        parameters=[
            OpenApiParameter("action", str, description="For example `consultant.approved`."),
            OpenApiParameter("subjectKind", str),
            OpenApiParameter("subjectId", str),
            OpenApiParameter("actorId", str),
            OpenApiParameter("from", str, description="A day in India; both days count."),
            OpenApiParameter("to", str),
            filters.SEARCH,
            filters.ordering("createdAt"),
        ],
        example=AUDIT,
    )
    def get(self, request: Request) -> Response:
        return self.page("entries", audit_lines(request), AuditData)


class AdminData(Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    is_super_admin = serializers.BooleanField(source="is_superuser")
    is_active = serializers.BooleanField()
    last_login_at = Instant(source="last_login", allow_null=True)
    created_at = Instant(source="date_joined")


class NewAdmin(Serializer):
    email = Email(help_text="Of a client's account, which becomes an admin's.")
    reason = serializers.CharField(max_length=2000)


ADMIN = {
    "id": examples.ADMIN["id"],
    "email": examples.ADMIN["email"],
    "name": examples.ADMIN["name"],
    "isSuperAdmin": False,
    "isActive": True,
    "lastLoginAt": "2026-11-24T05:30:00Z",
    "createdAt": "2026-11-24T05:30:00Z",
}


class Admins(ApiView):
    permission_classes = (SuperAdmin,)

    @operation(
        "admin_admins",
        "Who the admins are",
        tag="Admin",
        answer=AdminData,
        listed="admins",
        errors=["PERMISSION_DENIED"],
        parameters=[filters.SEARCH, filters.ordering("createdAt", "email")],
        example=ADMIN,
    )
    def get(self, request: AccountRequest) -> Response:
        rows: Any = User.objects.filter(role=User.Role.ADMIN)
        if search := filters.words(request):
            rows = rows.filter(
                Q(email__icontains=search) | Q(first_name__icontains=search) | Q(last_name__icontains=search)
            )
        return self.page(
            "admins", ordered(request, rows, {"createdAt": "date_joined", "email": "email"}, "email"), AdminData
        )

    @operation(
        "admin_admins_create",
        "Make a client's account an admin's",
        tag="Admin",
        request=NewAdmin,
        answer=AdminData,
        status=201,
        errors=["PERMISSION_DENIED", "INVALID_STATE"],
        request_example={"email": "meera@example.com", "reason": "Joins the support team."},
        example=ADMIN,
        description="Its logins end. In production it can do nothing before it has a second factor.",
    )
    def post(self, request: AccountRequest) -> Response:
        data = self.checked(NewAdmin)
        user = User.objects.filter(email=data["email"]).first()
        if user is None:
            raise refuse("email", _("No account has this mail address."))
        made = services.make_admin(user=user, actor=request.user, reason=data["reason"])
        return self.ok(AdminData(made).data, _("This account is an admin's now."), status=201)
