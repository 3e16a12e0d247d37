"""The consultant's page of booking terms and reminders. It works without script, and keeps what was typed."""

import pytest

from availability.tests.typed import TERMS, terms_data
from consultants.models import BookingPolicy
from naksha.testing import make_service

pytestmark = pytest.mark.django_db


def test_terms_are_saved(desk, consultant):
    assert desk.post(TERMS, terms_data(daily_limit="6")).url == TERMS
    policy = BookingPolicy.objects.get(consultant=consultant)
    assert (policy.min_notice_minutes, policy.buffer_after_minutes, policy.daily_limit) == (240, 10, 6)


def test_terms_are_told_in_plain_sentences_before_they_are_saved(desk, consultant):
    make_service(consultant, title="First call", price_paise=150_000)
    response = desk.post(TERMS, terms_data(arrange="tell", daily_limit="3"))
    text = response.content.decode()
    for sentence in (
        "If you save this",
        "Clients book from 4 hours to 30 days ahead.",
        "They see a time every 15 min.",
        "Between two sessions you have at least 15 min to yourself.",
        "You take 3 sessions a day at most.",
        "A client who cancels 24 hours or more before gets everything back.",
        "A client who cancels 10 hours before gets 50% back: ₹750.00 of ₹1,500.00 for First call.",
        "Later than 4 hours before, nothing is paid back.",
        "A client can move a session twice, until 4 hours before it begins.",
        "You answer a request within 24 hours.",
    ):
        assert sentence in text
    assert BookingPolicy.objects.get(consultant=consultant).horizon_days == 60


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"horizon_days": "0"}, "Between 1 and 365."),
        ({"horizon_days": "366"}, "Between 1 and 365."),
        ({"horizon_days": "many"}, "Write a whole number."),
        ({"slot_interval_minutes": "1"}, "is not offered"),
        ({"partial_cancel_hours": "25"}, "write 24 hours or fewer"),
        ({"partial_refund_percent": "101"}, "Between 0 and 100."),
        ({"daily_limit": "0"}, "Between 1 and 100."),
        ({"free_cancel_hours": "-1"}, "Between 0 and 720."),
        ({"max_reschedules": "9" * 30}, "Between 0 and 20."),
        ({"answer_hours": ""}, "This is needed"),
    ],
)
def test_terms_that_make_no_sense_are_shown_again_with_the_reason(desk, consultant, wrong, words):
    response = desk.post(TERMS, terms_data(**wrong))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Put right what is marked" in response.content.decode()
    assert BookingPolicy.objects.get(consultant=consultant).horizon_days == 60


def test_reminder_times_are_saved_and_told(desk, consultant):
    assert desk.post(TERMS, terms_data(reminder_minutes=["30", "1440", "60"])).url == TERMS
    assert BookingPolicy.objects.get(consultant=consultant).reminder_minutes == [1440, 60, 30]
    page = desk.get(TERMS).content.decode()
    assert "You and your client are reminded 1 day, 1 hour and 30 minutes before a session" in page
    desk.post(TERMS, terms_data())
    assert BookingPolicy.objects.get(consultant=consultant).reminder_minutes == []
    assert "Nobody is reminded of a session." in desk.get(TERMS).content.decode()


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["5", "10", "15", "30", "60", "120"], "Choose 5 times at most."),
        (["4"], "is not offered"),
        (["20161"], "is not offered"),
        (["soon"], "is not offered"),
    ],
)
def test_reminder_times_that_make_no_sense_are_refused(desk, consultant, times, words):
    response = desk.post(TERMS, terms_data(reminder_minutes=times))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert BookingPolicy.objects.get(consultant=consultant).reminder_minutes == [1440, 60]


def test_a_value_that_no_list_offers_stays_choosable(desk, consultant):
    BookingPolicy.objects.filter(consultant=consultant).update(slot_interval_minutes=25, min_notice_minutes=77)
    form = desk.get(TERMS).context["form"]
    assert 25 in dict(form.fields["slot_interval_minutes"].choices)
    assert 77 in dict(form.fields["min_notice_minutes"].choices)
