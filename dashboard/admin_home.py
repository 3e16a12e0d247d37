"""The admin's home: what waits for somebody, and how the platform is doing. A fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from dashboard.platform import numbers, recent
from naksha.money import rupees


@dataclass(frozen=True)
class Queue:
    title: str
    count: int
    url: str
    calm: str  # what is said when nothing waits


@dataclass(frozen=True)
class Figure:
    title: str
    value: str
    note: str


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK."""
    now = numbers()
    context["queues"] = [
        Queue(
            _("Applications to read"),
            now.applications,
            _page("consultants_consultant_changelist", "status__exact=submitted"),
            _("Nobody waits."),
        ),
        Queue(
            _("Refunds under way"),
            now.refunds_open,
            _page("payments_refund_changelist", "status__exact=pending"),
            _("None is open."),
        ),
        Queue(
            _("Refunds that failed"),
            now.refunds_failed,
            _page("payments_refund_changelist", "status__exact=failed"),
            _("None failed."),
        ),
        Queue(
            _("Mails given up"),
            now.mails_failed,
            _page("notifications_outgoingmail_changelist", "status__exact=failed"),
            _("All mails went out."),
        ),
        Queue(
            _("Gateway calls given up"),
            now.gateway_calls_failed,
            _page("payments_gatewayevent_changelist", "status__exact=failed"),
            _("Every call was heard."),
        ),
    ]
    context["figures"] = [
        Figure(
            _("Consultants"),
            str(now.consultants_public),
            _("public, of %(n)d approved") % {"n": now.consultants_approved},
        ),
        Figure(_("New accounts"), str(now.new_accounts), _("in 30 days")),
        Figure(_("Bookings"), str(now.bookings_made), _("in 30 days, %(n)d unanswered") % {"n": now.bookings_pending}),
        Figure(_("Sessions to come"), str(now.sessions_to_come), _("confirmed")),
        Figure(
            _("Paid"),
            rupees(now.paid_paise),
            _("in 30 days, by %(n)d payments") % {"n": now.payments},
        ),
        Figure(_("Refunded"), rupees(now.refunded_paise), _("of these payments")),
        Figure(_("Platform fee"), rupees(now.fee_paise), _("before GST")),
    ]
    context["recent"] = recent()
    return context


def _page(name: str, query: str) -> str:
    """A list's address, or nothing while its app shows none."""
    try:
        return f"{reverse(f'admin:{name}')}?{query}"
    except NoReverseMatch:
        return ""
