"""Who I am to every consultant: name, phone, zone, and what invoices need."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AccountRequest, account_required
from client_area.forms import ProfileForm
from client_area.frame import page
from clients import services


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def profile(request: AccountRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, user=request.user, profile=services.profile_of(request.user))
    if data is not None and form.is_valid():
        services.save_profile(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Invoices from now on say so; those that were issued stay as they are."))
        return redirect("client_area:profile")
    return page(request, "profile", "me-profile", {"form": form, "place": "profile"}, 400 if form.errors else 200)
