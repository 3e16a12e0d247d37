"""The audit log and the admins, over the API."""

from typing import Any

import pytest
import time_machine

from accounts import audit
from accounts.models import AuditEntry, User
from naksha.api.testing import Api, api_of
from naksha.testing import make_admin, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(admin_user: Any) -> Any:
    return api_of(admin_user)


@pytest.fixture
def boss() -> Any:
    return make_admin(is_superuser=True, email="boss@example.com", first_name="Meera", last_name="Iyer")


def actions(api: Any, **query: Any) -> Any:
    return [line["action"] for line in api.get("/admin/audit-log", **query).data["entries"]]


def test_a_line_says_who_did_what_to_whom_and_why(admin: Any, admin_user: Any, stranger: Any) -> None:
    entry = audit.record(
        actor=admin_user, action="account.closed", subject=stranger, reason="Abuse.", data={"before": "open"}
    )
    assert admin.get("/admin/audit-log").data["entries"] == [
        {
            "id": str(entry.pk),
            "createdAt": entry.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "actor": admin_user.email,
            "action": "account.closed",
            "subjectKind": "accounts.user",
            "subjectId": str(stranger.pk),
            "subject": stranger.email,
            "reason": "Abuse.",
            "detail": {"before": "open"},
            "requestId": "",
        }
    ]


def test_what_an_entry_holds_is_named_and_dated_as_everywhere(admin: Any, admin_user: Any, stranger: Any) -> None:
    held = {
        "refund_paise": 150_000,
        "changed": ["holder_name"],
        "parts": [{"starts_at": "2026-11-24T05:30:00+00:00"}],
        "title": "half_an_hour",
    }
    audit.record(actor=admin_user, action="booking.cancelled", subject=stranger, data=held)
    (entry,) = admin.get("/admin/audit-log").data["entries"]
    assert entry["detail"] == {
        "refundPaise": 150_000,
        "changed": ["holderName"],
        "parts": [{"startsAt": "2026-11-24T05:30:00Z"}],
        "title": "half_an_hour",
    }


def test_the_log_is_filtered_in_every_way_that_it_names(
    admin: Any, admin_user: Any, boss: Any, stranger: Any, client_user: Any
) -> None:
    with time_machine.travel("2026-11-18T20:00:00Z", tick=False):  # the 19th in India
        audit.record(actor=boss, action="a.old", subject=stranger, reason="Abuse.")
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        audit.record(actor=admin_user, action="b.new", subject=client_user)
    admin = api_of(admin_user)
    assert actions(admin) == ["b.new", "a.old"]
    assert actions(admin, ordering="createdAt") == ["a.old", "b.new"]
    for query in (
        {"action": "a.old"},
        {"subjectId": str(stranger.pk)},
        {"actorId": str(boss.pk)},
        {"search": "abuse"},
        {"search": stranger.email},
        {"from": "2026-11-19", "to": "2026-11-19"},
        {"to": "2026-11-19"},
    ):
        assert actions(admin, **query) == ["a.old"], query
    assert actions(admin, subjectKind="accounts.user", **{"from": "2026-11-20"}) == ["b.new"]
    assert actions(admin, page=2) == []


@pytest.mark.parametrize(
    "query",
    [
        {"from": "19.11.2026"},
        {"to": "9999-12-31"},
        {"from": "0001-01-01"},
        {"subjectId": "x"},
        {"actorId": "0"},
        {"ordering": "actor"},
        {"action": "x" * 201},
    ],
)
def test_a_bad_filter_is_named(admin: Any, query: Any) -> None:
    answer = admin.get("/admin/audit-log", **query)
    assert (answer.status, list(answer.details)) == (400, list(query))


@pytest.mark.parametrize("rows", [1, 15])
def test_the_log_costs_the_same_however_long_it_is(
    admin: Any, admin_user: Any, rows: Any, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        audit.record(actor=admin_user, action="x.y", subject=make_user())
    with django_assert_num_queries(4):
        admin.get("/admin/audit-log")


def test_nobody_writes_the_log(admin: Any) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert admin.send(method, "/admin/audit-log").status == 405


def test_a_super_admin_sees_the_admins(boss: Any, admin_user: Any, client_user: Any) -> None:
    data = api_of(boss).get("/admin/admins", ordering="email").data
    assert [row["email"] for row in data["admins"]] == sorted([admin_user.email, "boss@example.com"])
    row = next(row for row in data["admins"] if row["email"] == "boss@example.com")
    assert row == {
        "id": str(boss.pk),
        "email": "boss@example.com",
        "name": "Meera Iyer",
        "isSuperAdmin": True,
        "isActive": True,
        "lastLoginAt": None,
        "createdAt": boss.date_joined.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert len(api_of(boss).get("/admin/admins", search="meera").data["admins"]) == 1


def test_a_super_admin_makes_an_admin_whose_logins_end(boss: Any, client_user: Any) -> None:
    theirs = api_of(client_user)
    body = {"email": client_user.email.upper(), "reason": "Joins the team."}
    answer = api_of(boss).post("/admin/admins", body)
    assert (answer.status, answer.data["id"], answer.data["isSuperAdmin"]) == (201, str(client_user.pk), False)
    assert theirs.get("/auth/me").status == 401
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.reason) == ("account.made_admin", boss, "Joins the team.")
    assert api_of(boss).post("/admin/admins", body).code == "INVALID_STATE"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody@example.com", "reason": "x"}, "email"),
        ({"email": "a@example.com", "reason": ""}, "reason"),
        ({"reason": "x"}, "email"),
        ({"email": "a@example.com", "reason": "x", "isSuperAdmin": True}, "isSuperAdmin"),
    ],
)
def test_a_bad_new_admin_is_named(boss: Any, body: Any, field: Any) -> None:
    answer = api_of(boss).post("/admin/admins", body)
    assert (answer.status, list(answer.details)) == (400, [field])


def test_a_consultant_stays_a_consultant(boss: Any, consultant: Any) -> None:
    answer = api_of(boss).post("/admin/admins", {"email": consultant.user.email, "reason": "x"})
    assert (answer.status, answer.code) == (409, "INVALID_STATE")


def test_a_plain_admin_neither_sees_nor_makes_admins(admin: Any, stranger: Any) -> None:
    assert admin.get("/admin/admins").code == "PERMISSION_DENIED"
    assert admin.post("/admin/admins", {"email": stranger.email, "reason": "x"}).status == 403
    assert User.objects.filter(role="admin").count() == 1
    assert Api().get("/admin/admins").code == "NOT_AUTHENTICATED"
