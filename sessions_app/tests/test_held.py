"""A client who came and a consultant who did not: both are asked, and nobody is paid by silence."""

import json
from datetime import timedelta

import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.services.webinars import finish_cancelled
from bookings.testing import make_paid, make_webinar
from bookings.testing import pay as pay_seat
from bookings.tests.test_webinars import seat
from clients.models import Client
from naksha import past
from naksha.errors import DomainError, InvalidState
from naksha.testing import make_client, make_service
from notifications.models import Notification, OutgoingMail
from notifications.rendering import render_mail
from payments.models import Refund
from payments.services.checking import verify_ledger
from sessions_app.errors import AnsweredAlready, TooSoon
from sessions_app.models import JoinEvent, Session
from sessions_app.services import complete, follow_up_due, held, machine, move_on_due, schedule
from sessions_app.testing import make_session, wait_in
from sessions_app.tests.practice import record
from sessions_app.tests.rooms import let_in, logged_in, room
from sessions_app.tests.test_recording import pay
from sessions_app.tests.test_schedule import came, ended, mails

pytestmark = pytest.mark.django_db
S = Session.Status


@pytest.fixture
def booked(consultant, fake_gateway):
    """Half of it paid, over for 20 minutes, and its client was there alone."""
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _token = make_paid(fake_gateway, consultant, service=service)
    OutgoingMail.objects.all().delete()
    came(ended(booking.session, 20), "client")
    return booking.session


@pytest.fixture
def recorded(consultant, fake_gateway):
    session = record(consultant, platform="jitsi", place="", price_paise=100_000)
    pay(fake_gateway, session)
    OutgoingMail.objects.all().delete()
    return came(ended(session, 20), "client")


@pytest.fixture(params=["booked", "recorded"])
def session(request):
    return request.getfixturevalue(request.param)


def again(session):
    return Session.objects.get(pk=session.pk)


def asked(session, hours=0):
    """Both were asked so many hours ago."""
    assert move_on_due() == 1
    ago = timezone.now() - timedelta(hours=hours)
    Session.objects.filter(pk=session.pk).update(asked_at=ago, client_asked_at=ago)
    OutgoingMail.objects.all().delete()
    Notification.objects.all().delete()
    return again(session)


def text_of(template):
    mail = OutgoingMail.objects.get(template=template)
    return render_mail(mail.template, json.loads(mail.sealed_context)).text


def paid_of(session):
    booking = Booking.objects.filter(session=session).first()
    return (booking or session).paid_paise


def given_back():
    return sum(Refund.objects.values_list("amount_paise", flat=True))


# --- asked ------------------------------------------------------------------------------------


def test_both_are_asked_once(session):
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert mails() == ["session_held", "session_how"]
    assert "does not show you" in text_of("session_how")
    assert "as not held" in text_of("session_how")
    assert f"does not show {session.consultant.display_name}" in text_of("session_held")
    assert again(session).status == S.CONFIRMED


def test_the_mail_leads_to_the_question(session):
    move_on_due()
    guest = Browser()
    link = json.loads(OutgoingMail.objects.get(template="session_held").sealed_context)["answer_url"]
    assert guest.get(link)["Location"] == room(session) + "#held"
    page = guest.get(room(session)).content.decode()
    assert 'id="held"' in page
    assert reverse("sessions:held", args=[session.pk]) in page
    assert 'id="held"' not in logged_in(session.consultant.user).get(room(session)).content.decode()


@pytest.mark.parametrize(
    ("sides", "platform", "templates"),
    [
        (("client", "consultant"), "jitsi", []),
        ((), "phone", ["session_how"]),
        ((), "in_person", ["session_how"]),
        ((), "link", ["session_how"]),
        (("consultant",), "jitsi", ["session_how"]),
        (("client",), "phone", ["session_how"]),
    ],
)
def test_a_client_is_asked_only_where_the_log_does_not_show_the_consultant(consultant, sides, platform, templates):
    session = came(ended(make_session(consultant, platform=platform), 20), *sides)
    move_on_due()
    assert mails() == templates
    assert again(session).client_asked_at is None


def test_who_tried_to_join_in_vain_is_asked_too(consultant):
    session = ended(make_session(consultant), 20)
    for side, client in (("client", session.client), ("consultant", None)):
        JoinEvent.objects.create(session=session, side=side, client=client, kind="tried")
    move_on_due()
    assert mails() == ["session_held", "session_how"]


def test_one_whose_client_hears_from_the_consultant_alone_is_asked_in_the_room(recorded):
    Session.objects.update(client_told=False)
    move_on_due()
    assert mails() == ["session_how"]
    assert 'id="held"' in let_in(recorded).get(room(recorded)).content.decode()


def test_long_over_it_is_asked_about_all_the_same(session):
    start = timezone.now() - timedelta(days=16)
    Session.objects.update(starts_at=start, ends_at=start + timedelta(minutes=30))
    JoinEvent.objects.update(at=start)
    assert move_on_due() == 1
    assert (again(session).status, mails()) == (S.CONFIRMED, ["session_held", "session_how"])


def test_one_that_was_asked_about_before_has_its_two_days_from_the_clients_question(session):
    Session.objects.update(asked_at=timezone.now() - timedelta(hours=60))
    assert (move_on_due(), mails()) == (1, ["session_held"])
    assert (move_on_due(), again(session).status) == (0, S.CONFIRMED)


# --- nobody answers ---------------------------------------------------------------------------


def test_silence_gives_everything_back(session):
    asked(session, hours=47)
    assert (move_on_due(), again(session).status) == (0, S.CONFIRMED)
    Session.objects.update(client_asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert (again(session).status, given_back()) == (S.CANCELLED, paid_of(session))
    assert mails() == ["called_off_client", "called_off_consultant"]
    assert "came to the meeting, and our log does not show" in text_of("called_off_client")
    verify_ledger()


def test_silence_where_it_is_under_way_gives_back_too(session):
    Session.objects.update(status=S.IN_PROGRESS)
    asked(session, hours=49)
    assert move_on_due() == 1
    assert (again(session).status, given_back()) == (S.CANCELLED, paid_of(session))


def test_whoever_answers_while_the_schedule_is_at_it_is_heard(session, monkeypatch):
    asked(session, hours=49)
    real = held.give_back

    def a_moment_later(found, **words):
        complete(session=found, actor=found.consultant.user)
        real(found, **words)

    monkeypatch.setattr(held, "give_back", a_moment_later)
    with structlog.testing.capture_logs() as lines:
        assert move_on_due() == 0
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []
    assert not Refund.objects.exists()


def test_the_schedule_gives_nothing_back_of_what_both_came_to(session):
    asked(session, hours=49)
    came(session, "consultant")
    assert schedule.give_back_one(session.pk) is False
    assert (again(session).status, given_back()) == (S.CONFIRMED, 0)


def test_a_webinar_long_over_that_its_consultant_never_came_to_is_asked_about_all_the_same(consultant):
    webinar = ended(make_webinar(consultant), 16 * 24 * 60)
    guest = make_client(consultant)
    JoinEvent.objects.create(session=webinar, side="client", client=guest, kind="joined", at=webinar.starts_at)
    assert move_on_due() == 1
    assert (again(webinar).status, mails()) == (S.CONFIRMED, ["session_how"])


def test_guests_of_a_webinar_whose_consultant_never_came_get_everything_back(consultant, fake_gateway):
    webinar = make_webinar(consultant, price_paise=10_000)
    for n in (1, 2):
        pay_seat(fake_gateway, seat(webinar, n))
    ended(webinar, 20)
    guest = Client.objects.filter(seats__session=webinar).first()
    JoinEvent.objects.create(session=webinar, side="client", client=guest, kind="joined")
    OutgoingMail.objects.all().delete()
    assert (move_on_due(), mails()) == (1, ["session_how"])
    Session.objects.update(asked_at=timezone.now() - timedelta(hours=47))
    assert (move_on_due(), again(webinar).status) == (0, S.CONFIRMED)
    Session.objects.update(asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert (again(webinar).status, finish_cancelled(), given_back()) == (S.CANCELLED, 2, 20_000)


# --- the log shows nobody ---------------------------------------------------------------------


@pytest.fixture
def unjoined(session):
    """Neither side was in the meeting."""
    JoinEvent.objects.all().delete()
    return session


def test_both_are_asked_about_one_that_nobody_joined(unjoined):
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert mails() == ["session_held", "session_how"]
    assert "shows nobody in the meeting" in text_of("session_how")
    assert "as not held" in text_of("session_how")
    assert f"neither you nor {unjoined.consultant.display_name}" in text_of("session_held")
    assert "neither you nor" in let_in(unjoined).get(room(unjoined)).content.decode()
    for page in ("how", "desk"):
        shown = logged_in(unjoined.consultant.user).get(reverse(f"sessions:{page}", args=[unjoined.pk]))
        assert "shows nobody in the meeting" in shown.content.decode()


def test_silence_about_one_that_nobody_joined_gives_everything_back(unjoined):
    asked(unjoined, hours=47)
    assert (move_on_due(), again(unjoined).status) == (0, S.CONFIRMED)
    Session.objects.update(client_asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert (again(unjoined).status, given_back()) == (S.CANCELLED, paid_of(unjoined))
    assert mails() == ["called_off_client", "called_off_consultant"]
    assert "Our log shows nobody in the meeting" in text_of("called_off_consultant")
    verify_ledger()


@pytest.mark.parametrize("platform", ["phone", "in_person", "link"])
def test_without_a_log_silence_still_counts_as_held(unjoined, platform):
    Session.objects.update(platform=platform)
    asked(unjoined, hours=49)
    assert (move_on_due(), again(unjoined).status) == (1, S.COMPLETED)
    assert not Refund.objects.exists()


def test_a_link_of_the_consultants_own_is_no_log_either(unjoined):
    Session.objects.update(place="https://meet.example/asha")
    asked(unjoined, hours=49)
    assert (move_on_due(), again(unjoined).status) == (1, S.COMPLETED)


def test_whom_our_meeting_kept_out_has_come(unjoined):
    JoinEvent.objects.create(session=unjoined, side="consultant", kind="tried")
    assert (move_on_due(), mails()) == (1, ["session_how"])
    Session.objects.update(asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), again(unjoined).status) == (1, S.COMPLETED)


def test_one_that_its_consultant_began_by_hand_counts_as_held(unjoined):
    Session.objects.update(status=S.IN_PROGRESS)
    assert (move_on_due(), mails()) == (1, ["session_how"])
    Session.objects.update(asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), again(unjoined).status) == (1, S.COMPLETED)


def test_the_client_says_yes_of_one_that_nobody_joined(unjoined):
    asked(unjoined)
    assert held.answer(session=unjoined, client=unjoined.client, took_place=True).status == S.COMPLETED
    assert not Refund.objects.exists()


def test_a_no_that_the_log_does_not_back_waits_for_the_consultants_word(unjoined):
    asked(unjoined)
    guest, desk = let_in(unjoined), logged_in(unjoined.consultant.user)
    for _time in range(2):
        guest.post(reverse("sessions:held", args=[unjoined.pk]), {"answer": "no"})
    assert (again(unjoined).status, again(unjoined).client_says) == (S.CONFIRMED, "not_held")
    assert not Refund.objects.exists()
    line = Notification.objects.get()
    how = reverse("sessions:how", args=[unjoined.pk])
    assert (line.title, line.url) == ("Your client says that it did not take place", how)
    assert "Your client says that it did not take place." in desk.get(how).content.decode()
    page = guest.get(room(unjoined)).content.decode()
    assert "You said that it did not" in page
    assert reverse("sessions:held", args=[unjoined.pk]) not in page
    Session.objects.update(
        asked_at=timezone.now() - timedelta(hours=49), client_asked_at=timezone.now() - timedelta(hours=49)
    )
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert (again(unjoined).status, given_back()) == (S.CANCELLED, paid_of(unjoined))
    assert "has not said otherwise" in text_of("called_off_consultant")


def test_a_clients_no_stands_against_silence_though_the_consultant_came_after_all(unjoined):
    asked(unjoined)
    held.answer(session=unjoined, client=unjoined.client, took_place=False)
    came(unjoined, "consultant")
    Session.objects.update(
        asked_at=timezone.now() - timedelta(hours=49), client_asked_at=timezone.now() - timedelta(hours=49)
    )
    assert (move_on_due(), again(unjoined).status) == (1, S.CANCELLED)


def test_the_consultants_word_is_believed_against_a_no_that_the_log_does_not_back(unjoined):
    asked(unjoined)
    held.answer(session=unjoined, client=unjoined.client, took_place=False)
    complete(session=unjoined, actor=unjoined.consultant.user)
    Session.objects.update(client_asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), again(unjoined).status, again(unjoined).client_says) == (0, S.COMPLETED, "not_held")
    assert not Refund.objects.exists()


def test_the_consultant_says_that_one_that_nobody_joined_did_not_take_place(unjoined):
    asked(unjoined)
    held.say_not_held(session=unjoined, actor=unjoined.consultant.user)
    assert (again(unjoined).status, given_back()) == (S.CANCELLED, paid_of(unjoined))


def test_a_webinar_to_which_nobody_came_gives_everything_back(consultant, fake_gateway):
    webinar = make_webinar(consultant, price_paise=10_000)
    pay_seat(fake_gateway, seat(webinar, 1))
    ended(webinar, 20)
    OutgoingMail.objects.all().delete()
    assert (move_on_due(), mails()) == (1, ["session_how"])
    assert "Your client is asked" not in text_of("session_how")
    Session.objects.update(asked_at=timezone.now() - timedelta(hours=49))
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert (again(webinar).status, finish_cancelled(), given_back()) == (S.CANCELLED, 1, 10_000)
    assert again(webinar).cancel_reason.startswith("Our log shows nobody in the meeting")


# --- somebody answers -------------------------------------------------------------------------


def test_the_client_says_yes_and_it_is_completed(session):
    asked(session)
    for _time in range(2):
        done = held.answer(session=session, client=session.client, took_place=True)
    assert (done.status, done.client_says, done.ended_at) == (S.COMPLETED, "held", session.ends_at)
    assert Notification.objects.get().title == "Your client says that it took place"
    assert follow_up_due() == 1
    assert "session_completed" in mails()
    assert ("balance_due" in mails()) is (session.reference is None)
    assert not Refund.objects.exists()
    with pytest.raises(AnsweredAlready):
        held.answer(session=session, client=session.client, took_place=False)
    assert again(session).status == S.COMPLETED


@pytest.mark.parametrize("first", [True, False])
def test_of_two_answers_at_once_the_second_is_refused(session, monkeypatch, first):
    asked(session)
    real = machine.can_client_answer

    def other_window(found, now):
        monkeypatch.setattr(machine, "can_client_answer", real)
        held.answer(session=found, client=found.client, took_place=first)
        return True

    monkeypatch.setattr(machine, "can_client_answer", other_window)
    with pytest.raises(DomainError):
        held.answer(session=session, client=session.client, took_place=not first)


def test_the_client_says_no_and_gets_everything_back(session):
    asked(session)
    for _time in range(2):
        done = held.answer(session=session, client=session.client, took_place=False)
    assert (done.status, done.client_says) == (S.CANCELLED, "not_held")
    assert given_back() == paid_of(session)
    assert mails() == ["called_off_client", "called_off_consultant"]
    assert "says that it did not take place" in text_of("called_off_consultant")
    with pytest.raises(AnsweredAlready):
        held.answer(session=session, client=session.client, took_place=True)
    verify_ledger()


def test_against_the_consultants_word_the_clients_is_kept_and_moves_nothing(session):
    asked(session)
    complete(session=session, actor=session.consultant.user)
    guest = let_in(session)
    assert "says that it took place" in guest.get(room(session)).content.decode()
    Notification.objects.all().delete()
    for _time in range(2):
        said = guest.post(reverse("sessions:held", args=[session.pk]), {"answer": "no"}, follow=True)
    assert "is told what you said" in said.content.decode()
    found = again(session)
    assert (found.status, found.client_says) == (S.COMPLETED, "not_held")
    assert Notification.objects.get().title == "Your client says that it did not take place"
    assert not Refund.objects.exists()
    assert 'id="held"' not in guest.get(room(session)).content.decode()


def test_two_days_later_there_is_nothing_to_say_against_it(session):
    asked(session, hours=49)
    complete(session=session, actor=session.consultant.user)
    with pytest.raises(InvalidState):
        held.answer(session=session, client=session.client, took_place=False)


def test_nobody_else_answers_and_nobody_who_was_not_asked(session, client, other_consultant):
    page = reverse("sessions:held", args=[session.pk])
    with pytest.raises(InvalidState):
        held.answer(session=session, client=session.client, took_place=False)
    asked(session)
    other = make_session(other_consultant).client
    with pytest.raises(PermissionDenied):
        held.answer(session=session, client=other, took_place=False)
    for browser in (client, logged_in(session.consultant.user), logged_in(other_consultant.user)):
        assert browser.post(page, {"answer": "no"}).status_code == 404
    guest = let_in(session)
    assert "Say whether it took place." in guest.post(page, {"answer": "x"}, follow=True).content.decode()
    assert guest.get(page).status_code == 405
    assert (again(session).status, again(session).client_says) == (S.CONFIRMED, "")


def test_the_answer_stands_with_the_moment_of_it(session):
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(client_says="held")


# --- the consultant's own word ----------------------------------------------------------------


def test_the_consultant_says_that_it_did_not_take_place(session):
    asked(session)
    desk = logged_in(session.consultant.user)
    page = desk.get(reverse("sessions:how", args=[session.pk])).content.decode()
    assert "does not show you" in page
    assert reverse("sessions:no_show", args=[session.pk]) not in page
    assert reverse("sessions:not_held", args=[session.pk]) in page
    assert "as not held" in desk.get(reverse("sessions:desk", args=[session.pk])).content.decode()
    for _time in range(2):
        desk.post(reverse("sessions:not_held", args=[session.pk]))
    assert (again(session).status, given_back()) == (S.CANCELLED, paid_of(session))
    assert mails() == ["called_off_client", "called_off_consultant"]


def test_it_is_said_after_its_end_by_its_own_consultant_and_not_against_the_log(session, other_consultant):
    page = reverse("sessions:not_held", args=[session.pk])
    assert logged_in(other_consultant.user).post(page).status_code == 404
    with pytest.raises(PermissionDenied):
        held.say_not_held(session=session, actor=other_consultant.user)
    ended(session, -5)
    assert (
        page not in logged_in(session.consultant.user).get(reverse("sessions:how", args=[session.pk])).content.decode()
    )
    with pytest.raises(TooSoon):
        held.say_not_held(session=session, actor=session.consultant.user)
    wait_in(ended(session, 20))
    Session.objects.update(status=S.IN_PROGRESS)
    desk = logged_in(session.consultant.user)
    desk.post(page)
    assert again(session).status == S.IN_PROGRESS
    assert page not in desk.get(reverse("sessions:how", args=[session.pk])).content.decode()


def test_called_off_days_later_it_is_told_to_whoever_keeps_the_figures_of_its_day(session, monkeypatch):
    heard = []
    monkeypatch.setattr(past, "_listeners", [lambda *told: heard.append(told)])
    ended(session, 10 * 24 * 60)
    held.say_not_held(session=session, actor=session.consultant.user)
    assert (session.consultant_id, again(session).starts_at) in heard


def test_the_client_area_leads_to_the_question(session, client_user):
    Client.objects.filter(pk=session.client_id).update(user=client_user)
    mine = logged_in(client_user)
    assert "#held" not in mine.get("/me/sessions/", {"show": "past"}).content.decode()
    asked(session)
    pages = [mine.get(address).content.decode() for address in ("/me/", "/me/sessions/?show=past", "/me/sessions/")]
    assert any(f"{room(session)}#held" in page for page in pages)
