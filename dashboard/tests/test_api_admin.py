"""The platform's numbers over the API."""

from typing import Any

import pytest
from django.urls import reverse

from accounts import audit
from bookings.testing import make_paid
from naksha.api.testing import api_of
from naksha.testing import make_consultant, make_service, make_user
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(admin_user: Any) -> Any:
    return api_of(admin_user)


def test_the_dashboard_says_what_waits_and_how_the_month_went(
    admin: Any, admin_user: Any, consultant: Any, client_user: Any, fake_gateway: Any
) -> None:
    make_consultant(status="submitted")
    make_paid(fake_gateway, consultant, service=make_service(consultant, price_paise=100_000))
    OutgoingMail.objects.update(status="failed")
    mails = OutgoingMail.objects.count()
    audit.record(actor=admin_user, action="account.closed", subject=client_user)
    data = admin.get("/admin/dashboard").data
    assert data.pop("recent")[0]["action"] == "account.closed"
    assert data == {
        "waiting": {
            "applications": 1,
            "refundsOpen": 0,
            "refundsFailed": 0,
            "mailsFailed": mails,
            "gatewayCallsFailed": 0,
        },
        "days": 30,
        "consultantsPublic": 1,
        "consultantsApproved": 1,
        "newAccounts": 4,
        "bookingsMade": 1,
        "bookingsPending": 0,
        "sessionsToCome": 1,
        "payments": 1,
        "paidPaise": 100_000,
        "refundedPaise": 0,
        "feePaise": 10_000,
        "currency": "INR",
    }


def test_the_page_and_the_api_say_the_same(client: Any, admin: Any, admin_user: Any, consultant: Any) -> None:
    client.force_login(admin_user)
    figures = {figure.title: figure.value for figure in client.get(reverse("admin:index")).context["figures"]}
    data = admin.get("/admin/dashboard").data
    assert figures["Consultants"] == str(data["consultantsPublic"]) == "1"
    assert figures["New accounts"] == str(data["newAccounts"])


def test_stats_count_all_there_is_by_its_state(admin: Any, consultant: Any, fake_gateway: Any) -> None:
    make_consultant(status="draft")
    make_paid(fake_gateway, consultant, service=make_service(consultant, price_paise=100_000))
    data = admin.get("/admin/stats").data
    assert data["users"] == {"client": 0, "consultant": 2, "admin": 1}
    assert (data["consultants"]["APPROVED"], data["consultants"]["DRAFT"], data["consultants"]["REJECTED"]) == (1, 1, 0)
    assert (data["bookings"]["ACCEPTED"], data["bookings"]["HELD"]) == (1, 0)
    assert data["sessions"]["CONFIRMED"] == 1
    assert data["payments"] == {
        "count": 1,
        "capturedPaise": 100_000,
        "refundedPaise": 0,
        "feePaise": 10_000,
        "currency": "INR",
    }


@pytest.mark.parametrize("path", ["dashboard", "stats"])
@pytest.mark.parametrize("rows", [1, 8])
def test_the_numbers_cost_the_same_however_much_there_is(
    admin: Any, path: Any, rows: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        make_user()
        make_consultant()
    with django_assert_max_num_queries(12):
        assert admin.get(f"/admin/{path}").status == 200


def test_an_empty_platform_has_noughts(admin: Any) -> None:
    assert admin.get("/admin/stats").data["payments"]["capturedPaise"] == 0
    assert admin.get("/admin/dashboard").data["paidPaise"] == 0
