"""What allauth leaves out of one's own account."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import closed
from accounts.access import AccountRequest, account_required
from accounts.api import tokens
from naksha.web.policy import never_cache


class Logins(ListUserSessionsView):
    """Browsers and apps in which one is logged in. A POST ends all but this one."""

    request: AccountRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "apps": tokens.open_logins_of(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        tokens.end_all(user=self.request.user, reason="ended on the page of logins")
        return super().form_valid(form)


@require_safe
@never_cache
def closed_account(request: HttpRequest) -> HttpResponse:
    """Where allauth leads whose account is closed: the reason, and what can be done about it."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return render(request, "account/account_inactive.html", {**closed.take(request), "write_to": address})


@require_POST
@account_required
def end_login(request: AccountRequest, login_id: int) -> HttpResponse:
    """End one login of one's own, elsewhere or here."""
    login = get_object_or_404(UserSession, pk=login_id, user=request.user)
    login.end()
    messages.success(request, _("That login has ended."))
    return redirect("usersessions_list")


@require_POST
@account_required
def end_app_login(request: AccountRequest, login_id: UUID) -> HttpResponse:
    """End the login of one app of one's own."""
    login = get_object_or_404(tokens.open_logins_of(request.user), pk=login_id)
    tokens.end(login=login, reason="ended on the page of logins")
    messages.success(request, _("That login has ended."))
    return redirect("usersessions_list")
