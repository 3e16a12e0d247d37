"""What is another's is not there: every address of the dashboard, from the URLconf, asked by somebody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver, reverse

from availability import services as time
from bookings.testing import make_paid, make_webinar, payment_of
from clients.models import ClientNote, CustomField
from clients.testing import make_import
from consultants.models import ApprovalDocument, Consultant
from naksha.testing import make_client, make_consultant, make_service, next_slot_start
from notifications.services import notify
from payments.models import Invoice
from quotations.services import ask
from quotations.testing import make_accepted, make_sent
from sessions_app.services.saving_views import save_view
from sessions_app.testing import make_review, make_session
from tests.test_hostile import _addresses

pytestmark = pytest.mark.django_db(transaction=True)
OURS = (
    "accounts",
    "availability",
    "bookings",
    "client_area",
    "clients",
    "consultants",
    "dashboard",
    "meetings",
    "notifications",
    "payments",
    "quotations",
    "sessions_app",
)
# What a consultant may open before being approved: the application, and what it asks for.
OPEN = {
    "application",
    "application_send",
    "add_document",
    "profile",
    "address",
    "invoice_details",
    "settings",
    "preview",
}


def everything() -> dict[str, list[Any]]:
    """Every row of ours, as it is."""
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for app in OURS
        for model in apps.get_app_config(app).get_models()
    }


def dashboard() -> list[tuple[str, str]]:
    found = [(route, name) for route, name in _addresses(get_resolver().url_patterns) if route.startswith("dashboard/")]
    assert len(found) > 30
    return found


@pytest.fixture
def theirs(consultant: Consultant, fake_gateway: Any) -> dict[str, Any]:
    """One of each thing that an address can name, by a part of the address."""
    service = make_service(consultant)
    start = next_slot_start(days=5)
    block = time.block(consultant_id=consultant.pk, starts_at=start, ends_at=start.replace(hour=6), note="")
    paper = ApprovalDocument.objects.create(
        consultant=consultant,
        kind="identity",
        file=ContentFile(b"%PDF-1.4", name="x.pdf"),
        original_name="x",
        content_type="application/pdf",
        size=8,
    )
    client = make_client(consultant)
    booking, _token = make_paid(fake_gateway, consultant, service=service)
    sent, agreed = make_sent(consultant)[0], make_accepted(consultant)[0]
    return {
        "clients/import/": make_import(consultant),
        "clients/notes/": ClientNote.objects.create(client=client, body="Likes mornings."),
        "clients/fields/": CustomField.objects.create(consultant=consultant, label="Birthday"),
        "clients/": client,
        "services/": service,
        "webinars/": make_webinar(consultant),
        "bookings/": booking,
        "payments/due/": booking,
        "payments/invoices/": Invoice.objects.get(),
        "payments/": payment_of(booking),
        "documents/": paper,
        "blocks/": block,
        "reviews/": make_review(consultant),
        "quotations/lines/": agreed.lines.get(position=1),
        "quotations/questions/": ask(quotation=sent, body="Is filing included?"),
        "quotations/": sent,
        "sessions/views/": save_view(consultant=consultant, name="Unpaid", query="pay=pending"),
        "sessions/": make_session(consultant, starts_at=next_slot_start(days=9)),
    }


def address(route: str, rows: dict[str, Any]) -> str:
    """A route with the name of a row; what names none, as a chart or a month does, is called x."""
    of = route.replace("bookings/webinars/", "webinars/")
    name = next((str(row.pk) for part, row in rows.items() if part in of), "x")
    return "/" + route[: route.index("<")] + name + route[route.index(">") + 1 :]


def test_another_consultant_finds_nothing_and_changes_nothing(
    theirs: dict[str, Any], consultant: Consultant, other_consultant: Consultant
) -> None:
    note = notify(user=consultant.user, kind="system", title="Yours alone")
    stranger = Client()
    stranger.force_login(other_consultant.user)
    before = everything()
    asked = 0
    for route, name in dashboard():
        if "<" not in route:
            continue
        url = address(route, theirs)
        for method in ("get", "post"):
            answer = getattr(stranger, method)(url, {"reason": "x", "start": "2026-12-01T05:30Z", "arrange": "add"})
            # A block that is gone already is no error: a second press finds the same page.
            fits = (404, 405, 302) if name == "remove_block" else (404, 405)
            assert answer.status_code in fits, (method, url, answer.status_code)
            asked += 1
    assert stranger.post(reverse("notifications:open", args=[note.pk])).status_code == 404
    assert asked > 30
    assert everything() == before


def test_what_others_do_not_find_its_owner_does(theirs: dict[str, Any], consultant: Consultant) -> None:
    """Else a row of the wrong kind would be nobody's, and prove nothing."""
    owner = Client()
    owner.force_login(consultant.user)
    urls = [address(route, theirs) for route, _name in dashboard() if "<uuid:" in route]
    assert [url for url in urls if owner.get(url).status_code not in (200, 302, 405)] == []
    question = theirs["quotations/questions/"]
    answered = owner.post(reverse("quotations:answer", args=[question.pk]), {"answer": "Yes."})
    assert answered.url == reverse("quotations:one", args=[question.quotation_id])


@pytest.mark.parametrize("status", ["draft", "submitted", "needs_info", "rejected", "suspended"])
def test_a_consultant_who_is_not_approved_comes_as_far_as_the_application(status: str) -> None:
    assert status in Consultant.Status.values
    applicant = make_consultant(status=status, hours=False)
    service = make_service(applicant)
    client = Client()
    client.force_login(applicant.user)
    before = everything()
    for route, name in dashboard():
        if name in OPEN or "documents/" in route:
            continue
        url = "/" + route
        if "<" in route:
            url = "/" + route[: route.index("<")] + str(service.pk) + route[route.index(">") + 1 :]
        for method in ("get", "post"):
            answer = getattr(client, method)(url, {"what": "off", "first": "2027-01-01", "title": "x"})
            led = answer.status_code == 302 and answer.url == reverse("consultants:application")
            assert led or answer.status_code == 405, (method, url, answer.status_code)
    assert everything() == before


def test_a_client_and_a_visitor_stay_outside(theirs: dict[str, Any], client_user: Any) -> None:
    inside, outside = Client(), Client()
    inside.force_login(client_user)
    before = everything()
    for route, _name in dashboard():
        url = address(route, theirs) if "<" in route else "/" + route
        for method in ("get", "post"):
            assert getattr(inside, method)(url).status_code in (403, 404, 405), (method, url)
            answer = getattr(outside, method)(url)
            assert answer.status_code == 405 or answer.url.startswith("/accounts/login/"), (method, url)
    assert everything() == before
