"""Accounts in the hands of admins. They stand here because what is done to a consultant's is done to the page too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import AccountRequest, Admin
from accounts.models import User
from accounts.services import erase_account
from consultants.api import admin_shapes as shapes
from consultants.api.admin_consultants import TAG, decide
from consultants.models import Consultant
from consultants.services import curating
from naksha.api import filters
from naksha.api.paging import ordered
from naksha.api.schema import operation
from naksha.api.views import ApiView

ORDERS = {"createdAt": "date_joined", "email": "email", "lastLoginAt": "last_login"}
PENDING_ORDERS = {"submittedAt": "consultant__submitted_at", "createdAt": "date_joined", "email": "email"}


def accounts() -> QuerySet[User]:
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    rows: QuerySet[User] = User.objects.select_related("consultant").annotate(has_confirmed=Exists(confirmed))
    return rows


def find(pk: UUID) -> User:
    user = accounts().filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def searched(request: Request, rows: QuerySet[User]) -> QuerySet[User]:
    if search := filters.words(request):
        names = Q(first_name__icontains=search) | Q(last_name__icontains=search)
        rows = rows.filter(Q(email__icontains=search) | names)
    return rows


class Users(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_users",
        "Every account",
        tag=TAG,
        answer=shapes.UserRow,
        listed="users",
        errors=["PERMISSION_DENIED"],
        parameters=[
            OpenApiParameter("accountType", str, enum=User.Role.values),
            OpenApiParameter("isActive", bool),
            filters.SEARCH,
            filters.ordering(*ORDERS),
        ],
        example=shapes.USER,
    )
    def get(self, request: Request) -> Response:
        rows = searched(request, accounts())
        if role := filters.choice(request, "accountType", User.Role.values):
            rows = rows.filter(role=role)
        if (active := filters.flag(request, "isActive")) is not None:
            rows = rows.filter(is_active=active)
        return self.page("users", ordered(request, rows, ORDERS, "-createdAt"), shapes.UserRow)


class Pending(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_users_pending",
        "Accounts whose application waits, the longest first",
        tag=TAG,
        answer=shapes.UserRow,
        listed="users",
        errors=["PERMISSION_DENIED"],
        parameters=[filters.SEARCH, filters.ordering(*PENDING_ORDERS)],
        example=shapes.USER,
    )
    def get(self, request: Request) -> Response:
        rows = searched(request, accounts()).filter(consultant__status=Consultant.Status.SUBMITTED)
        return self.page("users", ordered(request, rows, PENDING_ORDERS, "submittedAt"), shapes.UserRow)


class OneUser(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_user",
        "An account with what was done to it",
        tag=TAG,
        answer=shapes.UserDetail,
        errors=["PERMISSION_DENIED", "NOT_FOUND"],
        example=shapes.USER_DETAIL,
    )
    def get(self, request: AccountRequest, pk: UUID) -> Response:
        return self.ok(shapes.user_in_detail(find(pk)))

    @operation(
        "admin_user_update",
        "Rename an account, close it, or open it again",
        tag=TAG,
        request=shapes.UserInput,
        answer=shapes.UserDetail,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={"name": "Asha Devi Rao", "isActive": False, "reason": "Three complaints."},
        example=shapes.USER_DETAIL,
    )
    def put(self, request: AccountRequest, pk: UUID) -> Response:
        return self._changed(request, find(pk), self.checked(shapes.UserInput))

    @operation(
        "admin_user_change",
        "Rename an account, close it, or open it again, one of these alone",
        tag=TAG,
        request=shapes.UserPart,
        answer=shapes.UserDetail,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={"isActive": False, "reason": "Three complaints."},
        example=shapes.USER_DETAIL,
    )
    def patch(self, request: AccountRequest, pk: UUID) -> Response:
        return self._changed(request, find(pk), self.checked(shapes.UserPart))

    def _changed(self, request: AccountRequest, user: User, data: dict[str, Any]) -> Response:
        curating.change_account(user=user, actor=request.user, **data)
        return self.ok(shapes.user_in_detail(find(user.pk)), _("Saved."))

    @operation(
        "admin_user_delete",
        "Erase a client's account for good",
        tag=TAG,
        request=shapes.Note,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={"reason": "Asked by mail."},
        description="Refused while anything of theirs is open, and for consultants and admins. Documents stay.",
    )
    def delete(self, request: AccountRequest, pk: UUID) -> Response:
        user = find(pk)
        erase_account(user=user, actor=request.user, reason=self.checked(shapes.Note)["reason"])
        return self.ok(message=_("The account is erased."))


class ApproveUser(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_user_approve",
        "Approve a consultant by the account",
        tag=TAG,
        request=shapes.Note,
        answer=shapes.DecisionData,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={"reason": "Papers are in order."},
        example=shapes.DECISION,
    )
    def post(self, request: AccountRequest, pk: UUID) -> Response:
        consultant = curating.consultant_of(find(pk))
        return self.ok(decide(consultant, request.user, "approve", self.checked(shapes.Note)["reason"]))


class RejectUser(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_user_reject",
        "Reject a consultant by the account",
        tag=TAG,
        request=shapes.Reason,
        answer=shapes.DecisionData,
        errors=["PERMISSION_DENIED", "NOT_FOUND", "INVALID_STATE"],
        request_example={"reason": "The papers are of somebody else."},
        example={**shapes.DECISION, "isApprovedByAdmin": False, "approvedAt": None, "approvedBy": None},
    )
    def post(self, request: AccountRequest, pk: UUID) -> Response:
        consultant = curating.consultant_of(find(pk))
        return self.ok(decide(consultant, request.user, "reject", self.checked(shapes.Reason)["reason"]))
