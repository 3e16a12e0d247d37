"""Who may be in a session's room."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from clients.models import Client
from naksha.testing import make_consultant, make_user
from sessions_app.access import ROOMS, find_visitor, mint_link, resolve_link
from sessions_app.models import Session, SessionLink, Side
from sessions_app.testing import make_session

pytestmark = pytest.mark.django_db


def asks(session, user=None, browser=None):
    return find_visitor(session_id=session.pk, user=user or AnonymousUser(), browser=browser or {})


def test_the_consultant_is_let_in_and_another_is_not():
    session = make_session()
    assert asks(session, session.consultant.user).side == Side.CONSULTANT
    assert asks(session, make_consultant().user) is None


def test_a_suspended_consultant_is_a_stranger():
    session = make_session()
    type(session.consultant).objects.update(status="suspended")
    assert asks(session, session.consultant.user) is None


def test_the_client_is_let_in_by_login_and_another_client_is_not():
    session = make_session()
    user = make_user(role="client")
    Client.objects.filter(pk=session.client_id).update(user=user)
    assert asks(session, user).client == session.client
    assert asks(session, make_user(role="client")) is None


def test_a_guest_is_let_in_by_the_link_until_it_is_revoked():
    session, other = make_session(), make_session()
    link = resolve_link(mint_link(session=session, client=session.client))
    browser = {ROOMS: {str(session.pk): str(link.pk)}}
    assert asks(session, browser=browser).client == session.client
    assert asks(other, browser={ROOMS: {str(other.pk): str(link.pk)}}) is None
    SessionLink.objects.update(revoked_at=timezone.now())
    assert asks(session, browser=browser) is None


def test_nobody_is_let_in_by_the_address_alone():
    assert asks(make_session()) is None


def test_the_door_asks_for_no_more_than_it_needs(django_assert_num_queries):
    session = make_session()
    link = resolve_link(mint_link(session=session, client=session.client))
    browser = {ROOMS: {str(session.pk): str(link.pk)}}
    find_visitor(session_id=session.pk, user=AnonymousUser(), browser=browser, door=True)  # words it
    client, consultant, login = link.client, session.consultant, session.consultant.user
    with django_assert_num_queries(1):
        guest = find_visitor(session_id=session.pk, user=AnonymousUser(), browser=browser, door=True)
        assert (guest.name, guest.timezone, guest.client.email) == (client.name, client.timezone, client.email)
        assert guest.session.consultant.display_name == consultant.display_name
        assert guest.session.consultant.user.email == login.email
        assert guest.session.starts_at == session.starts_at
    with django_assert_num_queries(1):
        found = find_visitor(session_id=session.pk, user=login, browser={}, door=True)
        assert (found.name, found.timezone) == (consultant.display_name, consultant.timezone)
    assert "pan" in found.session.consultant.get_deferred_fields()  # nobody deciphers it for a message


@pytest.mark.parametrize("door", [True, False])
def test_the_door_turns_away_whom_the_page_turns_away(door):
    session, other = make_session(), make_session()
    link = resolve_link(mint_link(session=session, client=session.client))
    known = {ROOMS: {str(session.pk): str(link.pk), str(other.pk): str(link.pk)}}

    def let_in(browser=known, session_id=session.pk):
        return find_visitor(session_id=session_id, user=AnonymousUser(), browser=browser, door=door)

    assert let_in().link_id == link.pk
    assert let_in().client == session.client
    assert let_in(browser={}) is None
    assert let_in(session_id=other.pk) is None
    Session.objects.filter(pk=session.pk).update(client=other.client, consultant=other.consultant)
    assert let_in() is None  # the place is another's now
    Session.objects.filter(pk=session.pk).update(client=session.client, consultant=session.consultant)
    assert let_in() is not None
    SessionLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
    assert let_in() is None
    SessionLink.objects.filter(pk=link.pk).update(revoked_at=None)
    Session.objects.filter(pk=session.pk).update(status=Session.Status.ABANDONED)
    assert let_in() is None
