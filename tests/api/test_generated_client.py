"""A client that openapi-python-client makes of the document does the main job, from the sign-up to the rating."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings as ours
from django.utils import timezone

from availability.models import WeeklyHours
from consultants.models import BookingPolicy, Consultant
from naksha.testing import PASSWORD, make_admin, make_consultant
from sessions_app.models import Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    made = subprocess.run(
        [
            str(Path(sys.executable).with_name("openapi-python-client")),
            *("generate", "--path", str(ours.BASE_DIR / "docs" / "openapi.json"), "--meta", "none"),
            *("--output-path", str(tmp_path / "naksha_client")),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "naksha_client"
    for name in [name for name in sys.modules if name.split(".")[0] == "naksha_client"]:
        del sys.modules[name]


class App:
    """Somebody's app: calls operations by their names, with and without a login."""

    def __init__(self, package: str, address: str) -> None:
        self.package, self.address = package, address
        self.client = importlib.import_module(package).Client(base_url=address)

    def log_in(self, email: str, operation: str = "auth.auth_login") -> None:
        tokens = self.ask(operation, {"email": email, "password": PASSWORD}).tokens
        made = importlib.import_module(self.package)
        self.client = made.AuthenticatedClient(base_url=self.address, token=tokens.access_token)

    def ask(self, operation: str, body: dict[str, Any] | None = None, /, **parameters: Any) -> Any:
        """What went well, as the generated models read it."""
        call = importlib.import_module(f"{self.package}.api.{operation}").sync_detailed
        if body is not None:
            parameters["body"] = _model(get_type_hints(call)["body"]).from_dict(body)
        answer = call(client=self.client, **parameters)
        assert answer.status_code < 300, answer.content
        assert answer.parsed is not None, answer.content
        return answer.parsed.data


def _model(hint: Any) -> Any:
    choices = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return next(choice for choice in choices if hasattr(choice, "from_dict"))


def test_it_walks_the_main_job(package: str, live_server: Any, emulator: Any) -> None:
    practice, guest, client, admin = (App(package, live_server.url) for _ in range(4))
    make_consultant(slug="another")  # brings a field, a language and a city to choose
    boss = make_admin()

    for name, email, kind in [
        ("Usha Menon", "usha@example.com", "consultant"),
        ("Farhan Qureshi", "farhan@example.com", "client"),
    ]:
        guest.ask("auth.auth_signup", {"name": name, "email": email, "password": PASSWORD, "accountType": kind})
        token = EmailConfirmationHMAC(EmailAddress.objects.get(email=email)).key
        guest.ask("auth.auth_verify_email", token=token)

    practice.log_in("usha@example.com")
    admin.log_in(boss.email, "auth.auth_admin_login")
    profile = {
        "name": "Usha Menon",
        "headline": "Tax",
        "bio": "Years of notices.",
        "expertise": ["tax"],
        "languages": ["en"],
        "city": "pune",
        "experienceYears": 9,
        "credentials": "",
        "links": [],
        "timezone": "Asia/Kolkata",
        "isListed": True,
    }
    practice.ask("consultant.consultant_profile_update", profile)
    usha = Consultant.objects.get(user__email="usha@example.com")
    admin.ask("admin.admin_consultants_approve", {"consultantId": str(usha.pk), "action": "approve"})
    service = practice.ask(
        "consultant.consultant_services_create", {"title": "First call", "minutes": 30, "pricePaise": 150_000}
    )
    for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"):
        hours = {"type": "WEEKLY", "weekday": day, "start": "09:00", "end": "17:00"}
        practice.ask("consultant.consultant_availability_create", hours)
    assert WeeklyHours.objects.filter(consultant=usha).exists()
    assert BookingPolicy.objects.filter(consultant=usha).exists()

    free = guest.ask("public.consultants_slots", slug=usha.slug, service=service.id).to_dict()
    start = next(slot["start"] for day in free["days"] for slot in day["slots"])
    client.log_in("farhan@example.com")
    wish = {"consultantSlug": usha.slug, "serviceId": str(service.id), "start": start}
    booked = client.ask("public.book", {**wish, "client": {"phone": "+919800000001"}}, idempotency_key=str(uuid4()))

    paid = emulator.pay(booked.payment.order_id)["checkout"]
    names = {"razorpay_order_id": "razorpayOrderId", "razorpay_payment_id": "razorpayPaymentId"}
    names["razorpay_signature"] = "razorpaySignature"
    client.ask("payments.payments_complete", {names[name]: text for name, text in paid.items() if name in names})
    shown = client.ask("bookings.bookings_retrieve", id=UUID(str(booked.booking.id)))
    assert shown.status == "ACCEPTED"

    session = UUID(str(shown.session_id))
    said = {"clientMessageId": str(uuid4()), "body": "The notice is of March."}
    client.ask("chat.sessions_messages_send", said, id=session)
    heard = practice.ask("chat.sessions_messages_list", id=session).to_dict()
    assert "The notice is of March." in json.dumps(heard)

    now = timezone.now()  # the day comes
    Session.objects.filter(pk=session).update(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(minutes=29))
    practice.ask("sessions.sessions_start", id=session)
    practice.ask("sessions.sessions_complete", {"summary": "Answer by Friday."}, id=session)
    client.ask("sessions.sessions_rate", {"rating": 5, "comment": "Clear."}, id=session)
    reviews = guest.ask("public.consultants_reviews", slug=usha.slug).to_dict()
    assert [review["rating"] for review in reviews["reviews"]] == [5]
