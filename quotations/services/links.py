"""Links that open one quotation without a login. The database keeps hashes alone."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from naksha.crypto import new_token, token_hash
from quotations.models import Quotation, QuotationLink


def mint(quotation: Quotation) -> str:
    """A new link; those before it keep working. Returns its token, which can't be read back later."""
    token = new_token()
    QuotationLink.objects.create(quotation=quotation, token_hash=token_hash(token))
    return token


def stop(quotation: Quotation, now: datetime) -> int:
    """Every link to any version of it opens nothing from now on. Returns how many that were."""
    versions = Quotation.objects.filter(consultant_id=quotation.consultant_id, number=quotation.number)
    return QuotationLink.objects.filter(quotation__in=versions, revoked_at__isnull=True).update(revoked_at=now)


def resolve(token: str) -> Quotation:
    """The quotation that a link opens: the newest version of it that was sent. Two queries.

    Raises Quotation.DoesNotExist for a link that is unknown or was revoked.
    """
    return _opened(token, is_stopped=False)


def resolve_stopped(token: str) -> Quotation:
    """The quotation that a link opened until it was revoked: for the money that is on its way by it, and nothing else.
    Two queries. Raises Quotation.DoesNotExist for a link that is unknown or works."""
    return _opened(token, is_stopped=True)


def _opened(token: str, *, is_stopped: bool) -> Quotation:
    related = Quotation.objects.select_related("consultant__user", "client__user")
    found = related.get(
        links__token_hash=token_hash(token), links__revoked_at__isnull=not is_stopped, sent_at__isnull=False
    )
    newest: Quotation = related.newest_version_of(found)  # type: ignore[attr-defined]
    return newest


def page_url(token: str) -> str:
    """The absolute address of a quotation's page."""
    return settings.SITE_URL + reverse("quotations:page", args=[token])


def pay_url(token: str) -> str:
    return settings.SITE_URL + reverse("quotations:pay", args=[token])
