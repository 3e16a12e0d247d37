"""What happens by itself, on the day and not before; each once."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from naksha.testing import make_user
from notifications.models import Notification, OutgoingMail, Preference
from notifications.services import set_quiet_hours
from quotations import services
from quotations.models import Quotation, QuotationReminder
from quotations.services import lapsing
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock_of_the_process(monkeypatch):
    from quotations.services import answering, drafting, lapsing, sending

    for module in (sending, drafting, answering, lapsing):
        monkeypatch.setattr(module, "db_now", timezone.now)


@pytest.fixture
def sent(consultant):
    """Valid until 7 December, the whole of that day in India."""
    with time_machine.travel(BEGIN, tick=False):
        return make_sent(consultant, valid_until=BEGIN.date() + timedelta(days=14))[0]


def at(day, hour=12, minute=0):
    return time_machine.travel(datetime(2026, 12, day, hour, minute, tzinfo=UTC), tick=False)


def test_it_lapses_with_its_last_day_and_not_before(sent):
    with at(7, 18, 29):
        assert services.lapse_due() == 0
    with at(7, 18, 30):
        assert services.lapse_due() == 1
        assert services.lapse_due() == 0
    sent.refresh_from_db()
    assert (sent.status, sent.ending, sent.status_words) == ("expired", "lapsed", "Lapsed")
    assert OutgoingMail.objects.get(template="quotation_lapsed").to == sent.consultant.user.email


def test_the_client_is_reminded_three_days_and_one_day_before(sent):
    with at(4, 4, 29):
        assert services.send_reminders() == 0
    for day in (4, 6):
        with at(day, 4, 30):
            assert services.send_reminders() == 1
            assert services.send_reminders() == 0
    reminders = OutgoingMail.objects.filter(template="quotation_reminder")
    assert [mail.to for mail in reminders] == [sent.client.email] * 2


@pytest.fixture
def asleep(sent):
    """Its client is left alone from 9 am to noon in India; reminders are due at 10."""
    login = make_user(role="client", email=sent.client.email)
    set_quiet_hours(user=login, begins=time(9), ends=time(12), timezone="Asia/Kolkata")
    with at(4, 4, 30):
        assert services.send_reminders() == 0
    return sent


def test_quiet_hours_put_a_reminder_off_to_their_end(asleep):
    with at(4, 6, 29):
        assert services.send_reminders() == 0
    with at(4, 6, 30):
        assert services.send_reminders() == 1
        assert services.send_reminders() == 0
    assert OutgoingMail.objects.get(template="quotation_reminder").due_at == datetime(2026, 12, 4, 6, 30, tzinfo=UTC)


def test_who_has_answered_in_quiet_hours_is_not_reminded_after_them(asleep):
    with at(4, 5):
        services.decline(quotation=asleep, version=asleep.version, reason="No.")
    with at(4, 6, 30):
        assert services.send_reminders() == 0
    assert not OutgoingMail.objects.filter(template="quotation_reminder").exists()


def test_of_two_that_were_put_off_to_one_moment_only_the_nearer_goes_out(asleep):
    QuotationReminder.objects.update(due_at=datetime(2026, 12, 6, 6, 30, tzinfo=UTC))
    near, far = QuotationReminder.objects.order_by("days_before")
    with at(6, 6, 30):
        assert [lapsing._remind(near.pk), lapsing._remind(far.pk)] == [True, False]


def test_who_was_handed_a_link_alone_is_reminded_of_nothing_until_a_mail_was_sent(consultant):
    draft = make_draft(consultant)
    services.send(quotation=draft, actor=consultant.user, by_mail=False)
    assert not QuotationReminder.objects.exists()
    for _ in range(2):
        services.mail_again(quotation=draft, actor=consultant.user)
    assert QuotationReminder.objects.filter(quotation=draft, status="waiting").count() == 2


def test_of_two_that_are_late_only_the_nearer_one_goes_out(sent):
    with at(6, 12):
        assert services.send_reminders() == 1
    assert QuotationReminder.objects.filter(status="dropped").count() == 1


def test_who_wants_no_mails_of_bookings_gets_none_of_a_lapse_and_finds_it_on_screen(sent, consultant):
    Preference.objects.create(user=consultant.user, kind="booking", by_mail=False)
    with at(20):
        assert services.lapse_due() == 1
    assert OutgoingMail.objects.get(template="quotation_lapsed").status == OutgoingMail.Status.SKIPPED
    line = Notification.objects.get(user=consultant.user, title="Your quotation has lapsed")
    assert line.kind == "booking"


def test_who_has_answered_is_not_reminded_and_does_not_lapse(consultant):
    with time_machine.travel(BEGIN, tick=False):
        make_accepted(consultant, valid_until=BEGIN.date() + timedelta(days=14))
        other, _token = make_sent(consultant, valid_until=BEGIN.date() + timedelta(days=14))
        services.decline(quotation=other, version=other.version, reason="No.")
    with at(20):
        assert services.send_reminders() == services.lapse_due() == 0
    assert not OutgoingMail.objects.filter(template="quotation_reminder").exists()


def test_one_that_is_valid_for_two_days_has_one_reminder(consultant):
    with time_machine.travel(BEGIN, tick=False):
        make_sent(consultant, valid_until=BEGIN.date() + timedelta(days=2))
    assert list(QuotationReminder.objects.values_list("days_before", flat=True)) == [1]


def test_a_suspension_withdraws_what_waits_for_an_answer_and_nothing_else(consultant, admin_user):
    with time_machine.travel(BEGIN, tick=False):
        waiting, _token = make_sent(consultant)
        agreed, _token = make_accepted(consultant)
        draft = make_draft(consultant)
    from consultants.commitments import keeper_of, to_come

    found = [one for kind, one in to_come(consultant.pk) if kind == "quotation"]
    assert [one.subject_id for one in found] == [waiting.pk]
    keeper = keeper_of("quotation")
    assert keeper.undo(waiting.pk, actor=admin_user) == 0
    assert keeper.undo(waiting.pk, actor=admin_user) is None
    assert keeper.undo(agreed.pk, actor=admin_user) is None
    states = dict(Quotation.objects.values_list("pk", "status"))
    assert states == {waiting.pk: "expired", agreed.pk: "accepted", draft.pk: "draft"}
    assert OutgoingMail.objects.filter(template="quotation_withdrawn").count() == 1
