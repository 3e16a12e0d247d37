"""The pages that stay true while they are open."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from client_area.testing import booked, client_of
from naksha.testing import make_client, make_consultant
from notifications.live import group_of
from quotations import services as quoting
from quotations.testing import make_accepted, make_draft, make_sent
from sessions_app.models import Member, Session
from sessions_app.services import chatting, start
from sessions_app.tests.chatters import consultant_of, say

pytestmark = pytest.mark.django_db
PARTS = {"/me/": "/me/parts/", "/me/sessions/": "/me/sessions/list/"}


def soon(user, consultant):
    return booked(user, consultant, starts_at=timezone.now() + timedelta(minutes=5)).session


@pytest.mark.parametrize("page", PARTS)
def test_an_open_page_is_told_of_a_start_and_of_nothing_else(page, me, client_user, consultant):
    session = soon(client_user, consultant)
    whole = me.get(page)
    assert 'data-live-on="sessions bookings' in whole.content.decode()
    known = {"If-None-Match": whole.context["version"]}
    assert me.get(PARTS[page], headers=known).status_code == 304
    start(session=session, actor=consultant.user)
    answer = me.get(PARTS[page], headers=known)
    words = answer.content.decode()
    assert answer.status_code == 200
    assert "Under way" in words
    assert "<html" not in words
    assert answer["Cache-Control"] == "private, no-cache"


def test_the_first_page_is_told_of_a_message_and_of_its_being_read(me, client_user, consultant):
    session = soon(client_user, consultant)
    first = me.get("/me/parts/")["ETag"]
    conversation = chatting.conversation_of(session)
    mine = Member.objects.create(conversation=conversation, side="client", client=session.client)
    say(consultant_of(session))
    second = me.get("/me/parts/")
    assert second["ETag"] != first
    assert "1 new message" in second.content.decode()
    Member.objects.filter(pk=mine.pk).update(last_read_sequence=1, last_read_at=timezone.now())
    assert me.get("/me/parts/", headers={"If-None-Match": second["ETag"]}).status_code == 200


def test_the_first_page_tells_of_quotations_that_wait_and_of_nothing_that_does_not(
    me, client_user, consultant, other_consultant
):
    def theirs(who=consultant):
        return client_of(client_user, who)

    first = me.get("/me/parts/")["ETag"]
    offered, _token = make_sent(consultant, client=theirs(), title="Estate plan")
    answer = me.get("/me/parts/", headers={"If-None-Match": first})
    words = answer.content.decode()
    assert "offers you: Estate plan" in words
    assert reverse("quotations:by_login", args=[offered.pk]) in words
    make_sent(consultant, client=make_client(consultant), title="Another’s")
    make_draft(consultant, client=theirs(), title="A draft")
    assert me.get("/me/parts/", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    make_accepted(other_consultant, client=theirs(other_consultant), title="Agreed", deposit_points=5_000)
    quoting.decline(quotation=offered, reason="Too dear.", version=1)
    words = me.get("/me/parts/", headers={"If-None-Match": answer["ETag"]}).content.decode()
    assert "Estate plan" not in words
    assert "₹12,500.00 to pay for accepted work" in words
    for never in ("Another’s", "A draft"):
        assert never not in words


def test_what_a_client_answers_in_one_window_is_told_to_their_others(
    client_user, consultant, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr("naksha.live._send", lambda group, message: told.append((group, message["topic"])))
    quotation, _token = make_sent(consultant, client=client_of(client_user, consultant))
    with django_capture_on_commit_callbacks(execute=True):
        quoting.accept(quotation=quotation, version=1, name="Farhan", address=None)
    assert (group_of(client_user.pk), "quotations") in told


def test_the_first_page_asks_as_often_for_many_quotations_as_for_one(
    me, client_user, consultant, django_assert_num_queries
):
    make_sent(consultant, client=client_of(client_user, consultant))
    me.get("/me/")
    with CaptureQueriesContext(connection) as one:
        me.get("/me/")
    for _ in range(4):
        who = make_consultant()
        make_sent(who, client=client_of(client_user, who))
    with django_assert_num_queries(len(one)):
        assert len(me.get("/me/").context["home"].offers) == 5


def test_all_that_the_side_leads_to_is_reached_from_the_tabs_of_a_phone(me):
    page = me.get("/me/").content.decode()
    tabs = page[page.index('<nav class="tabs"') :]
    for name in ("home", "sessions", "quotations", "payments"):
        assert f'href="{reverse(f"client_area:{name}")}"' in tabs
    assert 'href="#menu"' in tabs
    side = page[page.index('<nav class="me-nav" id="menu"') : page.index('<main id="main"')]
    for name in ("reviews", "saved", "profile", "data"):
        assert f'href="{reverse(f"client_area:{name}")}"' in side
    assert 'href="#main"' in side


@pytest.mark.parametrize("part", PARTS.values())
def test_the_parts_are_for_a_login_and_show_its_own(part, client, me, stranger, client_user, consultant):
    session = soon(client_user, consultant)
    assert session.title in me.get(part).content.decode()
    client.logout()
    assert client.get(part).status_code == 302
    client.force_login(stranger)
    assert session.title not in client.get(part).content.decode()


def test_asking_is_cheap(me, client_user, consultant, django_assert_max_num_queries):
    session = soon(client_user, consultant)
    assert Session.objects.get() == session
    known = {"If-None-Match": me.get("/me/sessions/list/")["ETag"]}
    with django_assert_max_num_queries(5):
        assert me.get("/me/sessions/list/", headers=known).status_code == 304
