"""Deleting a client's account: refused while anything is open, else done in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import personal as accounts
from accounts.models import User
from bookings import personal as bookings
from client_area import agenda, money
from client_area.belongings import belongings_of
from client_area.services import files
from clients import personal as clients
from clients.services import claim_confirmed
from consultants.models import Consultant
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.money import rupees
from naksha.times import people_time, within_sentence
from notifications import personal as notifications
from notifications.services import send_mail
from payments import personal as payments
from payments.models import Payment, Refund
from quotations import personal as quotations
from quotations.models import Quotation
from sessions_app import personal as sessions

MOST_REASONS = 50


@dataclass(frozen=True)
class Reason:
    """Why an account can't be deleted yet, and where that can be changed."""

    words: str
    url: str
    act: str


class NotYet(DomainError):
    """Something is open; ``reasons`` say what."""

    sentence = _("Your account can’t be deleted yet.")

    def __init__(self, reasons: list[Reason]) -> None:
        self.reasons = reasons
        super().__init__()


def is_clients_own(user: User) -> bool:
    """Whether this is a login that its owner may delete. A consultant's and an admin's have others who depend on it."""
    return user.role == User.Role.CLIENT


def reasons_against(user: User, zone: str, now: datetime) -> list[Reason]:
    """What is still to come, to be paid, or to come back."""
    sessions_page, payments_page = reverse("client_area:sessions"), reverse("client_area:payments")
    found: list[Reason] = []
    for entry in agenda.first(user, "upcoming", MOST_REASONS, now):
        words = _("%(title)s with %(name)s is still to come: %(when)s.") % {
            "title": entry.title,
            "name": entry.consultant.display_name,
            "when": within_sentence(people_time(entry.starts_at, zone, now)),
        }
        found.append(Reason(words, entry.page_url or sessions_page, _("Cancel it first")))
    for entry in agenda.owing(user, now, MOST_REASONS):
        words = _("%(sum)s of %(title)s with %(name)s is still to be paid.") % {
            "sum": rupees(entry.balance_paise),
            "title": entry.title,
            "name": entry.consultant.display_name,
        }
        found.append(Reason(words, entry.pay_url or sessions_page, _("Pay it first")))
    owed = Quotation.objects.owing().filter(client__user=user, consultant__status=Consultant.Status.APPROVED)
    for quotation in owed.select_related("consultant").order_by("accepted_at")[:MOST_REASONS]:
        words = _("%(sum)s of quotation %(reference)s, %(title)s, by %(name)s is still to be paid.") % {
            "sum": rupees(quotation.payable_paise),
            "reference": quotation.label,
            "title": quotation.title,
            "name": quotation.consultant.display_name,
        }
        found.append(Reason(words, reverse("quotations:by_login", args=[quotation.pk]), _("Pay it first")))
    for refund in Refund.objects.owed().filter(payment__in=money.every_payment_of(user))[:MOST_REASONS]:  # type: ignore[attr-defined]
        words = _("%(sum)s is still on its way back to you.") % {"sum": rupees(refund.amount_paise)}
        found.append(Reason(words, payments_page, _("See your payments")))
    mine = money.every_payment_of(user)
    under_way = mine.filter(status=Payment.Status.AUTHORIZED).exists()
    if under_way or payments.unworked_events(list(mine.values_list("pk", flat=True))):
        found.append(Reason(_("A payment is being worked on just now."), payments_page, _("See your payments")))
    return found


@transaction.atomic
def erase_client(*, user_id: UUID, zone: str) -> None:
    """Erase the login ``user_id`` and the person in everything that stays. Deleted already: nothing happens.

    Bookings, payments, ledger and documents stay without the person, documents with what the law wants on them. All is
    one transaction: what dies half way has changed nothing. Files go after it (:mod:`client_area.services.files`).
    Raises DomainError for a login that isn't a client's, NotYet while something is open.
    """
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        return
    if not is_clients_own(user):
        raise DomainError(_("Only a client’s account can be deleted here."))
    claim_confirmed(user=user)  # what was booked as a guest since the last login is theirs, too
    if reasons := reasons_against(user, zone, db_now()):
        raise NotYet(reasons)
    theirs = belongings_of(user)
    identity, subjects, others = theirs.identity(), theirs.subjects(), theirs.consultant_logins
    address, name = user.email, user.name
    bookings.erase(clients=theirs.client_ids, emails=theirs.emails, identity=identity)
    files.give_up(sessions.erase(clients=theirs.client_ids, identity=identity))
    quotations.erase(clients=theirs.client_ids, identity=identity)
    payments.erase(payments=theirs.payments, identity=identity)
    clients.erase(clients=theirs.clients, identity=identity)
    notifications.erase(
        emails=theirs.addresses, identity=identity, others=others, told=sessions.told_of(theirs.client_ids)
    )
    accounts.erase(user=user, identity=identity, subjects=subjects)
    send_mail(template="account_erased", to=address, to_name=name, context={"has_documents": bool(theirs.documents)})
