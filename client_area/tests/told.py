"""What a client's consultant is told of them by mail: their review, what they wrote, and the question how it went."""

from __future__ import annotations

from client_area.tests import offered
from clients.models import Client
from notifications.models import OutgoingMail
from notifications.tasks import deliver_mail
from sessions_app.models import Member, Message, Session
from sessions_app.services import digesting, reviewing, telling

TEMPLATES = ("review_received", "unread_messages", "session_how")


def tell(session: Session, client: Client) -> None:
    """Queue all three for a session that is over; the consultant has answered the review."""
    session.refresh_from_db()
    name = client.name
    review = reviewing.rate(session=session, client=client, rating=4, comment=f"{name} was glad")
    reviewing.reply(review=review, actor=session.consultant.user, text=f"Thank you, {name}")
    Message.objects.filter(conversation__session=session).update(sent_at=session.ended_at)
    Member.objects.filter(side="consultant").update(digest_due_at=session.ended_at)
    assert digesting.send_due() == 1
    telling.how_did_it_go(session, missing="")


def send() -> None:
    """All that waits goes out."""
    for mail in OutgoingMail.objects.filter(status="queued"):
        deliver_mail(str(mail.pk))


def mail_of_old(name: str) -> OutgoingMail:
    """One that went to an address by which they were known before."""
    return OutgoingMail.objects.create(
        template="booking_link", to=offered.EARLIER, to_name=name, subject=f"{name}, your booking", status="sent"
    )
