"""Consultants in the hands of admins, over the API."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from accounts.models import AuditEntry, User
from consultants.models import ApprovalDocument
from naksha.api.testing import api_of
from naksha.testing import make_consultant
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db
PAGE = {
    "displayName": "Asha Devi Rao",
    "headline": "Tax, plainly",
    "bio": "Notices answered.",
    "credentials": "FCA",
    "experienceYears": 15,
    "isListed": True,
    "reason": "Asked by phone.",
}


def test_the_list_says_each_consultant_in_one_form(admin: Any, consultant: Any) -> None:
    data = admin.get("/admin/consultants").data
    assert data["pagination"]["totalCount"] == 1
    assert data["consultants"] == [
        {
            "id": str(consultant.pk),
            "userId": str(consultant.user_id),
            "slug": "asha-rao",
            "displayName": consultant.display_name,
            "email": consultant.user.email,
            "status": "APPROVED",
            "isApprovedByAdmin": True,
            "isListed": True,
            "profileCompleted": True,
            "city": "Pune",
            "submittedAt": None,
            "decidedAt": None,
            "createdAt": consultant.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    ]


def test_the_list_is_filtered_searched_and_ordered(admin: Any, consultant: Any, applicant: Any) -> Any:
    def slugs(**query: Any) -> Any:
        return [row["slug"] for row in admin.get("/admin/consultants", **query).data["consultants"]]

    assert slugs(status="SUBMITTED") == ["new-one"]
    assert slugs(status="approved") == ["asha-rao"]
    assert slugs(search="nair") == slugs(search=applicant.user.email) == ["new-one"]
    assert slugs(ordering="createdAt") == ["asha-rao", "new-one"]
    assert slugs(ordering="-name") == ["new-one", "asha-rao"]
    assert slugs(page=9) == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("consultants", {"status": "odd"}),
        ("consultants", {"ordering": "email"}),
        ("consultants", {"search": "x" * 201}),
        ("consultants", {"page": "0"}),
        ("users", {"accountType": "boss"}),
        ("users", {"isActive": "maybe"}),
        ("users", {"ordering": "password"}),
        ("users/pending", {"pageSize": "101"}),
    ],
)
def test_a_bad_filter_is_named(admin: Any, path: Any, query: Any) -> None:
    answer = admin.get(f"/admin/{path}", **query)
    assert (answer.status, list(answer.details)) == (400, list(query))


@pytest.mark.parametrize("path", ["consultants", "users", "users/pending"])
@pytest.mark.parametrize("rows", [1, 12])
def test_a_list_costs_the_same_however_long_it_is(
    admin: Any, path: Any, rows: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        make_consultant(status="submitted")
    with django_assert_num_queries(4):  # the limit, the login, the count, the rows
        assert admin.get(f"/admin/{path}").status == 200


def test_one_is_shown_with_papers_steps_and_history(admin: Any, applicant: Any, admin_user: Any) -> None:
    ApprovalDocument.objects.create(
        consultant=applicant, kind="identity", file=ContentFile(b"x", "x.pdf"), original_name="pan.pdf", size=1
    )
    admin.post(
        "/admin/consultants/approve", {"consultantId": str(applicant.pk), "action": "approve", "reason": "Fine."}
    )
    data = admin.get(f"/admin/consultants/{applicant.pk}").data
    assert [(paper["kind"], paper["name"], paper["size"]) for paper in data["documents"]] == [
        ("IDENTITY", "pan.pdf", 1)
    ]
    assert {step["key"] for step in data["steps"]} >= {"mail", "headline", "identity"}
    line = data["history"][0]
    assert (line["action"], line["actor"], line["reason"]) == ("consultant.approved", admin_user.email, "Fine.")
    assert data["decisionNote"] == "Fine."


def test_what_there_is_not_is_not_found(admin: Any) -> None:
    one, other = (admin.get(f"/admin/consultants/{uuid4()}") for _ in range(2))
    assert one.status == 404
    assert one.lasting == other.lasting
    assert admin.put(f"/admin/consultants/{uuid4()}", PAGE).status == 404
    assert admin.get("/admin/consultants/not-an-id").status == 404


def test_an_application_is_approved_and_the_consultant_told(admin: Any, admin_user: Any, applicant: Any) -> None:
    body = {"consultantId": str(applicant.pk), "action": "approve"}
    data = admin.post("/admin/consultants/approve", body).data
    applicant.refresh_from_db()
    assert data == {
        "consultantId": str(applicant.pk),
        "isApprovedByAdmin": True,
        "approvedAt": applicant.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "approvedBy": str(admin_user.pk),
    }
    assert OutgoingMail.objects.get().template == "application_approved"
    again = admin.post("/admin/consultants/approve", body)
    assert (again.status, again.code) == (409, "INVALID_STATE")
    assert OutgoingMail.objects.count() == 1


def test_a_rejection_needs_its_reason(admin: Any, applicant: Any) -> None:
    body = {"consultantId": str(applicant.pk), "action": "reject"}
    answer = admin.post("/admin/consultants/approve", body)
    assert (answer.status, list(answer.details)) == (400, ["reason"])
    data = admin.post("/admin/consultants/approve", {**body, "reason": "The papers are of somebody else."}).data
    assert data == {
        "consultantId": str(applicant.pk),
        "isApprovedByAdmin": False,
        "approvedAt": None,
        "approvedBy": None,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [({"action": "delete"}, "action"), ({"consultantId": "x"}, "consultantId"), ({"status": "x"}, "status")],
)
def test_a_bad_decision_is_named(admin: Any, applicant: Any, change: Any, field: Any) -> None:
    body = {"consultantId": str(applicant.pk), "action": "approve", **change}
    assert list(admin.post("/admin/consultants/approve", body).details) == [field]


def test_a_page_is_changed_with_a_line_in_the_trail(admin: Any, admin_user: Any, consultant: Any) -> None:
    data = admin.put(f"/admin/consultants/{consultant.pk}", PAGE).data
    assert {name: data[name] for name in PAGE if name != "reason"} == {
        name: value for name, value in PAGE.items() if name != "reason"
    }
    line = AuditEntry.objects.get(action="consultant.edited")
    assert (line.actor, line.subject_id, line.reason) == (admin_user, consultant.pk, "Asked by phone.")
    assert line.data == {"changed": ["bio", "credentials", "display_name", "experience_years", "headline"]}
    assert AuditEntry.objects.get(action="consultant.renamed").actor == admin_user


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("displayName", "A"),
        ("headline", "x" * 121),
        ("bio", "x" * 4001),
        ("credentials", None),
        ("experienceYears", 71),
        ("isListed", "perhaps"),
        ("status", "DRAFT"),
        ("reason", ""),
        ("slug", "other"),
        ("isApproved", True),
    ],
)
def test_a_bad_change_is_named_and_nothing_changes(admin: Any, consultant: Any, name: Any, value: Any) -> None:
    answer = admin.put(f"/admin/consultants/{consultant.pk}", {**PAGE, name: value})
    assert (answer.status, list(answer.details)) == (400, [name])
    assert not AuditEntry.objects.filter(action="consultant.edited").exists()


def test_a_put_takes_the_whole(admin: Any, consultant: Any) -> None:
    assert set(admin.put(f"/admin/consultants/{consultant.pk}", {"reason": "x"}).details) == set(PAGE) - {"reason"}


def test_a_consultant_is_suspended_and_opened_again(admin: Any, consultant: Any) -> None:
    theirs = api_of(consultant.user)
    path = f"/admin/consultants/{consultant.pk}"
    assert admin.put(path, {**PAGE, "status": "SUSPENDED"}).data["status"] == "SUSPENDED"
    assert theirs.get("/auth/me").status == 401
    assert admin.put(path, {**PAGE, "status": "SUSPENDED"}).data["status"] == "SUSPENDED"
    assert AuditEntry.objects.filter(action="consultant.suspended").count() == 1
    assert admin.put(path, {**PAGE, "status": "APPROVED"}).data["status"] == "APPROVED"
    assert User.objects.get(pk=consultant.user_id).is_active


def test_an_application_is_not_approved_by_a_put(admin: Any, applicant: Any) -> None:
    answer = admin.put(f"/admin/consultants/{applicant.pk}", {**PAGE, "status": "APPROVED"})
    assert (answer.status, answer.code) == (409, "INVALID_STATE")
    applicant.refresh_from_db()
    assert (applicant.status, applicant.display_name) == ("submitted", "Usha Nair")


def test_some_of_a_page_is_changed_and_always_with_a_reason(admin: Any, consultant: Any) -> None:
    path = f"/admin/consultants/{consultant.pk}"
    before = admin.get(path).data
    assert list(admin.patch(path, {"headline": "Tax, plainly"}).details) == ["reason"]
    after = admin.patch(path, {"headline": "Tax, plainly", "reason": "Asked by phone."}).data
    assert {name for name in before if before[name] != after[name]} == {"headline"}
    assert AuditEntry.objects.get(action="consultant.edited").reason == "Asked by phone."
    suspended = admin.patch(path, {"status": "SUSPENDED", "reason": "Three complaints."}).data
    assert (suspended["status"], suspended["headline"]) == ("SUSPENDED", "Tax, plainly")
