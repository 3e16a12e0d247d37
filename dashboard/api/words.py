"""What the endpoints of a practice's figures answer with."""

from __future__ import annotations

from rest_framework import serializers

from naksha.api.fields import Text
from naksha.api.serializers import Instant, Serializer

UNITS = ["paise", "count"]
KINDS = ["BOOKING", "PAYMENT", "REFUND", "SESSION", "REVIEW"]
STATUSES = ["COMPLETED", "NO_SHOW", "CANCELLED", "CONFIRMED", "ABANDONED"]
STEPS = ["day", "week", "month"]


class Days(Serializer):
    """``from`` and ``to``: both days are in it."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(), "to": serializers.DateField(), **super().get_fields()}


class Metric(Serializer):
    """``changePercent`` is null where there was nothing before."""

    value = serializers.IntegerField()
    previous = serializers.IntegerField()
    change_percent = serializers.FloatField(allow_null=True)
    unit = serializers.ChoiceField(choices=UNITS)


class OfferMetric(Metric):
    """Quotations that were accepted, beside those that were sent for the first time."""

    sent = serializers.IntegerField()
    previous_sent = serializers.IntegerField()


class MetricsData(Serializer):
    """``revenue`` is before GST and less refunds; ``receivedPaise`` is the same with GST."""

    period = Days()
    previous_period = Days()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    revenue = Metric()
    received_paise = serializers.IntegerField()
    gst_paise = serializers.IntegerField()
    clients = Metric(help_text="Who had a session that was held.")
    sessions = Metric(help_text="Sessions that were held.")
    services = Metric(help_text="Services of which a session was held.")
    quotations = OfferMetric()


class RevenuePoint(Serializer):
    """The first day of a day, week or month of the chart."""

    date = serializers.DateField()
    amount_paise = serializers.IntegerField(help_text="Revenue: before GST, less refunds.")
    with_gst_paise = serializers.IntegerField()


class Share(Serializer):
    title = serializers.CharField()
    amount_paise = serializers.IntegerField()
    share_percent = serializers.FloatField(allow_null=True)


class ServiceShare(Share):
    service_id = serializers.UUIDField(allow_null=True)


class MethodShare(Share):
    method = serializers.CharField()


class Split(Serializer):
    by_service = ServiceShare(many=True)
    by_method = MethodShare(many=True)


class TrendPoint(Serializer):
    date = serializers.DateField()
    completed = serializers.IntegerField()
    no_show = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    confirmed = serializers.IntegerField(help_text="To come, under way, or nobody has said how it went.")


class StatusCount(Serializer):
    status = serializers.ChoiceField(choices=STATUSES, help_text="ABANDONED: bookings that lapsed unpaid.")
    count = serializers.IntegerField()


class ChartsData(Serializer):
    """``step`` says what a point of ``revenueByDay`` is: a day up to 92 days, a week up to a year, else a month."""

    period = Days()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    step = serializers.ChoiceField(choices=STEPS)
    revenue_by_day = RevenuePoint(many=True)
    revenue_split = Split()
    session_trend = TrendPoint(many=True)
    status_breakdown = StatusCount(many=True)


class EventData(Serializer):
    type = serializers.ChoiceField(choices=KINDS)
    id = serializers.UUIDField()
    at = Instant()
    title = serializers.CharField()
    who = Text()
    amount_paise = serializers.IntegerField(allow_null=True, help_text="With GST.")
    currency = serializers.CharField()


class NextSession(Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    who = serializers.CharField()
    starts_at = Instant()
    ends_at = Instant()
    can_join = serializers.BooleanField(
        help_text="From ten minutes before the start until an hour after the end, where people meet online."
    )
    path = serializers.CharField(help_text="Of the page where one joins.")


class NeedData(Serializer):
    title = serializers.CharField()
    body = Text()
    path = serializers.CharField()


class MonthData(Serializer):
    """With GST, as the ledger has it."""

    received_paise = serializers.IntegerField()
    previous_paise = serializers.IntegerField(help_text="Of the month before, up to the same day.")
    fees_paise = serializers.IntegerField()
    yours_paise = serializers.IntegerField()
    currency = serializers.CharField()


class SummaryData(Serializer):
    """What Today shows."""

    date = serializers.DateField()
    timezone = serializers.CharField()
    next_session = NextSession(allow_null=True)
    sessions_left = serializers.IntegerField()
    requests_waiting = serializers.IntegerField()
    unread_messages = serializers.IntegerField()
    needs_attention = NeedData(many=True)
    month = MonthData()
