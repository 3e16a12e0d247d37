"""What a login was told, over the API."""

from datetime import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from naksha.api.testing import api_of
from naksha.testing import make_user
from naksha.times import iso
from notifications.models import Broadcast, MailOff, Notification, Preference, QuietHours
from notifications.services import notify

pytestmark = pytest.mark.django_db
KINDS = ("BOOKING", "SESSION", "MESSAGE", "PAYMENT", "REVIEW", "SYSTEM")


@pytest.fixture
def mine(client_user):
    return api_of(client_user)


def tell(user, **changes):
    return notify(**{"user": user, "kind": "booking", "title": "New booking", "body": "Meera", "url": "/x/", **changes})


def ids(answer):
    return [line["id"] for line in answer.data["notifications"]]


def test_a_line_says_what_it_is_about(mine, client_user):
    line = tell(client_user, moment=timezone.now())
    assert mine.get("/notifications").data["notifications"] == [
        {
            "id": str(line.pk),
            "type": "BOOKING",
            "title": "New booking",
            "body": "Meera",
            "moment": iso(line.moment),
            "url": "/x/",
            "isRead": False,
            "readAt": None,
            "createdAt": iso(line.created_at),
        }
    ]


def test_the_filters(mine, client_user):
    booking, session = tell(client_user), tell(client_user, kind="session")
    mine.put(f"/notifications/{booking.pk}/read")
    assert ids(mine.get("/notifications")) == [str(session.pk), str(booking.pk)]
    assert ids(mine.get("/notifications", unread="true")) == [str(session.pk)]
    assert ids(mine.get("/notifications", unread="false")) == [str(booking.pk)]
    assert ids(mine.get("/notifications", type="SESSION")) == [str(session.pk)]
    assert ids(mine.get("/notifications", page=9)) == []
    for name, value in (("type", "session"), ("unread", "1")):
        assert list(mine.get("/notifications", **{name: value}).details) == [name]


def test_lines_are_searched_and_put_in_order(mine, client_user):
    first, second = tell(client_user, title="Paid in full"), tell(client_user, body="Full of questions")
    other = tell(client_user)
    mine.put(f"/notifications/{second.pk}/read")
    assert ids(mine.get("/notifications", search="FULL")) == [str(first.pk), str(second.pk)]
    in_time = [str(line.pk) for line in (first, second, other)]
    assert ids(mine.get("/notifications", ordering="createdAt")) == in_time
    assert ids(mine.get("/notifications", ordering="-createdAt")) == in_time[::-1]


def test_a_list_asks_the_same_however_long_it_is(mine, client_user):
    counts = []
    for many in (1, 9):
        for _ in range(many):
            tell(client_user)
        with CaptureQueriesContext(connection) as asked:
            mine.get("/notifications")
        counts.append(len([q for q in asked if "web_attemptcount" not in q["sql"]]))
    assert counts == [3, 3]  # the login, how many, the lines


def test_counted_and_read(mine, client_user):
    line, other = tell(client_user), tell(client_user)
    assert mine.get("/notifications/unread/count").data == {"count": 2}
    first = mine.put(f"/notifications/{line.pk}/read").data
    assert first["isRead"] is True
    assert mine.put(f"/notifications/{line.pk}/read").data["readAt"] == first["readAt"]
    assert mine.get("/notifications/unread/count").data == {"count": 1}
    other.refresh_from_db()
    assert other.read_at is None


@pytest.mark.parametrize(
    ("method", "path"), [("post", "/notifications/mark-all-read"), ("put", "/notifications/read-all")]
)
def test_all_read(mine, client_user, stranger, method, path):
    tell(client_user)
    tell(client_user)
    tell(stranger)
    assert getattr(mine, method)(path).data == {"marked": 2}
    assert getattr(mine, method)(path).data == {"marked": 0}
    assert api_of(stranger).get("/notifications/unread/count").data == {"count": 1}


def test_taken_off_the_list(mine, client_user):
    line, waiting = tell(client_user), tell(client_user)
    assert mine.delete(f"/notifications/{line.pk}").status == 200
    assert mine.delete(f"/notifications/{line.pk}").status == 404
    read = tell(client_user)
    mine.put(f"/notifications/{read.pk}/read")
    assert mine.delete("/notifications").status == 200
    assert ids(mine.get("/notifications")) == [str(waiting.pk)]


def test_anothers_line_is_as_one_that_there_is_not(mine, stranger):
    line = tell(stranger)
    for method, path in (("put", "/notifications/{}/read"), ("delete", "/notifications/{}")):
        other, missing = (getattr(mine, method)(path.format(pk)) for pk in (line.pk, uuid4()))
        assert other.status == missing.status == 404
        assert {**other.body, "path": "", "timestamp": ""} == {**missing.body, "path": "", "timestamp": ""}
    line.refresh_from_db()
    assert (line.read_at, line.removed_at) == (None, None)


def test_nobody_logged_in_is_told_nothing():
    assert api_of().get("/notifications").code == "NOT_AUTHENTICATED"


# --- to many --------------------------------------------------------------------------------


def test_an_admin_tells_many_once(admin_user, mine, django_capture_on_commit_callbacks):
    body = {"audience": "CLIENTS", "title": "Invoices have a new look", "url": "/help/"}
    admin = api_of(admin_user)
    with django_capture_on_commit_callbacks(execute=True):
        first, again = (admin.post("/notifications/send", body, Idempotency_Key="k") for _ in range(2))
    assert (first.status, first.data["status"], first.body) == (202, "WAITING", again.body)
    assert Broadcast.objects.count() == 1
    assert mine.post("/notifications/send", body).code == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"audience": "ALL"}, "audience"),
        ({"title": ""}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"body": "x" * 501}, "body"),
        ({"url": "https://evil.example/"}, "url"),
        ({"url": "//evil.example/"}, "url"),
    ],
)
def test_a_wrong_word_to_many_is_named(admin_user, change, field):
    answer = api_of(admin_user).post("/notifications/send", {"audience": "EVERYBODY", "title": "News", **change})
    assert (answer.status, list(answer.details)) == (400, [field])
    assert not Broadcast.objects.exists()


# --- preferences ----------------------------------------------------------------------------


def whole(**changes):
    rows = [{"type": kind, "onScreen": True, "byMail": True} for kind in KINDS]
    return {"preferences": rows, "quietHours": None, **changes}


def test_without_a_word_everything_is_wanted(mine):
    assert mine.get("/notifications/preferences").data == whole()


def test_what_is_chosen_holds_and_is_told(mine, client_user):
    MailOff.objects.create(address=client_user.email, kind="session")
    body = whole(quietHours={"from": "22:00", "until": "07:00", "timezone": "Asia/Kolkata"})
    body["preferences"][0]["onScreen"] = False
    body["preferences"][2]["byMail"] = False
    assert mine.put("/notifications/preferences", body).data == body
    assert mine.get("/notifications/preferences").data == body
    assert not MailOff.objects.exists()
    assert QuietHours.objects.get().begins == time(22)
    assert tell(client_user).read_at is not None
    mine.put("/notifications/preferences", whole())
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"preferences": []}, "preferences"),
        ({"preferences": [{"type": "BOOKING", "onScreen": True, "byMail": True}] * 6}, "preferences"),
        ({"preferences": [{"type": "PAYMENT", "onScreen": True, "byMail": False}]}, "preferences.0.byMail"),
        ({"quietHours": {"from": "22:00", "until": "22:00", "timezone": "Asia/Kolkata"}}, "until"),
        ({"quietHours": {"from": "22", "until": "07:00", "timezone": "Asia/Kolkata"}}, "quietHours.from"),
        ({"quietHours": {"from": "22:00", "until": "07:00", "timezone": "IST"}}, "quietHours.timezone"),
        ({"sound": True}, "sound"),
    ],
)
def test_a_wrong_wish_is_named_and_nothing_changes(mine, change, field):
    answer = mine.put("/notifications/preferences", {**whole(), **change})
    assert (answer.status, list(answer.details)) == (400, [field])
    assert not Preference.objects.exists()


def test_what_is_left_out_of_a_part_stays(mine, client_user):
    hours = {"from": "22:00", "until": "07:00", "timezone": "Asia/Kolkata"}
    body = whole(quietHours=hours)
    body["preferences"][0]["onScreen"] = False
    mine.put("/notifications/preferences", body)
    MailOff.objects.create(address=client_user.email, kind="session")
    body["preferences"][1]["byMail"] = False
    body["preferences"][2]["byMail"] = False
    assert mine.patch("/notifications/preferences", {"preferences": body["preferences"][2:3]}).data == body
    assert mine.patch("/notifications/preferences", {}).data == body
    assert mine.patch("/notifications/preferences", {"quietHours": None}).data == {**body, "quietHours": None}
    twice = mine.patch("/notifications/preferences", {"preferences": body["preferences"][:1] * 2})
    assert list(twice.details) == ["preferences"]


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"preferences": [{"type": "BOOKING", "onScreen": True}]}, "preferences.0.byMail"),
        ({"quietHours": {"from": "22:00"}}, "quietHours.until"),
    ],
)
def test_an_entry_of_a_part_is_whole(mine, part, field):
    answer = mine.patch("/notifications/preferences", part)
    assert answer.status == 400
    assert field in answer.details
    assert not Preference.objects.exists()


def test_wishes_are_each_logins_own(mine):
    body = whole()
    body["preferences"][1]["onScreen"] = False
    mine.put("/notifications/preferences", body)
    assert api_of(make_user()).get("/notifications/preferences").data == whole()
    assert not Notification.objects.exists()
