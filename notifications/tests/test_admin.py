"""The mail log shows states and errors, never what a mail said, and sends again on request."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from notifications.models import OutgoingMail
from notifications.services import notify, send_mail

pytestmark = pytest.mark.django_db
LIST = "admin:notifications_outgoingmail_changelist"


@pytest.fixture
def staff(client: Client, admin_user: Any) -> Client:
    client.force_login(admin_user)
    return client


def given_up(**fields: Any) -> OutgoingMail:
    mail = send_mail(
        template="account/login_code", to="asha@example.com", context={"code": "482913", "email": "asha@example.com"}
    )
    values: dict[str, Any] = {"status": "failed", "attempts": 12, "last_error": "TimeoutError: hung", **fields}
    OutgoingMail.objects.filter(pk=mail.pk).update(**values)
    return mail


def send_again(client: Client, *mails: OutgoingMail) -> str:
    body = {"action": "resend", "_selected_action": [str(mail.pk) for mail in mails]}
    return client.post(reverse(LIST), body, follow=True).content.decode()


def test_the_log_shows_state_and_error_but_not_what_was_said(staff: Client) -> None:
    mail = given_up()
    for url in (reverse(LIST), reverse("admin:notifications_outgoingmail_change", args=[mail.pk])):
        page = staff.get(url).content.decode()
        assert "TimeoutError: hung" in page
        assert "Given up" in page
        assert "482913" not in page


def test_a_mail_is_sent_again_and_the_trail_says_who_asked(staff: Client, admin_user: Any) -> None:
    mail = given_up()
    assert "1 mail is queued again." in send_again(staff, mail)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.edition) == ("queued", 0, 2)
    line = AuditEntry.objects.get(action="mail.resent")
    assert (line.actor, line.subject_id) == (admin_user, mail.pk)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"status": "queued"}, "already waiting"), ({"sealed_context": ""}, "wiped after 30 days")],
)
def test_what_waits_or_is_wiped_is_not_sent_again(staff: Client, change: dict[str, Any], words: str) -> None:
    mail = given_up(**change)
    assert words in send_again(staff, mail)
    mail.refresh_from_db()
    assert mail.edition == 1
    assert not AuditEntry.objects.filter(action="mail.resent").exists()


def test_the_page_of_one_mail_says_its_state_in_words_and_sends_it_again(staff: Client, admin_user: Any) -> None:
    mail = given_up()
    change = reverse("admin:notifications_outgoingmail_change", args=[mail.pk])
    page = staff.get(change).content.decode()
    assert "Given up" in page
    assert "(&#x27;failed" not in page
    assert "('failed'" not in page
    again = reverse("admin:notifications_outgoingmail_resend", args=[mail.pk])
    assert again in page
    answer = staff.post(again, {"resend-reason": "Asked for by phone"}, follow=True)
    assert "It is queued again." in answer.content.decode()
    assert again not in answer.content.decode()  # it waits, so there is nothing to press
    assert AuditEntry.objects.get(action="mail.resent", actor=admin_user).reason == "Asked for by phone"
    assert "already waiting" in staff.post(again, follow=True).content.decode()
    assert AuditEntry.objects.filter(action="mail.resent").count() == 1


def test_a_mail_that_was_not_wanted_is_shown_as_such_and_stays_unsent(staff: Client) -> None:
    mail = given_up(status="skipped", sealed_context="")
    assert "Not wanted" in staff.get(reverse(LIST)).content.decode()
    assert "switched mails of this kind off" in send_again(staff, mail)
    mail.refresh_from_db()
    assert (mail.status, mail.edition) == ("skipped", 1)


def test_nothing_in_the_log_can_be_changed_or_removed(staff: Client) -> None:
    mail = given_up()
    change = reverse("admin:notifications_outgoingmail_change", args=[mail.pk])
    assert staff.post(change, {"to": "evil@example.com"}).status_code == 403
    assert staff.post(reverse("admin:notifications_outgoingmail_delete", args=[mail.pk])).status_code == 403
    assert staff.get(reverse("admin:notifications_outgoingmail_add")).status_code == 403
    mail.refresh_from_db()
    assert mail.to == "asha@example.com"


def test_a_consultant_sees_no_log_and_sends_nothing(client: Client, consultant: Any) -> None:
    mail = given_up()
    client.force_login(consultant.user)
    assert client.get(reverse(LIST)).status_code in (302, 403, 404)
    send_again(client, mail)
    mail.refresh_from_db()
    assert mail.status == "failed"


def test_lines_on_screen_can_be_read_only(staff: Client, consultant: Any) -> None:
    line = notify(user=consultant.user, kind="system", title="You are approved")
    assert "You are approved" in staff.get(reverse("admin:notifications_notification_changelist")).content.decode()
    change = reverse("admin:notifications_notification_change", args=[line.pk])
    assert staff.get(change).status_code == 200
    assert staff.post(change, {"title": "x"}).status_code == 403
