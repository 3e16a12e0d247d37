"""What deleting an account does: whole or not at all, and nothing of the person left over."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import close_old_connections, models
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking, BookingLink
from client_area import register
from client_area.models import FileToDelete
from client_area.services import files
from client_area.tasks import sweep_files
from client_area.testing import booked
from client_area.tests import told
from client_area.tests.lived import MAIL, NAME, erase, mentions
from clients.models import Client, ClientAddress, ClientNote, CustomValue, Tag
from notifications.models import Notification, OutgoingMail
from notifications.tasks import deliver_mail, wipe_mail
from payments.models import Invoice, LedgerEntry, Payment
from payments.services import verify_ledger
from quotations.models import Quotation, QuotationLink, QuotationQuestion, QuotationView
from sessions_app.models import (
    Attachment,
    Message,
    Review,
    SessionNotes,
)

pytestmark = pytest.mark.django_db(transaction=True)


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
