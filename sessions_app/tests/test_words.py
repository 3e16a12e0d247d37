"""Words on the pages of sessions: how people are called, and how long it is still."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_app.names import first_name
from sessions_app.templatetags.room import time_left


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Farhan Qureshi", "Farhan"),
        ("Dr Lata Deshpande", "Lata"),
        ("Dr Rao", "Dr Rao"),
        ("Imran", "Imran"),
        ("Dr", "Dr"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_people_are_called_by_their_first_name_without_a_title(name, called):
    assert first_name(name) == called


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (85, "1 h 25 min"),
        (24 * 60, "1 day"),
        (24 * 60 + 59, "1 day"),
        (27 * 60, "1 day 3 h"),
        (48 * 60, "2 days"),
    ],
)
def test_the_time_left_is_said_as_people_say_it(minutes, words):
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert time_left(now + timedelta(minutes=minutes), now) == words
