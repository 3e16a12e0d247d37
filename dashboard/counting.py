"""Where a page says that it was opened (static/js/seen.js). It answers nothing, sets nothing and never fails."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from consultants.models import Consultant
from dashboard.figures import visits
from naksha.web import limits
from naksha.web.address import client_address, neighbourhood

A_MINUTE = 60  # views that one address may have counted


@csrf_exempt  # it changes nothing that is anybody's, and a page that is the same for all holds no token
@require_POST
def seen(request: HttpRequest, pk: UUID, place: str) -> HttpResponse:
    consultant = Consultant.objects.filter(pk=pk).first()
    if consultant is not None and consultant.is_public and _counts(request, consultant):
        visits.count_view(
            consultant=consultant,
            place=place,
            address=client_address(request),
            browser=request.headers.get("User-Agent", ""),
        )
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _counts(request: HttpRequest, consultant: Consultant) -> bool:
    """Whether a person opened it: not a program, not another site's page, not the consultant, not for the 61st time
    in a minute."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    if visits.is_program(request.headers.get("User-Agent", "")):
        return False
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.pk == consultant.user_id:
        return False
    key = f"seen:{neighbourhood(client_address(request))}"
    return limits.hit(key=key, limit=A_MINUTE, seconds=60).allowed
