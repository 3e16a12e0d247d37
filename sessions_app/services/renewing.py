"""Ending the links to a session that are in wrong hands, and mailing its client one that works. Of a booked session
the booking has links of its own, and does both (bookings.services.renewing)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients import keys
from clients.models import Client
from naksha.db import db_now
from naksha.errors import InvalidState
from notifications import services as notifications
from sessions_app.access import revoke_links
from sessions_app.live import say_changed
from sessions_app.models import Session, SessionLink
from sessions_app.services import machine, telling


@transaction.atomic
def new_link(*, session: Session, actor: User) -> Session:
    """End every link to a recorded session, and mail its client a new one. Once more within the same minute: nothing
    changes, for that one has just gone out.

    Raises PermissionDenied for anybody but its consultant, InvalidState for one that was booked, or whose client was
    erased.
    """
    session = machine.locked_for(session, actor)
    if session.reference is None or session.client is None or session.client.erased_at is not None:
        raise InvalidState
    once = keys.press_of(db_now())
    if notifications.was_queued(telling.key_of(keys.MAIL, session, once)):
        return session
    revoke_links(session_id=session.pk, client_id=session.client.pk)
    telling.client_of_recorded(session, keys.MAIL, _("A new link to your session"), once=once)
    audit.record(actor=actor, action="session.links_ended", subject=session)
    say_changed(session.pk)
    return session


class SessionKeys:
    """A :class:`clients.keys.Keys`. The rooms of booked sessions close here too; their bookings mail the way back."""

    def end(self, client: Client) -> list[UUID]:
        standing = SessionLink.objects.filter(client=client, revoked_at__isnull=True)
        led_to = set(standing.values_list("session", flat=True))
        standing.update(revoked_at=timezone.now())
        ahead = Session.objects.filter(
            pk__in=led_to,
            reference__isnull=False,
            client_told=True,
            status__in=[Session.Status.CONFIRMED, Session.Status.IN_PROGRESS],
            ends_at__gt=db_now(),
        )
        for session_id in led_to:
            say_changed(session_id)
        return list(ahead.order_by("starts_at").values_list("pk", flat=True))

    def send(self, client: Client, ids: Collection[UUID]) -> None:
        once = f"link:{db_now().isoformat()}"
        for session in Session.objects.filter(pk__in=ids).select_related("consultant__user", "client__user", "terms"):
            telling.client_of_recorded(session, keys.MAIL, _("A new link to your session"), once=once)
