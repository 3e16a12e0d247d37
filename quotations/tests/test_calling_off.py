"""The end of accepted work: with a reason, with what goes back, told to the client, once."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import AuditEntry
from naksha.errors import InvalidState, ReasonNeeded, WrongInput
from naksha.money import rupees
from naksha.testing import make_client
from notifications.message import build_message
from notifications.models import Notification, OutgoingMail
from payments.models import Refund
from payments.services import verify_ledger
from payments.testing import work_through
from quotations import services
from quotations.models import Quotation, QuotationReminder
from quotations.testing import make_accepted, make_sent, pay_part

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(mail):
    return " ".join(str(build_message(mail).body).split())


def call_off(quotation, **fields):
    values = {"quotation": quotation, "actor": quotation.consultant.user, "reason": "We could not agree on the dates."}
    return services.call_off(**{**values, **fields})


def test_unpaid_work_ends_and_nothing_is_asked_for_any_more(consultant, client_user):
    quotation, _token = make_accepted(consultant, client=make_client(consultant, user=client_user))
    call_off(quotation)
    call_off(quotation, reason="Again.")
    quotation.refresh_from_db()
    assert (quotation.status, quotation.ending, quotation.status_words) == ("expired", "called_off", "Called off")
    assert (quotation.owed_paise, quotation.close_reason) == (0, "We could not agree on the dates.")
    assert quotation.accepted_name == "Farhan Qureshi", "the evidence stays"
    mail = OutgoingMail.objects.get(template="quotation_called_off")
    assert mail.to == quotation.client.email
    assert "We could not agree on the dates." in (words := text_of(mail))
    assert "goes back" not in words
    assert Notification.objects.filter(user=client_user, title="Work was called off").count() == 1
    assert AuditEntry.objects.get(action="quotation.called_off").actor == consultant.user
    assert not QuotationReminder.objects.filter(status="waiting").exists()
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("back", "kept"), [(None, 0), (1_000_000, 250_000), (0, 1_250_000)])
def test_of_what_was_paid_goes_back_what_was_said(consultant, fake_gateway, back, kept):
    quotation, _token = make_accepted(consultant, deposit_points=5_000)
    pay_part(fake_gateway, quotation)
    call_off(quotation, refund_paise=back)
    work_through()
    quotation.refresh_from_db()
    gone = 1_250_000 - kept
    assert (quotation.refunding_paise, quotation.refunded_paise) == (gone, gone)
    assert list(Refund.objects.values_list("amount_paise", flat=True)) == ([gone] if gone else [])
    words = text_of(OutgoingMail.objects.get(template="quotation_called_off"))
    assert (f"{rupees(gone)} goes back" in words) == bool(gone)
    assert (f"keeps {rupees(kept)}" in words) == bool(kept)
    assert verify_ledger() == []


def test_what_can_not_be_is_refused_and_changes_nothing(consultant, other_consultant, fake_gateway):
    quotation, _token = make_accepted(consultant, deposit_points=5_000)
    pay_part(fake_gateway, quotation)
    for fields, error in (
        ({"reason": "  "}, ReasonNeeded),
        ({"refund_paise": 1_250_001}, WrongInput),
        ({"refund_paise": -1}, WrongInput),
        ({"seen_paise": 0}, InvalidState),
        ({"actor": other_consultant.user}, PermissionDenied),
    ):
        with pytest.raises(error):
            call_off(quotation, **fields)
    with pytest.raises(InvalidState):
        call_off(make_sent(consultant)[0])
    assert not Refund.objects.exists()
    assert not Quotation.objects.filter(ending="called_off").exists()


def test_there_is_no_new_version_of_it(consultant):
    quotation, _token = make_sent(consultant)
    second = services.revise(quotation=quotation, actor=consultant.user)
    services.accept(quotation=quotation, version=1, name="Farhan Qureshi", address=None)
    call_off(quotation)
    with pytest.raises(InvalidState):
        services.revise(quotation=quotation, actor=consultant.user)
    with pytest.raises(InvalidState):
        services.send(quotation=second, actor=consultant.user)


def test_the_page_asks_first_and_keeps_what_was_typed(desk, consultant, fake_gateway):
    quotation, token = make_accepted(consultant, deposit_points=5_000)
    pay_part(fake_gateway, quotation)
    url = reverse("quotations:call_off", args=[quotation.pk])
    assert url in desk.get(reverse("quotations:one", args=[quotation.pk])).content.decode()
    asked = desk.get(url).content.decode()
    assert "₹12,500.00 was paid for it." in asked
    typed = {"reason": "We could not agree.", "refund": "10,000", "seen": "1250000"}
    unsaid = desk.post(url, {**typed, "reason": ""})
    assert (unsaid.status_code, "10,000" in unsaid.content.decode()) == (400, True)
    assert desk.post(url, {**typed, "refund": "12,500.01"}).status_code == 400
    pay_part(fake_gateway, quotation)
    late = desk.post(url, typed)
    assert late.status_code == 409
    assert "Money came or went meanwhile" in late.content.decode()
    assert "We could not agree." in late.content.decode()
    assert not Refund.objects.exists()
    assert desk.post(url, {**typed, "seen": "2500000"}).url == reverse("quotations:one", args=[quotation.pk])
    assert sum(Refund.objects.values_list("amount_paise", flat=True)) == 1_000_000
    shown = desk.get(f"/q/{token}/").content.decode()
    assert "This work was called off" in shown
    assert "We could not agree." in shown
    assert "₹10,000.00 goes back" in shown
    assert desk.get(url).url == reverse("quotations:one", args=[quotation.pk])
