"""The people and things that the table of authorisation speaks of, made once for all its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.api import tokens
from accounts.models import User
from bookings.models import Booking
from bookings.services import hold
from bookings.testing import details, make_webinar, payment_of
from clients.models import Client
from clients.testing import make_import
from consultants.models import Consultant, Service
from naksha.api.testing import Api
from naksha.testing import make_admin, make_client, make_consultant, make_service, make_user, next_slot_start
from notifications.services import notify
from quotations.testing import make_accepted, make_draft, make_sent
from sessions_app.access import find_visitor
from sessions_app.services import chatting, uploading
from sessions_app.testing import make_recorded


@dataclass
class World:
    client: User
    other_client: User
    consultant: Consultant
    other_consultant: Consultant
    unapproved: Consultant
    suspended: Consultant
    admin: User
    super_admin: User
    apis: dict[str, Api] = field(default_factory=dict)  # by role
    things: dict[str, str] = field(default_factory=dict)  # ids and tokens by the name that the table has for them
    tokens: set[str] = field(default_factory=set)  # which of them are a guest's link


def build() -> World:
    # Their own names are what they book by, so these are such as a form would take.
    usha = make_user(role=User.Role.CONSULTANT, first_name="Usha", last_name="Menon")
    world = World(
        client=make_user(first_name="Farhan", last_name="Qureshi"),
        other_client=make_user(first_name="Gita"),
        consultant=make_consultant(slug="table-asha"),
        other_consultant=make_consultant(slug="table-usha", user=usha),
        unapproved=make_consultant(slug="table-new", status=Consultant.Status.SUBMITTED),
        suspended=make_consultant(slug="table-gone"),
        admin=make_admin(first_name="Admin", last_name="Naksha"),
        super_admin=make_admin(first_name="Super", last_name="Admin", is_superuser=True),
    )
    people = {
        "anonymous": None,
        "guest": None,
        "client": world.client,
        "other_client": world.other_client,
        "consultant": world.consultant.user,
        "other_consultant": world.other_consultant.user,
        "unapproved": world.unapproved.user,
        "suspended": world.suspended.user,
        "admin": world.admin,
        "super_admin": world.super_admin,
    }
    world.apis = {role: Api(user, raises=False) for role, user in people.items()}
    Consultant.objects.filter(pk=world.suspended.pk).update(status=Consultant.Status.SUSPENDED)
    User.objects.filter(pk=world.suspended.user_id).update(is_active=False)
    for make in MAKERS:
        make(world)
    return world


def of_consultants(world: World) -> None:
    service = make_service(world.consultant)
    client = make_client(world.consultant, user=world.client, email=world.client.email, name=world.client.name)
    make_client(
        world.other_consultant, user=world.other_client, email=world.other_client.email, name=world.other_client.name
    )
    world.things |= {"service": str(service.pk), "client": str(client.pk), "slug": world.consultant.slug}
    world.things["client_import"] = str(make_import(world.consultant).pk)


def of_practice(world: World) -> None:
    webinar = make_webinar(world.consultant)
    world.things |= {
        "spare_service": str(make_service(world.consultant, title="Spare").pk),
        "hours": str(world.consultant.weekly_hours.order_by("weekday")[0].pk),
        "webinar": str(webinar.pk),
        "webinar_service": str(webinar.service_id),
    }


def of_accounts(world: World) -> None:
    leaver, unconfirmed = make_user(), make_user(verified=False)
    address = EmailAddress.objects.get(user=unconfirmed)
    _login, pair = tokens.begin(user=world.client)
    reset = f"{user_pk_to_url_str(world.client)}-{default_token_generator.make_token(world.client)}"
    world.things |= {
        "client_email": world.client.email,
        "admin_email": world.admin.email,
        "suspended_email": world.suspended.user.email,
        "host": str(world.consultant.pk),
        "leaver": str(leaver.pk),
        "leaver_email": leaver.email,
        "refresh_token": pair.refresh,
        "reset_token": reset,
        "mail_token": EmailConfirmationHMAC(address).key,
        "applicant": str(world.unapproved.pk),
        "applicant_user": str(world.unapproved.user_id),
    }


def of_sessions(world: World) -> None:
    session = make_recorded(
        world.consultant,
        starts_at=next_slot_start(days=3),
        client=Client.objects.get(pk=world.things["client"]),
        price_paise=100_000,
    )
    visitor = find_visitor(session_id=session.pk, user=world.client, browser={})
    assert visitor is not None
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")
    message = chatting.post(visitor=visitor, client_message_id=uuid4(), body="Hello.", files=[pdf]).message
    world.things |= {
        "session": str(session.pk),
        "message": str(message.pk),
        "attachment": str(message.attachments.get().pk),
        "upload": str(uploading.keep(owner=world.client, upload=pdf).pk),
        "notification": str(notify(user=world.client, kind="system", title="News").pk),
    }


def of_bookings(world: World) -> None:
    """A request that waits for its answer, a booking that stands, and a hold with what is to be paid for it; a request
    and a hold of the other consultant's, as somebody's client."""

    def booked(service: Service, days: int, user: User = world.client) -> tuple[Booking, str]:
        typed = details(name=user.get_full_name(), email=user.email)
        return hold(service=service, starts_at=next_slot_start(days=days), details=typed, user=user)

    paid, asker = Service.objects.get(pk=world.things["service"]), world.other_consultant.user
    free = make_service(world.consultant, title="Short call", price_paise=0)
    request = make_service(world.consultant, title="Second look", price_paise=0, confirmation="manual")
    held, token = booked(paid, 5)
    booking, free_token = booked(free, 6)
    world.things |= {
        "free_service": str(free.pk),
        "booking": str(booking.pk),
        "request": str(booked(request, 8)[0].pk),
        "payment": str(payment_of(held).pk),
        "manage_link": token,
        "free_link": free_token,
        "own_wish": str(booked(request, 10, asker)[0].pk),
        "own_payment": str(payment_of(booked(paid, 11, asker)[0]).pk),
    }
    world.tokens |= {"manage_link", "free_link"}


def of_quotations(world: World) -> None:
    client = Client.objects.get(pk=world.things["client"])
    sent, token = make_sent(world.consultant, client=client)
    accepted, _token = make_accepted(world.consultant, client=client)
    world.things |= {
        "sent_quotation": str(sent.pk),
        "accepted_quotation": str(accepted.pk),
        "quotation": str(make_draft(world.consultant, client=client).pk),
        "quotation_link": token,
    }
    world.tokens.add("quotation_link")


# Each app's things; add yours below those that they need.
MAKERS = (of_accounts, of_consultants, of_practice, of_sessions, of_bookings, of_quotations)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside did not happen. Services take it for the transaction that wraps a test."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
