"""Taking one's data along, and deleting the account."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import AccountRequest, account_required
from client_area.forms import DeleteForm
from client_area.frame import page, zone_of
from client_area.services import erasing
from client_area.services.exporting import export_zip
from naksha.errors import DomainError
from naksha.web.errors import too_many
from naksha.web.limits import hit

EXPORTS_A_DAY = 5


@require_safe
@account_required
def data(request: AccountRequest) -> HttpResponse:
    """What can be taken along, and what deleting would do."""
    return page(request, "data", "me-data", {"may_delete": erasing.is_clients_own(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def export(request: AccountRequest) -> HttpResponseBase:
    """The archive, for somebody who has just proved again who they are."""
    if request.method != "POST":
        return page(request, "export_ready", "me-data", {})
    allowed = hit(key=f"export:{request.user.pk}", limit=EXPORTS_A_DAY, seconds=24 * 3600)
    if not allowed.allowed:
        return too_many(request, allowed.retry_after)
    audit.record(actor=request.user, action="account.exported", subject=request.user)
    name = f"naksha-{timezone.localdate():%Y-%m-%d}.zip"
    response = FileResponse(export_zip(request.user), as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@account_required
def leave(request: AccountRequest) -> HttpResponse:
    """What goes, what stays, and what stands in the way; the last step comes after this."""
    mine = erasing.is_clients_own(request.user)
    reasons = erasing.reasons_against(request.user, zone_of(request), timezone.now()) if mine else []
    return page(request, "leave", "me-data", {"is_clients_own": mine, "reasons": reasons})


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
@reauthentication_required
def leave_now(request: AccountRequest) -> HttpResponse:
    """The typed word, then it is done. A login that has meanwhile been deleted (a second press) finds the same page."""
    if not erasing.is_clients_own(request.user):
        return redirect("client_area:leave")
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase_client(user_id=request.user.pk, zone=zone_of(request))
        except DomainError:
            return redirect("client_area:leave")
        logout(request)
        response = render(request, "client_area/gone.html")
        response["Cache-Control"] = "no-store"
        return response
    return page(request, "leave_now", "me-data", {"form": form}, 400 if form.errors else 200)
