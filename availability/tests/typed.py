"""What a browser sends from the consultant's pages, and what they tell."""

from datetime import timedelta

from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

HOURS, DATES, TERMS = (reverse(f"availability:{name}") for name in ("hours", "dates", "terms"))
ADD = reverse("availability:add_dates")
BLOCK = reverse("availability:add_block")


def week_data(days, **more):
    """What the week's form sends: {day: [(from, to), …]}, nothing on the other days."""
    data = dict(more)
    for day in range(7):
        rows = days.get(day, [])
        data[f"d{day}-rows"] = len(rows)
        for n, (opens, closes) in enumerate(rows):
            data |= {f"d{day}-{n}-opens": opens, f"d{day}-{n}-closes": closes}
    return data


def told(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def in_days(n):
    return timezone.localdate() + timedelta(days=n)


def dates_data(first, last="", what="off", rows=(), **more):
    data = {"first": first, "last": last, "what": what, "note": "", "own-rows": len(rows), **more}
    for n, (opens, closes) in enumerate(rows):
        data |= {f"own-{n}-opens": opens, f"own-{n}-closes": closes}
    return data


def block_data(day, begin="14:00", end="16:00", to_date="", reason=""):
    return {"from_date": day, "from_time": begin, "to_date": to_date, "to_time": end, "reason": reason}


def terms_data(**more):
    return {
        "min_notice_minutes": "240",
        "horizon_days": "30",
        "slot_interval_minutes": "15",
        "daily_limit": "",
        "buffer_before_minutes": "5",
        "buffer_after_minutes": "10",
        "free_cancel_hours": "24",
        "partial_cancel_hours": "4",
        "partial_refund_percent": "50",
        "reschedule_hours": "4",
        "max_reschedules": "2",
        "answer_hours": "24",
        **more,
    }
