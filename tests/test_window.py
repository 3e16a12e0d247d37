"""The tests share one Chromium, and nothing else: no window, no cookie, and no loop that outlives the window."""

from __future__ import annotations

import asyncio

import pytest

from accounts.models import User
from naksha.testing import make_user
from tests.window import browser, close_kept, keep, meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_each_opens_windows_of_its_own_in_the_same_browser() -> None:
    with browser() as first:
        context = first.new_context()
        context.add_cookies([{"name": "who", "value": "me", "url": "http://127.0.0.1:1/"}])
        with browser() as inner:
            inner.new_context()
        assert first.contexts == [context]
    with browser() as second:
        assert second is first
        assert second.contexts == []
        assert second.new_context().cookies() == []


def test_one_that_is_kept_stays_until_it_is_said_to_be_closed() -> None:
    with browser() as first:
        context = keep(first.new_context())
        first.new_context()
    with browser() as second:
        assert second.contexts == [context]
    close_kept()
    with browser() as third:
        assert third.contexts == []
    close_kept()


def test_the_thread_is_the_databases_again() -> None:
    with browser() as opened:
        opened.new_page().goto("data:text/html,here")
    make_user()
    assert User.objects.count() == 1
    assert asyncio.run(asyncio.sleep(0, "a loop of its own")) == "a loop of its own"
    with browser() as opened:
        assert opened.new_page().evaluate("1 + 1") == 2


def test_one_that_was_ended_is_started_anew() -> None:
    with browser() as opened:
        opened.close()
    with browser() as again:
        assert again is not opened
        assert again.new_page().evaluate("1 + 1") == 2


def test_what_fails_while_a_page_is_open_fails_its_test() -> None:
    with pytest.raises(ZeroDivisionError):
        meanwhile(lambda: 1 / 0)
    assert meanwhile(lambda: "told") == "told"
