"""Who is told what of a quotation: mails, and lines on screen. All are rows of the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.dateformat import format as django_format
from django.utils.translation import gettext as _

from consultants.services import mail_words
from naksha.money import rupees
from naksha.times import iso
from notifications import services as notifications
from notifications.live import changed_for
from quotations.models import Quotation
from quotations.services import links

LIVE = "quotations"  # what open pages listen for
# Quotations ride under two kinds of notices: what becomes of an offer is "booking", its money "payment" (decision
# 19). The mails that the consultant may go without, being told on screen too; all others go out.
SPARED = frozenset({"quotation_lapsed"})


def changed(quotation: Quotation) -> None:
    """The open pages of the consultant look again, and those of a client with a login."""
    notifications.changed(quotation.consultant.user, LIVE)
    if quotation.client.user_id is not None:
        changed_for(quotation.client.user_id, LIVE)


def written(quotation: Quotation) -> None:
    """As :func:`changed`, for a draft: no page of its client's shows it."""
    changed_for(quotation.consultant.user_id, LIVE)


def facts(quotation: Quotation) -> dict[str, Any]:
    """What every mail of a quotation says; amounts are paise."""
    consultant = quotation.consultant
    return {
        "reference": quotation.label,
        "version": quotation.version,
        "title": quotation.title,
        "consultant_name": consultant.display_name,
        "consultant_page": f"{settings.SITE_URL}/{consultant.slug}/",
        "client_name": quotation.client.name,
        "message": quotation.message,
        "total_paise": quotation.total_paise,
        "deposit_paise": quotation.deposit_paise,
        "paid_paise": quotation.refundable_paise,
        "balance_paise": quotation.owed_paise,
        "valid_until": django_format(quotation.valid_until, "l j F Y"),
        "lapses_at": iso(quotation.lapses_at) if quotation.lapses_at else "",
        "timezone": consultant.timezone,
        "accepted_name": quotation.accepted_name,
        "reason": quotation.close_reason,
        "dashboard_url": settings.SITE_URL + reverse("quotations:one", args=[quotation.pk]),
    }


def client(quotation: Quotation, template: str, *, once: str, **more: Any) -> None:
    """Mail the client, with a link of the mail's own. The same change mails once."""
    _mail_client(quotation, template, once=once, more=more)


def reminder(quotation: Quotation, *, days: int) -> None:
    """The one mail that its reader can do without."""
    _mail_client(quotation, "quotation_reminder", once=f"reminder:{days}", more={"days": days}, kind="booking")


def _mail_client(quotation: Quotation, template: str, *, once: str, more: dict[str, Any], kind: str = "") -> None:
    token = links.mint(quotation)
    notifications.send_mail(
        template=template,
        to=quotation.client.email,
        to_name=quotation.client.name,
        context={
            **facts(quotation),
            "page_url": links.page_url(token),
            "pay_url": links.pay_url(token) if quotation.payable_paise else "",
            **more,
            **mail_words.for_mail(template, quotation.consultant_id),
        },
        reply_to=quotation.consultant.user.email,
        on_behalf_of=quotation.consultant.user,
        dedupe_key=f"{template}:{quotation.pk.hex}:{once}",
        kind=kind,
        useful_until=quotation.lapses_at if kind else None,
    )


def consultant(quotation: Quotation, template: str, *, once: str, **more: Any) -> None:
    notifications.send_mail(
        kind="booking" if template in SPARED else "",
        template=template,
        to=quotation.consultant.user.email,
        to_name=quotation.consultant.display_name,
        context={**facts(quotation), **more},
        reply_to=quotation.client.email,
        dedupe_key=f"{template}:{quotation.pk.hex}:{once}",
    )


def line_for_consultant(quotation: Quotation, title: str, *, kind: str = "booking") -> None:
    words = {"client": quotation.client.name, "title": quotation.title, "total": rupees(quotation.total_paise)}
    notifications.notify(
        user=quotation.consultant.user,
        kind=kind,
        title=title,
        body=_("%(client)s: %(title)s, %(total)s") % words,
        url=reverse("quotations:one", args=[quotation.pk]),
    )
    changed(quotation)


def line_for_client(quotation: Quotation, title: str, *, kind: str = "booking") -> None:
    """For a client who has a login: a line that leads to the page by way of who is logged in."""
    if quotation.client.user is not None:
        words = {"title": quotation.title, "name": quotation.consultant.display_name}
        notifications.notify(
            user=quotation.client.user,
            kind=kind,
            title=title,
            body=_("%(title)s from %(name)s") % words,
            url=reverse("quotations:by_login", args=[quotation.pk]),
        )
