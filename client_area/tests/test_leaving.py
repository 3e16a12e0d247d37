"""Deleting an account: refused while something is open, whole or not at all, and nothing of the person left over."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import close_old_connections, models, transaction
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking, BookingLink
from bookings.services import cancel_by_client
from bookings.testing import details, make_held, make_paid
from client_area import register
from client_area.models import FileToDelete
from client_area.services import erasing, files
from client_area.tasks import sweep_files
from client_area.testing import booked, client_of
from client_area.tests import offered, told
from clients.models import Client, ClientAddress, ClientNote, ClientProfile, CustomValue, Tag
from consultants.models import Consultant, SavedConsultant
from naksha.testing import PASSWORD
from notifications.models import Notification, OutgoingMail
from notifications.services import notify
from notifications.tasks import deliver_mail, wipe_mail
from payments.models import Invoice, LedgerEntry, Payment, Refund
from payments.services import verify_ledger
from payments.services.sending import send
from quotations.models import Quotation, QuotationLink, QuotationQuestion, QuotationView
from quotations.testing import make_accepted, pay_part
from sessions_app.models import (
    Attachment,
    Conversation,
    Member,
    Message,
    MessageTrace,
    Review,
    Seat,
    Session,
    SessionNotes,
)

pytestmark = pytest.mark.django_db(transaction=True)
NAME, MAIL, PHONE = "Zubeida Quintrell", "zubeida.quintrell@example.com", "+919811122233"
TRACES = (NAME, MAIL, PHONE, "Zubeida", "Quintrell", "12 Secret Lane", offered.ADDRESS, offered.GSTIN)
ZONE = "Asia/Kolkata"


def texts(model: type[models.Model]) -> list[str]:
    kinds = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField)
    return [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]


def mentions(*, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Every column of every table in which the person can be read, sealed ones opened."""
    found = []
    for model in apps.get_models():
        if model._meta.label in but:
            continue
        for name in texts(model):
            for value in model._default_manager.values_list(name, flat=True):
                said = str(value).lower()
                if any(word.lower() in said for word in TRACES):
                    found.append((model._meta.label, name))
    return found


@pytest.fixture
def person(client_user: User) -> User:
    client_user.first_name, client_user.last_name = NAME.split()
    client_user.email = MAIL
    client_user.save()
    EmailAddress.objects.filter(user=client_user).update(email=MAIL)
    return client_user


@pytest.fixture
def past(person: User, consultant: Consultant, fake_gateway: Any, settings: Any, tmp_path: Any) -> Booking:
    """A client who did a bit of everything, all of it over: paid, refunded, talked, reviewed, saved, cancelled."""
    with transaction.atomic():
        client = client_of(person, consultant, phone=PHONE, address="12 Secret Lane, Pune")
    ClientProfile.objects.create(user=person, phone=PHONE, address="12 Secret Lane, Pune")
    typed = details(name=NAME, email=MAIL, phone=PHONE)
    gone, _token = make_paid(fake_gateway, consultant, details=typed, title="First call")
    cancel_by_client(booking=gone, by=person, reason=f"{NAME} has moved away")
    send(Refund.objects.get().pk)
    done, _token = make_paid(fake_gateway, consultant, details=typed, title="Second call")
    start = timezone.now() - timedelta(days=3)
    Booking.objects.filter(pk=done.pk).update(
        starts_at=start, ends_at=start + timedelta(minutes=30), answers=[{"question": "?", "answer": f"Ask {NAME}"}]
    )
    session = done.session
    type(session).objects.filter(pk=session.pk).update(
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        status="completed",
        ended_at=start + timedelta(minutes=30),
    )
    talk = Conversation.objects.create(session=session, last_sequence=4, last_version=4)
    me = Member.objects.create(conversation=talk, side="client", client=client)
    they = Member.objects.create(conversation=talk, side="consultant")
    for n, member, body in (
        (1, they, f"Dear {NAME}, good morning"),
        (2, me, f"This is {MAIL}"),
        (3, me, "See the file"),
        (4, they, "As promised"),
    ):
        Message.objects.create(
            conversation=talk, sequence=n, version=n, member=member, body=body, client_message_id=f"{n:032x}"
        )
    mine = Message.objects.filter(member=me)
    MessageTrace.objects.create(message=mine[0], body=f"I am {NAME}", by=person)
    paper = Attachment(message=mine[1], original_name=f"{NAME} salary.pdf", content_type="application/pdf", size=4)
    paper.file.save("x.pdf", ContentFile(b"%PDF"))
    answer = Attachment(message=Message.objects.get(sequence=4), original_name=f"Notice to {NAME}.pdf", size=4)
    answer.file.save("y.pdf", ContentFile(b"%PDF"))
    SessionNotes.objects.create(session=session, private=f"{NAME} owes tax", shared="Pay by May", summary=f"For {NAME}")
    sit_among_others(client, consultant)
    told.tell(session, client)
    told.mail_of_old(NAME)
    SavedConsultant.objects.create(user=person, consultant=consultant)
    notify(user=person, kind="booking", title=f"Hello {NAME}")
    offered.keep_notes(client)
    offered.offer(client, fake_gateway)
    return done


def sit_among_others(client: Client, consultant: Consultant) -> Session:
    """A webinar of last week in which the consultant noted down a question of theirs."""
    start = timezone.now() - timedelta(days=7)
    session = Session.objects.create(
        consultant=consultant,
        kind="webinar",
        title="Taxes for all",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        status="completed",
        ended_at=start + timedelta(minutes=30),
        platform="jitsi",
        capacity=5,
        seats_taken=1,
    )
    Seat.objects.create(session=session, client=client, status="taken")
    SessionNotes.objects.create(
        session=session, private=f"{NAME} is shy", shared=f"{NAME} asked about May", summary=f"Answer {NAME}, and all"
    )
    return session


def erase(user: User) -> None:
    erasing.erase_client(user_id=user.pk, zone=ZONE)


def test_nothing_of_the_person_is_left_but_in_documents(person, past, consultant) -> None:
    assert len({label for label, _field in mentions()}) > 8  # the search finds what is there
    entries = LedgerEntry.objects.count()
    told.send()
    papers = list(Invoice.objects.order_by("pk").values())
    lines = Notification.objects.filter(user=consultant.user).count()
    erase(person)
    for mail in OutgoingMail.objects.filter(template="account_erased"):
        deliver_mail(str(mail.pk))
    assert mentions(but=("payments.Invoice",)) == []
    assert list(Invoice.objects.order_by("pk").values()) == papers
    assert LedgerEntry.objects.count() == entries
    assert not verify_ledger()
    assert Notification.objects.filter(user=consultant.user).count() == lines
    assert not User.objects.filter(pk=person.pk).exists()
    row = Client.objects.get()
    assert (row.name, row.user, row.phone) == ("Erased client", None, "")
    assert not BookingLink.objects.exists()


def test_what_others_need_stays(person, past, consultant) -> None:
    sums = Payment.objects.order_by("pk").values_list("status", "captured_paise", "refunded_paise", "order_id")
    paid = list(sums)
    erase(person)
    assert (
        list(Payment.objects.order_by("pk").values_list("status", "captured_paise", "refunded_paise", "order_id"))
        == paid
    )
    review = Review.objects.get()
    assert (review.rating, review.author_name, review.comment, review.reply) == (4, "A former client", "", "")
    bodies = list(Message.objects.order_by("sequence").values_list("body", flat=True))
    assert bodies == ["Dear Erased client, good morning", "", "", "As promised"]
    assert [(notes.private, notes.shared, notes.summary) for notes in SessionNotes.objects.order_by("pk")] == [
        ("Erased client owes tax", "", ""),
        ("Erased client is shy", "Erased client asked about May", "Answer Erased client, and all"),
    ]
    sent = Attachment.objects.get()
    assert sent.original_name == "Notice to Erased client.pdf"
    assert sent.message.version > sent.message.sequence, "an open chat is given it anew"
    said = AuditEntry.objects.get(action="account.erased")
    assert (said.actor, said.subject_id, said.subject_label, said.data) == (None, person.pk, "", {})


def test_of_what_was_offered_the_sums_and_numbers_stay(person, past, consultant) -> None:
    known = ("number", "version", "total_paise", "paid_paise", "accepted_at", "sent_at")
    sent = Quotation.objects.filter(sent_at__isnull=False).order_by("pk")
    before = list(sent.values(*known))
    assert list(sent.values_list("status", flat=True)) == ["paid", "declined", "sent"]
    erase(person)
    assert list(sent.values(*known)) == before
    assert list(sent.values_list("status", "ending")) == [("paid", ""), ("declined", ""), ("expired", "withdrawn")]
    paid = sent[0]
    assert (paid.title, paid.message, paid.accepted_name) == (
        "Estate of Erased client",
        "Dear Erased client, as we said.",
        "Erased client",
    )
    assert (paid.accepted_from, paid.gstin, sent[1].close_reason) == (None, "", "")
    assert paid.lines.get().description == "Will of Erased client"
    assert not Quotation.objects.filter(status="draft").exists()
    for model in (QuotationLink, QuotationQuestion, QuotationView):
        assert not model.objects.exists(), model


def test_of_what_the_consultant_kept_only_the_notes_stay_without_the_person(person, past, consultant) -> None:
    erase(person)
    assert ClientNote.objects.get().body == "Erased client calls on Mondays, from Erased client"
    assert not ClientAddress.objects.exists()
    assert not CustomValue.objects.exists()
    assert not Client.objects.get().tags.exists()
    assert Tag.objects.get().name == "Family business"  # the consultant's own word


def test_other_peoples_things_are_untouched(person, past, stranger, consultant) -> None:
    other = booked(stranger, consultant, starts_at=timezone.now() + timedelta(days=5))
    before = (Booking.objects.filter(pk=other.pk).values().get(), Client.objects.filter(user=stranger).values().get())
    erase(person)
    after = (Booking.objects.filter(pk=other.pk).values().get(), Client.objects.filter(user=stranger).values().get())
    assert after == before


def test_the_last_mail_goes_out_once_and_is_forgotten(person, past, mailoutbox) -> None:
    erase(person)
    mail = OutgoingMail.objects.get(template="account_erased")
    assert mail.to == MAIL
    deliver_mail(str(mail.pk))
    assert [one.to for one in mailoutbox if "deleted" in one.subject] == [[f"{NAME} <{MAIL}>"]]
    assert not OutgoingMail.objects.filter(template="account_erased").exists()


def test_a_goodbye_that_was_left_behind_is_forgotten_by_the_sweep(person, past) -> None:
    erase(person)
    OutgoingMail.objects.filter(template="account_erased").update(status="failed")
    wipe_mail()
    assert not OutgoingMail.objects.filter(template="account_erased").exists()


def test_files_go_after_it_and_are_asked_for_again_where_the_storage_failed(person, past, monkeypatch) -> None:
    name = Attachment.objects.get(message__member__side="client").file.name
    storage = storages["private"]
    assert storage.exists(name)

    def away(_name: str) -> None:
        raise OSError("the storage is away")

    with monkeypatch.context() as broken:
        broken.setattr(type(storage), "delete", lambda _self, _name: away(_name))
        erase(person)
        row = FileToDelete.objects.get()
        assert not files.delete(row.pk)
    assert storage.exists(name)
    FileToDelete.objects.update(due_at=timezone.now())
    assert sweep_files() == 1
    assert not storage.exists(name)
    assert not FileToDelete.objects.exists()


def test_what_dies_half_way_has_changed_nothing(person, past, monkeypatch) -> None:
    before = sorted(mentions())

    def dies(**_: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("accounts.personal.erase", dies)
    with pytest.raises(RuntimeError):
        erase(person)
    assert sorted(mentions()) == before
    assert not FileToDelete.objects.exists()
    assert storages["private"].exists(Attachment.objects.get(message__member__side="client").file.name)


@pytest.mark.postgres
def test_two_presses_at_once_erase_once(person, past) -> None:
    failed: list[BaseException] = []

    def press() -> None:
        try:
            erase(person)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
            failed.append(error)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert AuditEntry.objects.filter(action="account.erased").count() == 1
    assert OutgoingMail.objects.filter(template="account_erased").count() == 1


def test_it_is_refused_while_something_is_to_come_to_pay_or_to_come_back(person, consultant, fake_gateway) -> None:
    client_of(person, consultant)
    typed = details(name=NAME, email=MAIL)
    ahead, _token = make_paid(fake_gateway, consultant, details=typed)
    words = refused(person)
    assert "is still to come" in words[0]
    cancel_by_client(booking=ahead, by=person)
    assert "on its way back to you" in refused(person)[0]
    send(Refund.objects.get().pk)
    held, _token = make_held(consultant, details=typed)
    assert len(refused(person)) == 1
    Booking.objects.filter(pk=held.pk).update(status="abandoned")
    start = timezone.now() - timedelta(days=1)
    booked(person, consultant, starts_at=start, paid_paise=50_000, session={"status": "completed"})
    assert "₹1,000.00" in refused(person)[0]
    assert User.objects.filter(pk=person.pk).exists()


def test_it_is_refused_while_accepted_work_is_not_paid(person, consultant, fake_gateway) -> None:
    client = client_of(person, consultant)
    work, _token = make_accepted(consultant, client=client, title="A will", deposit_points=4000)
    [reason] = reasons(person)
    name = consultant.display_name
    assert reason.words == f"₹25,000.00 of quotation {work.number}, A will, by {name} is still to be paid."
    assert reason.url == f"/me/quotations/{work.pk}/"
    pay_part(fake_gateway, work)  # the deposit
    assert "₹15,000.00 of quotation" in reasons(person)[0].words
    Consultant.objects.update(status="suspended")  # who can't be paid
    assert reasons(person) == []
    Consultant.objects.update(status="approved")
    pay_part(fake_gateway, work)
    erase(person)
    assert not User.objects.filter(pk=person.pk).exists()


def reasons(user: User) -> list[erasing.Reason]:
    return erasing.reasons_against(user, ZONE, timezone.now())


def refused(user: User) -> list[str]:
    before = sorted(mentions())
    with pytest.raises(erasing.NotYet) as refusal:
        erase(user)
    assert sorted(mentions()) == before
    return [reason.words for reason in refusal.value.reasons]


def confirm(browser: Browser) -> None:
    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/me/delete/now/"})
    assert answer.url == "/me/delete/now/"


def test_the_way_through_the_pages(client, person, past) -> None:
    elsewhere = Browser()
    for browser in (client, elsewhere):
        browser.post("/accounts/login/", {"login": MAIL, "password": PASSWORD})
    page = client.get("/me/delete/").content.decode()
    assert "This stays" in page
    assert "/me/delete/now/" in page
    assert "/accounts/reauthenticate/" in client.get("/me/delete/now/").url
    assert "/accounts/reauthenticate/" in elsewhere.post("/me/delete/now/", {"word": "DELETE"}).url
    assert User.objects.filter(pk=person.pk).exists()
    confirm(client)
    assert client.post("/me/delete/now/", {"word": "yes"}).status_code == 400
    assert User.objects.filter(pk=person.pk).exists()
    answer = client.post("/me/delete/now/", {"word": "delete"})
    assert "Your account is deleted" in answer.content.decode()
    assert not UserSession.objects.exists()
    for browser in (client, elsewhere):
        assert browser.get("/me/").url == "/accounts/login/?next=/me/"
        assert browser.post("/me/delete/now/", {"word": "DELETE"}).status_code == 302
    assert client.post("/accounts/login/", {"login": MAIL, "password": PASSWORD}).status_code == 200


def test_a_consultants_and_an_admins_login_stay(client, consultant, admin_user) -> None:
    for user, words in ((consultant.user, "Write to us"), (admin_user, "super admin")):
        client.force_login(user)
        page = client.get("/me/delete/").content.decode()
        assert words in page
        assert "/me/delete/now/" not in page
        with pytest.raises(Exception, match="Only a client"):
            erase(user)
        assert User.objects.filter(pk=user.pk).exists()


def test_every_personal_field_of_the_database_is_in_the_register() -> None:
    people = {"accounts.User", "clients.Client"}
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField)
    unknown, gone = [], []
    for model in apps.get_models():
        label = model._meta.label
        fields = {
            field.name
            for field in model._meta.concrete_fields
            if (isinstance(field, kinds) and not field.choices)
            or (field.remote_field is not None and field.remote_field.model._meta.label in people)
        }
        if not fields or label in register.MODELS:
            continue
        named = register.FIELDS.get(label, {})
        unknown += [f"{label}.{name}" for name in sorted(fields - set(named))]
        gone += [f"{label}.{name}" for name in sorted(set(named) - fields)]
    assert unknown == [], "name them in client_area/register.py, and erase what is personal in the app's personal.py"
    assert gone == []
    labels = {model._meta.label for model in apps.get_models()}
    assert set(register.MODELS) | set(register.FIELDS) <= labels
    assert not set(register.MODELS) & set(register.FIELDS)
