"""The admin's frame: who gets in, through which door, under which policy, and what stands in the side column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.sites import UnfoldAdminSite

from accounts.access import is_admin, may_administer, second_factor_missing
from accounts.models import AuditEntry
from naksha.times import INDIA, people_time

# Unfold's menus are Alpine expressions in attributes, which Alpine turns into functions: that needs unsafe-eval, and
# a width that it sets needs style attributes. Everything else is as strict as on the rest of the site: no inline
# script, no inline style sheet, nothing from elsewhere.
POLICY = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'"],
    "style-src-attr": ["'unsafe-inline'"],
}

# Title, then entries of title, icon and the page's name. What an app does not register yet is left out.
PLACES: tuple[tuple[str | Promise, tuple[tuple[str | Promise, str, str, str], ...]], ...] = (
    (
        "",
        (
            (_("Home"), "home", "index", ""),
            (_("Approvals"), "how_to_reg", "consultants_consultant_changelist", "status__exact=submitted"),
        ),
    ),
    (
        _("People"),
        (
            (_("Consultants"), "badge", "consultants_consultant_changelist", ""),
            (_("Clients"), "group", "clients_client_changelist", ""),
            (_("Accounts"), "key", "accounts_user_changelist", ""),
        ),
    ),
    (
        _("Work"),
        (
            (_("Bookings"), "event_available", "bookings_booking_changelist", ""),
            (_("Sessions"), "calendar_month", "sessions_app_session_changelist", ""),
            (_("Reviews"), "star", "sessions_app_review_changelist", ""),
            (_("Waitlist"), "hourglass", "bookings_waitlistentry_changelist", ""),
        ),
    ),
    (
        _("Money"),
        (
            (_("Payments"), "payments", "payments_payment_changelist", ""),
            (_("Refunds"), "undo", "payments_refund_changelist", ""),
            (_("Gateway calls"), "webhook", "payments_gatewayevent_changelist", ""),
            (_("Ledger"), "menu_book", "payments_ledgertransaction_changelist", ""),
            (_("Balances"), "account_balance", "payments_ledgeraccount_changelist", ""),
            (_("Invoices"), "receipt_long", "payments_invoice_changelist", ""),
        ),
    ),
    (
        _("Told"),
        (
            (_("Mails"), "mail", "notifications_outgoingmail_changelist", ""),
            (_("Notifications"), "notifications", "notifications_notification_changelist", ""),
            (_("Told to many"), "campaign", "notifications_broadcast_changelist", ""),
        ),
    ),
    (
        _("Platform"),
        (
            (_("Audit log"), "history", "accounts_auditentry_changelist", ""),
            (_("Fields"), "category", "consultants_field_changelist", ""),
            (_("Languages"), "translate", "consultants_language_changelist", ""),
            (_("Cities"), "location_city", "consultants_city_changelist", ""),
            (_("Schedule"), "schedule", "django_celery_beat_periodictask_changelist", ""),
        ),
    ),
)


class NakshaAdminSite(UnfoldAdminSite):
    """Its door is the site's own login, so that limits, codes and second factors hold here too."""

    index_title = _("Home")

    def has_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        wanted = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")
        if not is_admin(request.user):
            raise PermissionDenied(str(_("This page is for admins.")))
        if second_factor_missing(request.user):
            return redirect("mfa_index")
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        return csp_replace(POLICY)(super().admin_view(view, cacheable))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # The colours come from static/css/admin.css: Unfold would write them into the page as an inline style sheet.
        return {**super().each_context(request), "colors": None, "border_radius": None}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side column: what exists in this installation and what this admin may see."""
    groups = []
    for title, places in PLACES:
        items = []
        for words, icon, name, query in places:
            try:
                address = reverse(f"admin:{name}")
            except NoReverseMatch:
                continue
            item: dict[str, Any] = {"title": words, "icon": icon, "link": f"{address}?{query}" if query else address}
            if query:
                item["active"] = request.path == address and request.META.get("QUERY_STRING") == query
            elif name != "index":
                item["active"] = request.path.startswith(address) and "status__exact=submitted" not in (
                    request.META.get("QUERY_STRING") or ""
                )
            items.append(item)
        if items:
            groups.append({"title": title, "separator": bool(title), "items": items})
    return groups


class AdminsOnly(ModelAdmin):
    """Every admin may look; who may change something says so. Nobody adds or deletes rows by hand."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_administer(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("trail"))
    def trail(self, row: Any) -> SafeString:
        """Who did what, the last first, with the reason; for the read-only fields of who wants it."""
        lines = AuditEntry.objects.filter(subject_kind=row._meta.label_lower, subject_id=row.pk)
        return format_html_join(
            mark_safe("<br>"),
            "{} · {} · {}{}",
            (
                (
                    people_time(line.created_at, INDIA),
                    line.actor_label or _("by a link"),
                    line.told,
                    f": {line.reason}" if line.reason else "",
                )
                for line in lines
            ),
        )
