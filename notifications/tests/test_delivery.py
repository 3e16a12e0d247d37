"""A mail is a row with a state, and goes out once."""

from __future__ import annotations

import json
import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import delivery, services, tasks
from notifications.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _template(settings: Any, tmp_path: Any) -> None:
    """A mail of its own, so that these tests are about the way and not the words."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "probe.html").write_text(
        '{% extends "mail/base.html" %}{% block subject %}Hello {{ name }}{% endblock %}'
        "{% block title %}Hello{% endblock %}{% block body %}<p>For {{ name }}</p>"
        '<p><a href="{{ url }}">Open</a></p>{% endblock %}'
    )
    (tmp_path / "mail" / "broken.html").write_text('{% include "not-there.html" %}')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]


def queue(**fields: Any) -> OutgoingMail:
    values: dict[str, Any] = {
        "template": "probe",
        "to": "asha@example.com",
        "context": {"name": "Asha", "url": "https://naksha.test/x"},
    }
    return services.send_mail(**{**values, **fields})


class Refusing(BaseEmailBackend):
    error: Exception = ConnectionRefusedError("nobody listens")

    def send_messages(self, email_messages: Any) -> int:
        raise self.error


@pytest.fixture
def refuse(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.EMAIL_BACKEND = "notifications.tests.test_delivery.Refusing"
    return lambda error: monkeypatch.setattr(Refusing, "error", error)


def test_a_queued_mail_goes_out_and_is_marked() -> None:
    mail = queue(to_name="Asha Rao")
    assert delivery.deliver(mail.pk) is True
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.subject) == ("sent", 1, "Hello Asha")
    assert mail.sent_at is not None
    [message] = outbox.outbox
    assert message.to == ["Asha Rao <asha@example.com>"]
    assert message.body.startswith("Hello\n\nFor Asha\n\nOpen: https://naksha.test/x")


def test_a_sent_mail_does_not_go_out_twice() -> None:
    mail = queue()
    delivery.deliver(mail.pk)
    assert delivery.deliver(mail.pk) is False
    assert len(outbox.outbox) == 1


def test_the_same_change_queues_one_mail() -> None:
    first = queue(dedupe_key="booking:1:confirmed")
    second = queue(dedupe_key="booking:1:confirmed", to="someone.else@example.com")
    assert first.pk == second.pk
    assert OutgoingMail.objects.count() == 1


def test_the_context_is_sealed_in_the_table() -> None:
    mail = queue(context={"name": "Asha", "url": "https://naksha.test/secret-link"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_context FROM notifications_outgoingmail")
        stored = cursor.fetchone()[0]
    assert "secret-link" not in stored
    assert json.loads(mail.sealed_context)["url"].endswith("secret-link")


def test_a_context_that_is_not_json_is_refused_at_once() -> None:
    with pytest.raises(TypeError):
        queue(context={"when": timezone.now()})
    assert OutgoingMail.objects.count() == 0


def test_a_mail_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(TemplateDoesNotExist):
        queue(template="not-there")
    assert OutgoingMail.objects.count() == 0


def test_the_worker_is_told_on_commit_only(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda args, kwargs, **_: told.append(args[0]))
    with django_capture_on_commit_callbacks(execute=True):
        mail = queue()
        assert told == []
    assert told == [str(mail.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_mails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda args, kwargs, **_: told.append(args[0]))
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert OutgoingMail.objects.count() == 0
    assert told == []


def test_nobody_is_kept_from_the_database_while_the_mail_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    class Server:
        def send_messages(self, messages: Any) -> None:
            happened.append("asked")

    monkeypatch.setattr(delivery, "give_back_connection", lambda: happened.append("given back"))
    monkeypatch.setattr(delivery, "get_connection", Server)
    assert delivery.deliver(queue().pk)
    assert happened == ["given back", "asked"]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_is_asked(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(
        Refusing, "send_messages", lambda self, messages: seen.append(connection.in_atomic_block) or len(messages)
    )
    settings.EMAIL_BACKEND = "notifications.tests.test_delivery.Refusing"
    assert delivery.deliver(queue().pk) is True
    assert seen == [False]


def test_a_server_that_does_not_answer_is_asked_again_later(refuse: Any) -> None:
    refuse(ConnectionRefusedError("nobody listens"))
    mail = queue()
    before = timezone.now()
    assert delivery.deliver(mail.pk) is False
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("queued", 1)
    assert timedelta(seconds=45) < mail.due_at - before < timedelta(seconds=75)
    assert mail.last_error == "ConnectionRefusedError: nobody listens"
    assert delivery.deliver(mail.pk) is False  # not due yet
    mail.refresh_from_db()
    assert mail.attempts == 1


def test_the_pauses_double_up_to_six_hours() -> None:
    for attempts, minutes in ((1, 1), (2, 2), (5, 16), (9, 256), (10, 360), (11, 360)):
        pause = delivery.pause_after(attempts)
        assert timedelta(minutes=minutes * 0.8) <= pause <= timedelta(minutes=minutes * 1.2)


def test_it_is_given_up_after_about_a_day(refuse: Any) -> None:
    refuse(TimeoutError("hung"))
    mail = queue()
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        for _ in range(delivery.MAX_ATTEMPTS):
            mail.refresh_from_db()
            assert mail.status == "queued"
            clock.move_to(mail.due_at)
            delivery.deliver(mail.pk)
        mail.refresh_from_db()
        assert mail.status == "failed"
        assert timedelta(hours=15) < timezone.now() - begun < timedelta(hours=26)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (smtplib.SMTPRecipientsRefused({"asha@example.com": (550, b"no such user")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"asha@example.com": (450, b"try later")}), "queued"),
        (smtplib.SMTPDataError(554, b"refused"), "failed"),
        (smtplib.SMTPDataError(451, b"busy"), "queued"),
        (smtplib.SMTPAuthenticationError(535, b"who are you"), "queued"),
    ],
)
def test_only_a_refusal_for_good_gives_up_at_once(refuse: Any, error: Exception, status: str) -> None:
    refuse(error)
    mail = queue()
    delivery.deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.status == status
    assert "asha@example.com" not in mail.last_error


def test_what_a_dead_worker_was_sending_is_taken_back_with_the_same_message_id() -> None:
    mail = queue()
    delivery.deliver(mail.pk)
    # As a crash between sending and marking leaves it.
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sending", sent_at=None)
    assert delivery.due_ids() == []
    with time_machine.travel(timezone.now() + delivery.STALE_CLAIM + timedelta(seconds=1)):
        assert delivery.due_ids() == [mail.pk]
        delivery.deliver(mail.pk)
    first, second = outbox.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_a_live_claim_is_left_alone() -> None:
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sending", claimed_at=timezone.now())
    assert delivery.deliver(mail.pk) is False
    assert outbox.outbox == []


def test_the_sweeper_queues_what_nobody_took(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda args, kwargs, **_: told.append(args[0]))
    mail = queue()
    queue_later = queue()
    OutgoingMail.objects.filter(pk=queue_later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    assert tasks.sweep_mail() == 0  # the worker that was told goes first
    with time_machine.travel(timezone.now() + delivery.GRACE + timedelta(seconds=1)):
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert tasks.sweep_mail() == 1
    assert told == [str(mail.pk)]


def test_a_queue_that_is_down_leaves_the_row_for_the_sweeper(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def down(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.deliver_mail, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        mail = queue()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert delivery.due_ids() == [mail.pk]


def test_a_template_that_breaks_is_kept_and_tried_again() -> None:
    mail = queue(template="broken")
    assert delivery.deliver(mail.pk) is False
    mail.refresh_from_db()
    assert mail.status == "queued"
    assert mail.last_error.startswith("TemplateDoesNotExist")


def test_a_calendar_file_goes_along_twice() -> None:
    ics = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Café\r\nEND:VCALENDAR\r\n"
    delivery.deliver(queue(calendar=ics, calendar_method="request").pk)
    parts = {part.get_content_type(): part for part in outbox.outbox[0].message().walk()}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"].get_payload(decode=True).decode().replace("\r\n", "\n") == ics.replace("\r\n", "\n")
    assert parts["application/ics"].get_filename() == "invite.ics"
    assert parts["application/ics"].get_payload(decode=True).decode() == ics


def test_a_line_break_in_a_name_makes_no_header() -> None:
    delivery.deliver(
        queue(to_name="Asha\r\nBcc: x@example.com", context={"name": "A\nBcc: y@example.com", "url": ""}).pk
    )
    message = outbox.outbox[0].message()
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello A Bcc: y@example.com"


def test_old_mails_are_wiped_and_keep_their_line() -> None:
    old, fresh, waiting = queue(), queue(), queue()
    for mail in (old, fresh):
        delivery.deliver(mail.pk)
    OutgoingMail.objects.filter(pk__in=[old.pk, waiting.pk]).update(updated_at=timezone.now() - timedelta(days=31))
    assert tasks.wipe_mail() == 1
    assert OutgoingMail.objects.get(pk=old.pk).sealed_context == ""
    assert OutgoingMail.objects.get(pk=old.pk).subject == "Hello Asha"
    assert OutgoingMail.objects.get(pk=fresh.pk).sealed_context
    assert OutgoingMail.objects.get(pk=waiting.pk).sealed_context
