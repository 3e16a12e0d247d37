"""The two who chat in tests, a consultant with a login and a guest whom a link let in; and the chat's address."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client as Browser

from sessions_app.access import ROOMS, Visitor, find_visitor, mint_link, resolve_link
from sessions_app.models import Session
from sessions_app.services import chatting

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def address(session: Session, rest: str = "") -> str:
    return f"/sessions/{session.pk}/messages/{rest}"


def consultant_of(session: Session) -> Visitor:
    visitor = find_visitor(session_id=session.pk, user=session.consultant.user, browser={})
    assert visitor is not None
    return visitor


def link_of(session: Session, client: Any) -> Any:
    whose: Any = client or session.client
    return resolve_link(mint_link(session=session, client=whose))


def guest_of(session: Session, client: Any = None) -> Visitor:
    link = link_of(session, client)
    browser = {ROOMS: {str(session.pk): str(link.pk)}}
    visitor = find_visitor(session_id=session.pk, user=AnonymousUser(), browser=browser)
    assert visitor is not None
    return visitor


def guest_browser(session: Session, client: Any = None) -> Browser:
    """A browser that followed the link in a mail."""
    link = link_of(session, client)
    browser = Browser()
    kept: Any = browser.session
    kept[ROOMS] = {str(session.pk): str(link.pk)}
    kept.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = kept.session_key
    return browser


def logged_in_browser(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def say(visitor: Visitor, words: str = "Good evening.", **more: Any) -> Any:
    return chatting.post(
        visitor=visitor, client_message_id=more.pop("key", None) or uuid4(), body=words, **more
    ).message
