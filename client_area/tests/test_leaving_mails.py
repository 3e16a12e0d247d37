"""What becomes of mails when a client leaves: none says their words any more, to nobody."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import transaction

from client_area.belongings import belongings_of
from client_area.services.erasing import erase_client
from client_area.testing import client_of
from client_area.tests import told
from client_area.tests.lived import NAME
from clients.models import Client, ClientAddress
from naksha.errors import DomainError
from naksha.testing import make_client, make_consultant, make_user
from notifications.models import Notification, OutgoingMail
from notifications.services import notify, resend_mail
from sessions_app.models import Review
from sessions_app.rooms import room_path

pytestmark = pytest.mark.django_db(transaction=True)


def of(template: str) -> OutgoingMail:
    return OutgoingMail.objects.get(template=template)


def erase(person) -> None:
    erase_client(user_id=person.pk, zone="Asia/Kolkata")


def test_the_log_forgets_what_it_told_the_consultant_and_nobody_can_send_it_again(person, past, admin_user) -> None:
    told.send()
    assert NAME in of("review_received").subject
    Client.objects.update(name="Zubeida Merchant")  # as others call her by now
    erase(person)
    for template in told.TEMPLATES:
        mail = of(template)
        assert (mail.status, mail.subject, mail.sealed_context) == ("sent", "", ""), template
        assert mail.to == past.consultant.user.email
        with pytest.raises(DomainError):
            resend_mail(mail=mail, actor=admin_user)


def test_what_quotes_them_and_still_waits_is_not_sent_and_the_rest_goes_without_the_name(person, past) -> None:
    assert {of(template).status for template in told.TEMPLATES} == {"queued"}
    erase(person)
    for template in ("review_received", "unread_messages"):
        assert (of(template).status, of(template).sealed_context) == ("skipped", ""), template
    how = of("session_how")
    assert (how.status, json.loads(how.sealed_context)["client_name"]) == ("queued", "Erased client")


def test_the_bell_of_the_consultant_forgets_the_words_of_the_review(person, past) -> None:
    line = Notification.objects.get(url__endswith=f"#review-{Review.objects.get().pk}")
    assert line.body == f"{NAME} was glad"
    erase(person)
    line.refresh_from_db()
    assert (line.title, line.body) == ("4 stars from Erased client", "")


def test_the_bell_of_another_in_the_same_chat_forgets_who_wrote(person, past) -> None:
    """Another's line that happens to say the same name, in a chat that they never were in, stays."""
    fellow = make_user(first_name="Farhan")
    here, elsewhere = room_path(past.session.pk), room_path(uuid4())
    for url in (here, elsewhere):
        notify(user=fellow, kind="message", title=f"Message from {NAME}", url=url)
    erase(person)
    titles = dict(Notification.objects.filter(user=fellow).values_list("url", "title"))
    assert titles == {here: "Message from Erased client", elsewhere: f"Message from {NAME}"}


def test_a_mail_whose_answers_went_to_an_address_that_nobody_remembers_loses_the_name(person, past) -> None:
    mail = OutgoingMail.objects.create(
        template="booking_confirmed_consultant",
        to=past.consultant.user.email,
        reply_to="gone@example.com",
        subject=f"Booked: {NAME}",
        sealed_context=json.dumps({"client_name": NAME}),
        status="sent",
    )
    erase(person)
    mail.refresh_from_db()
    assert (mail.subject, mail.sealed_context) == ("Booked: Erased client", "")


def test_mails_to_an_address_of_old_forget_them_unless_it_is_somebody_elses(person, consultant) -> None:
    with transaction.atomic():
        row = client_of(person, consultant)
    Client.objects.filter(pk=row.pk).update(email="Work@example.com")
    for email in ("before@example.com", "husband@example.com", "son@example.com"):
        ClientAddress.objects.create(consultant=consultant, client=row, email=email)
    make_client(make_consultant(), email="Husband@example.com")
    make_user(email="son@example.com")
    theirs = belongings_of(person)
    assert theirs.addresses == theirs.emails | {"work@example.com", "before@example.com"}
