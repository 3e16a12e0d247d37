"""The live connection of a room: who is let in, who is put out, and that nothing is lost when the layer loses it."""

import asyncio
import threading
import time
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.services import close_account
from naksha import layers
from naksha.asgi import application
from naksha.testing import make_admin, make_client, make_consultant, make_user
from naksha.tests.lines import Line, is_refused, logged_in, talking
from naksha.web import pace, watch
from sessions_app.access import ROOMS, Place, find_visitor, mint_link, resolve_link, still_in
from sessions_app.live import room_group, say_changed
from sessions_app.models import Conversation, Member, Message, Seat, Session, SessionLink
from sessions_app.services import chat_news, chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_browser, guest_of, say

pytestmark = pytest.mark.django_db(transaction=True)
db = database_sync_to_async


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(pace, "_paces", type(pace._paces)())


@db
def room():
    """A session with the cookies of its consultant and of its guest."""
    session = Session.objects.select_related("consultant__user", "client").get(pk=make_session().pk)
    guest = guest_browser(session).cookies[settings.SESSION_COOKIE_NAME].value
    return session, guest


def at(session):
    return f"/ws/sessions/{session.pk}/"


async def test_a_message_reaches_both_and_is_the_same_for_both():
    session, guest = await room()
    cookie = await logged_in(session.consultant.user)
    async with talking(application, at(session), cookie) as asha, talking(application, at(session), guest) as farhan:
        assert (await asha.hear())["type"] == "welcome"
        started = time.monotonic()
        message = await db(lambda: say(guest_of(session), "Hello"))()
        heard = [await line.hear("message") for line in (asha, farhan)]
        assert time.monotonic() - started < 5
        assert heard[0] == heard[1]
        assert heard[0]["id"] == str(message.pk)
        assert (heard[0]["version"], heard[0]["sequence"]) == (1, 1)
        await db(lambda: chatting.delete(visitor=guest_of(session), message_id=message.pk))()
        assert (await asha.hear("message"))["version"] == 2


async def test_strangers_are_refused():
    session, guest = await room()
    other, other_guest = await room()
    for cookie in (
        None,
        "0" * 32,
        await logged_in(await db(make_user)()),
        await logged_in(other.consultant.user),
        other_guest,
    ):
        assert await is_refused(Line(application, at(session), cookie))
    assert await is_refused(Line(application, f"/ws/sessions/{uuid4()}/", guest))
    assert await is_refused(Line(application, at(other), guest))
    for origin in (None, "https://evil.test", "https://naksha.test.evil.test"):
        assert await is_refused(Line(application, at(session), guest, origin=origin))
    assert not await db(Member.objects.exists)()


async def put_out(session, cookie, act, code):
    async with talking(application, at(session), cookie) as line:
        started = time.monotonic()
        await db(act)()
        assert await line.closed() == code
        assert time.monotonic() - started < 5
        await db(lambda: chatting.post_system(session=session, words="Not for them."))()
        assert await line.receive_nothing(0.2)
    assert await is_refused(Line(application, at(session), cookie))


async def test_a_revoked_link_closes():
    session, guest = await room()
    await put_out(session, guest, lambda: SessionLink.objects.update(revoked_at=timezone.now()), 4403)


async def test_a_suspended_consultant_is_put_out():
    session, _guest = await room()
    cookie = await logged_in(session.consultant.user)
    await put_out(session, cookie, lambda: type(session.consultant).objects.update(status="suspended"), 4403)


async def test_a_closed_account_is_put_out():
    session, _guest = await room()
    user, admin = await db(lambda: (make_user(), make_admin(is_superuser=True)))()
    await db(lambda: type(session.client).objects.filter(pk=session.client_id).update(user=user))()
    cookie = await logged_in(user)
    await put_out(session, cookie, lambda: close_account(user=user, actor=admin, reason="Spam."), 4401)


async def test_a_session_that_became_another_clients_closes():
    session, guest = await room()
    other = await db(lambda: make_client(session.consultant))()
    await put_out(session, guest, lambda: Session.objects.update(client=other), 4403)


async def test_what_is_sent_between_the_loss_and_the_close_does_not_reach_them(monkeypatch):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 60)
    session, guest = await room()
    async with talking(application, at(session), guest) as line:
        await line.hear("welcome")
        other = await db(lambda: make_client(session.consultant))()
        await db(lambda: Session.objects.update(client=other))()
        await db(lambda: say(consultant_of(session), "For the other one"))()
        await asyncio.sleep(0.3)
        while not await line.receive_nothing(0.05):
            assert "For the other" not in (await line.receive_output())["text"]


def test_still_in_says_what_find_visitor_says():
    consultant = make_consultant()
    user = make_user()
    client = make_client(consultant, user=user)
    personal, webinar = make_session(consultant, client=client), make_session()
    Session.objects.filter(pk=webinar.pk).update(kind="webinar", client=None, capacity=5, seats_taken=1)
    seated = make_client(webinar.consultant, user=user)
    seat = Seat.objects.create(session=webinar, client=seated, status=Seat.Status.TAKEN)
    links = [resolve_link(mint_link(session=s, client=c)) for s, c in ((personal, client), (webinar, seated))]
    from django.contrib.auth.models import AnonymousUser

    asked = []
    for session, guest, link in zip((personal, webinar), (client, seated), links, strict=True):
        browser = {ROOMS: {str(session.pk): str(link.pk)}}
        asked += [
            (session, session.consultant.user, {}, Place(session.pk, None, session.consultant.user_id, None)),
            (session, user, {}, Place(session.pk, guest.pk, user.pk, None)),
            (session, AnonymousUser(), browser, Place(session.pk, guest.pk, None, link.pk)),
            (session, AnonymousUser(), {}, Place(session.pk, guest.pk, None, None)),
            (session, make_user(), {}, Place(session.pk, guest.pk, uuid4(), None)),
        ]

    def agree():
        stay = still_in([place for *_rest, place in asked])
        found = [find_visitor(session_id=s.pk, user=u, browser=b) for s, u, b, _place in asked]
        assert [place in stay for *_rest, place in asked] == [one is not None for one in found]
        return len(stay)

    assert agree() == 6
    Seat.objects.filter(pk=seat.pk).update(status=Seat.Status.RELEASED)
    assert agree() == 4
    SessionLink.objects.filter(session=personal).update(revoked_at=timezone.now())
    assert agree() == 3
    type(consultant).objects.filter(pk=consultant.pk).update(status="suspended")
    assert agree() == 2
    Session.objects.update(status="abandoned")
    assert agree() == 0


async def test_what_the_layer_loses_is_told_from_the_database(monkeypatch):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.3)
    session, guest = await room()
    async with talking(application, at(session), guest) as line:
        await line.hear("welcome")
        monkeypatch.setattr(chat_news, "push", lambda *_: None)
        await db(lambda: say(consultant_of(session), "Lost on its way"))()
        assert (await line.hear("version", timeout=5))["version"] == 1


async def test_a_message_that_arrived_is_not_told_twice(monkeypatch):
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.1)
    session, guest = await room()
    async with talking(application, at(session), guest) as line:
        await line.hear("message") if await db(lambda: say(consultant_of(session)))() is None else None
        await line.hear("message")
        await asyncio.sleep(0.8)
        while not await line.receive_nothing(0.05):
            assert '"version"' not in (await line.receive_output())["text"][:20]


async def test_typing_presence_and_change_are_told():
    session, guest = await room()
    cookie = await logged_in(session.consultant.user)
    async with talking(application, at(session), cookie) as asha:
        me = (await asha.hear("welcome"))["member"]
        async with talking(application, at(session), guest) as farhan:
            other = (await farhan.hear("welcome"))["member"]
            assert (await asha.hear("presence")) == {"type": "presence", "member": other, "here": True}
            await asha.say({"type": "typing"})
            await asha.say({"type": "typing"})
            assert (await farhan.hear("typing"))["member"] == me
            await db(lambda: say_changed(session.pk))()
            assert (await farhan.hear("session.changed")) == {"type": "session.changed"}
            await farhan.say({"type": "away"})
            assert (await asha.hear("presence")) == {"type": "presence", "member": other, "here": False}
            await farhan.say({"type": "here"})
            assert (await asha.hear("presence"))["here"] is True
        assert (await asha.hear("presence"))["here"] is False
        member = await db(lambda: Member.objects.get(pk=other))()
        assert not chat_news.is_present(member, timezone.now())


async def test_a_second_window_keeps_somebody_there():
    session, guest = await room()
    cookie = await logged_in(session.consultant.user)
    async with talking(application, at(session), cookie) as asha, talking(application, at(session), guest):
        async with talking(application, at(session), guest):
            await asha.hear("presence")
        member = await db(lambda: Member.objects.get(client=session.client))()
        assert chat_news.is_present(member, timezone.now())


async def test_reading_is_told():
    session, guest = await room()
    await db(lambda: say(guest_of(session)))()
    async with talking(application, at(session), guest) as line:
        await db(lambda: chatting.mark_read(visitor=consultant_of(session), sequence=1))()
        heard = await line.hear("read")
        assert heard["sequence"] == 1
        assert heard["at"]


@pytest.mark.parametrize("frame", [{"type": "chat.message"}, {"type": "__class__"}, {"type": "message", "html": "x"}])
async def test_frames_that_we_do_not_know_do_nothing(frame):
    session, guest = await room()
    async with talking(application, at(session), guest) as line:
        await line.say(frame)
        await asyncio.sleep(0.2)
        await db(lambda: say(consultant_of(session)))()
        assert (await line.hear("message"))["sequence"] == 1
        assert await db(Message.objects.count)() == 1


# --- two at once -------------------------------------------------------------------------------------


def at_once(*acts):
    results, start = [], threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            results.append(act())
        except Exception as error:  # noqa: BLE001 - what it was is looked at
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.postgres
def test_a_retry_that_comes_at_the_same_time_posts_once():
    asha, key = consultant_of(make_session()), uuid4()
    chatting.join_member(asha)
    sent = at_once(*[lambda: chatting.post(visitor=asha, client_message_id=key, body="Once") for _ in range(8)])
    assert sorted(one.is_new for one in sent) == [False] * 7 + [True]
    assert len({one.message.pk for one in sent}) == 1
    assert Conversation.objects.get().last_version == Message.objects.count() == 1


@pytest.mark.postgres
def test_the_constraint_is_what_keeps_a_retry_from_posting_twice():
    asha, key = consultant_of(make_session()), uuid4()
    chatting.join_member(asha)
    table = Message._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT message_sent_once")
    try:
        at_once(*[lambda: chatting.post(visitor=asha, client_message_id=key, body="Once") for _ in range(8)])
        assert Message.objects.count() == 8
    finally:
        Message.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT message_sent_once UNIQUE (member_id, client_message_id)"
            )


@pytest.mark.postgres
def test_many_at_once_leave_no_gap():
    session = make_session()
    asha, farhan = consultant_of(session), guest_of(session)
    chatting.join_member(asha), chatting.join_member(farhan)
    key = uuid4()

    def several(visitor, n):
        for i in range(5):
            message = say(visitor, f"{n}.{i}")
            say(visitor, "again", key=key)
            chatting.edit(visitor=visitor, message_id=message.pk, body=f"{n}.{i} edited")

    problems = at_once(*[lambda n=n: several((asha, farhan)[n % 2], n) for n in range(8)])
    assert problems == [None] * 8
    conversation = Conversation.objects.get()
    assert sorted(Message.objects.values_list("sequence", flat=True)) == list(range(1, 43))
    assert conversation.last_sequence == 42
    assert conversation.last_version == 42 + 40
    assert Message.objects.order_by("-version").first().version == 82


@pytest.mark.postgres
def test_without_the_lock_numbers_collide():
    session = make_session()
    conversation = chatting.join_member(consultant_of(session)).conversation

    def unlocked():
        with transaction.atomic():
            last = Conversation.objects.get(pk=conversation.pk).last_version + 1
            time.sleep(0.1)
            Message.objects.create(conversation=conversation, kind="system", sequence=last, version=last, body="x")

    assert any(isinstance(one, IntegrityError) for one in at_once(unlocked, unlocked))


@pytest.mark.postgres
def test_two_first_visits_make_one_conversation_and_one_member():
    session = make_session()
    members = at_once(*[lambda: chatting.join_member(consultant_of(session)) for _ in range(6)])
    assert len({member.pk for member in members}) == 1
    assert Conversation.objects.count() == Member.objects.count() == 1


@pytest.mark.postgres
def test_a_long_chat_is_opened_by_its_index():
    session = make_session()
    conversation = chatting.conversation_of(session)
    Message.objects.bulk_create(
        [
            Message(conversation=conversation, kind="system", sequence=n, version=n, body="x", sent_at=timezone.now())
            for n in range(1, 20_001)
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Message._meta.db_table}")
    last = Message.objects.filter(conversation=conversation).order_by("-sequence")[:51]
    missed = Message.objects.filter(conversation=conversation, version__gt=19_900).order_by("version")[:201]
    assert "message_sequence_unique" in last.explain()
    assert "message_version_unique" in missed.explain()
    assert "Seq Scan" not in last.explain() + missed.explain()


async def test_the_group_of_a_room_is_left_with_the_socket():
    session, guest = await room()

    def heard():
        """The room's group as the layer names it: in Redis behind a prefix."""
        return [name for name in get_channel_layer().groups if name.endswith(room_group(session.pk))]

    async with talking(application, at(session), guest):
        assert len(heard()) == 1
    assert heard() == []


async def test_what_the_layer_may_have_lost_of_the_session_is_asked_for_when_it_is_back(monkeypatch):
    monkeypatch.setattr(watch, "CATCH_UP_SECONDS", (0.1, 0.2))
    session, guest = await room()
    async with talking(application, at(session), guest) as line:
        await line.hear("welcome")
        for tell in layers.when_back:
            tell()
        assert await line.hear("session.changed", timeout=3)
