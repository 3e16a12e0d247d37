"""A line on many screens, as an admin asks for it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import may_administer
from accounts.models import User
from naksha.errors import DomainError
from naksha.queue import tell
from notifications.errors import BroadcastLeadsAway, NotForYou
from notifications.models import Broadcast
from notifications.services.screen import is_path
from notifications.tasks import send_broadcast


@transaction.atomic
def broadcast(*, audience: str, title: str, body: str = "", url: str = "", actor: User) -> Broadcast:
    """Have everybody of ``audience`` (Broadcast.Audience) told on screen, by a worker, once each.

    Those who join later are not told. ``url`` is a path on this site.
    Raises NotForYou for anybody but an admin, BroadcastLeadsAway for an address elsewhere, DomainError without a title,
    ValueError for an audience that doesn't exist.
    """
    if not may_administer(actor):
        raise NotForYou
    if not title.strip():
        raise DomainError(_("Write a title."))
    if url and not is_path(url):
        raise BroadcastLeadsAway
    row = Broadcast.objects.create(
        audience=Broadcast.Audience(audience), title=title.strip()[:140], body=body.strip()[:500], url=url, by=actor
    )
    audit.record(actor=actor, action="broadcast.sent", subject=row, data={"audience": row.audience})
    tell(send_broadcast, str(row.pk))
    return row
