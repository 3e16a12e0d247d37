"""The chat's addresses, by form and by fetch: for those in the room alone, words never markup, few questions asked."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from naksha.testing import make_consultant
from sessions_app import chat_view
from sessions_app.models import Member, Message, Session, SessionLink
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests import rooms
from sessions_app.tests.chatters import FETCH, address, consultant_of, guest_browser, guest_of, logged_in_browser, say

pytestmark = pytest.mark.django_db
session = rooms.session


def test_search_finds_all_words_in_any_case_and_nothing_that_was_taken_back(session):
    asha = consultant_of(session)
    say(asha, "The lease says 1 July"), say(asha, "100% of the rent")
    chatting.delete(visitor=asha, message_id=say(asha, "lease, taken back").pk)
    browser = logged_in_browser(asha.user)

    def finds(words):
        answer = browser.get(address(session, "search/"), {"q": words}, **FETCH).json()
        return [m["sequence"] for m in answer["messages"]]

    assert finds("JULY lease") == [1]
    assert finds("0%") == [2]
    assert finds("%%") == []
    assert finds("l") == []
    assert "The lease" in browser.get(address(session, "search/"), {"q": "lease"}).content.decode()


def test_strangers_find_nothing_at_any_address(session, client):
    message = say(consultant_of(session))
    other = logged_in_browser(make_consultant().user)
    revoked = guest_browser(session)
    SessionLink.objects.update(revoked_at=timezone.now())
    foreign = guest_browser(make_session())
    for browser in (client, other, revoked, foreign):
        for rest in ("", "changes/", "search/?q=evening", f"{message.pk}/"):
            assert browser.get(address(session, rest)).status_code == 404
        assert browser.post(address(session), {"body": "Let me in"}).status_code == 404
        assert browser.post(address(session, "read/"), {"sequence": 1}).status_code == 404
        assert browser.post(address(session, f"{message.pk}/"), {"body": "Changed"}).status_code == 404
    assert list(Message.objects.values_list("body", flat=True)) == ["Good evening."]


def test_another_persons_message_is_not_there_to_change(session):
    message = say(consultant_of(session))
    browser = guest_browser(session)
    assert browser.get(address(session, f"{message.pk}/")).status_code == 404
    assert browser.post(address(session, f"{message.pk}/"), {"act": "delete"}).status_code == 404


def test_a_message_is_sent_by_fetch_and_a_retry_gets_the_same_answer(session):
    browser, key = guest_browser(session), str(uuid4())
    first = browser.post(address(session), {"body": "Hello", "client_message_id": key}, **FETCH)
    again = browser.post(address(session), {"body": "Hello", "client_message_id": key}, **FETCH)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["message"] == again.json()["message"]
    assert first.json()["message"]["clientMessageId"] == key
    assert Message.objects.count() == 1


def test_without_script_the_form_works_and_a_double_click_posts_once(session):
    browser = guest_browser(session)
    page = browser.get(address(session)).content.decode()
    key = re.search(r'name="client_message_id"\s+value="([^"]+)"', page)[1]
    for _ in range(2):
        answer = browser.post(address(session), {"body": "By form", "client_message_id": key})
        assert answer.status_code == 302
        assert answer.url.endswith("#m1")  # where it stands, however long the chat is
    assert Message.objects.count() == 1
    page = browser.get(address(session)).content.decode()
    assert "By form" in page
    assert 'class="msg is-mine"' in page
    other = logged_in_browser(session.consultant.user).get(address(session)).content.decode()
    assert "By form" in other
    assert "is-mine" not in other
    message = Message.objects.get()
    assert "By form" in browser.get(address(session, f"{message.pk}/")).content.decode()
    assert browser.post(address(session, f"{message.pk}/"), {"body": "Edited", "act": "edit"}).status_code == 302
    assert Message.objects.get().body == "Edited"
    refused = browser.post(address(session), {"body": "y" * 4001})
    assert refused.status_code == 400
    assert "4,000 letters" in refused.content.decode()
    assert "y" * 4001 in refused.content.decode()


def test_refusals_by_fetch_say_what_to_do(session, settings):
    browser = guest_browser(session)
    assert browser.post(address(session), {"body": "z" * 1_000_000}, **FETCH).status_code == 400
    settings.CHAT_MESSAGES_A_MINUTE = 0
    answer = browser.post(address(session), {"body": "Hi"}, **FETCH)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    Session.objects.update(status="cancelled", cancelled_at=timezone.now() - timedelta(days=31))
    assert browser.post(address(session), {"body": "Hi"}, **FETCH).status_code == 409


def test_a_post_without_the_form_token_is_refused(session):
    browser = guest_browser(session)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(address(session), {"body": "Forged"}, **FETCH).status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        'https://x.test/"onmouseover="alert(1)',
        "javascript://x.test/%0aalert(1)",
        "https://x.test/<script>alert(1)</script>",
        '<a href="https://x.test" rel="nofollow">www.x.test</a>',
    ],
)
def test_words_are_never_markup(session, words):
    html = chat_view.as_html(say(consultant_of(session), words))
    inside = html.split('class="msg-words"')[1].split("</p>")[0]
    tags = re.findall(r"<[^>]*>", inside)
    for tag in tags:
        assert re.fullmatch(r'<a target="_blank" href="https?://[^"<>]*" rel="nofollow noopener noreferrer">|</a>', tag)
    assert "<script" not in html


def test_a_web_address_is_a_link_that_tells_nothing(session):
    html = chat_view.as_html(say(consultant_of(session), "See https://mca.gov.in/x?a=1&b=2."))
    assert 'target="_blank" href="https://mca.gov.in/x?a=1&amp;b=2" rel="nofollow noopener noreferrer"' in html


def test_the_same_message_looks_the_same_whichever_way_it_comes(session):
    browser = guest_browser(session)
    sent = browser.post(address(session), {"body": "Hello"}, **FETCH).json()["message"]
    caught_up = browser.get(address(session, "changes/"), {"after": 0}, **FETCH).json()["messages"][0]
    scrolled = browser.get(address(session), **FETCH).json()["messages"][0]
    assert sent == caught_up == scrolled
    # Whose it is, only the page knows: an event goes to both people as it is, and each browser marks its own.
    strip = lambda text: re.sub(r"\s+", "", text.replace('"msg is-mine"', '"msg"'))  # noqa: E731
    assert strip(sent["html"]) in strip(browser.get(address(session)).content.decode())


def test_who_slept_for_long_begins_at_the_end_again(session, monkeypatch):
    monkeypatch.setattr(chat_view, "TOO_MANY_CHANGES", 3)
    asha = consultant_of(session)
    for n in range(5):
        say(asha, f"Word {n}")
    browser = guest_browser(session)
    answer = browser.get(address(session, "changes/"), {"after": 1}, **FETCH).json()
    assert answer["reset"] is True
    assert answer["version"] == 5
    assert [m["sequence"] for m in answer["messages"]] == [1, 2, 3, 4, 5]
    assert browser.get(address(session, "changes/"), {"after": 2}, **FETCH).json()["reset"] is False


def test_polling_is_being_there(session):
    guest_browser(session).get(address(session, "changes/"), {"after": 0, "polling": ""}, **FETCH)
    people = guest_browser(session).get(address(session, "changes/"), {"after": 0}, **FETCH).json()["people"]
    assert [one["here"] for one in people] == [True]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣", "1.5", ""])
def test_odd_numbers_in_the_address_do_no_harm(session, before):
    browser = guest_browser(session)
    assert browser.get(address(session), {"before": before}, **FETCH).status_code == 200
    assert browser.get(address(session, "changes/"), {"after": before}, **FETCH).status_code == 200
    assert browser.post(address(session, "read/"), {"sequence": before}, **FETCH).status_code == 204


@pytest.mark.parametrize("guest", [True, False])
def test_a_post_by_fetch_asks_for_nothing_twice(session, guest, django_assert_num_queries):
    browser = guest_browser(session) if guest else logged_in_browser(session.consultant.user)
    for visitor in (consultant_of(session), guest_of(session)):
        chatting.join_member(visitor)
    Member.objects.update(last_seen_at=timezone.now())
    # the browser's session, then the link with its room, or the room and the login; then as above; the answer asks for
    # nothing more
    with django_assert_num_queries((2 if guest else 3) + 7):
        answer = browser.post(address(session), {"body": "Hello"}, **FETCH)
    assert answer.status_code == 201


def test_opening_asks_as_often_for_one_message_as_for_many(session, django_assert_num_queries):
    browser = guest_browser(session)
    asha = consultant_of(session)
    say(asha)
    browser.get(address(session))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        browser.get(address(session))
    for n in range(70):
        say(asha, f"Word {n}")
    with django_assert_num_queries(len(few)):
        browser.get(address(session))
