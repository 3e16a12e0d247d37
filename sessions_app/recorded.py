"""The deal behind a session that its consultant recorded: price and payments are the session's own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from clients.models import Client
from naksha.calendar import event_uid
from naksha.db import db_now
from notifications.models import OutgoingMail
from payments.documents import papers
from payments.services import nudging
from sessions_app import terms
from sessions_app.models import Session
from sessions_app.origin import Leaving, RoomFacts
from sessions_app.services import by_client, machine, platform, recording, telling


class Recorded:
    """A :class:`sessions_app.origin.Origin`."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def room_facts(self, *, client: Client | None) -> RoomFacts:
        """As the protocol says. Two queries with money, none without; for the client one more where the session was
        fetched without its terms."""
        session = self.session
        contact = session.client
        if contact is None:
            return RoomFacts()
        for_consultant = client is None
        now = db_now()
        if for_consultant:
            can_cancel = can_move = machine.is_ahead(session, now)
        else:
            can_cancel, can_move = terms.can_be_cancelled(session, now), terms.can_be_moved(session, now)
        cancel, move = ("cancel", "move") if for_consultant else ("cancel_mine", "move_mine")
        return RoomFacts(
            reference=session.reference or "",
            contact_name=contact.name,
            contact_email=contact.email if for_consultant else "",
            contact_phone=contact.phone if for_consultant else "",
            currency=session.currency,
            total_paise=session.total_paise,
            paid_paise=session.paid_paise - session.refunded_paise,
            elsewhere_paise=session.elsewhere_paise,
            owed_paise=session.payable_paise,
            manage_url=reverse("sessions:desk", args=[session.pk]) if for_consultant else "",
            pay_url=reverse("sessions:pay_by_room", args=[session.pk])
            if session.payable_paise and not for_consultant
            else "",
            cancel_url=reverse(f"sessions:{cancel}", args=[session.pk]) if can_cancel else "",
            new_link_url=reverse("sessions:new_link", args=[session.pk])
            if for_consultant and contact.erased_at is None
            else "",
            move_url=reverse(f"sessions:{move}", args=[session.pk]) if can_move else "",
            can_cancel=can_cancel,
            can_move=can_move,
            invoices=papers(Session.PAYABLE, session.pk) if session.total_paise else [],
        )

    def cancel_url(self) -> str:
        return ""

    def move_url(self) -> str:
        return ""

    def calendar_uid(self, *, client: Client | None) -> str:
        return event_uid("session", self.session.pk)

    def leaving(self, *, client: Client) -> Leaving | None:
        session, now = self.session, db_now()
        if terms.terms_of(session) is None:
            return None
        quote = terms.quote_cancellation(session, now)
        return Leaving(
            can_cancel=terms.can_be_cancelled(session, now),
            can_move=terms.can_be_moved(session, now),
            refund_percent=quote.percent,
            refund_paise=quote.refund_paise,
            sentence=quote.sentence,
            free_until=terms.free_cancel_until(session),
        )

    def cancel(self, *, actor: User, client: Client | None, reason: str) -> None:
        if client is None:
            recording.cancel(session=self.session, actor=actor, reason=reason)
        else:
            by_client.cancel_by_client(session=self.session, client=client, reason=reason, by=actor)

    def call_off(self, *, actor: User | None, reason: str) -> None:
        platform.cancel_by_admin(session=self.session, actor=actor, reason=reason)

    def move(self, *, actor: User, client: Client | None, starts_at: datetime) -> None:
        if client is None:
            recording.reschedule(session=self.session, actor=actor, starts_at=starts_at)
        else:
            by_client.reschedule_by_client(session=self.session, client=client, starts_at=starts_at, by=actor)

    def ask(self, *, actor: User) -> None:
        recording.ask_for_price(session=self.session, actor=actor)

    @transaction.atomic
    def follow_up(self) -> int:
        """As the protocol says. Whose consultant chose to write to them alone hears nothing from us."""
        session = machine.locked(self.session.pk)
        if session is None or session.client is None or not session.client_told:
            return 0
        if session.client.erased_at is not None:
            return 0
        missed = session.status == Session.Status.NO_SHOW
        template = "session_no_show" if missed else "session_completed"
        if OutgoingMail.objects.filter(dedupe_key=telling.key_of(template, session, "over")).exists():
            return 0
        title = _("Marked as missed") if missed else _("Session completed")
        telling.client_of_recorded(session, template, title, once="over")
        if session.payable_paise:
            nudging.asked_by_itself(
                kind=Session.PAYABLE,
                payable_id=session.pk,
                consultant=session.consultant,
                amount_paise=session.payable_paise,
            )
            telling.client_of_recorded(session, "balance_due", _("Payment due"), once=f"asked:{session.paid_paise}")
        return 1
