"""What somebody has switched off stays off: on screen and by mail, at night and for good, with a login or without."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from notifications import delivery, services, tasks, unsubscribe
from notifications.errors import MailNotWanted
from notifications.models import MailOff, Notification, OutgoingMail, Preference, QuietHours
from notifications.tests.samples import SAMPLES

pytestmark = pytest.mark.django_db
PAGE = "notifications:preferences"
NIGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 11:30 pm in India
MORNING = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)  # 7 am


@pytest.fixture
def owner(client: Client, consultant: Any) -> Client:
    client.force_login(consultant.user)
    return client


def queue(to: str, kind: str = "booking", **fields: Any) -> OutgoingMail:
    template = "booking_requested_consultant"
    return services.send_mail(template=template, to=to, context=SAMPLES[template], kind=kind, **fields)


def everything_on(**changes: Any) -> dict[str, Any]:
    kinds = Notification.Kind.values
    data = {f"{kind}_{channel}": "on" for kind in kinds for channel in ("on_screen", "by_mail")}
    data |= {"begins": "22:00", "ends": "07:00", "timezone": "Asia/Kolkata", **changes}
    return {name: value for name, value in data.items() if value is not None}


def quiet(user: Any) -> None:
    services.set_quiet_hours(user=user, begins=time(22), ends=time(7), timezone="Asia/Kolkata")


# --- the page


def test_a_visitor_is_sent_to_log_in(client: Client) -> None:
    assert client.get(reverse(PAGE)).status_code == 302
    assert client.post(reverse(PAGE), everything_on()).status_code == 302
    assert Preference.objects.count() == 0


def test_without_a_word_everything_is_ticked_and_quiet_hours_are_not(owner: Client) -> None:
    form = owner.get(reverse(PAGE)).context["form"]
    assert all(line.on_screen.value() for line in form.lines())
    assert all(line.by_mail.value() for line in form.lines() if line.by_mail)
    assert form["quiet"].value() is False


def test_what_is_unticked_is_kept_and_shown_again(owner: Client, consultant: Any, stranger: Any) -> None:
    data = everything_on(booking_by_mail=None, review_on_screen=None, quiet="on", timezone="Asia/Dubai")
    answer = owner.post(reverse(PAGE), data, follow=True)
    assert "Saved. It holds from now on." in answer.content.decode()
    kept = {row.kind: (row.on_screen, row.by_mail) for row in Preference.objects.filter(user=consultant.user)}
    assert kept["booking"] == (True, False)
    assert kept["review"] == (False, True)
    assert kept["payment"] == (True, True)
    hours = QuietHours.objects.get(user=consultant.user)
    assert (hours.begins, hours.ends, hours.timezone) == (time(22), time(7), "Asia/Dubai")
    form = answer.context["form"]
    assert form["booking_by_mail"].value() is False
    assert not Preference.objects.filter(user=stranger).exists()
    owner.post(reverse(PAGE), everything_on())
    assert not QuietHours.objects.exists()
    assert Preference.objects.get(user=consultant.user, kind="booking").by_mail


def test_the_mails_that_always_go_have_no_box(owner: Client, consultant: Any) -> None:
    page = owner.get(reverse(PAGE)).content.decode()
    assert "payment_on_screen" in page
    assert "payment_by_mail" not in page
    owner.post(reverse(PAGE), everything_on(payment_by_mail=None))
    assert Preference.objects.get(user=consultant.user, kind="payment").by_mail


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"begins": ""}, "Write a time like 22:00."),
        ({"ends": "late"}, "Write a time like 22:00."),
        ({"ends": "22:00"}, "from and until can’t be the same"),
        ({"timezone": "Mars/Olympus"}, "is not offered"),
    ],
)
def test_wrong_quiet_hours_are_told_beside_the_field_and_nothing_is_saved(
    owner: Client, wrong: dict[str, str], words: str
) -> None:
    answer = owner.post(reverse(PAGE), everything_on(quiet="on", booking_by_mail=None, **wrong))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in page
    assert "error-summary" in page
    assert not Preference.objects.exists()
    assert not QuietHours.objects.exists()


def test_the_database_refuses_quiet_hours_of_no_length(consultant: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        QuietHours.objects.create(user=consultant.user, begins=time(7), ends=time(7))


def test_the_page_costs_the_same_whatever_was_chosen(owner: Client, django_assert_num_queries: Any) -> None:
    owner.post(reverse(PAGE), everything_on(quiet="on"))
    owner.get(reverse(PAGE))
    with django_assert_num_queries(8):
        owner.get(reverse(PAGE))


# --- on screen


def test_a_kind_that_is_off_on_screen_is_kept_as_read(owner: Client, consultant: Any) -> None:
    owner.post(reverse(PAGE), everything_on(review_on_screen=None))
    services.notify(user=consultant.user, kind="review", title="Five stars")
    services.notify(user=consultant.user, kind="booking", title="Booked")
    page = owner.get(reverse("notifications:list")).content.decode()
    assert "Five stars" in page
    assert "Notifications, 1 new" in page


# --- by mail


def test_a_mail_of_a_kind_that_is_off_stays_in_the_log_and_goes_nowhere(consultant: Any) -> None:
    user = consultant.user
    services.save_preferences(user=user, on_screen={}, by_mail={"booking": False})
    mail = queue(user.email.upper(), dedupe_key="once")
    assert (mail.status, mail.sealed_context) == ("skipped", "")
    assert delivery.deliver(mail.pk) is False
    assert queue(user.email, dedupe_key="once").pk == mail.pk
    assert queue(user.email, kind="session").status == "queued"
    assert outbox.outbox == []


def test_a_mail_without_a_kind_always_goes(consultant: Any) -> None:
    services.save_preferences(
        user=consultant.user, on_screen={}, by_mail=dict.fromkeys(Notification.Kind.values, False)
    )
    quiet(consultant.user)
    with time_machine.travel(NIGHT):
        mail = queue(consultant.user.email, kind="")
        assert delivery.deliver(mail.pk) is True
    assert "List-Unsubscribe" not in outbox.outbox[0].extra_headers
    assert "Stop mails" not in outbox.outbox[0].body


def test_a_kind_whose_mails_always_go_is_refused_where_it_is_written(consultant: Any) -> None:
    with pytest.raises(ValueError, match="can't be switched off"):
        queue(consultant.user.email, kind="payment")
    assert not OutgoingMail.objects.exists()


def test_what_was_switched_off_while_the_mail_waited_is_not_sent(consultant: Any) -> None:
    mail = queue(consultant.user.email)
    services.save_preferences(user=consultant.user, on_screen={}, by_mail={"booking": False})
    assert delivery.deliver(mail.pk) is False
    mail.refresh_from_db()
    assert (mail.status, mail.sealed_context) == ("skipped", "")
    assert outbox.outbox == []


def test_an_admin_cannot_send_what_is_not_wanted(consultant: Any, admin_user: Any) -> None:
    services.save_preferences(user=consultant.user, on_screen={}, by_mail={"booking": False})
    mail = queue(consultant.user.email)
    with pytest.raises(MailNotWanted):
        services.resend_mail(mail=mail, actor=admin_user)
    mail.refresh_from_db()
    assert mail.status == "skipped"


def test_quiet_hours_hold_a_mail_until_they_end(consultant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda args, kwargs, **_: told.append(args))
    quiet(consultant.user)
    with time_machine.travel(NIGHT, tick=False) as clock:
        mail = queue(consultant.user.email)
        assert (mail.status, mail.due_at, told) == ("queued", MORNING, [])
        assert delivery.deliver(mail.pk) is False
        clock.move_to(MORNING + delivery.GRACE)
        assert delivery.due_ids() == [mail.pk]
        assert delivery.deliver(mail.pk) is True


def test_by_day_and_for_others_nothing_waits(consultant: Any, stranger: Any) -> None:
    quiet(consultant.user)
    with time_machine.travel(NIGHT, tick=False):
        assert queue(stranger.email).due_at == NIGHT
    with time_machine.travel(MORNING, tick=False):
        assert queue(consultant.user.email).due_at == MORNING


def test_a_mail_that_would_come_too_late_does_not_wait(consultant: Any) -> None:
    quiet(consultant.user)
    with time_machine.travel(NIGHT, tick=False):
        too_late = queue(consultant.user.email, useful_until=MORNING - timedelta(minutes=1))
        in_time = queue(consultant.user.email, useful_until=MORNING + timedelta(minutes=1))
    assert (too_late.due_at, in_time.due_at) == (NIGHT, MORNING)


# --- the link in a mail


def link_of(mail: OutgoingMail) -> str:
    return reverse("notifications:mail_off", args=[unsubscribe.token_for(mail)])


def test_a_mail_that_can_be_switched_off_says_how() -> None:
    mail = queue("guest@example.com")
    assert delivery.deliver(mail.pk)
    [message] = outbox.outbox
    url = unsubscribe.url_for(mail)
    assert message.extra_headers["List-Unsubscribe"] == f"<{url}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Stop mails of this kind: {url}" in message.body


def test_one_click_without_cookie_or_token_stops_the_kind(settings: Any) -> None:
    mail = queue("Guest@Example.com")
    program = Client(enforce_csrf_checks=True)
    answer = program.post(link_of(mail), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert queue("guest@example.com").status == "skipped"
    assert queue("guest@example.com", kind="session").status == "queued"
    assert queue("other@example.com").status == "queued"
    program.post(link_of(mail), {"List-Unsubscribe": "One-Click"})
    assert MailOff.objects.count() == 1


def test_looking_at_the_link_stops_nothing(client: Client) -> None:
    mail = queue("guest@example.com")
    page = client.get(link_of(mail))
    assert "Stop mails of this kind?" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    client.head(link_of(mail))
    assert not MailOff.objects.exists()


def test_a_person_stops_them_and_wants_them_again(client: Client) -> None:
    mail = queue("guest@example.com")
    assert "no longer come to guest@example.com" in client.post(link_of(mail), follow=True).content.decode()
    assert queue("guest@example.com").status == "skipped"
    assert "Stop mails of this kind?" in client.post(link_of(mail), {"again": "yes"}, follow=True).content.decode()
    assert queue("guest@example.com").status == "queued"


def test_the_link_and_the_page_say_the_same(owner: Client, consultant: Any) -> None:
    owner.post(link_of(queue(consultant.user.email)))
    assert owner.get(reverse(PAGE)).context["form"]["booking_by_mail"].value() is False
    owner.post(reverse(PAGE), everything_on())
    assert queue(consultant.user.email).status == "queued"
    owner.post(reverse(PAGE), everything_on(booking_by_mail=None))
    owner.post(link_of(queue(consultant.user.email)), {"again": "yes"})
    assert owner.get(reverse(PAGE)).context["form"]["booking_by_mail"].value() is True


def test_a_made_up_link_opens_nothing(client: Client) -> None:
    mail, sure = queue("guest@example.com"), queue("guest@example.com", kind="")
    good = unsubscribe.token_for(mail)
    forged = [mail.pk.hex, str(mail.pk), good[:-1], good + "x", "x:y", unsubscribe.token_for(sure), "\0"]
    for token in forged:
        url = reverse("notifications:mail_off", args=[token])
        assert client.get(url).status_code == 404, token
        assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 404, token
    assert not MailOff.objects.exists()
