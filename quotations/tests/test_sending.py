"""Sending: the number, the link, the mail, what a new version does to the one before, and taking it back."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AuditEntry
from naksha.errors import InvalidState, WrongInput
from notifications.models import Notification, OutgoingMail
from quotations import services
from quotations.models import Quotation, QuotationLink, QuotationSeries
from quotations.services import links
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db


def sent_in(consultant, moment):
    with time_machine.travel(moment, tick=False):
        return make_sent(consultant, valid_until=moment.date() + timedelta(days=10))[0]


@pytest.fixture(autouse=True)
def _clock_of_the_process(monkeypatch):
    """So that a test may choose the day, also where the database has a clock of its own."""
    from quotations.services import answering, drafting, lapsing, sending

    for module in (sending, drafting, answering, lapsing):
        monkeypatch.setattr(module, "db_now", timezone.now)


def test_numbers_have_no_gaps_and_begin_again_with_the_financial_year(consultant, other_consultant):
    make_draft(consultant)  # never sent: takes no number
    march = datetime(2027, 3, 31, 18, 0, tzinfo=UTC)  # half an hour later it is April in India
    april = march + timedelta(hours=1)
    numbers = [sent_in(consultant, moment).number for moment in (march, march, april)]
    assert numbers == ["QT/2627/00001", "QT/2627/00002", "QT/2728/00001"]
    assert sent_in(other_consultant, march).number == "QT/2627/00001"


def test_what_is_rolled_back_takes_no_number(consultant, monkeypatch):
    quotation = make_draft(consultant)
    monkeypatch.setattr(services.sending.telling, "client", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.send(quotation=quotation, actor=consultant.user)
    assert not QuotationSeries.objects.filter(last_number__gt=0).exists()
    monkeypatch.undo()
    quotation.refresh_from_db()
    assert quotation.status == "draft"
    services.send(quotation=quotation, actor=consultant.user)
    quotation.refresh_from_db()
    assert quotation.number.endswith("/00001")


def test_the_mail_carries_a_link_of_which_only_the_hash_is_kept(consultant):
    quotation, token = make_sent(consultant)
    mail = OutgoingMail.objects.get(template="quotation_sent")
    assert mail.to == quotation.client.email
    assert len(token) >= 22  # 128 bits
    assert token not in str(list(QuotationLink.objects.values_list()))
    assert links.resolve(token) == quotation
    with pytest.raises(Quotation.DoesNotExist):
        links.resolve(token[:-1] + ("A" if token[-1] != "A" else "B"))


def test_a_new_link_stops_every_one_before_it_whatever_version_it_was_made_for(consultant, other_consultant):
    first, mailed = make_sent(consultant)
    handed_on = services.make_link(quotation=first, actor=consultant.user)
    second = services.revise(quotation=first, actor=consultant.user)
    newer = services.send(quotation=second, actor=consultant.user)
    _other, others = make_sent(consultant)
    _stranger, strangers = make_sent(other_consultant)  # its number is the same
    assert {links.resolve(token) for token in (mailed, handed_on, newer)} == {second}
    fresh = services.new_link(quotation=first, actor=consultant.user)
    for token in (mailed, handed_on, newer):
        with pytest.raises(Quotation.DoesNotExist):
            links.resolve(token)
    assert links.resolve(fresh) == second
    assert links.resolve(others).number != second.number
    assert links.resolve(strangers).consultant == other_consultant
    services.mail_again(quotation=second, actor=consultant.user)
    assert QuotationLink.objects.filter(quotation=second, revoked_at__isnull=True).count() == 1
    assert AuditEntry.objects.get(action="quotation.links_stopped").actor == consultant.user


def test_nobody_else_stops_a_link_and_a_draft_has_none(consultant, other_consultant):
    quotation, token = make_sent(consultant)
    with pytest.raises(PermissionDenied):
        services.new_link(quotation=quotation, actor=other_consultant.user)
    with pytest.raises(InvalidState):
        services.new_link(quotation=make_draft(consultant), actor=consultant.user)
    assert links.resolve(token) == quotation


def test_by_link_alone_nobody_is_mailed(consultant):
    quotation = make_draft(consultant)
    services.send(quotation=quotation, actor=consultant.user, by_mail=False)
    assert not OutgoingMail.objects.exists()


def test_it_is_sent_once(consultant):
    quotation, _token = make_sent(consultant)
    with pytest.raises(InvalidState):
        services.send(quotation=quotation, actor=consultant.user)
    assert OutgoingMail.objects.count() == 1
    assert QuotationSeries.objects.get().last_number == 1


def test_a_draft_whose_day_has_passed_is_not_sent(consultant):
    quotation = make_draft(consultant)
    Quotation.objects.update(valid_until=date(2026, 1, 1))
    with pytest.raises(WrongInput):
        services.send(quotation=quotation, actor=consultant.user)
    assert not QuotationSeries.objects.exists()


def test_it_lapses_at_the_end_of_the_day_in_the_consultants_zone(consultant):
    consultant.timezone = "America/New_York"
    consultant.save()
    quotation = sent_in(consultant, datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    assert quotation.lapses_at == datetime(2026, 12, 12, 5, 0, tzinfo=UTC)


def test_a_new_version_takes_the_place_of_the_old_one_and_its_link_leads_there(consultant):
    first, token = make_sent(consultant)
    second = services.revise(quotation=first, actor=consultant.user)
    assert services.revise(quotation=first, actor=consultant.user) == second
    assert links.resolve(token) == first  # nothing changes until the new one is sent
    services.send(quotation=second, actor=consultant.user)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.ending) == ("expired", "revised")
    assert (second.number, second.label) == (first.number, f"{first.number}-R2")
    assert links.resolve(token) == second
    assert QuotationSeries.objects.get().last_number == 1
    with pytest.raises(InvalidState):
        services.accept(quotation=first, version=first.version, name="Farhan Qureshi", address=None)


def test_a_version_that_was_accepted_meanwhile_keeps_its_place(consultant):
    first, token = make_sent(consultant)
    second = services.revise(quotation=first, actor=consultant.user)
    services.accept(quotation=first, version=first.version, name="Farhan Qureshi", address=None)
    with pytest.raises(InvalidState):
        services.send(quotation=second, actor=consultant.user)
    assert links.resolve(token).pk == first.pk


@pytest.mark.parametrize("state", ["draft", "accepted"])
def test_there_is_no_new_version_of_what_was_not_sent_or_is_agreed(consultant, state):
    quotation = make_draft(consultant) if state == "draft" else make_accepted(consultant)[0]
    with pytest.raises(InvalidState):
        services.revise(quotation=quotation, actor=consultant.user)


def test_what_was_withdrawn_can_not_be_accepted_and_the_client_reads_why(consultant):
    quotation, _token = make_sent(consultant)
    services.withdraw(quotation=quotation, actor=consultant.user, reason="My calendar is full.")
    services.withdraw(quotation=quotation, actor=consultant.user)
    quotation.refresh_from_db()
    assert (quotation.status, quotation.ending, quotation.close_reason) == (
        "expired",
        "withdrawn",
        "My calendar is full.",
    )
    assert OutgoingMail.objects.filter(template="quotation_withdrawn").count() == 1
    with pytest.raises(InvalidState):
        services.accept(quotation=quotation, version=quotation.version, name="Farhan Qureshi", address=None)


def test_a_client_with_a_login_sees_a_line(consultant, client_user):
    from naksha.testing import make_client

    make_sent(consultant, client=make_client(consultant, user=client_user))
    assert Notification.objects.get(user=client_user).title == "A quotation for you"


def test_it_is_mailed_again_once_a_day(consultant):
    quotation, _token = make_sent(consultant)
    for _ in range(3):
        services.mail_again(quotation=quotation, actor=consultant.user)
    assert OutgoingMail.objects.count() == 2
