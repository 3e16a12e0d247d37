"""A consultant's own figures: what the pages Today and Analytics show, for apps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from accounts.api.auth import AccountRequest, ApprovedConsultant
from consultants.models import Consultant
from dashboard.activity import count, recent
from dashboard.api import examples
from dashboard.api.words import ChartsData, EventData, MetricsData, SummaryData
from dashboard.figures.charts import METHODS, service_name
from dashboard.figures.offers import offers
from dashboard.figures.period import NAMES, Period
from dashboard.figures.reading import Report, report, today_of
from dashboard.figures.sums import change, percent
from dashboard.forms import OWN, PeriodForm
from dashboard.today import today_of as board_of
from naksha.api import paging
from naksha.api.errors import ApiError, refuse
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView
from naksha.times import iso

CURRENCY = "INR"
MOST = 50
TREND_BACK = timedelta(days=6)  # with today: 7 days
PERIOD = [
    OpenApiParameter(
        "period", str, enum=[key for key in NAMES if key != OWN], description="30d if nothing is asked for."
    ),
    OpenApiParameter("from", date, description="The first day, in the consultant's zone; at most 5 years."),
    OpenApiParameter("to", date, description="The last day, today at the latest; today if left out."),
]


class PracticeView(ApiView):
    permission_classes = (ApprovedConsultant,)

    def consultant(self, request: AccountRequest) -> Consultant:
        return request.user.consultant

    def period(self, request: AccountRequest) -> Period:
        """What the address asks for, by the form of the page. Raises a 400 that names each wrong field."""
        form = PeriodForm(request.query_params, today=today_of(self.consultant(request)))
        if not form.is_valid():
            details = {name: [str(words) for words in found] for name, found in form.errors.items()}
            raise ApiError("VALIDATION_ERROR", 400, _("Some of this is not right."), details=details)
        return form.chosen


def _days(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _metric(value: int, previous: int, unit: str = "count") -> dict[str, Any]:
    return {"value": value, "previous": previous, "changePercent": change(value, previous), "unit": unit}


class Metrics(PracticeView):
    @operation(
        "dashboard_metrics",
        "The numbers of a period beside those of the period before",
        tag="Dashboard",
        answer=MetricsData,
        parameters=PERIOD,
        errors=ROLE,
        example=examples.METRICS,
    )
    def get(self, request: AccountRequest) -> Response:
        consultant, period = self.consultant(request), self.period(request)
        told = report(consultant, period)
        now, before = told.now.total, told.before.total
        made, made_before = offers(consultant, period, period.before)
        return self.ok(
            {
                "period": _days(period),
                "previousPeriod": _days(period.before),
                "timezone": consultant.timezone,
                "currency": CURRENCY,
                "revenue": _metric(now.revenue_paise, before.revenue_paise, "paise"),
                "receivedPaise": now.net_paise,
                "gstPaise": now.gst_paise,
                "clients": _metric(told.now.clients.seen, told.before.clients.seen),
                "sessions": _metric(now.completed, before.completed),
                "services": _metric(len(told.now.held), len(told.before.held)),
                "quotations": {
                    **_metric(made.accepted, made_before.accepted),
                    "sent": made.sent,
                    "previousSent": made_before.sent,
                },
            }
        )


class Charts(PracticeView):
    @operation(
        "dashboard_charts",
        "Revenue by day, by service and by way of payment; sessions of the last 7 days and by what became of them",
        tag="Dashboard",
        answer=ChartsData,
        parameters=PERIOD,
        errors=ROLE,
        example=examples.CHARTS,
    )
    def get(self, request: AccountRequest) -> Response:
        consultant, period = self.consultant(request), self.period(request)
        told = report(consultant, period)
        week = Period("7d", told.today - TREND_BACK, told.today)
        trend = report(consultant, week).now.points if period.key != "7d" else told.now.points
        return self.ok(
            {
                "period": _days(period),
                "timezone": consultant.timezone,
                "currency": CURRENCY,
                "step": told.step,
                "revenueByDay": [
                    {
                        "date": max(day, period.first).isoformat(),
                        "amountPaise": sums.revenue_paise,
                        "withGstPaise": sums.net_paise,
                    }
                    for day, sums in told.now.points.items()
                ],
                "revenueSplit": _split(told),
                "sessionTrend": [
                    {
                        "date": day.isoformat(),
                        "completed": sums.completed,
                        "noShow": sums.no_show,
                        "cancelled": sums.cancelled,
                        "confirmed": sums.unsaid,
                    }
                    for day, sums in trend.items()
                ],
                "statusBreakdown": _statuses(told),
            }
        )


def _split(told: Report) -> dict[str, Any]:
    total = told.now.total.revenue_paise

    def share(title: str, paise: int) -> dict[str, Any]:
        return {"title": title, "amountPaise": paise, "sharePercent": percent(paise, total) if total > 0 else None}

    services = sorted(told.services.items(), key=lambda each: -each[1].revenue_paise)
    methods = sorted(told.methods.items(), key=lambda each: -each[1].revenue_paise)
    return {
        "byService": [
            {**share(service_name(told, pk, kind), sums.revenue_paise), "serviceId": str(pk) if pk else None}
            for (pk, kind), sums in services
            if sums.received_paise or sums.refunded_paise
        ],
        "byMethod": [
            {**share(str(METHODS.get(method, method)), sums.revenue_paise), "method": method}
            for method, sums in methods
            if method
        ],
    }


def _statuses(told: Report) -> list[dict[str, Any]]:
    sums = told.now.total
    counts = {
        "COMPLETED": sums.completed,
        "NO_SHOW": sums.no_show,
        "CANCELLED": sums.cancelled,
        "CONFIRMED": sums.unsaid,
        "ABANDONED": sums.lapsed,
    }
    return [{"status": status, "count": number} for status, number in counts.items()]


class RecentActivity(PracticeView):
    @operation(
        "dashboard_recent_activity",
        "What happened lately: bookings, payments, refunds, sessions and reviews of 90 days, the newest first",
        tag="Dashboard",
        answer=EventData,
        listed="activity",
        parameters=[OpenApiParameter("limit", int, description="Instead of a page: the newest so many, 1 to 50.")],
        errors=ROLE,
        example=examples.EVENT,
    )
    def get(self, request: AccountRequest) -> Response:
        asked, consultant, now = self._asked(request), self.consultant(request), timezone.now()
        total = count(consultant, now=now)
        until = asked.first + asked.size
        events = recent(consultant, now=now, limit=until)[asked.first :] if asked.first < total else []
        told = [
            {
                "type": event.kind.upper(),
                "id": str(event.id),
                "at": iso(event.at),
                "title": event.title,
                "who": event.who,
                "amountPaise": event.paise,
                "currency": CURRENCY,
            }
            for event in events
        ]
        return self.ok({"activity": told, "pagination": asked.pagination(total)})

    def _asked(self, request: AccountRequest) -> paging.Asked:
        asked, limit = paging.asked(request), request.query_params.get("limit")
        if limit is None:
            return asked
        if {"page", "pageSize"} & request.query_params.keys():
            raise refuse("limit", _("Ask either for this or for a page."))
        if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MOST):
            raise refuse("limit", _("Ask for 1 to %(most)d.") % {"most": MOST})
        return paging.Asked(1, int(limit))


class Summary(PracticeView):
    @operation(
        "dashboard_summary",
        "Today: the next session, what waits, what needs attention, and this month's money",
        tag="Dashboard",
        answer=SummaryData,
        errors=ROLE,
        example=examples.SUMMARY,
    )
    def get(self, request: AccountRequest) -> Response:
        consultant = self.consultant(request)
        board = board_of(consultant)
        money, coming = board.money, board.next
        return self.ok(
            {
                "date": board.date.isoformat(),
                "timezone": consultant.timezone,
                "nextSession": {
                    "id": str(coming.session.pk),
                    "title": coming.session.title,
                    "who": coming.who,
                    "startsAt": iso(coming.session.starts_at),
                    "endsAt": iso(coming.session.ends_at),
                    "canJoin": board.can_join,
                    "path": coming.room_url,
                }
                if coming
                else None,
                "sessionsLeft": board.sessions_left,
                "requestsWaiting": board.requests_waiting,
                "unreadMessages": board.messages_unread,
                "needsAttention": [{"title": need.title, "body": need.body, "path": need.url} for need in board.needs],
                "month": {
                    "receivedPaise": money.received,
                    "previousPaise": money.received_before,
                    "feesPaise": money.fees,
                    "yoursPaise": money.yours,
                    "currency": CURRENCY,
                },
            }
        )
