"""Every page, asked with what nobody sane would send: no answer is a 5xx, whoever asks.

The addresses come from the URLconf, so a page that is added is asked too. What the values are is fixed by a seed.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bookings.services import join_waitlist
from bookings.testing import details, hold_seat, make_held, make_paid, make_webinar, payment_of
from clients.models import ClientNote, CustomField
from consultants.models import ApprovalDocument, ServiceQuestion
from naksha.testing import make_client, make_consultant, make_service, make_user, next_slot_start
from notifications.services import notify
from quotations.testing import make_draft, make_sent
from sessions_app.testing import make_recorded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DEPTH = int(os.environ.get("NAKSHA_FUZZ_DEPTH", "1"))  # 4 is a good look, and takes minutes
HOSTILE = [
    "\0",
    "a\0b" * 8,
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59Z",
    "0001-01-01T00:00Z",
    "٢٠٢٦-٠١-٠١",
    "24:00",
    "-1",
    "9" * 30,
    "9" * 4500,
    "1e999999999",
    "NaN",
    "½",
    "²",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "{{ 7|add:7 }}{% now %}",
    "%s%d%(x)s{0}{x}",
    "javascript:alert(1)",
    "https://[",
    "https://" + "a." * 2000 + "in",
    "//evil.example/",
    "../../../../etc/passwd",
    "a\r\nBcc: x@evil.example\r\n\r\n",
    "\u202e\u2066\ufeff\u200d",
    "👩‍🚀" * 300,
    "é" * 70000,
    "[" * 20000,
    "x@" + "a" * 3000 + ".in",
    "İKıſ@EXAMPLE.com",
    "+" + "9" * 300,
    "Europe/../../etc/localtime",
    "",
]
GET_NAMES = [
    "page",
    "day",
    "from",
    "to",
    "state",
    "way",
    "year",
    "kind",
    "tz",
    "start",
    "session",
    "offer",
    "pick",
    "gone",
    "service",
    "show",
    "tag",
    "activity",
    "other",
    "q",
    "pay",
    "sort",
    "size",
    "field",
    "language",
    "city",
    "min_price",
    "max_price",
    "free_on",
    "order",
    "next",
    "as",
    "failed",
    "problem",
    "checking",
    "n",
    "e",
    "p",
    "o",
    "all",
    "price_paise",
    "status__exact",
    "created_at__gte",
    "id__in",
    "_changelist_filters",
    "_to_field",
    "_popup",
]
POST_NAMES = [
    "razorpay_order_id",
    "razorpay_payment_id",
    "razorpay_signature",
    "error[reason]",
    "start",
    "session",
    "day",
    "name",
    "email",
    "reference",
    "code",
    "key",
    "shown_at",
    "next",
    "refund",
    "reason",
    "arrange",
    "timezone",
    "id",
    "act",
    "query",
]
NEVER = {"logout", "account_logout", "end_login"}  # would end the login that the others need


def _addresses(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(address with <kind:name> parts, name) of everything in the URLconf."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern):
            yield prefix + route, pattern.name or ""


class World:
    """A market in small: things of one consultant, things of another, and the names by which addresses call them."""

    def __init__(self, gateway: Any) -> None:
        self.consultant = make_consultant(slug="asha-rao")
        other = make_consultant(slug="other-person")
        draft = make_consultant(status="draft")
        self.people = {
            "visitor": None,
            "client": make_user(),
            "consultant": self.consultant.user,
            "applicant": draft.user,
        }
        service = make_service(self.consultant)
        ServiceQuestion.objects.create(service=service, label="Why?", kind="long")
        ServiceQuestion.objects.create(service=service, label="Which?", kind="choice", choices=["a", "b"], order=1)
        held, held_token = make_held(self.consultant, service=service)
        paid, paid_token = make_paid(gateway, self.consultant, service=service, starts_at=next_slot_start(days=3))
        theirs, _ = make_paid(gateway, other, starts_at=next_slot_start(days=4))
        webinar = make_webinar(self.consultant, capacity=2)
        for n in range(2):  # full: only then has it a waitlist
            hold_seat(session=webinar, details=details(email=f"seat{n}@example.com"))
        _entry, waiting = join_waitlist(
            service=webinar.service, session=webinar, name="Asha", email="w@example.com", timezone="Asia/Kolkata"
        )
        recorded = make_recorded(
            self.consultant,
            starts_at=next_slot_start(days=8),
            client=make_client(self.consultant, user=self.people["client"]),
        )
        draft_quotation = make_draft(self.consultant)
        sent, sent_token = make_sent(self.consultant)
        told = [notify(user=user, kind="system", title="Hello") for user in self.people.values() if user]
        paper = ApprovalDocument.objects.create(
            consultant=draft,
            kind="identity",
            file="x.pdf",
            original_name="x.pdf",
            content_type="application/pdf",
            size=1,
        )
        money = [payment_of(booking) for booking in (paid, theirs, held)]
        note = ClientNote.objects.create(client=paid.client, body="Likes mornings.")
        own = CustomField.objects.create(consultant=self.consultant, label="Plan", kind="choice", choices=["a", "b"])
        uuids = [
            service,
            webinar.service,
            recorded,
            paid.client,
            note,
            own,
            paid,
            theirs,
            held,
            webinar,
            paper,
            draft_quotation,
            sent,
            *money,
            *told,
        ]
        self.values: dict[str, list[str]] = {
            "uuid": [*(str(row.pk) for row in uuids), str(uuid4())],
            "token": [held_token, paid_token, waiting, sent_token, "x" * 24],
            "slug": ["asha-rao", "nobody"],
            "str": ["x", "9" * 400, "a:b", "é:\u202e", "%00", "a%0d%0ab"],
            "int": ["1", "9" * 40],
            "path": ["x", "../x"],
        }

    def fill(self, route: str, chance: random.Random) -> list[str]:
        """Addresses for a route, each kind of part with its values; a bounded number of them."""
        route = re.sub(r"\(\?P<\w+>([^()]*)\)|\^|\$", lambda m: "x" if m[1] else "", route).replace("\\", "")
        parts = re.findall(r"<(?:(\w+):)?(\w+)>", route)
        choices = [self.values.get(kind or "str", ["x"]) for kind, _name in parts]
        made = list(product(*choices)) if choices else [()]
        chance.shuffle(made)
        found = []
        for values in made[: 1 + DEPTH]:
            pieces = iter(values)
            found.append("/" + re.sub(r"<[^>]+>", lambda _m, pieces=pieces: next(pieces), route))
        return found


def _fields(page: str) -> dict[str, str]:
    """The names that a page's forms send, with the values they begin with."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:input|textarea|select|button)\b[^>]*>", page):
        name = re.search(r'\bname="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found.setdefault(unescape(name[1]), unescape(value[1]) if value else "x")
    return found


class Watch:
    """Asks, and keeps what broke."""

    def __init__(self) -> None:
        self.broken: dict[str, str] = {}
        self.asked = 0
        self._last: str = ""
        got_request_exception.connect(self._raised)

    def _raised(self, **_kwargs: Any) -> None:
        import traceback

        self._last = traceback.format_exc(limit=-4)

    def __call__(self, client: Client, method: str, url: str, data: Any = None, **extra: Any) -> Any:
        self._last = ""
        self.asked += 1
        if isinstance(data, bytes):  # as it is: the client's own post would read the charset first
            answer = client.generic(method, url, data, **extra)
        else:
            answer = getattr(client, method)(url, data, **extra)
        if answer.status_code >= 500:
            self.broken.setdefault(f"{method} {url[:90]} {str(data)[:160]}", self._last or str(answer.content[:200]))
        return answer


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def world(fake_gateway: Any) -> World:
    return World(fake_gateway)


def _client(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "hold", "tz", "theme", "messages", "django_language"])
def test_no_cookie_breaks_a_page(cookie: str, watch: Watch, db: None) -> None:
    client = _client(None)
    for value in (r'"\000aaaaaaaaaaaaaaaaaaaaaaaaa"', r'"\012\015"', "é" * 2000, "a:b:c", "[", '{"', "9" * 5000):
        for url in ("/", "/accounts/login/", "/b/find/", "/notifications/", "/dashboard/"):
            watch(client, "get", url, headers={"cookie": f"{cookie}={value}"})
    assert not watch.broken, watch.broken


def test_too_many_fields_and_what_is_no_form_are_refused(watch: Watch, world: World) -> None:
    client = _client(None)
    for url in ("/accounts/login/", "/accounts/signup/", "/b/find/", "/look/", "/payments/webhook/razorpay/"):
        assert watch(client, "post", url, {f"f{n}": "x" for n in range(2100)}).status_code in (400, 403)
        for body, kind in (
            (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
            (b"a=%ff%00&email=%c3%28", "application/x-www-form-urlencoded; charset=utf-16"),
            (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
            (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
            (b"--x", "multipart/form-data"),
            (b"[" * 100_000, "application/json"),
        ):
            watch(client, "post", url, body, content_type=kind)
    assert not watch.broken, watch.broken


@pytest.mark.parametrize("who", ["visitor", "client", "consultant", "applicant"])
def test_no_page_breaks(who: str, world: World, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookings.visitor.try_to_hold", lambda *_args: None)
    chance = random.Random(20261120)
    client = _client(world.people[who])
    routes = [(route, name) for route, name in _addresses(get_resolver().url_patterns) if name not in NEVER]
    assert len(routes) > 100
    for route, _name in routes:
        if route.startswith("admin/") and chance.random() > 0.1:
            continue  # nobody of these gets in: a few are enough
        for url in world.fill(route, chance):
            page = watch(client, "get", url)
            hostile = chance.sample(HOSTILE, min(1 + DEPTH, len(HOSTILE)))
            for value in hostile:
                asked = dict.fromkeys(GET_NAMES, value)
                watch(client, "get", url, asked if len(value) < 3000 else {chance.choice(GET_NAMES): value})
            shown = page.status_code == 200 and not page.streaming
            fields = _fields(page.content.decode("utf-8", "replace")) if shown else {}
            for value in hostile:
                watch(client, "post", url, dict.fromkeys([*fields, *POST_NAMES], value))
            for field in chance.sample(sorted(fields), min(DEPTH, len(fields))):
                watch(client, "post", url, {**fields, field: chance.choice(HOSTILE)})
    assert not watch.broken, "\n\n".join(f"{what}\n{why}" for what, why in watch.broken.items())
    assert watch.asked > 400
