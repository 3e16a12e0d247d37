"""A client who did a bit of everything, with a name that is nobody else's: who leaves, or asks for all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services import cancel_by_client
from bookings.testing import details, make_paid
from client_area.services import erasing
from client_area.testing import client_of
from client_area.tests import offered, told
from clients.models import Client, ClientProfile
from consultants.models import Consultant, SavedConsultant
from notifications.services import notify
from payments.models import Refund
from payments.services.sending import send
from sessions_app.models import (
    Attachment,
    Conversation,
    Member,
    Message,
    MessageTrace,
    Seat,
    Session,
    SessionNotes,
)

NAME, MAIL, PHONE = "Zubeida Quintrell", "zubeida.quintrell@example.com", "+919811122233"
TRACES = (NAME, MAIL, PHONE, "Zubeida", "Quintrell", "12 Secret Lane", offered.ADDRESS, offered.GSTIN)
ZONE = "Asia/Kolkata"


def person_of(client_user: User) -> User:
    client_user.first_name, client_user.last_name = NAME.split()
    client_user.email = MAIL
    client_user.save()
    EmailAddress.objects.filter(user=client_user).update(email=MAIL)
    return client_user


def live(person: User, consultant: Consultant, fake_gateway: Any) -> Booking:
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


def erase(user: User) -> None:
    erasing.erase_client(user_id=user.pk, zone=ZONE)
