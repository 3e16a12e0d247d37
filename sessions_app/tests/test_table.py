"""The table of a consultant's sessions: what is found, in which order, and in how many queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.testing import make_paid, make_webinar
from clients.models import Client
from naksha.testing import make_client, make_consultant, make_service, next_slot_start
from notifications.models import OutgoingMail
from sessions_app.models import SavedView, Session
from sessions_app.services import cancel, start
from sessions_app.testing import make_session
from sessions_app.tests import practice
from sessions_app.tests.practice import many, record

pytestmark = pytest.mark.django_db
S = Session.Status
LIST, ROWS = "/dashboard/sessions/", "/dashboard/sessions/list/"
desk = practice.desk


def shown(answer):
    return [str(line.session.pk) for line in answer.context["table"].lines]


def found(desk, **asked):
    return shown(desk.get(LIST, {"show": "all", **asked}))


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [{}, {"show": "all", "q": "call", "pay": "pending", "status": "confirmed"}])
def test_the_page_asks_the_same_however_long_it_is(desk, consultant, fake_gateway, asked):
    counts = []
    for n in (1, 30):
        many(consultant, n, title="First call")
        make_paid(fake_gateway, consultant, starts_at=next_slot_start(30 + n))
        Booking.objects.update(paid_paise=0)
        desk.get(LIST, asked)
        with CaptureQueriesContext(connection) as queries:
            answer = desk.get(LIST, asked)
        assert shown(answer)
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 12  # with one that is unpaid its tries are asked for


def test_an_open_table_hears_of_each_move_and_of_money_and_gets_304_while_nothing_has_changed(
    desk, consultant, fake_gateway
):
    booking, _token = make_paid(fake_gateway, consultant)
    now = timezone.now()
    Session.objects.update(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(minutes=29))
    page = desk.get(LIST, {"show": "coming"})
    assert 'data-live-on="sessions bookings payments clients views"' in page.content.decode()
    first = desk.get(ROWS, {"show": "coming"})
    assert "<html" not in first.content.decode()
    assert page.context["version"] == first["ETag"]
    known = {"If-None-Match": first["ETag"]}
    assert desk.get(ROWS, {"show": "coming"}, headers=known).status_code == 304
    Booking.objects.update(refunded_paise=1)
    told = desk.get(ROWS, {"show": "coming"}, headers=known)
    assert (told.status_code, "Partly refunded" in told.content.decode()) == (200, True)
    start(session=booking.session, actor=consultant.user)
    again = desk.get(ROWS, {"show": "coming"}, headers={"If-None-Match": told["ETag"]})
    assert (again.status_code, "In progress" in again.content.decode()) == (200, True)


def test_htmx_gets_the_rows_alone_and_the_address_as_it_is_best_written(desk, consultant):
    session = make_session(consultant)
    asked = {"q": "  call ", "status": "", "from": "", "show": "all", "sort": "-when", "size": "25"}
    answer = desk.get(LIST, asked, headers={"HX-Request": "true"})
    words = answer.content.decode()
    assert (str(session.pk) in words, "<html" in words) == (True, False)
    assert answer["HX-Push-Url"] == "/dashboard/sessions/?show=all&q=call"
    assert "HX-Request" in answer["Vary"]
    back = desk.get(LIST, asked, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


def test_the_rows_are_those_of_the_login_alone(desk, consultant, other_consultant):
    theirs = make_session(other_consultant)
    for page in (LIST, ROWS, reverse("sessions:export")):
        answer = desk.get(page, {"show": "all"})
        words = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert str(theirs.pk) not in words.decode()


@pytest.mark.parametrize(
    ("show", "status", "asked"),
    [
        ("coming", "confirmed", False),
        ("coming", "in_progress", False),
        ("asked", "confirmed", True),
        ("held", "completed", False),
        ("missed", "no_show", False),
        ("cancelled", "cancelled", False),
        (None, "abandoned", False),
    ],
)
def test_each_session_is_in_one_view_and_counted_there(desk, consultant, show, status, asked):
    session = make_session(consultant, status=status, asked_at=timezone.now() if asked else None)
    views = ("coming", "asked", "held", "missed", "cancelled")
    answers = {view: desk.get(LIST, {"show": view}) for view in views}
    assert [view for view in views if str(session.pk) in shown(answers[view])] == ([show] if show else [])
    counts = answers["held"].context["table"].counts
    assert {view: n for view, n in counts.items() if n} == ({show: 1, "all": 1} if show else {})


def test_an_empty_page_says_where_sessions_come_from_and_an_empty_search_where_to_look_on(desk, consultant):
    assert "They come of bookings" in desk.get(LIST).content.decode()
    make_session(consultant, status=S.COMPLETED)
    words = desk.get(LIST, {"q": "call"}).content.decode()
    assert "Look among all" in words
    assert "?show=all&amp;q=call" in words


# --- finding --------------------------------------------------------------------------------


def test_the_states_on_offer_are_those_that_a_session_can_have(desk):
    offered = [value for value, _label in desk.get(LIST).context["table"].form.fields["status"].choices]
    assert offered == ["confirmed", "in_progress", "completed", "cancelled", "no_show"]


def test_the_filters_find_what_they_say(desk, consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(9))
    first = record(consultant, starts_at=next_slot_start(2), price_paise=100_000)
    second = record(consultant, starts_at=next_slot_start(4), email="gita@example.com", name="Gita Bose")
    cancel(session=second, actor=consultant.user, reason="Ill.")
    webinar = make_webinar(consultant, days=6)
    booked = booking.session
    Client.objects.filter(pk=booked.client_id).update(name="Farhan Qureshi", email="farhan@example.com")
    everything = {first, second, webinar, booked}
    wanted = {
        "status": {"confirmed": everything - {second}, "cancelled": {second}},
        "kind": {"webinar": {webinar}},
        "pay": {"pending": {first}, "paid": everything - {first}, "refunded": set()},
        "platform": {"phone": {first, second}, "jitsi": {s for s in everything if s.platform == "jitsi"}},
        "service": {str(booked.service_id): {booked}},
        "client": {str(second.client_id): {second}, "gita": {second}, "GITA@example.com": {second}},
        "q": {
            "gita": {second},
            "second opinion": {first, second},
            first.reference.lower(): {first},
            booking.reference: {booked},
            "farhan@": {booked},
            "opinion bose": {second},
            "nobody": set(),
        },
        "from": {f"{second.starts_at.date()}": {second, webinar, booked}},
        "to": {f"{first.starts_at.date()}": {first}},
    }
    for name, values in wanted.items():
        for value, sessions in values.items():
            assert set(found(desk, **{name: value})) == {str(s.pk) for s in sessions}, (name, value)
    assert set(found(desk, status=["confirmed", "cancelled"], q="second")) == {str(first.pk), str(second.pk)}


def test_a_day_is_one_of_the_consultants_own(desk, consultant):
    session = make_session(consultant, starts_at=next_slot_start(3, hour_utc=20))  # 1:30 on the next day in India
    day = session.starts_at.date()
    assert found(desk, to=f"{day}") == []
    assert found(desk, **{"from": f"{day + timedelta(days=1)}", "to": f"{day + timedelta(days=1)}"}) == [
        str(session.pk)
    ]


def test_who_chooses_a_state_looks_among_all(desk, consultant):
    held = make_session(consultant, status=S.COMPLETED)
    assert shown(desk.get(LIST, {"show": "coming", "status": "completed"})) == [str(held.pk)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"q": "x" * 10_000}, "Search for at most 100 characters."),
        ({"status": "done"}, "Choose one of those that are."),
        ({"pay": "x"}, "Choose one of those that are."),
        ({"service": "1"}, "Choose one of those that are."),
        ({"client": "nobody at all"}, "You have no such client."),
        ({"client": "019aa8f0-6f5e-7c41-9d1e-2b6f0c8a4d11"}, "You have no such client."),
        ({"client": "x" * 10_000}, "t most 400 characters"),
        ({"from": "tomorrow"}, "That is no date."),
        ({"from": "0001-01-01"}, "Choose a day of these years."),
        ({"to": "9999-12-31"}, "Choose a day of these years."),
        ({"from": "2020-11-24", "to": "2020-11-23"}, "This is before the first day."),
    ],
)
def test_a_wrong_filter_is_left_out_and_said_and_what_was_typed_stays(desk, consultant, asked, said):
    session = make_session(consultant)
    for headers in ({}, {"HX-Request": "true"}):
        answer = desk.get(LIST, {"show": "all", **asked}, headers=headers)
        words = answer.content.decode()
        assert answer.status_code == 200
        assert said in words
        assert str(session.pk) in words
    typed = asked.get("q") or asked.get("client") or asked.get("from") or ""
    page = desk.get(LIST, asked).content.decode()
    assert not typed or typed in page or "status" in asked


def test_another_consultants_client_can_not_be_asked_for(desk, other_consultant):
    other = make_client(other_consultant)
    for value in (str(other.pk), other.email):
        assert "You have no such client." in desk.get(LIST, {"client": value}).content.decode()


def test_a_hundred_years_are_a_range_like_any_other(desk, consultant):
    session = make_session(consultant)
    assert found(desk, **{"from": "1950-01-01", "to": "2050-01-01"}) == [str(session.pk)]


@pytest.mark.parametrize("junk", ["\0", "\u202e\u2066", "' OR 1=1 --", "%s{0}", "٢٠٢٦", "=cmd()", "9" * 4500])
@pytest.mark.parametrize("name", ["q", "show", "sort", "size", "page", "status", "client", "from", "service"])
def test_nothing_that_is_typed_breaks_it(desk, name, junk):
    assert desk.get(LIST, {name: junk}).status_code == 200
    assert desk.get(ROWS, {name: junk}).status_code == 200


# --- order and pages ------------------------------------------------------------------------


def test_each_order_and_the_way_back(desk, consultant, fake_gateway):
    booking, _token = make_paid(fake_gateway, consultant, starts_at=next_slot_start(3))
    Client.objects.filter(pk=booking.client_id).update(name="bina")
    Booking.objects.update(total_paise=50_000, price_paise=50_000, due_now_paise=50_000)
    cheap = record(consultant, starts_at=next_slot_start(4), name="Chitra", price_paise=10_000)
    dear = record(consultant, starts_at=next_slot_start(2), name="Anu", email="anu@example.com", price_paise=900_000)
    cancel(session=cheap, actor=consultant.user, reason="Ill.")
    b, c, d = (str(session.pk) for session in (booking.session, cheap, dear))
    for order, expected in {
        "when": [d, b, c],
        "-when": [c, b, d],
        "client": [d, b, c],
        "-client": [c, b, d],
        "amount": [c, b, d],
        "-amount": [d, b, c],
        "status": [c, b, d],
        "-status": [b, d, c],
        "password": [c, b, d],
    }.items():
        assert found(desk, sort=order) == expected, order
    heads = {
        column.name: column for column in desk.get(LIST, {"show": "all", "sort": "client"}).context["table"].columns
    }
    assert (heads["client"].sorted, heads["client"].query) == ("ascending", "show=all&sort=-client")
    assert (heads["when"].sorted, heads["payment"].query) == ("none", "")


def test_the_pages_and_their_size(desk, consultant):
    rows = [str(session.pk) for session in many(consultant, 60)]
    assert shown(desk.get(LIST)) == rows[:25]
    assert shown(desk.get(LIST, {"page": 3})) == rows[50:]
    assert shown(desk.get(LIST, {"page": 99})) == rows[50:]
    answer = desk.get(LIST, {"size": 50, "page": 2})
    assert shown(answer) == rows[50:]
    assert "Page 2 of 2" in answer.content.decode()
    assert shown(desk.get(LIST, {"size": 1000})) == rows[:25]


def test_a_row_offers_a_change_only_where_there_is_one(desk, consultant):
    owing = record(consultant, price_paise=100_000)
    over = make_session(consultant, starts_at=next_slot_start(5), status=S.COMPLETED)
    words = desk.get(LIST, {"show": "all"}).content.decode()
    assert f'id="state-{owing.pk}"' in words
    assert f'id="money-{owing.pk}"' in words
    assert f'id="state-{over.pk}"' not in words
    assert f'id="money-{over.pk}"' not in words


# --- the menu of a row ----------------------------------------------------------------------


def test_the_menu_has_what_the_state_allows_and_comes_back_to_the_rows(desk, consultant):
    session = record(consultant, price_paise=100_000)
    page = reverse("sessions:acts", args=[session.pk])
    ahead = desk.get(page, {"of": "state", "next": f"{ROWS}?show=all"}).content.decode()
    assert reverse("sessions:cancel", args=[session.pk]) in ahead
    assert reverse("sessions:move", args=[session.pk]) in ahead
    assert reverse("sessions:complete", args=[session.pk]) not in ahead
    money = desk.get(page, {"of": "money", "next": ROWS}).content.decode()
    assert "Ask for ₹1,000.00" in money
    now = timezone.now()
    Session.objects.update(starts_at=now - timedelta(minutes=20), ends_at=now + timedelta(minutes=25))
    going_on = desk.get(page, {"of": "state", "next": f"{ROWS}?show=all"}).content.decode()
    for act in ("start", "complete", "no_show"):
        assert reverse(f"sessions:{act}", args=[session.pk]) in going_on
    assert reverse("sessions:cancel", args=[session.pk]) not in going_on
    done = desk.post(reverse("sessions:complete", args=[session.pk]), {"next": f"{ROWS}?show=all"})
    assert done["Location"] == f"{ROWS}?show=all"
    rows = desk.get(done["Location"]).content.decode()
    assert rows.index("Thanks, and what is owed") < rows.index('class="badge good"')
    over = desk.get(page, {"of": "state"}).content.decode()
    assert "can’t be changed" in over


def test_the_balance_of_a_booked_one_is_asked_for_in_its_row_and_a_webinars_is_not(desk, consultant, fake_gateway):
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _token = make_paid(fake_gateway, consultant, service=service)
    page = reverse("sessions:acts", args=[booking.session_id])
    assert "Ask for ₹1,500.00" in desk.get(page, {"of": "money"}).content.decode()
    listed = desk.get(LIST).content.decode()
    assert f'id="money-{booking.session_id}"' in listed
    assert listed.count("Partly paid") == 1, "its deposit has come"
    ask = reverse("sessions:ask", args=[booking.session_id])
    said = [desk.get(desk.post(ask, {"next": ROWS})["Location"]).content.decode() for _ in range(2)]
    assert "Your client has the link to pay." in said[0]
    assert "less than a day ago" in said[1]
    assert OutgoingMail.objects.filter(template="balance_due").count() == 1
    webinar = make_webinar(consultant)
    assert "Ask for" not in desk.get(reverse("sessions:acts", args=[webinar.pk]), {"of": "money"}).content.decode()
    refused = desk.post(reverse("sessions:ask", args=[webinar.pk]), {"next": ROWS})
    assert "notice error" in desk.get(refused["Location"]).content.decode()


def test_anothers_menu_is_not_there(desk, other_consultant):
    assert desk.get(reverse("sessions:acts", args=[make_session(other_consultant).pk])).status_code == 404


# --- clients as they are typed --------------------------------------------------------------


def test_clients_are_offered_by_what_is_typed_and_only_ones_own(desk, consultant, django_assert_num_queries):
    other = make_consultant()
    Client.objects.bulk_create(
        Client(consultant=whose, name=f"Person {n}", email=f"person{n}.{whose.slug}@example.com")
        for whose in (consultant, other)
        for n in range(1000)
    )
    page = reverse("sessions:clients")
    desk.get(page)
    with CaptureQueriesContext(connection) as queries:
        words = desk.get(page, {"q": "person 77"}).content.decode()
    assert len(queries) <= 4
    assert words.count("<option") == 19  # 77, 177 to 977, and 770 to 779
    assert other.slug not in words
    assert desk.get(page, {"q": "x" * 10_000}).content.decode().strip() == ""


def test_a_client_that_is_typed_becomes_the_id_in_the_address(desk, consultant):
    session = make_session(consultant)
    answer = desk.get(LIST, {"show": "all", "client": session.client.email}, headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == f"{LIST}?show=all&client={session.client_id}"
    assert session.client.name in answer.content.decode()


def test_what_was_saved_first_is_what_the_page_opens_with(desk, consultant):
    SavedView.objects.create(consultant=consultant, name="Late", query="show=all&pay=pending", place=1, is_default=True)
    assert desk.get(LIST)["Location"] == f"{LIST}?show=all&pay=pending"
    assert desk.get(LIST, {"show": "coming"}).status_code == 200
