"""What is said in a session's chat: once, in order, for those in the room alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from naksha import live
from naksha.testing import make_client, make_consultant
from notifications.models import Notification
from sessions_app import chat_view
from sessions_app.errors import ChatClosed, MessageRefused, NotInChat, TooLateToChange
from sessions_app.models import Conversation, Member, Message, MessageTrace, Seat, Session
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests import rooms
from sessions_app.tests.chatters import address, consultant_of, guest_browser, guest_of, logged_in_browser, say

pytestmark = pytest.mark.django_db
session = rooms.session


def test_messages_are_numbered_without_a_gap(session):
    asha, farhan = consultant_of(session), guest_of(session)
    said = [say(who, f"Word {n}") for n, who in enumerate([asha, farhan, asha])]
    assert [(m.sequence, m.version) for m in said] == [(1, 1), (2, 2), (3, 3)]
    conversation = Conversation.objects.get()
    assert (conversation.last_sequence, conversation.last_version) == (3, 3)
    assert conversation.last_message_at == said[-1].sent_at


def test_the_same_message_again_is_found_and_not_written(session):
    asha, key = consultant_of(session), uuid4()
    first = chatting.post(visitor=asha, client_message_id=key, body="Once.")
    again = chatting.post(visitor=asha, client_message_id=key, body="Once.")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.message.pk == first.message.pk
    assert Message.objects.count() == 1
    assert Conversation.objects.get().last_version == 1
    assert say(asha, "Twice.").sequence == 2


def test_two_people_may_use_the_same_key(session):
    key = uuid4()
    assert say(consultant_of(session), key=key).pk != say(guest_of(session), key=key).pk


@pytest.mark.parametrize("words", ["", "   \n ", "\x00\x01", "x" * 4001, "x" * 1_000_000])
def test_an_empty_or_endless_message_is_refused(session, words):
    with pytest.raises(MessageRefused):
        say(consultant_of(session), words)
    assert not Message.objects.exists()


def test_signs_that_hide_or_turn_words_are_left_out(session):
    assert say(consultant_of(session), "a\x00b\u202egnp.exe\r\nnext").body == "abgnp.exe\nnext"


def test_the_chat_closes_thirty_days_after_the_session(session):
    asha = consultant_of(session)
    session.status, session.ended_at = Session.Status.COMPLETED, timezone.now() - timedelta(days=29)
    session.save()
    say(consultant_of(session))
    Session.objects.update(ended_at=timezone.now() - timedelta(days=31))
    with pytest.raises(ChatClosed):
        say(consultant_of(session))
    with pytest.raises(ChatClosed):
        chatting.edit(visitor=consultant_of(session), message_id=Message.objects.get().pk, body="Other")
    assert logged_in_browser(asha.user).get(address(session)).status_code == 200


def test_a_message_is_edited_by_its_author_within_fifteen_minutes_and_leaves_a_trace(session):
    asha, farhan = consultant_of(session), guest_of(session)
    message = say(asha, "Tusday")
    with pytest.raises(Message.DoesNotExist):
        chatting.edit(visitor=farhan, message_id=message.pk, body="Mine")
    edited = chatting.edit(visitor=asha, message_id=message.pk, body="Tuesday")
    assert (edited.body, edited.version, edited.sequence) == ("Tuesday", 2, 1)
    assert MessageTrace.objects.get().body == "Tusday"
    assert MessageTrace.objects.get().by == asha.user
    chatting.edit(visitor=asha, message_id=message.pk, body="Tuesday")
    assert Conversation.objects.get().last_version == 2
    Message.objects.update(sent_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(TooLateToChange):
        chatting.edit(visitor=asha, message_id=message.pk, body="Wednesday")
    with pytest.raises(TooLateToChange):
        chatting.delete(visitor=asha, message_id=message.pk)
    assert Message.objects.get().body == "Tuesday"
    assert Conversation.objects.get().last_version == 2


def test_a_message_that_is_taken_back_loses_its_words_and_its_trace_keeps_them(session):
    asha = consultant_of(session)
    message = say(asha, "A secret")
    chatting.delete(visitor=asha, message_id=message.pk)
    gone = Message.objects.get()
    assert (gone.body, gone.version) == ("", 2)
    assert gone.deleted_at is not None
    assert list(MessageTrace.objects.values_list("body", "deleted")) == [("A secret", True)]
    with pytest.raises(Message.DoesNotExist):
        chatting.edit(visitor=asha, message_id=message.pk, body="Back")
    assert "A secret" not in logged_in_browser(asha.user).get(address(session)).content.decode()


def test_what_somebody_missed_is_everything_after_their_version(session):
    asha = consultant_of(session)
    first, second = say(asha, "One"), say(asha, "Two")
    chatting.edit(visitor=asha, message_id=first.pk, body="First")
    page = chat_view.changes(second.conversation, after=2)
    assert [(m.sequence, m.body) for m in page.messages] == [(1, "First")]
    assert [m.version for m in chat_view.changes(second.conversation, after=0).messages] == [2, 3]


def test_history_goes_back_page_by_page(session):
    asha = consultant_of(session)
    for n in range(5):
        say(asha, f"Word {n}")
    conversation = Conversation.objects.get()
    conversation.session = session
    last = chat_view.history(conversation, limit=2)
    assert ([m.sequence for m in last.messages], last.more) == ([4, 5], True)
    middle = chat_view.history(conversation, before=4, limit=2)
    assert ([m.sequence for m in middle.messages], middle.more) == ([2, 3], True)
    first = chat_view.history(conversation, before=2, limit=2)
    assert ([m.sequence for m in first.messages], first.more) == ([1], False)


def test_reading_is_kept_and_never_goes_back_nor_past_the_end(session):
    asha, farhan = consultant_of(session), guest_of(session)
    for _ in range(3):
        say(asha)
    assert chatting.mark_read(visitor=farhan, sequence=2).last_read_sequence == 2
    assert chatting.mark_read(visitor=farhan, sequence=1).last_read_sequence == 2
    chatting.mark_read(visitor=farhan, sequence=999)
    assert Member.objects.get(client__isnull=False).last_read_sequence == 3


def test_whoever_is_away_gets_one_line_on_screen_for_all_messages(session):
    asha, farhan = consultant_of(session), guest_of(session)
    chatting.join_member(asha)
    say(farhan, "Hello"), say(farhan, "Are you there?")
    line = Notification.objects.get()
    assert (line.user, line.kind, line.url) == (asha.user, "message", f"/sessions/{session.pk}/")
    chatting.mark_read(visitor=asha, sequence=2)
    line.refresh_from_db()
    assert line.read_at is not None
    say(farhan, "One more")
    assert Notification.objects.filter(read_at__isnull=True).count() == 1


def test_whoever_is_there_gets_no_line(session):
    asha, farhan = consultant_of(session), guest_of(session)
    there = chatting.join_member(asha)
    Member.objects.filter(pk=there.pk).update(last_seen_at=timezone.now())
    say(farhan)
    assert not Notification.objects.exists()


def test_a_broadcast_names_those_who_may_read_it_now(session, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr("sessions_app.services.chat_news.push", lambda group, message: sent.append((group, message)))
    farhan = guest_of(session)
    stays = chatting.join_member(consultant_of(session))
    mine = chatting.join_member(farhan)
    with django_capture_on_commit_callbacks(execute=True):
        say(farhan)
    assert set(sent[0][1]["to"]) == {stays.pk.hex, mine.pk.hex}
    assert sent[0][0] == f"session.{session.pk.hex}"
    type(session.consultant).objects.update(status="suspended")
    with django_capture_on_commit_callbacks(execute=True):
        say(farhan)
    assert sent[1][1]["to"] == [mine.pk.hex]


def test_who_has_lost_their_place_writes_nothing(session):
    farhan = guest_of(session)
    say(farhan)
    other = make_client(session.consultant)
    Session.objects.update(client=other)
    with pytest.raises(NotInChat):
        say(farhan)
    assert Message.objects.count() == 1
    assert Conversation.objects.get().last_version == 1


def test_each_seat_of_a_webinar_reads_along_and_a_released_one_does_not():
    consultant = make_consultant()
    session = make_session(consultant)
    Session.objects.filter(pk=session.pk).update(kind="webinar", client=None, capacity=5, seats_taken=2)
    session.refresh_from_db()
    guests = [make_client(consultant, name=f"Meera Iyer {n}") for n in range(2)]
    for guest in guests:
        Seat.objects.create(session=session, client=guest, status=Seat.Status.TAKEN)
    visitors = [guest_of(session, guest) for guest in guests]
    for visitor in visitors:
        chatting.join_member(visitor)
    sent = chatting.post(visitor=visitors[0], client_message_id=uuid4(), body="Hello")
    assert len(sent.to) == 2
    Seat.objects.filter(client=guests[1]).update(status=Seat.Status.RELEASED)
    assert len(chatting.post(visitor=visitors[0], client_message_id=uuid4(), body="Hello").to) == 1
    assert "Meera<" in chat_view.as_html(sent.message)


def test_what_happened_is_told_to_everybody(session):
    farhan = guest_of(session)
    message = chatting.post_system(session=session, words="The session was moved.")
    assert (message.sequence, message.member) == (1, None)
    assert "The session was moved." in guest_browser(session).get(address(session)).content.decode()
    with pytest.raises(Message.DoesNotExist):
        chatting.delete(visitor=farhan, message_id=message.pk)


def test_posting_takes_few_queries(session, django_assert_num_queries):
    asha = consultant_of(session)
    for visitor in (asha, guest_of(session)):
        chatting.join_member(visitor)
    Member.objects.update(last_seen_at=timezone.now())
    # the count of the minute; begin, numbers, readers, row, the wait of who has not read; commit
    with django_assert_num_queries(7):
        say(asha)
    with django_assert_num_queries(6):  # that wait has begun
        say(asha)


def test_nothing_is_lost_where_the_layer_is_away(session, monkeypatch, django_capture_on_commit_callbacks):
    def away(*_args):
        raise ConnectionError

    monkeypatch.setattr(live, "async_to_sync", lambda _: away)
    monkeypatch.setattr(live, "_publish", away)
    with django_capture_on_commit_callbacks(execute=True):
        say(consultant_of(session))
    assert Message.objects.count() == 1
