"""Consultants in the hands of admins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import AccountRequest, Admin
from accounts.models import User
from consultants.api import admin_shapes as shapes
from consultants.models import Consultant
from consultants.services import approval, curating
from naksha.api import filters
from naksha.api.paging import ordered
from naksha.api.schema import operation
from naksha.api.views import ApiView

TAG = "Admin"
ORDERS = {"createdAt": "created_at", "submittedAt": "submitted_at", "name": "display_name"}


def consultants(request: Request) -> QuerySet[Consultant]:
    rows: QuerySet[Consultant] = Consultant.objects.select_related("user", "city")
    if status := filters.choice(request, "status", shapes.STATUSES):
        rows = rows.filter(status=status.lower())
    if search := filters.words(request):
        rows = rows.filter(
            Q(display_name__icontains=search) | Q(slug__icontains=search) | Q(user__email__icontains=search)
        )
    return ordered(request, rows, ORDERS, "-createdAt")


def find(pk: UUID) -> Consultant:
    consultant = Consultant.objects.select_related("user", "city").filter(pk=pk).first()
    if consultant is None:
        raise Http404
    return consultant


class Consultants(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_consultants",
        "Every consultant, whatever the state",
        tag=TAG,
        answer=shapes.ConsultantRow,
        listed="consultants",
        errors=["PERMISSION_DENIED"],
        parameters=[
            OpenApiParameter("status", str, enum=shapes.STATUSES),
            filters.SEARCH,
            filters.ordering(*ORDERS),
        ],
        example=shapes.CONSULTANT,
    )
    def get(self, request: Request) -> Response:
        return self.page("consultants", consultants(request), shapes.ConsultantRow)


class OneConsultant(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_consultant",
        "A consultant with the application's papers and history",
        tag=TAG,
        answer=shapes.ConsultantDetail,
        errors=["PERMISSION_DENIED", "NOT_FOUND"],
        example=shapes.CONSULTANT_DETAIL,
    )
    def get(self, request: AccountRequest, pk: UUID) -> Response:
        return self.ok(shapes.in_detail(find(pk)))

    @operation(
        "admin_consultant_update",
        "Change a consultant's page, suspend, or open again",
        tag=TAG,
        request=shapes.ConsultantInput,
        answer=shapes.ConsultantDetail,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example=shapes.CHANGES,
        example=shapes.CONSULTANT_DETAIL,
    )
    def put(self, request: AccountRequest, pk: UUID) -> Response:
        return self._changed(request, find(pk), self.checked(shapes.ConsultantInput))

    @operation(
        "admin_consultant_change",
        "Change some of a consultant's page, suspend, or open again",
        tag=TAG,
        request=shapes.ConsultantPart,
        answer=shapes.ConsultantDetail,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={"headline": "Tax for founders", "reason": "Asked by phone."},
        example=shapes.CONSULTANT_DETAIL,
    )
    def patch(self, request: AccountRequest, pk: UUID) -> Response:
        return self._changed(request, find(pk), self.checked(shapes.ConsultantPart))

    def _changed(self, request: AccountRequest, consultant: Consultant, data: dict[str, Any]) -> Response:
        status = data.pop("status", None)
        actor: User = request.user
        curating.change_consultant(
            consultant=consultant, actor=actor, status=status.lower() if status else None, **data
        )
        return self.ok(shapes.in_detail(find(consultant.pk)), _("Saved."))


class Approve(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_consultants_approve",
        "Decide an application",
        tag=TAG,
        request=shapes.Decision,
        answer=shapes.DecisionData,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={
            "consultantId": shapes.CONSULTANT["id"],
            "action": "approve",
            "reason": "Papers are in order.",
        },
        example=shapes.DECISION,
    )
    def post(self, request: AccountRequest) -> Response:
        data = self.checked(shapes.Decision)
        return self.ok(decide(find(data["consultant_id"]), request.user, data["action"], data["reason"]))


def decide(consultant: Consultant, actor: User, action: str, reason: str) -> dict[str, object]:
    if action == "approve":
        consultant = approval.approve(consultant=consultant, actor=actor, note=reason)
    else:
        consultant = approval.reject(consultant=consultant, actor=actor, reason=reason)
    return shapes.decided(consultant)
