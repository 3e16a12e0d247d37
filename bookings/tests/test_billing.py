"""Who the invoice is made out to: asked where the law wants it, kept with the booking, printed."""

import io
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from availability.picker import start_text
from bookings.forms import DetailsForm
from bookings.models import Booking
from bookings.services import hold, hold_again
from bookings.testing import details, make_paid, pay
from clients.models import Client, ClientProfile
from consultants.models import Consultant, Service
from naksha.testing import make_consultant, make_service, next_slot_start
from payments import documents
from payments.models import Invoice
from payments.testing import FakeGateway

pytestmark = pytest.mark.django_db
REGULAR: dict[str, Any] = {"registration": "regular", "gstin": "27AABCN1234F1ZW"}
BUSINESS = {
    "gstin": "29AAGCB7383J1Z4",
    "billing_name": "Baba Textiles Private Limited",
    "billing_address": "12 Hill Road, Bengaluru",
}
DEAR = 5_000_000  # paise before GST: from here on the law wants the address
TYPED = {"name": "Meera Iyer", "email": "meera@example.com", "phone": "", "state_code": "29", "pin_code": "560001"}


def form(service: Service, **typed: str) -> DetailsForm:
    return DetailsForm({**TYPED, **typed}, service=service)


def url_of(service: Service) -> str:
    return reverse("bookings:details", args=[service.consultant.slug, service.pk])


def press(browser: Browser, service: Service, **typed: str) -> Any:
    data = {**TYPED, "start": start_text(next_slot_start()), "nonce": "one", **typed}
    return browser.post(url_of(service), data)


def paper() -> str:
    drawn = documents.draw(documents.invoice_facts(Invoice.objects.get(kind="tax_invoice")))
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(drawn)).pages)


@pytest.mark.parametrize(
    ("supplier", "price", "asked", "must"),
    [
        ({}, DEAR, set(), set()),
        (REGULAR, 0, set(), set()),
        (
            REGULAR,
            DEAR - 1,
            {"state_code", "pin_code", "gstin", "billing_name", "billing_address"},
            {"state_code", "pin_code"},
        ),
        (
            REGULAR,
            DEAR,
            {"state_code", "pin_code", "gstin", "billing_name", "billing_address"},
            {"state_code", "pin_code", "billing_address"},
        ),
        ({**REGULAR, "registration": "composition"}, DEAR, {"gstin", "billing_name", "billing_address"}, set()),
    ],
    ids=["not registered", "free", "below the limit", "from the limit", "composition scheme"],
)
def test_what_is_asked_is_what_the_law_wants(supplier: Any, price: int, asked: set[str], must: set[str]) -> None:
    blank = DetailsForm({}, service=make_service(make_consultant(**supplier), price_paise=price))
    billing = set(blank.fields) - {"name", "email", "phone"}
    assert billing == asked
    assert {name for name in billing if blank.fields[name].required} == must


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, set()),
        (BUSINESS, set()),
        ({**BUSINESS, "billing_name": ""}, set()),  # a proprietor's own name
        ({**BUSINESS, "gstin": "29aagcb7383j1z4 "}, set()),
        ({**BUSINESS, "gstin": "29AAGCB7383J1Z5"}, {"gstin"}),
        ({**BUSINESS, "billing_address": ""}, {"billing_address"}),
        ({**BUSINESS, "state_code": "27"}, {"state_code"}),
        ({**BUSINESS, "state_code": "96", "pin_code": ""}, {"state_code"}),
        ({"billing_name": "Baba Textiles"}, {"gstin"}),
        ({"billing_address": "12 Hill Road"}, set()),  # who asks for it has it on the invoice (rule 46(f))
    ],
)
def test_a_business_is_named_whole_or_not_at_all(typed: dict[str, str], wrong: set[str]) -> None:
    checked = form(make_service(make_consultant(**REGULAR)), **typed)
    checked.is_valid()
    assert set(checked.errors) == wrong


def test_a_dear_service_is_not_booked_without_an_address(browser_of: Browser, consultant: Consultant) -> None:
    service = _taxed(consultant, DEAR)
    assert "tried=1" in press(browser_of, service).url
    assert not Booking.objects.exists()
    assert "/pay/" in press(browser_of, service, billing_address="4 Hill Road, Bengaluru").url
    assert Booking.objects.get().billing_address == "4 Hill Road, Bengaluru"


@pytest.fixture
def browser_of(client: Browser, fake_gateway: FakeGateway) -> Browser:
    return client


def _taxed(consultant: Consultant, price: int = 150_000) -> Service:
    consultant.registration, consultant.gstin = "regular", "27AABCN1234F1ZW"
    consultant.save()
    return make_service(consultant, price_paise=price)


def test_the_business_stands_on_the_invoice_in_place_of_the_contact(
    fake_gateway: FakeGateway, consultant: Consultant
) -> None:
    typed = details(name="Meera Iyer", state_code="29", pin_code="560001", **BUSINESS)
    make_paid(fake_gateway, consultant, service=_taxed(consultant), details=typed)
    words = paper()
    for particular in (*BUSINESS.values(), "Karnataka (29) 560001", "IGST 18%"):
        assert particular in words
    assert Invoice.objects.get().recipient["name"] == BUSINESS["billing_name"]


def test_the_address_of_somebody_not_registered_stands_on_a_dear_invoice(
    fake_gateway: FakeGateway, consultant: Consultant
) -> None:
    typed = details(name="Meera Iyer", state_code="27", pin_code="411004", billing_address="4 Hill Road, Pune")
    make_paid(fake_gateway, consultant, service=_taxed(consultant, DEAR), details=typed)
    words = paper()
    for particular in ("Meera Iyer", "4 Hill Road, Pune", "Maharashtra (27) 411004", "CGST 9%"):
        assert particular in words


def test_it_is_frozen_with_the_booking(fake_gateway: FakeGateway, consultant: Consultant, client_user: User) -> None:
    service = _taxed(consultant)
    typed = details(email=client_user.email, state_code="29", pin_code="560001", **BUSINESS)
    booking, _ = hold(service=service, starts_at=next_slot_start(), details=typed, user=client_user)
    Client.objects.update(gstin="27AABCN1234F1ZW", address="Moved to Pune", name="Other")
    pay(fake_gateway, booking)
    recipient = Invoice.objects.get().recipient
    assert (recipient["gstin"], recipient["address"]) == (BUSINESS["gstin"], BUSINESS["billing_address"])


def test_who_takes_the_gstin_out_of_the_form_has_none_on_the_invoice(
    fake_gateway: FakeGateway, consultant: Consultant, client_user: User
) -> None:
    service = _taxed(consultant)
    first = details(email=client_user.email, state_code="29", pin_code="560001", **BUSINESS)
    hold(service=service, starts_at=next_slot_start(), details=first, user=client_user)
    assert Client.objects.get().gstin == BUSINESS["gstin"]
    private = details(email=client_user.email, state_code="29", pin_code="560001")
    booking, _ = hold(service=service, starts_at=next_slot_start(3), details=private, user=client_user)
    pay(fake_gateway, booking)
    assert Invoice.objects.get().recipient["gstin"] == ""


def test_a_guest_who_types_somebodys_address_reads_nothing_of_theirs(
    fake_gateway: FakeGateway, consultant: Consultant
) -> None:
    service = _taxed(consultant)
    Client.objects.create(
        consultant=consultant, name="Owner", email="farhan@example.com", address="Secret Lane", gstin=BUSINESS["gstin"]
    )
    make_paid(fake_gateway, consultant, service=service, details=details(state_code="29", pin_code="560001"))
    recipient = Invoice.objects.get().recipient
    assert (recipient["address"], recipient["gstin"]) == ("", "")


def test_the_form_begins_with_what_the_profile_knows(
    browser_of: Browser, consultant: Consultant, client_user: User
) -> None:
    service = _taxed(consultant)
    ClientProfile.objects.create(user=client_user, address="12 Hill Road", state_code="29", gstin=BUSINESS["gstin"])
    browser_of.force_login(client_user)
    page = browser_of.get(url_of(service) + f"?start={start_text(next_slot_start())}").content.decode()
    assert f'value="{BUSINESS["gstin"]}"' in page
    assert '<details class="business" open>' in page


def test_nobody_else_sees_it_open(browser_of: Browser, consultant: Consultant) -> None:
    service = _taxed(consultant)
    page = browser_of.get(url_of(service) + f"?start={start_text(next_slot_start())}").content.decode()
    assert '<details class="business">' in page


def test_holding_again_keeps_it(fake_gateway: FakeGateway, consultant: Consultant) -> None:
    service = _taxed(consultant)
    typed = details(state_code="29", pin_code="560001", **BUSINESS)
    booking, _ = hold(service=service, starts_at=next_slot_start(), details=typed)
    fresh, _ = hold_again(booking=booking, starts_at=next_slot_start(3))
    assert (fresh.gstin, fresh.billing_name, fresh.billing_address) == tuple(BUSINESS.values())
