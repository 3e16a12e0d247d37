"""The terms: what can be saved, and what they say."""

import pytest
from django.core.exceptions import ValidationError

from consultants.models import BookingPolicy
from consultants.services.policy import check_terms, save_policy
from consultants.terms import Example, booking_words, cancelling_words, changing_words, notice_words, reminding_words

NAMES = [field.name for field in BookingPolicy._meta.fields if field.name != "consultant"]


def terms(**changes):
    return {name: getattr(BookingPolicy(), name) for name in NAMES} | changes


def cancelling(free, part, percent, example=None):
    policy = BookingPolicy(free_cancel_hours=free, partial_cancel_hours=part, partial_refund_percent=percent)
    return cancelling_words(policy, example)[:-1]


def test_a_part_refund_is_told_by_an_example_inside_it():
    assert cancelling(24, 4, 50) == [
        "A client who cancels 24 hours or more before gets everything back.",
        "A client who cancels 10 hours before gets 50% back.",
        "Later than 4 hours before, nothing is paid back.",
    ]


def test_an_example_is_told_in_rupees_rounded_as_the_refund_is():
    assert cancelling(24, 4, 33, Example("First call", 150_001))[1] == (
        "A client who cancels 10 hours before gets 33% back: ₹495.00 of ₹1,500.01 for First call."
    )


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ((0, 0, 50), ["A client who cancels before the session begins gets everything back."]),
        (
            (48, 48, 50),
            [
                "A client who cancels 2 days or more before gets everything back.",
                "Later than 2 days before, nothing is paid back.",
            ],
        ),
        (
            (24, 4, 0),
            [
                "A client who cancels 24 hours or more before gets everything back.",
                "Later than 24 hours before, nothing is paid back.",
            ],
        ),
        (
            (24, 4, 100),
            [
                "A client who cancels 4 hours or more before gets everything back.",
                "Later than 4 hours before, nothing is paid back.",
            ],
        ),
        ((24, 0, 100), ["A client who cancels before the session begins gets everything back."]),
        (
            (2, 0, 10),
            [
                "A client who cancels 2 hours or more before gets everything back.",
                "A client who cancels 1 hour before gets 10% back.",
            ],
        ),
    ],
)
def test_steps_that_do_not_exist_are_not_told(terms, words):
    assert cancelling(*terms) == words


def test_the_example_is_always_inside_the_part_refund():
    """Read out of the sentence, the hour must earn the share that the sentence promises."""
    for free in range(2, 73):
        for part in (0, 1, 4, 23, 47):
            if part < free:
                words = next(w for w in cancelling(free, part, 50) if "50%" in w)
                number, unit = words.removeprefix("A client who cancels ").split()[:2]
                assert part <= int(number) * (24 if unit.startswith("day") else 1) < free


def test_a_window_without_a_whole_hour_in_it_needs_no_example():
    assert cancelling(1, 0, 50)[1] == "A client who cancels later than that gets 50% back."


def test_booking_words_leave_out_what_is_not_asked_for():
    policy = BookingPolicy(min_notice_minutes=0, horizon_days=1, daily_limit=1)
    assert booking_words(policy) == [
        "Clients book up to the last minute, and as far as 1 day ahead.",
        "They see a time every 30 min.",
        "Sessions may follow one another without a pause.",
        "You take 1 session a day.",
    ]


@pytest.mark.parametrize(
    ("moves", "until", "words"),
    [
        (0, 4, "A client can’t move a session, only cancel it."),
        (1, 0, "A client can move a session once, until it begins."),
        (2, 72, "A client can move a session twice, until 3 days before it begins."),
        (5, 1, "A client can move a session 5 times, until 1 hour before it begins."),
    ],
)
def test_moves_are_told(moves, until, words):
    assert changing_words(BookingPolicy(max_reschedules=moves, reschedule_hours=until))[0] == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(15, "15 min"), (60, "1 hour"), (90, "1 h 30 min"), (1440, "24 hours"), (10_080, "7 days")]
)
def test_notice_is_told(minutes, words):
    assert notice_words(minutes) == words


def test_every_wrong_term_is_named_at_once():
    with pytest.raises(ValidationError) as refused:
        check_terms(terms(horizon_days=0, answer_hours=169, partial_refund_percent=101))
    assert set(refused.value.message_dict) == {"horizon_days", "answer_hours", "partial_refund_percent"}


def test_notice_beyond_the_horizon_leaves_nothing_to_book():
    with pytest.raises(ValidationError, match="nothing left to book"):
        check_terms(terms(min_notice_minutes=2880, horizon_days=1))


@pytest.mark.django_db
def test_terms_are_kept_and_made_where_there_were_none(consultant):
    consultant.policy.delete()
    save_policy(consultant=consultant, terms=terms(horizon_days=9, daily_limit=4))
    save_policy(consultant=consultant, terms=terms(horizon_days=10))
    policy = BookingPolicy.objects.get(consultant=consultant)
    assert (policy.horizon_days, policy.daily_limit) == (10, None)


@pytest.mark.django_db
def test_wrong_terms_change_nothing(consultant):
    with pytest.raises(ValidationError):
        save_policy(consultant=consultant, terms=terms(horizon_days=10, answer_hours=0))
    assert BookingPolicy.objects.get(consultant=consultant).horizon_days == 60


@pytest.mark.parametrize("times", [[4], [20_161], [5, 10, 15, 20, 30, 60], [60.5], ["60"], [True], [-60]])
def test_a_reminder_goes_out_from_five_minutes_to_fourteen_days_before(times):
    with pytest.raises(ValidationError) as refused:
        check_terms(terms(reminder_minutes=times))
    assert list(refused.value.message_dict) == ["reminder_minutes"]


def test_reminders_are_told_the_longest_first():
    assert reminding_words(BookingPolicy(reminder_minutes=[60, 90, 20_160, 5])) == [
        "You and your client are reminded 2 weeks, 1 h 30 min, 1 hour and 5 minutes before a session, "
        "each in their own zone."
    ]
