"""Calendar files as mail programs read them."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from naksha.calendar import Entry, Person, calendar_file, google_url, outlook_url

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def entry(**changes):
    values = {
        "uid": "booking-1@naksha.example",
        "sequence": 2,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=30),
        "title": "First call; with “Ira”, and अनुष्का " + "x" * 80,
        "description": "One\nTwo, three; four \\ five",
        "organizer": Person('Ira "D" via Naksha', "hello@naksha.example"),
        "attendee": Person("Farhan", "farhan@example.com"),
    }
    return Entry(**{**values, **changes})


def event(text):
    return next(iter(Calendar.from_ical(text).walk("VEVENT")))


def test_an_invitation_reads_back_as_it_was_written():
    text = calendar_file(entry(), "REQUEST", now=NOW)
    found = event(text)
    assert "METHOD:REQUEST\r\n" in text
    assert found["summary"] == entry().title
    assert found["description"] == entry().description
    assert found.decoded("dtstart") == START
    assert found["sequence"] == 2
    assert found["organizer"] == "mailto:hello@naksha.example"
    assert found["attendee"] == "mailto:farhan@example.com"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")


def test_a_cancellation_says_so():
    text = calendar_file(entry(), "CANCEL", now=NOW)
    assert event(text)["status"] == "CANCELLED"
    assert "VALARM" not in text


def test_a_copy_to_keep_asks_nobody_for_an_answer():
    text = calendar_file(entry(), "PUBLISH", now=NOW)
    assert "ATTENDEE" not in text
    assert "ORGANIZER" not in text
    assert event(text)["status"] == "CONFIRMED"


def test_links_for_calendars_on_the_web_carry_the_instant():
    assert "dates=20261124T110000Z%2F20261124T113000Z" in google_url(entry())
    assert "startdt=2026-11-24T11%3A00%3A00%2B00%3A00" in outlook_url(entry())
