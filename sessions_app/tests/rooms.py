"""A session's room in tests: the browsers that are in it, and the hours before and after its start."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from naksha.db import clock_told
from sessions_app.access import mint_link
from sessions_app.testing import make_session


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def desk(session):
    return logged_in(session.consultant.user)


@pytest.fixture
def guest(session):
    return let_in(session)


def logged_in(user):
    browser = Browser()
    browser.force_login(user)
    return browser


def let_in(session, client=None):
    browser = Browser()
    browser.get(reverse("sessions:enter", args=[mint_link(session=session, client=client or session.client)]))
    return browser


def room(session):
    return reverse("sessions:room", args=[session.pk])


def joins(browser, session):
    return browser.post(reverse("sessions:join", args=[session.pk]))


@contextmanager
def clocks_at(moment):
    """Python's clock and the database's."""
    with time_machine.travel(moment, tick=False), clock_told(moment):
        yield


def at(session, **after_start):
    return clocks_at(session.starts_at + timedelta(**after_start))
