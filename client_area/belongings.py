"""All that is somebody's, found once: what exporting and erasing go by."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts import personal as accounts
from accounts.models import User
from bookings import personal as bookings
from bookings.models import Booking
from client_area import money
from clients import personal as clients
from clients.models import Client
from naksha.personal import Identity
from payments.models import Payment, Refund
from quotations import personal as quotations
from sessions_app.models import Review, Session


@dataclass(frozen=True)
class Belongings:
    user: User
    emails: set[str]  # of the login
    addresses: set[str]  # these, and all others by which consultants know them and nobody else is known
    clients: list[Client]
    bookings: list[UUID]
    sessions: list[UUID]
    quotations: list[UUID]
    payments: list[UUID]
    documents: list[UUID]

    @property
    def client_ids(self) -> list[UUID]:
        return [client.pk for client in self.clients]

    @property
    def consultant_logins(self) -> list[UUID]:
        """The logins of the consultants whose client this was."""
        return list({client.consultant.user_id for client in self.clients})

    def identity(self) -> Identity:
        words = {self.user.name, *self.emails, *bookings.written_names(self.client_ids, self.emails)}
        words |= quotations.written_names(self.client_ids)
        words |= clients.known_words(self.client_ids)
        words |= set(Review.objects.filter(client__in=self.client_ids).values_list("author_name", flat=True))
        for client in self.clients:
            words |= {client.name, client.email, client.phone, client.address, client.gstin}
        for name, phone, email in Payment.objects.filter(pk__in=self.payments).values_list(
            "payer_name", "payer_phone", "payer_email"
        ):
            words |= {name, phone, email}
        profile = getattr(self.user, "client_profile", None)
        if profile is not None:
            words |= {profile.phone, profile.address, profile.gstin}
        return Identity.of(words)

    def subjects(self) -> list[UUID]:
        """The ids by which the trail names what was theirs."""
        refunds = Refund.objects.filter(payment__in=self.payments).values_list("pk", flat=True)
        reviews = Review.objects.filter(client__in=self.client_ids).values_list("pk", flat=True)
        return [
            *self.client_ids,
            *self.bookings,
            *self.sessions,
            *self.quotations,
            *self.payments,
            *self.documents,
            *refunds,
            *reviews,
        ]


def belongings_of(user: User) -> Belongings:
    rows = list(Client.objects.filter(user=user).select_related("consultant"))
    emails = accounts.mail_addresses(user)
    return Belongings(
        user=user,
        emails=emails,
        addresses=emails | _other_addresses(user, rows),
        clients=rows,
        quotations=quotations.ids_of([row.pk for row in rows]),
        bookings=list(Booking.objects.filter(client__user=user).values_list("pk", flat=True)),
        sessions=list(Session.objects.filter(client__user=user).values_list("pk", flat=True)),
        payments=list(money.every_payment_of(user).values_list("pk", flat=True)),
        documents=list(money.documents_of(user).values_list("pk", flat=True)),
    )


def _other_addresses(user: User, rows: list[Client]) -> set[str]:
    """Addresses by which consultants mail or have mailed them, as they keep it; those of another person are left out.
    In small letters."""
    known = {row.email for row in rows} | clients.known_words([row.pk for row in rows])
    return (
        {email.lower() for email in known}
        - clients.taken_by_others(user, known)
        - accounts.taken_by_others(user, known)
    )
