"""What every page of the client area shares: the login, the zone in which times are told, where one stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import AccountRequest
from clients.models import ClientProfile
from naksha.web.zone import clean_zone, visitor_zone


def zone_of(request: AccountRequest) -> str:
    """The zone that the profile names, else the device's."""
    chosen = ClientProfile.objects.filter(user=request.user).values_list("timezone", flat=True).first()
    return clean_zone(chosen) or visitor_zone(request)


def page(request: HttpRequest, template: str, nav: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page of the area. It is one person's: nothing between us may keep it."""
    response = render(request, f"client_area/{template}.html", {"nav": nav, **context}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
