"""One mail for what was not read in ten minutes, and none for what was."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from naksha.testing import make_user
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail
from sessions_app.models import Member, Message, Seat, Session, SessionLink
from sessions_app.services import chatting, digesting
from sessions_app.tasks import send_digests
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_of, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    session = make_session()
    chatting.join_member(consultant_of(session))
    chatting.join_member(guest_of(session))
    return session


def later():
    Message.objects.update(sent_at=timezone.now() - timedelta(minutes=11))
    Member.objects.filter(digest_due_at__isnull=False).update(digest_due_at=timezone.now() - timedelta(seconds=1))


def facts(mail):
    import json

    return json.loads(mail.sealed_context)


def test_all_that_is_unread_goes_into_one_mail_after_ten_minutes(session):
    asha = consultant_of(session)
    for n in range(7):
        say(asha, f"Word {n}")
    assert send_digests() == 0
    due = Member.objects.get(client__isnull=False).digest_due_at
    assert timedelta(minutes=9) < due - timezone.now() <= timedelta(minutes=10)
    later()
    assert send_digests() == 1
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.template, mail.kind) == (session.client.email, "unread_messages", "message")
    assert (facts(mail)["count"], facts(mail)["more"], len(facts(mail)["messages"])) == (7, 2, 5)
    rendered = render_mail("unread_messages", facts(mail))
    assert "7 messages from" in rendered.subject
    assert "Word 0" in rendered.text
    assert send_digests() == 0
    assert OutgoingMail.objects.count() == 1


def test_who_has_the_page_open_and_does_not_read_gets_it_too(session):
    Member.objects.update(last_seen_at=timezone.now())
    say(consultant_of(session))
    assert Member.objects.get(client__isnull=False).digest_due_at is not None
    assert Member.objects.get(client__isnull=True).digest_due_at is None  # who wrote it
    later()
    assert send_digests() == 1


def test_reading_all_of_it_ends_the_wait_and_reading_some_does_not(session):
    Member.objects.update(last_seen_at=timezone.now())
    for _ in range(2):
        say(consultant_of(session))
    for sequence, waits in ((1, True), (2, False)):
        chatting.mark_read(visitor=guest_of(session), sequence=sequence)
        assert (Member.objects.get(client__isnull=False).digest_due_at is not None) is waits


def test_one_own_words_at_the_end_keep_no_mail_waiting(session):
    say(consultant_of(session))
    say(guest_of(session), "And mine.")
    chatting.mark_read(visitor=guest_of(session), sequence=1)
    assert Member.objects.get(client__isnull=False).digest_due_at is None


def test_what_is_young_waits_for_its_own_ten_minutes_whatever_made_the_mail_due(session):
    say(consultant_of(session), "Read")
    later()
    say(consultant_of(session), "Not yet read")
    chatting.mark_read(visitor=guest_of(session), sequence=1)
    young = Message.objects.get(sequence=2)
    assert send_digests() == 0
    assert Member.objects.get(client__isnull=False).digest_due_at == young.sent_at + timedelta(minutes=10)
    later()
    assert send_digests() == 1


def test_a_guests_mail_carries_a_link_that_lets_in_and_a_logins_does_not(session):
    say(consultant_of(session))
    later()
    before = SessionLink.objects.count()
    send_digests()
    assert SessionLink.objects.count() == before + 1
    assert "/s/" in facts(OutgoingMail.objects.get())["room_url"]
    type(session.client).objects.filter(pk=session.client_id).update(user=make_user())
    say(consultant_of(session), "Another")
    later()
    send_digests()
    assert SessionLink.objects.count() == before + 1
    assert f"/sessions/{session.pk}/" in facts(OutgoingMail.objects.order_by("created_at").last())["room_url"]


def test_what_was_read_before_is_not_mailed(session):
    say(consultant_of(session))
    farhan = guest_of(session)
    chatting.mark_read(visitor=farhan, sequence=1)
    assert Member.objects.get(client__isnull=False).digest_due_at is None
    say(consultant_of(session))
    later()
    Member.objects.filter(client__isnull=False).update(last_read_sequence=2)
    assert send_digests() == 0
    assert not OutgoingMail.objects.exists()


def test_what_a_mail_told_is_not_told_again(session):
    say(consultant_of(session), "First")
    later()
    send_digests()
    say(consultant_of(session), "Second")
    later()
    assert send_digests() == 1
    last = OutgoingMail.objects.order_by("created_at").last()
    assert [m["words"] for m in facts(last)["messages"]] == ["Second"]


def test_words_that_were_taken_back_are_not_mailed(session):
    asha = consultant_of(session)
    chatting.delete(visitor=asha, message_id=say(asha, "A slip").pk)
    later()
    assert send_digests() == 0
    assert not OutgoingMail.objects.exists()


def test_who_lost_their_place_gets_no_mail(session):
    say(consultant_of(session))
    later()
    Session.objects.update(kind="webinar", client=None)
    assert not Seat.objects.exists()
    assert send_digests() == 0
    assert not OutgoingMail.objects.exists()


def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(session, monkeypatch):
    say(consultant_of(session))
    later()
    real = digesting.send_mail

    def dies(**_):
        raise RuntimeError("killed")

    monkeypatch.setattr(digesting, "send_mail", dies)
    assert send_digests() == 0
    assert not OutgoingMail.objects.exists()
    monkeypatch.setattr(digesting, "send_mail", real)
    assert send_digests() == 1
    assert OutgoingMail.objects.count() == 1


def test_two_workers_send_one(session):
    say(consultant_of(session))
    later()
    row = Member.objects.get(digest_due_at__isnull=False)
    assert digesting.send(row.pk, row.digest_due_at) is True
    assert digesting.send(row.pk, row.digest_due_at) is False
    assert OutgoingMail.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_a_mail_is_made_gets_a_mail_of_its_own(session, monkeypatch):
    say(consultant_of(session))
    later()
    real = digesting.send_mail
    asha = consultant_of(session)
    posted = threading.Event()

    def post():
        try:
            say(asha, "One more")
        finally:
            posted.set()
            connection.close()

    poster = threading.Thread(target=post)

    def meanwhile(**mail):
        poster.start()
        while not posted.is_set() and not somebody_waits_for_us():
            posted.wait(0.01)
        return real(**mail)

    monkeypatch.setattr(digesting, "send_mail", meanwhile)
    assert send_digests() == 1
    poster.join()
    theirs = Member.objects.get(client__isnull=False)
    assert (theirs.digested_sequence, theirs.digest_due_at is not None) == (1, True)


def somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return cursor.fetchone() is not None


def test_a_long_message_is_cut(session):
    say(consultant_of(session), "x" * 4000)
    later()
    send_digests()
    assert len(facts(OutgoingMail.objects.get())["messages"][0]["words"]) == 300


@pytest.fixture
def farhan(session):
    """The client, with a login."""
    login = make_user()
    type(session.client).objects.filter(pk=session.client_id).update(user=login)
    return login


def test_who_was_taken_for_present_finds_one_line_too(session, farhan):
    Member.objects.update(last_seen_at=timezone.now())
    say(consultant_of(session))
    assert not Notification.objects.exists()
    later()
    assert send_digests() == 1
    line = Notification.objects.get()
    assert (line.user, line.title) == (farhan, f"Message from {session.consultant.display_name}")
    assert line.url == f"/sessions/{session.pk}/"


def test_who_has_seen_the_line_gets_no_second_one(session, farhan):
    say(consultant_of(session))
    Notification.objects.get(user=farhan)
    Notification.objects.update(read_at=timezone.now())
    later()
    assert send_digests() == 1
    assert Notification.objects.count() == 1
