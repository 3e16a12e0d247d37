"""What a consultant has earned, and what will be paid out when."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required
from consultants.models import BankAccount
from dashboard.payments.versions import payouts_version
from payments import clearing, withholding
from payments.earnings import sums_of
from payments.periods import Year


@require_safe
@approved_consultant_required
def page(request: ConsultantRequest) -> HttpResponse:
    # The version is read first: what changes while the page is made is then fetched once too often, never missed.
    context = {"version": payouts_version(request), **_told(request)}
    return render(request, "dashboard/payments/payouts.html", context)


@require_safe
@approved_consultant_required
@condition(etag_func=payouts_version)
def parts(request: ConsultantRequest) -> HttpResponse:
    """The sums alone, for a page that is open; 304 while nothing has changed."""
    response = render(request, "dashboard/payments/_payouts.html", _told(request))
    response["Cache-Control"] = "private, no-cache"
    return response


def _told(request: ConsultantRequest) -> dict[str, Any]:
    consultant = request.consultant
    now = timezone.now()
    year = Year.of(now)
    schedule = clearing.schedule_of(consultant, now)
    taxed = withholding.taxed_of(consultant)
    taxed_this_year = withholding.taxed_of(consultant, year.begins, year.ends)
    return {
        "nav": "payments",
        "tab": "payouts",
        "zone": consultant.timezone,
        "consultant": consultant,
        "schedule": schedule,
        "earnings": schedule.earnings,
        "taxed": taxed,
        "tds": withholding.tds_of(
            consultant,
            value_paise=schedule.earnings.earned - taxed.gst,
            year_value_paise=sums_of(consultant, year.begins, year.ends).earned - taxed_this_year.gst,
        ),
        "clearing_days": clearing.CLEARING_DAYS,
        "account": BankAccount.objects.filter(consultant=consultant).first(),
    }
