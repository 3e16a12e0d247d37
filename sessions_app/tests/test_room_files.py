"""The files of a room: listed beside its chat for whoever may read that, and found by their names."""

from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from naksha.testing import make_client
from sessions_app import chat_view
from sessions_app.models import Attachment, Message, Seat, Session, SessionLink
from sessions_app.services import chatting, uploading
from sessions_app.testing import make_session
from sessions_app.tests import rooms
from sessions_app.tests.chatters import FETCH, address, consultant_of, guest_browser, guest_of, logged_in_browser, say
from sessions_app.tests.test_chat_files import PDF, upload

pytestmark = pytest.mark.django_db
session = rooms.session


def listed(browser, session):
    page = browser.get(rooms.room(session)).content.decode()
    return page.split('data-part="files"')[1].split('data-part="after"')[0]


def test_both_find_each_file_with_its_size_who_sent_it_and_when(session):
    asha, guest = consultant_of(session), guest_of(session)
    lease = say(asha, "The lease.", files=[upload("Lease deed.pdf", PDF)]).attachments.get()
    notice = say(guest, "", files=[upload("Notice.pdf", PDF), upload("Sums.csv", b"a,b")]).attachments.first()
    moment = timezone.now()
    Message.objects.update(sent_at=moment)
    for browser in (guest_browser(session), logged_in_browser(asha.user)):
        part = " ".join(listed(browser, session).split())
        for file, name, size in (
            (lease, asha.session.consultant.display_name, f"{len(PDF)} bytes"),
            (notice, guest.client.name, f"{len(PDF)} bytes"),
        ):
            assert f'href="/sessions/{session.pk}/files/{file.pk}/"' in part
            assert f"{size}, from {name}" in part
        assert part.index("Sums.csv") < part.index("Notice.pdf") < part.index("Lease deed.pdf"), "the newest first"
        assert date_format(moment.astimezone(ZoneInfo("Asia/Kolkata")), "l j F Y") in part


def test_there_is_no_list_without_a_file_and_none_of_what_was_taken_back(session):
    asha = consultant_of(session)
    assert "Files" not in listed(guest_browser(session), session)
    message = say(asha, "", files=[upload("Wrong.pdf", PDF)])
    assert "Wrong.pdf" in listed(guest_browser(session), session)
    chatting.delete(visitor=asha, message_id=message.pk)
    assert "Files" not in listed(guest_browser(session), session)


def test_files_are_in_the_parts_that_an_open_page_takes_anew(session):
    say(consultant_of(session), "", files=[upload("Lease.pdf", PDF)])
    assert "Lease.pdf" in guest_browser(session).get(rooms.room(session) + "parts/").content.decode()


def test_a_room_lists_its_own_files_to_those_in_it_alone(session, client):
    say(consultant_of(session), "", files=[upload("Lease.pdf", PDF)])
    other = make_session()
    assert "Lease.pdf" not in listed(guest_browser(other), other)
    gone = guest_browser(session)
    SessionLink.objects.filter(session=session).update(revoked_at=timezone.now())
    for browser in (client, gone, guest_browser(other), logged_in_browser(other.consultant.user)):
        for path in (rooms.room(session), rooms.room(session) + "parts/"):
            answer = browser.get(path)
            assert answer.status_code == 404
            assert b"Lease.pdf" not in answer.content


def test_in_a_webinar_a_file_names_its_sender_by_the_first_name(session, consultant):
    webinar = make_session(consultant)
    Session.objects.filter(pk=webinar.pk).update(kind="webinar", client=None, capacity=5, seats_taken=2)
    meera, ravi = (make_client(webinar.consultant, name=name) for name in ("Meera Shah", "Ravi Kumar"))
    for person in (meera, ravi):
        Seat.objects.create(session=webinar, client=person, status="taken")
    say(guest_of(webinar, meera), "", files=[upload("Sheet.pdf", PDF)])
    part = listed(guest_browser(webinar, ravi), webinar)
    assert "from Meera," in part
    assert "Shah" not in part


def test_more_than_fit_are_said_and_the_list_costs_one_query(session, monkeypatch):
    asha, browser = consultant_of(session), guest_browser(session)
    say(asha, "", files=[upload("0.pdf", PDF)])
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            part = listed(browser, session)
        counts.append(
            sum("sessions_app_attachment" in query["sql"] and "original_name" in query["sql"] for query in asked)
        )
        say(asha, "", files=[upload(f"{n}.pdf", PDF) for n in range(1, 5)])
    assert "These are the newest" not in part
    assert counts == [2, 2]  # the list, and those of the messages that the chat shows
    monkeypatch.setattr(chat_view, "MOST_FILES_LISTED", 2)
    part = listed(browser, session)
    assert "These are the newest 2." in " ".join(part.split())
    assert part.count("<li>") == 2


def test_a_file_knows_its_chat_whichever_way_it_came(session):
    ahead = uploading.keep(owner=session.consultant.user, upload=upload("Ahead.pdf", PDF))
    say(consultant_of(session), "", files=[upload("Lease.pdf", PDF)], uploads=[ahead.pk])
    for file in Attachment.objects.all():
        assert file.conversation_id == file.message.conversation_id
    assert Attachment.objects.count() == 2


def test_search_finds_a_file_by_its_name_and_words_across_both(session):
    asha = consultant_of(session)
    say(asha, "Please sign", files=[upload("Lease deed 2026.pdf", PDF)])
    say(asha, "The lease is long")
    taken = say(asha, "", files=[upload("Deed of sale.pdf", PDF)])
    other = make_session()
    say(consultant_of(other), "", files=[upload("Deed of another.pdf", PDF)])
    browser = logged_in_browser(asha.user)

    def finds(words):
        answer = browser.get(address(session, "search/"), {"q": words}, **FETCH).json()
        return [m["sequence"] for m in answer["messages"]]

    assert finds("DEED") == [1, 3]
    assert finds("deed sign") == [1]
    assert finds("lease") == [1, 2]
    assert finds("another") == []
    chatting.delete(visitor=asha, message_id=taken.pk)
    assert finds("deed") == [1]


def test_a_file_of_before_finds_its_chat(session):
    """As the migration fills it in."""
    from importlib import import_module

    from django.apps import apps

    file = say(consultant_of(session), "", files=[upload("Lease.pdf", PDF)]).attachments.get()
    wrong = chatting.join_member(consultant_of(make_session())).conversation
    Attachment.objects.update(conversation=wrong)
    import_module("sessions_app.migrations.0016_files_of_a_chat").find_conversations(apps, None)
    assert Attachment.objects.get().conversation_id == file.message.conversation_id
