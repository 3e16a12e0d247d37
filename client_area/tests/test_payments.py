"""Payments of a client: the year's sums, refunds, papers, and nobody else's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.services import cancel_by_client
from bookings.testing import details, make_paid, payment_of
from client_area.money import Year
from clients.models import Client
from payments.models import Invoice, Payment, Refund
from payments.services.sending import send

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/me/payments/"
NOBODY = "00000000-0000-7000-8000-000000000000"


def plain(answer) -> str:
    """The page without what differs by its own address and by chance."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|quote [0-9a-f]{12}", "", text)


@pytest.fixture
def paid(client_user, consultant, fake_gateway):
    """A booking that was paid as a guest, and is the login's since."""
    booking, _token = make_paid(fake_gateway, consultant, details=details(email=client_user.email))
    Client.objects.filter(pk=booking.client_id).update(user=client_user)
    return booking


def test_a_payment_is_listed_with_its_papers_and_sums(me, paid, consultant) -> None:
    statement = me.get(PAGE).context["statement"]
    assert [line.payment for line in statement.lines] == [payment_of(paid)]
    assert [one.kind for one in statement.lines[0].documents] == ["invoice"]
    assert (statement.sums.paid_paise, statement.sums.refunded_paise) == (150_000, 0)
    page = me.get(PAGE).content.decode()
    assert consultant.display_name in page
    assert "₹1,500.00" in page


def test_a_refund_shows_beside_its_payment_and_in_the_sums(me, paid, client_user) -> None:
    cancel_by_client(booking=paid, by=client_user)
    page = me.get(PAGE)
    assert "Refund on its way" in page.content.decode()
    assert page.context["statement"].sums.refunded_paise == 0
    send(Refund.objects.get().pk)
    page = me.get(PAGE)
    assert page.context["statement"].sums.refunded_paise == 150_000
    assert page.context["statement"].sums.net_paise == 0
    assert [one.kind for one in page.context["statement"].lines[0].documents] == ["invoice", "credit_note"]


def test_papers_come_as_pdf_for_their_client_alone(me, client, paid, client_user, stranger, consultant) -> None:
    invoice, payment = Invoice.objects.get(), payment_of(paid)
    urls = [reverse("client_area:document", args=[invoice.pk]), reverse("client_area:receipt", args=[payment.pk])]
    for url in urls:
        answer = me.get(url)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-")
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"].startswith("attachment;")
    for other in (stranger, consultant.user):
        client.force_login(other)
        for url in urls:
            nothing = client.get(re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", NOBODY, url))
            answer = client.get(url)
            assert answer.status_code == nothing.status_code == 404
            assert plain(answer) == plain(nothing)
    client.logout()
    assert client.get(urls[0]).status_code == 302


def test_a_receipt_of_what_was_never_paid_is_not_there(me, paid) -> None:
    payment = payment_of(paid)
    failed = {"status": "failed", "failed_at": timezone.now(), "captured_paise": 0, "captured_at": None}
    Payment.objects.filter(pk=payment.pk).update(fee_paise=0, fee_tax_paise=0, **failed)
    assert me.get(reverse("client_area:receipt", args=[payment.pk])).status_code == 404
    assert "Failed" in me.get(PAGE).content.decode()


def test_the_year_turns_at_midnight_of_the_first_of_april_in_india(me, paid) -> None:
    last_moment = datetime(2026, 3, 31, 18, 29, 59, tzinfo=UTC)
    assert Year.of(last_moment).name == "2025-26"
    assert Year.of(last_moment + timedelta(seconds=1)).name == "2026-27"
    Payment.objects.update(captured_at=last_moment)
    statement = me.get(PAGE).context["statement"]
    assert statement.year.name == "2025-26"
    assert "2025-26" in [one.name for one in statement.years]
    assert me.get(PAGE, {"year": "2025-26"}).context["statement"].sums.paid_paise == 150_000
    newest = me.get(PAGE).context["statement"].years[0]
    assert newest.name != "2025-26"
    assert me.get(PAGE, {"year": newest.name}).context["statement"].sums.paid_paise == 0


@pytest.mark.parametrize("year", ["2026-28", "1999-00", "x", "2026", "2090-91"])
def test_a_year_that_is_none_shows_the_newest(me, paid, year) -> None:
    assert me.get(PAGE, {"year": year}).context["statement"].sums.paid_paise == 150_000


def test_the_page_asks_as_often_for_thirty_payments_as_for_one(
    me, paid, client_user, django_assert_num_queries
) -> None:
    me.get(PAGE)
    with django_assert_num_queries(12) as first:
        me.get(PAGE)
    payment = payment_of(paid)
    for n in range(29):
        payment.pk, payment.order_id, payment._state.adding = None, f"order_{n}", True
        payment.id = Payment._meta.pk.get_default()
        payment.save(force_insert=True)
    with django_assert_num_queries(len(first)):
        me.get(PAGE)
