"""Accounts in the hands of admins, over the API."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from consultants.models import Consultant
from naksha.api.testing import api_of
from naksha.testing import PASSWORD, make_admin, make_client, make_consultant, make_user

pytestmark = pytest.mark.django_db


def test_an_account_is_shown_without_a_secret(admin: Any, consultant: Any) -> None:
    answer = admin.get(f"/admin/users/{consultant.user_id}")
    user = consultant.user
    assert {name: value for name, value in answer.data.items() if name != "history"} == {
        "id": str(user.pk),
        "email": user.email,
        "name": user.name,
        "accountType": "consultant",
        "isActive": True,
        "isSuperAdmin": False,
        "isEmailVerified": True,
        "consultantId": str(consultant.pk),
        "consultantStatus": "APPROVED",
        "lastLoginAt": None,
        "createdAt": user.date_joined.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert user.password not in answer.response.content.decode()


def test_accounts_are_filtered_and_searched(admin: Any, admin_user: Any, client_user: Any, consultant: Any) -> Any:
    gone = make_user(is_active=False, first_name="Gone")

    def emails(**query: Any) -> Any:
        return {row["email"] for row in admin.get("/admin/users", **query).data["users"]}

    assert emails(accountType="admin") == {admin_user.email}
    assert emails(isActive="false") == {gone.email}
    assert emails(search="qureshi") == {client_user.email}
    assert len(emails()) == 4


def test_who_has_waited_longest_comes_first(admin: Any, consultant: Any) -> None:
    later, sooner = make_consultant(status="submitted"), make_consultant(status="submitted")
    Consultant.objects.filter(pk=sooner.pk).update(submitted_at="2026-11-01T00:00Z")
    Consultant.objects.filter(pk=later.pk).update(submitted_at="2026-11-02T00:00Z")
    rows = admin.get("/admin/users/pending").data["users"]
    assert [row["consultantId"] for row in rows] == [str(sooner.pk), str(later.pk)]
    rows = admin.get("/admin/users/pending", ordering="-submittedAt").data["users"]
    assert [row["consultantId"] for row in rows] == [str(later.pk), str(sooner.pk)]


def test_an_account_is_renamed_closed_and_opened(admin: Any, admin_user: Any, client_user: Any) -> None:
    path = f"/admin/users/{client_user.pk}"
    theirs = api_of(client_user)
    data = admin.put(path, {"name": "Farhan Ali", "isActive": False, "reason": "Abuse."}).data
    assert (data["name"], data["isActive"]) == ("Farhan Ali", False)
    assert theirs.get("/auth/me").status == 401
    assert [line["action"] for line in data["history"]][:2] == ["account.closed", "account.renamed"]
    assert {line.actor for line in AuditEntry.objects.filter(subject_id=client_user.pk)} == {admin_user}
    assert admin.put(path, {"name": "Farhan Ali", "isActive": True, "reason": "Sorry."}).data["isActive"] is True


def test_an_account_is_renamed_or_closed_by_itself(admin: Any, client_user: Any) -> None:
    path = f"/admin/users/{client_user.pk}"
    assert list(admin.patch(path, {"isActive": False}).details) == ["reason"]
    renamed = admin.patch(path, {"name": "Farhan Ali", "reason": "Asked by phone."}).data
    assert (renamed["name"], renamed["isActive"]) == ("Farhan Ali", True)
    closed = admin.patch(path, {"isActive": False, "reason": "Abuse."}).data
    assert (closed["name"], closed["isActive"]) == ("Farhan Ali", False)


def test_a_consultants_account_is_suspended_with_the_page(admin: Any, consultant: Any) -> None:
    path = f"/admin/users/{consultant.user_id}"
    body = {"name": "Asha Rao", "isActive": False, "reason": "Three complaints."}
    assert admin.put(path, body).data["consultantStatus"] == "SUSPENDED"
    assert admin.put(path, {**body, "isActive": True}).data["consultantStatus"] == "APPROVED"


@pytest.mark.parametrize("status", ["draft", "submitted", "needs_info", "rejected"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_account_of_one_who_is_not_approved_is_closed_and_opened(admin: Any, status: str, method: str) -> None:
    waiting = make_consultant(status=status)
    theirs, path = api_of(waiting.user), f"/admin/users/{waiting.user_id}"
    body = {"name": "Usha Nair", "isActive": False, "reason": "Spam."}
    closed = admin.send(method, path, body).data
    assert (closed["isActive"], closed["consultantStatus"]) == (False, status.upper())
    assert theirs.get("/auth/me").status == 401
    approved = admin.post(f"/admin/users/{waiting.user_id}/approve", {})
    assert (approved.status, Consultant.objects.get(pk=waiting.pk).status) == (409, status)
    opened = admin.send(method, path, {**body, "isActive": True}).data
    assert (opened["isActive"], opened["consultantStatus"]) == (True, status.upper())
    assert theirs.get("/auth/me").status == 401  # its logins have ended


def test_the_admins_pages_close_the_account_of_one_who_is_not_approved(client: Any, admin_user: Any) -> None:
    waiting, there = make_consultant(status="submitted"), make_consultant()
    client.force_login(admin_user)

    def press(row: Any, name: str) -> bool:
        address = reverse(f"admin:consultants_consultant_{name}", args=[row.pk])
        client.post(address, {f"{name}-reason": "Spam."})
        row.user.refresh_from_db()
        return bool(row.user.is_active)

    page = client.get(reverse("admin:consultants_consultant_change", args=[waiting.pk])).content.decode()
    assert "Close the account" in page
    assert press(waiting, "close") is False
    assert AuditEntry.objects.get(action="account.closed").reason == "Spam."
    assert press(waiting, "open") is True
    assert press(there, "close") is True  # who is approved is suspended instead


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_plain_admin_touches_no_admin_and_nobody_their_own_account(admin: Any, admin_user: Any, method: Any) -> None:
    boss = make_admin(is_superuser=True)
    body = {"name": "X Y", "isActive": False, "reason": "x"} if method == "PUT" else {"reason": "x"}
    answer = admin.send(method, f"/admin/users/{boss.pk}", body)
    assert (answer.status, answer.code) == (403, "PERMISSION_DENIED")
    own = admin.send(method, f"/admin/users/{admin_user.pk}", body)
    assert own.status == 409
    assert User.objects.filter(is_active=True, role="admin").count() == 2
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "A"}, "name"),
        ({"isActive": None}, "isActive"),
        ({"reason": " "}, "reason"),
        ({"role": "admin"}, "role"),
    ],
)
def test_a_bad_change_of_an_account_is_named(admin: Any, client_user: Any, change: Any, field: Any) -> None:
    body = {"name": "Farhan Ali", "isActive": True, "reason": "x", **change}
    answer = admin.put(f"/admin/users/{client_user.pk}", body)
    assert (answer.status, list(answer.details)) == (400, [field])


def test_a_client_is_erased_with_a_trail_that_names_nobody(
    admin: Any, admin_user: Any, client_user: Any, consultant: Any
) -> None:
    make_client(consultant, user=client_user, email=client_user.email, name=client_user.name)
    answer = admin.delete(f"/admin/users/{client_user.pk}", {"reason": "Asked by mail."})
    assert answer.status == 200
    assert not User.objects.filter(pk=client_user.pk).exists()
    line = AuditEntry.objects.get(action="account.erased_for")
    assert line.actor == admin_user
    assert client_user.email not in str(AuditEntry.objects.filter(subject_id=client_user.pk).values())
    assert admin.delete(f"/admin/users/{client_user.pk}", {}).status == 404


def test_a_consultants_account_is_not_erased(admin: Any, consultant: Any) -> None:
    answer = admin.delete(f"/admin/users/{consultant.user_id}", {"reason": "x"})
    assert (answer.status, answer.code) == (409, "INVALID_STATE")
    assert not AuditEntry.objects.exists()


def test_a_client_with_something_open_is_not_erased(admin: Any, client_user: Any, consultant: Any) -> None:
    from client_area.testing import booked

    booked(client_user, consultant)
    answer = admin.delete(f"/admin/users/{client_user.pk}", {"reason": "x"})
    assert (answer.status, answer.code) == (409, "INVALID_STATE")
    assert User.objects.filter(pk=client_user.pk).exists()


def test_an_application_is_decided_by_its_account(admin: Any, applicant: Any, client_user: Any) -> None:
    path = f"/admin/users/{applicant.user_id}"
    assert list(admin.post(f"{path}/reject", {}).details) == ["reason"]
    assert admin.post(f"{path}/reject", {"reason": "Not yet."}).data["isApprovedByAdmin"] is False
    assert admin.post(f"{path}/reject", {"reason": "Not yet."}).status == 409
    Consultant.objects.filter(pk=applicant.pk).update(status="submitted")
    assert admin.post(f"{path}/approve", {}).data["isApprovedByAdmin"] is True
    assert admin.post(f"/admin/users/{client_user.pk}/approve", {}).status == 409
    assert admin.post(f"/admin/users/{uuid4()}/approve", {}).status == 404


def test_approved_they_may_use_the_dashboard_at_once(admin: Any, applicant: Any) -> None:
    theirs = api_of(applicant.user)
    assert theirs.get("/consultant/services").code == "ADMIN_APPROVAL_REQUIRED"
    admin.post(f"/admin/users/{applicant.user_id}/approve", {})
    assert theirs.get("/consultant/services").status == 200
    body = {"email": applicant.user.email, "password": PASSWORD}
    assert theirs.post("/auth/login", body).data["permissions"]["canAccessDashboard"]
