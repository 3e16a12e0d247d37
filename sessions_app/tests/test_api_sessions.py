"""Sessions over the API: the list, their money, and one of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services import hold_seat
from bookings.testing import details, make_paid, make_webinar
from clients.models import Client
from consultants.models import Consultant
from naksha.api.testing import api_of
from naksha.testing import make_client, make_consultant, make_user, next_slot_start
from naksha.times import iso
from payments.models import Payment
from sessions_app.models import Session, SessionNotes
from sessions_app.money import PaymentStatus, money_of, with_payment_status
from sessions_app.services import cancel
from sessions_app.testing import make_session
from sessions_app.tests import practice
from sessions_app.tests.practice import record

pytestmark = pytest.mark.django_db
S = Session.Status
theirs = practice.theirs


@pytest.fixture
def client_of(consultant, client_user):
    return make_client(consultant, user=client_user, email=client_user.email, name="Farhan Qureshi")


def ids(answer):
    return [row["id"] for row in answer.data["sessions"]]


# --- the list -------------------------------------------------------------------------------


def test_a_row_says_all_that_a_list_shows(theirs, consultant):
    session = record(consultant, price_paise=100_000, starts_at=next_slot_start(hour_utc=5, minute=30))
    row = theirs.get("/sessions").data["sessions"][0]
    day = session.starts_at.date().isoformat()
    assert row == {
        "id": str(session.pk),
        "reference": session.reference,
        "title": "Second opinion",
        "sessionType": "PERSONAL",
        "status": "CONFIRMED",
        "paymentStatus": "PENDING",
        "platform": "PHONE",
        "place": "+91 98000 00001",
        "startsAt": f"{day}T05:30:00Z",
        "endsAt": f"{day}T06:15:00Z",
        "scheduledDate": day,
        "scheduledTime": "11:00",
        "timezone": "Asia/Kolkata",
        "duration": 45,
        "consultant": {"id": str(consultant.pk), "name": consultant.display_name, "slug": consultant.slug},
        "client": {"id": str(session.client.pk), "name": "Meera Nair", "email": "meera@example.com", "phone": ""},
        "seatsTaken": 0,
        "capacity": 1,
        "amountPaise": 100_000,
        "paidPaise": 0,
        "refundedPaise": 0,
        "elsewherePaise": 0,
        "owedPaise": 100_000,
        "currency": "INR",
        "createdAt": iso(session.created_at),
        "updatedAt": iso(session.updated_at),
    }


def test_each_sees_their_own_and_a_client_no_address_of_the_other(theirs, consultant, client_of, client_user):
    mine = make_session(consultant, client=client_of)
    make_session(make_consultant())
    assert ids(theirs.get("/sessions")) == [str(mine.pk)]
    row = api_of(client_user).get("/sessions").data["sessions"][0]
    assert (row["id"], row["client"]) == (str(mine.pk), {"id": str(client_of.pk), "name": "Farhan Qureshi"})
    assert ids(api_of(make_user()).get("/sessions")) == []


def test_a_client_does_not_read_the_meetings_link(consultant, client_of, client_user, theirs):
    link = {"platform": "link", "place": "https://us02web.zoom.us/j/1"}
    make_session(consultant, client=client_of)
    Session.objects.update(**link)
    assert [(r["platform"], r["place"]) for r in theirs.get("/sessions").data["sessions"]] == [("ZOOM", link["place"])]
    assert [(r["platform"], r["place"]) for r in api_of(client_user).get("/sessions").data["sessions"]] == [
        ("ZOOM", "")
    ]


def test_a_webinar_is_among_a_clients_once_the_seat_is_taken(consultant, client_user):
    webinar = make_webinar(consultant)
    typed = details(email=client_user.email)
    hold_seat(session=webinar, details=typed)
    Client.objects.filter(email=client_user.email).update(user=client_user)
    row = api_of(client_user).get("/sessions").data["sessions"][0]
    assert (row["id"], row["client"], row["seatsTaken"], row["capacity"]) == (str(webinar.pk), None, 0, 2)


def test_what_was_given_up_while_paying_is_shown_where_it_is_asked_for(theirs, consultant):
    session = make_session(consultant, status=S.ABANDONED)
    assert ids(theirs.get("/sessions")) == []
    assert ids(theirs.get("/sessions", status="ABANDONED")) == [str(session.pk)]


def test_the_filters(theirs, consultant):
    first = record(consultant, starts_at=next_slot_start(days=2))
    second = record(consultant, starts_at=next_slot_start(days=4), email="gita@example.com", name="Gita Bose")
    cancel(session=second, actor=consultant.user, reason="Ill.")
    webinar = make_webinar(consultant, days=6)
    found = {
        "status": {
            "CONFIRMED": {first, webinar},
            "CANCELLED": {second},
            "CANCELLED,CONFIRMED": {first, second, webinar},
        },
        "sessionType": {"WEBINAR": {webinar}, "PERSONAL": {first, second}},
        "clientId": {str(second.client_id): {second}},
        "search": {"gita": {second}, "second opinion": {first, second}, first.reference: {first}, "nobody": set()},
        "from": {second.starts_at.date().isoformat(): {second, webinar}, iso(webinar.starts_at): {webinar}},
        "to": {first.starts_at.date().isoformat(): {first}, iso(second.starts_at): {first}},
        "paymentStatus": {"PAID": {first, second, webinar}, "PENDING": set()},
    }
    for name, values in found.items():
        for value, sessions in values.items():
            answer = theirs.get("/sessions", **{name: value})
            assert set(ids(answer)) == {str(session.pk) for session in sessions}, (name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "DONE"),
        ("status", "confirmed"),
        ("paymentStatus", "paid"),
        ("sessionType", "X"),
        ("from", "tomorrow"),
        ("from", "0001-01-01"),
        ("to", "2026-11-24T05:30:00"),
        ("to", "9999-12-31"),
        ("timezone", "Mars/Olympus"),
        ("clientId", "1"),
        ("ordering", "client__user__password"),
        ("search", "x" * 101),
        ("page", "0"),
        ("pageSize", "101"),
    ],
)
def test_a_wrong_filter_is_named(theirs, name, value):
    answer = theirs.get("/sessions", **{name: value})
    assert (answer.status, answer.code, list(answer.details)) == (400, "VALIDATION_ERROR", [name])


def test_a_client_filters_by_no_client(client_user, client_of):
    answer = api_of(client_user).get("/sessions", clientId=str(client_of.pk))
    assert (answer.status, list(answer.details)) == (400, ["clientId"])


def test_the_order_and_the_pages(theirs, consultant):
    sessions = [record(consultant, starts_at=next_slot_start(days=day), title=f"T{9 - day}") for day in (2, 3, 4)]
    keys = [str(session.pk) for session in sessions]
    assert ids(theirs.get("/sessions")) == keys[::-1]
    assert ids(theirs.get("/sessions", ordering="startsAt")) == keys
    assert ids(theirs.get("/sessions", ordering="title")) == keys[::-1]
    page = theirs.get("/sessions", page=2, pageSize=2)
    assert ids(page) == keys[:1]
    assert page.data["pagination"] == {
        "page": 2,
        "pageSize": 2,
        "totalPages": 2,
        "totalCount": 3,
        "hasNext": False,
        "hasPrevious": True,
    }
    assert ids(theirs.get("/sessions", page=9)) == []


@pytest.mark.parametrize("as_client", [False, True])
def test_a_list_asks_the_same_however_long_it_is(consultant, client_of, client_user, as_client):
    api = api_of(client_user if as_client else consultant.user)
    counts = []
    for many in (1, 4):
        for n in range(many):
            make_session(consultant, client=client_of, starts_at=next_slot_start(days=many * 3 + n))
            record(
                consultant, client=client_of, starts_at=next_slot_start(days=many * 3 + n, hour_utc=8), price_paise=100
            )
        for size in (2, 100):
            with CaptureQueriesContext(connection) as asked:
                assert api.get("/sessions", pageSize=size).status == 200
            counts.append(len([q for q in asked if "web_attemptcount" not in q["sql"]]))
    # The login, how many, the rows, the bookings' money, tries that failed; of a consultant's the rows, their number
    # and the tries in one.
    assert counts == [5 if as_client else 3] * 4


def test_the_page_whose_words_are_kept_is_the_one_that_is_worded_anew(consultant, other_consultant, client_of):
    api = api_of(consultant.user)
    for n in range(3):
        make_session(consultant, client=client_of, starts_at=next_slot_start(days=2 + n))
    Session.objects.filter(pk=record(consultant, starts_at=next_slot_start(days=9)).pk).update(status="abandoned")
    record(other_consultant, starts_at=next_slot_start(days=3))
    for page in ({}, {"pageSize": 2}, {"pageSize": 2, "page": 2}, {"page": 9}):
        kept = api.get("/sessions", **page).data
        assert kept == api.get("/sessions", ordering="-startsAt", **page).data
        assert kept["pagination"]["totalCount"] == 3
    assert list(api.get("/sessions", pageSize="x").details) == ["pageSize"]


def test_a_row_is_worded_anew_with_each_thing_that_it_tells(theirs, consultant, other_consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant)
    record(consultant, starts_at=next_slot_start(days=9), price_paise=100_000)
    recorded = Session.objects.exclude(pk=booking.session_id).get()
    rows, now = Session.objects.filter(pk=recorded.pk), timezone.now().replace(microsecond=0)
    person = Client.objects.filter(pk=recorded.client_id)
    seen = [theirs.get("/sessions").data]
    for row, changes in [
        (rows, {"title": "Another"}),
        (rows, {"status": "completed"}),
        (rows, {"platform": "link", "place": "https://zoom.us/j/1"}),
        (rows, {"starts_at": recorded.starts_at - timedelta(minutes=15)}),
        (rows, {"ends_at": recorded.ends_at + timedelta(minutes=15)}),
        (rows, {"paid_paise": 100_000}),
        (rows, {"refunded_paise": 1}),
        (rows, {"updated_at": now + timedelta(days=1)}),
        (person, {"name": "Gita Bose"}),
        (person, {"email": "gita@example.com"}),
        (person, {"phone": "+919800000009"}),
        (Booking.objects.all(), {"refunded_paise": 1}),
        (Consultant.objects.filter(pk=consultant.pk), {"display_name": "Another name"}),
        (Consultant.objects.filter(pk=consultant.pk), {"slug": "another-address"}),
        (Consultant.objects.filter(pk=consultant.pk), {"timezone": "Asia/Tokyo"}),
    ]:
        row.update(**changes)
        told = theirs.get("/sessions").data
        assert told not in seen, changes
        assert told == theirs.get("/sessions", ordering="-startsAt").data
        seen.append(told)


def test_a_failed_try_is_told_beside_what_was_not_paid(theirs, consultant):
    recorded = record(consultant, starts_at=next_slot_start(days=3), price_paise=100_000)
    made = {"consultant": consultant, "purpose": "full", "amount_paise": 100_000, "payer_name": "M"}
    failed = {"status": "failed", "failed_at": timezone.now(), "payer_email": "m@example.com"}
    for kind, payable, status in (("booking", recorded.pk, "PENDING"), ("session", recorded.pk, "FAILED")):
        Payment.objects.create(payable_kind=kind, payable_id=payable, **made, **failed)
        assert [row["paymentStatus"] for row in theirs.get("/sessions").data["sessions"]] == [status]


# --- money ----------------------------------------------------------------------------------


def test_the_payment_status_of_what_was_recorded_and_what_was_booked(consultant, fake_gateway, theirs):
    booking, _token = make_paid(fake_gateway, consultant)
    recorded = record(consultant, starts_at=next_slot_start(days=3), price_paise=100_000)
    free = record(consultant, starts_at=next_slot_start(days=4))

    def told():
        rows = theirs.get("/sessions").data["sessions"]
        shown = {row["id"]: row["paymentStatus"] for row in rows}
        for status in PaymentStatus.names:
            found = ids(theirs.get("/sessions", paymentStatus=status))
            assert {pk for pk, own in shown.items() if own == status} == set(found), status
        return [shown[str(pk)] for pk in (booking.session_id, recorded.pk, free.pk)]

    assert told() == ["PAID", "PENDING", "PAID"]
    row = next(r for r in theirs.get("/sessions").data["sessions"] if r["id"] == str(booking.session_id))
    assert (row["amountPaise"], row["paidPaise"], row["owedPaise"]) == (150_000, 150_000, 0)
    Booking.objects.update(refunded_paise=1)
    Payment.objects.create(
        payable_kind="session",
        payable_id=recorded.pk,
        consultant=consultant,
        purpose="full",
        amount_paise=100_000,
        status="failed",
        failed_at=timezone.now(),
        payer_name="M",
        payer_email="m@example.com",
    )
    assert told() == ["PARTIALLY_REFUNDED", "FAILED", "PAID"]
    Booking.objects.update(refunded_paise=150_000)
    Session.objects.filter(pk=recorded.pk).update(paid_paise=40_000)
    assert told() == ["REFUNDED", "PENDING", "PAID"]
    Booking.objects.update(refunded_paise=0, paid_paise=0)
    Payment.objects.filter(payable_kind="booking").update(
        status="failed", failed_at=timezone.now(), captured_paise=0, fee_paise=0, fee_tax_paise=0
    )
    assert told() == ["FAILED", "PENDING", "PAID"]


def test_a_webinars_money_is_all_seats_for_the_consultant_and_their_own_for_a_client(consultant, client_user):
    webinar = make_webinar(consultant, capacity=5)
    for n, email in enumerate([client_user.email, "b@example.com", "c@example.com"]):
        booking, _token = hold_seat(session=webinar, details=details(email=email))
        Booking.objects.filter(pk=booking.pk).update(price_paise=1000, total_paise=1000, paid_paise=1000 if n else 0)
    Client.objects.filter(email=client_user.email).update(user=client_user)
    whole = money_of([webinar], user=None)[webinar.pk]
    assert (whole.total_paise, whole.paid_paise, whole.owed_paise, whole.status) == (3000, 2000, 1000, "pending")
    own = money_of([webinar], user=client_user)[webinar.pk]
    assert (own.total_paise, own.paid_paise, own.owed_paise) == (1000, 0, 1000)
    rows = Session.objects.filter(pk=webinar.pk)
    assert with_payment_status(rows, ["pending"], user=client_user).exists()
    assert not with_payment_status(rows, ["paid"], user=None).exists()


# --- one ------------------------------------------------------------------------------------


def test_one_session_for_each_side(theirs, consultant, client_of, client_user):
    session = make_session(consultant, client=client_of)
    SessionNotes.objects.create(session=session, private="Mine.", shared="Ours.", summary="Done.", version=1)
    for_them = theirs.get(f"/sessions/{session.pk}").data
    assert (for_them["notes"], for_them["sharedNotes"], for_them["summary"]) == ("Mine.", "Ours.", "Done.")
    assert for_them["joinOpensAt"] == iso(session.starts_at - timedelta(minutes=10))
    for_client = api_of(client_user).get(f"/sessions/{session.pk}").data
    assert "notes" not in for_client
    assert for_client["sharedNotes"] == "Ours."


def test_anothers_session_is_as_one_that_there_is_not(consultant, client_of, other_consultant, stranger):
    session = make_session(consultant, client=client_of)
    for user in (other_consultant.user, stranger):
        api = api_of(user)
        other, missing = api.get(f"/sessions/{session.pk}"), api.get(f"/sessions/{client_of.pk}")
        assert other.status == missing.status == 404
        assert {**other.body, "path": "", "timestamp": ""} == {**missing.body, "path": "", "timestamp": ""}


def test_who_may_not_is_told_why(consultant, admin_user):
    assert api_of().get("/sessions").code == "NOT_AUTHENTICATED"
    assert api_of(admin_user).get("/sessions").code == "PERMISSION_DENIED"
    Consultant.objects.update(status=Consultant.Status.SUBMITTED)
    assert api_of(User.objects.get(pk=consultant.user_id)).get("/sessions").code == "ADMIN_APPROVAL_REQUIRED"
