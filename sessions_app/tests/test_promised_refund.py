"""What the page that cancels a recorded session promises is what goes back."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from consultants.models import Consultant
from payments.models import Payment, Refund
from payments.services import complete, ensure_order, refund_by_hand
from payments.testing import FakeGateway
from sessions_app.services import open_price
from sessions_app.testing import make_recorded


@pytest.mark.django_db
def test_the_page_promises_what_is_left_to_give_back(
    client: Client, fake_gateway: FakeGateway, consultant: Consultant, admin_user: User
) -> None:
    session = make_recorded(consultant, platform="phone", price_paise=150_000)
    payment = ensure_order(open_price(session=session).pk)
    complete(**fake_gateway.signed_answer(fake_gateway.pay(payment.order_id or "")))
    refund_by_hand(
        payment=Payment.objects.get(),
        amount_paise=50_000,
        seen_refunding_paise=0,
        reason="For the delay.",
        actor=admin_user,
    )
    client.force_login(consultant.user)
    page = reverse("sessions:cancel", args=[session.pk])
    assert "gets ₹1,000.00 back" in client.get(page).content.decode()
    client.post(page, {"reason": "I am ill."})
    assert sorted(Refund.objects.values_list("amount_paise", flat=True)) == [50_000, 100_000]
