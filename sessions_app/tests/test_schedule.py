"""What the schedule does with sessions that nobody starts or ends, and who is told when they are over."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from bookings.models import Booking
from bookings.services import hold_seat
from bookings.testing import details, make_paid, make_webinar
from clients.models import Client
from naksha.testing import make_service, make_user, next_slot_start
from notifications.models import Notification, OutgoingMail
from sessions_app.models import JoinEvent, Session, SessionLink
from sessions_app.services import complete, follow_up, follow_up_due, mark_no_show, move_on_due, schedule, start
from sessions_app.testing import make_session, wait_in

pytestmark = pytest.mark.django_db
S = Session.Status
MINUTE = timedelta(minutes=1)


def ended(session, minutes):
    """Let ``session`` have ended so many minutes ago (or end in as many, when negative)."""
    length = session.ends_at - session.starts_at
    end = timezone.now() - minutes * MINUTE
    Session.objects.filter(pk=session.pk).update(starts_at=end - length, ends_at=end)
    session.refresh_from_db()
    return session


def came(session, *sides):
    for side in sides:
        client = session.client if side == "client" else None
        JoinEvent.objects.create(session=session, side=side, client=client, kind="joined")
    return session


def status(session):
    session.refresh_from_db()
    return session.status


def mails():
    return sorted(OutgoingMail.objects.values_list("template", flat=True))


@pytest.mark.parametrize(
    ("minutes", "sides", "then"),
    [
        (-31, ("client",), S.CONFIRMED),  # not begun
        (-29, (), S.CONFIRMED),  # nobody there
        (-29, ("client",), S.IN_PROGRESS),
        (-29, ("consultant",), S.IN_PROGRESS),
        (14, ("client", "consultant"), S.CONFIRMED),  # talks run over
        (16, ("client", "consultant"), S.COMPLETED),
        (16, ("client",), S.CONFIRMED),  # asked about
        (15 * 24 * 60, (), S.CONFIRMED),  # long over, and asked about all the same: nobody is paid by silence
        (15 * 24 * 60, ("consultant",), S.COMPLETED),  # long over
    ],
)
def test_a_session_that_nobody_touches_is_moved_on(consultant, minutes, sides, then):
    session = came(ended(make_session(consultant), minutes), *sides)
    move_on_due()
    assert status(session) == then


@pytest.mark.parametrize("now", [S.PENDING, S.COMPLETED, S.CANCELLED, S.NO_SHOW, S.ABANDONED])
def test_no_other_state_is_moved(consultant, now):
    session = came(ended(make_session(consultant), 60), "client", "consultant")
    Session.objects.filter(pk=session.pk).update(status=now)
    assert move_on_due() == 0
    assert status(session) == now


def test_who_is_not_there_hears_that_the_other_is(consultant, client_user):
    session = ended(make_session(consultant), -29)
    session.client.user = client_user
    session.client.save()
    came(session, "client")
    move_on_due()
    assert [line.title for line in Notification.objects.all()] == ["Somebody waits for you in the meeting"]
    assert Notification.objects.get().user == consultant.user


def test_the_consultant_is_asked_once_how_it_went_and_two_days_later_it_counts_as_held(consultant):
    session = ended(make_session(consultant, platform="phone"), 16)
    assert (move_on_due(), move_on_due()) == (1, 0)
    assert mails() == ["session_how"]
    line = Notification.objects.get()
    assert (line.title, line.url) == ("How did it go?", f"/dashboard/sessions/{session.pk}/how/")
    Session.objects.filter(pk=session.pk).update(asked_at=timezone.now() - timedelta(hours=47))
    assert move_on_due() == 0
    Session.objects.filter(pk=session.pk).update(asked_at=timezone.now() - timedelta(hours=49))
    assert move_on_due() == 1
    assert status(session) == S.COMPLETED
    assert session.ended_at == session.ends_at
    assert (follow_up_due(), mails()) == (1, ["session_completed", "session_how"])


def test_a_guest_who_has_not_joined_is_mailed_once_when_the_consultant_is_there(client, consultant):
    session = came(ended(make_session(consultant), -29), "consultant")
    assert (move_on_due(), move_on_due()) == (1, 0)
    mail = OutgoingMail.objects.get()
    assert (mail.template, mail.to) == ("session_begun", session.client.email)
    client.get(context("session_begun")["room_url"])
    assert client.get(f"/sessions/{session.pk}/").status_code == 200


def _has_a_login(session):
    Client.objects.filter(pk=session.client_id).update(user=make_user())


def _has_joined(session):
    came(session, "client")


def _is_told_by_the_consultant_alone(session):
    Session.objects.filter(pk=session.pk).update(client_told=False)


@pytest.mark.parametrize("reason", [_has_a_login, _has_joined, _is_told_by_the_consultant_alone])
def test_nobody_else_is_mailed_that_it_has_begun(consultant, reason):
    session = ended(make_session(consultant), -29)
    reason(session)
    start(session=session, actor=consultant.user)
    assert mails() == []


def test_one_that_is_long_over_is_closed_without_a_word(consultant):
    ended(make_session(consultant, platform="phone"), 15 * 24 * 60)
    assert move_on_due() == 1
    assert (follow_up_due(), mails(), Notification.objects.count()) == (0, [], 0)


def test_a_row_that_fails_does_not_keep_the_others_waiting(consultant, monkeypatch):
    first, second = (
        came(ended(make_session(consultant, starts_at=next_slot_start(day)), 20), "client", "consultant")
        for day in (2, 3)
    )
    real = schedule._complete

    def dies(session, *args, **kwargs):
        if session.pk == first.pk:
            raise RuntimeError("the machine stops here")
        return real(session, *args, **kwargs)

    monkeypatch.setattr(schedule, "_complete", dies)
    assert move_on_due() == 1
    assert (status(first), status(second)) == (S.CONFIRMED, S.COMPLETED)
    monkeypatch.setattr(schedule, "_complete", real)
    assert move_on_due() == 1
    assert status(first) == S.COMPLETED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_skip_each_others_rows(consultant):
    import threading

    session = came(ended(make_session(consultant), 20), "client", "consultant")
    done = []

    def other_round():
        done.append(move_on_due())
        connection.close()

    with transaction.atomic():
        Session.objects.select_for_update().get(pk=session.pk)
        thread = threading.Thread(target=other_round)
        thread.start()
        thread.join(20)
        assert done == [0]
    assert move_on_due() == 1


# --- told when it is over ---------------------------------------------------------------------


@pytest.fixture
def deposit_paid(fake_gateway, consultant):
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _ = make_paid(fake_gateway, consultant, service=service)
    OutgoingMail.objects.all().delete()
    ended(booking.session, 5)
    return booking


def context(template):
    import json

    return json.loads(OutgoingMail.objects.get(template=template).sealed_context)


def test_completion_thanks_the_client_and_asks_for_the_balance_with_a_link_that_pays(client, consultant, deposit_paid):
    complete(session=deposit_paid.session, actor=consultant.user, summary="File it.")
    assert mails() == []  # they go out with the follow-up, outside of the transaction that ends it
    assert follow_up(session_id=deposit_paid.session_id) == 1
    assert mails() == ["balance_due", "session_completed"]
    assert context("session_completed")["summary"] == "File it."
    assert context("balance_due")["balance_paise"] == 150_000
    page = client.get(context("balance_due")["pay_url"])
    assert "₹1,500.00" in page.content.decode()


def test_who_was_erased_meanwhile_is_told_nothing_and_gets_no_link(consultant, deposit_paid):
    complete(session=deposit_paid.session, actor=consultant.user)
    Client.objects.update(erased_at=timezone.now(), user=None)
    before = SessionLink.objects.count()
    assert follow_up(session_id=deposit_paid.session_id) == 0
    assert (mails(), SessionLink.objects.count()) == ([], before)


def test_a_follow_up_tells_once_and_a_crash_is_made_good(consultant, deposit_paid, monkeypatch):
    session = complete(session=deposit_paid.session, actor=consultant.user)
    with monkeypatch.context() as broken:
        broken.setattr("bookings.deal._tell_over", lambda pk: 1 / 0)
        assert follow_up_due() == 0
    assert (follow_up_due(), mails()) == (0, [])  # somebody may still be at it
    Session.objects.filter(pk=session.pk).update(follow_up_due_at=timezone.now())
    assert follow_up_due() == 1
    Session.objects.filter(pk=session.pk).update(follow_up_due_at=timezone.now())
    assert follow_up_due() == 0
    assert mails() == ["balance_due", "session_completed"]


def test_a_no_show_is_told_and_asked_for_nothing(client, consultant, deposit_paid):
    wait_in(ended(deposit_paid.session, 5))
    mark_no_show(session=deposit_paid.session, actor=consultant.user)
    assert (follow_up_due(), mails()) == (1, ["session_no_show"])
    page = client.get(context("session_no_show")["manage_url"] + "pay/")
    assert page.status_code == 302  # nothing is owed any more


def test_each_guest_of_a_webinar_is_told_once_and_whoever_cancelled_is_not(consultant):
    webinar = make_webinar(consultant, capacity=5)
    for name in ("one", "two", "three"):
        hold_seat(session=webinar, details=details(name=name.title(), email=f"{name}@example.com"))
    Booking.objects.filter(client__email="three@example.com").update(status="cancelled")
    OutgoingMail.objects.all().delete()
    ended(webinar, 5)
    complete(session=webinar, actor=consultant.user)
    assert follow_up_due() == 2
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == ["one@example.com", "two@example.com"]
    assert follow_up_due() == 0


def test_a_webinar_is_no_no_show(consultant):
    from naksha.errors import InvalidState

    webinar = ended(make_webinar(consultant), 5)
    with pytest.raises(InvalidState):
        mark_no_show(session=webinar, actor=consultant.user)
    assert status(webinar) == S.CONFIRMED
