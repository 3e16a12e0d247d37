"""Consultants whom somebody wants to find again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AccountRequest, account_required
from availability.offers import found_among
from client_area.frame import page, zone_of
from consultants.models import Consultant
from consultants.services import saving
from consultants.slugs import public_by_slug


@require_safe
@account_required
def saved(request: AccountRequest) -> HttpResponse:
    found, zone = found_among(saving.saved_by(request.user)), zone_of(request)
    context = {
        "found": found,
        "saved_ids": {one.consultant.pk for one in found},
        "visitor_zone": zone,
        "zone_name": zone,
    }
    return page(request, "saved", "me-saved", context)


@require_safe
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the button of a visitor without a login leads: log in, and come back to the page with it saved.

    What is to be saved waits in the browser's session until somebody logs in there; the address itself saves nothing.
    """
    consultant = _public(slug)
    if not request.user.is_authenticated:
        saving.remember(request.session, consultant)
        return redirect_to_login(consultant.get_absolute_url())
    return redirect(consultant)


@require_POST
@account_required
def keep(request: AccountRequest, slug: str) -> HttpResponse:
    consultant = _public(slug)
    saving.save(user=request.user, consultant=consultant)
    messages.success(request, _("%(name)s is saved.") % {"name": consultant.display_name})
    return _back(request, consultant)


@require_POST
@account_required
def drop(request: AccountRequest, slug: str) -> HttpResponse:
    """Also for somebody who isn't public any more, but for those alone who have saved them."""
    here = Q(slug=slug) | Q(old_slugs__slug=slug)
    consultant = Consultant.objects.filter(here, saved_by__user=request.user).first()
    if consultant is None:
        consultant = _public(slug)
    saving.unsave(user=request.user, consultant=consultant)
    messages.success(request, _("%(name)s is no longer saved.") % {"name": consultant.display_name})
    return _back(request, consultant)


def _public(slug: str) -> Consultant:
    """Who has, or had, this address: a page that is open for long still knows the one of before."""
    consultant = public_by_slug(slug)
    if consultant is None:
        raise Http404
    return consultant


def _back(request: HttpRequest, consultant: Consultant) -> HttpResponse:
    """Back to the page of this site that the button was on."""
    asked = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    if ours and asked.startswith("/"):
        return HttpResponseRedirect(asked)  # an address, never a view's name
    return redirect(consultant) if consultant.is_public else redirect("client_area:saved")
