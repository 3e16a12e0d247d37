"""Links that open one quotation without a login. The database keeps hashes alone.

A client who is logged in comes to the page by a link that nobody has to keep: it is signed, the same each time, and
stops with all others.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from naksha.crypto import new_token, token_hash
from quotations.models import Quotation, QuotationLink

_SALT = "quotations.links.of_login"
_ID, _STOP, _SEAL = 16, 4, 22  # bytes of a signed token: 56 signs, where a minted one has 32


def mint(quotation: Quotation) -> str:
    """A new link; those before it keep working. Returns its token, which can't be read back later."""
    token = new_token()
    QuotationLink.objects.create(quotation=quotation, token_hash=token_hash(token))
    return token


def of_login(quotation: Quotation) -> str:
    """The token of the client's own login, for one that was sent. Nothing is written; one query."""
    return _signed(quotation, _links(quotation).filter(revoked_at__isnull=False).count())


def _signed(quotation: Quotation, stopped: int) -> str:
    """``stopped`` links there were when it was made: with another one it has stopped, too."""
    told = quotation.pk.bytes + stopped.to_bytes(_STOP)
    seal = salted_hmac(_SALT, told + str(quotation.client.user_id).encode(), algorithm="sha256").digest()[:_SEAL]
    return base64.urlsafe_b64encode(told + seal).decode()


def _links(quotation: Quotation) -> QuerySet[QuotationLink]:
    """Those to any version of it."""
    versions = Quotation.objects.filter(consultant_id=quotation.consultant_id, number=quotation.number)
    return QuotationLink.objects.filter(quotation__in=versions)


def stop(quotation: Quotation, now: datetime) -> int:
    """Every link to any version of it opens nothing from now on. Returns how many of those that were minted."""
    stopped = _links(quotation).filter(revoked_at__isnull=True).update(revoked_at=now)
    if not stopped:  # the count of what has stopped goes up all the same, and with it ends the one of a login
        QuotationLink.objects.create(quotation=quotation, token_hash=token_hash(new_token()), revoked_at=now)
    return stopped


def resolve(token: str) -> Quotation:
    """The quotation that a link opens: the newest version of it that was sent. Two queries; by a signed link, four.

    Raises Quotation.DoesNotExist for a link that is unknown or was revoked.
    """
    return _opened(token, is_stopped=False)


def resolve_stopped(token: str) -> Quotation:
    """The quotation that a link opened until it was revoked: for the money that is on its way by it, and nothing else.
    Two queries. Raises Quotation.DoesNotExist for a link that is unknown or works."""
    return _opened(token, is_stopped=True)


def _opened(token: str, *, is_stopped: bool) -> Quotation:
    related = Quotation.objects.select_related("consultant__user", "client__user")
    minted = related.filter(
        links__token_hash=token_hash(token), links__revoked_at__isnull=not is_stopped, sent_at__isnull=False
    )
    found = minted.first() or _of_login(token, related, is_stopped=is_stopped)
    newest: Quotation = related.newest_version_of(found)  # type: ignore[attr-defined]
    return newest


def _of_login(token: str, related: QuerySet[Quotation], *, is_stopped: bool) -> Quotation:
    try:
        told = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        told = b""
    if len(told) != _ID + _STOP + _SEAL:
        raise Quotation.DoesNotExist
    stopped = int.from_bytes(told[_ID : _ID + _STOP])
    found = related.get(pk=UUID(bytes=told[:_ID]), sent_at__isnull=False, client__user__isnull=False)
    if not constant_time_compare(token, _signed(found, stopped)):
        raise Quotation.DoesNotExist
    by_now = _links(found).filter(revoked_at__isnull=False).count()
    if (stopped != by_now) != is_stopped:
        raise Quotation.DoesNotExist
    return found


def page_url(token: str) -> str:
    """The absolute address of a quotation's page."""
    return settings.SITE_URL + reverse("quotations:page", args=[token])


def pay_url(token: str) -> str:
    return settings.SITE_URL + reverse("quotations:pay", args=[token])
