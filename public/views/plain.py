"""Pages of words: pricing, help, terms, privacy; and what crawlers read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consultants.pricing import earning, gst_percent
from public.cache import public_page

EXAMPLE_PAISE = 150_000


def _page(template: str, told: Callable[[], dict[str, Any]] = dict) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    @public_page(seconds=300)
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template, told())

    return view


pricing = _page("public/pricing.html", lambda: {"told": earning(EXAMPLE_PAISE, charges_gst=False)})
help_page = _page("public/help.html", lambda: {"gst_percent": gst_percent()})
terms = _page("public/terms.html")


@require_safe
@public_page(seconds=300)
def privacy(request: HttpRequest) -> HttpResponse:
    context = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "form_cookie": settings.CSRF_COOKIE_NAME,
        "hold_minutes": settings.HOLD_MINUTES,
    }
    return render(request, "public/privacy.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /dashboard/",
        "Disallow: /accounts/",
        "Disallow: /b/",
        "Disallow: /me/",
        f"Sitemap: {request.build_absolute_uri(reverse('public:sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
