"""Plain messages are put together around a template that was drawn once: to the letter what the template says anew."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from naksha.times import INDIA
from sessions_app import chat_view
from sessions_app.chat_plain import is_plain
from sessions_app.models import Message
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_of, say

pytestmark = pytest.mark.django_db


def anew(message, zone):
    facts = chat_view.message_facts(message, message.conversation.session, [], zone)
    return render_to_string("sessions/_message.html", facts)


@pytest.mark.parametrize(
    "words",
    [
        "Good evening.",
        "<b>2 & 3</b> \"quoted\" 'so' {{ name }} %(name)s id name",
        "One line\nand a second\r\nand a third",
        "See https://example.com/a?b=1&c=<d> and www.example.com",
        "नमस्ते 🙏",
    ],
)
@pytest.mark.parametrize("zone", [INDIA, "America/New_York"])
def test_it_says_what_the_template_says(words, zone):
    session = make_session()
    farhan = guest_of(session)
    farhan.client.name = "Farhan <i>&amp; Sons"
    farhan.client.save()
    message = say(farhan, words)
    for moment in (datetime(2026, 1, 31, 18, 29, 59, tzinfo=UTC), datetime(2026, 7, 1, 6, 30, 0, 12, tzinfo=UTC)):
        message.sent_at, message.sequence, message.version = moment, 1234567, 1234568
        assert is_plain(message, [])
        assert chat_view.as_html(message, [], zone=zone) == anew(message, zone)
        with timezone.override(ZoneInfo("Europe/London")):
            assert chat_view.as_html(message, [], zone=zone) == anew(message, zone)


def test_nothing_of_one_message_is_left_in_the_next():
    session = make_session()
    first = chat_view.as_html(say(consultant_of(session), "The first."), [])
    second = say(guest_of(session), "The second.")
    html = chat_view.as_html(second, [])
    assert html == anew(second, INDIA)
    assert "The first." in first
    assert "The first." not in html
    assert session.consultant.display_name not in html


def test_what_has_more_to_it_is_drawn_by_the_template():
    session = make_session()
    message = say(consultant_of(session), "Good evening.")
    assert not is_plain(message, ["a file"])
    edited = chatting.edit(visitor=consultant_of(session), message_id=message.pk, body="Good morning.")
    assert not is_plain(edited, [])
    assert "edited" in chat_view.as_html(edited, [])
    gone = chatting.delete(visitor=consultant_of(session), message_id=message.pk)
    assert not is_plain(gone, [])
    assert "was taken back" in chat_view.as_html(gone, [])
    assert not is_plain(chatting.post_system(session=session, words="The session was moved."), [])
    assert not is_plain(Message(member_id=message.member_id, client_message_id=message.client_message_id), [])
