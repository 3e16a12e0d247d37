"""Sessions that the consultant of the demo login has written down by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from consultants.models import Consultant, Service
from demo.papers import INDIA
from demo.talk import RECORDED
from demo.till import Till
from sessions_app.models import Session
from sessions_app.services import ask_for_price, follow_up, open_price, record_session

PHONE = "+919810000042"


def plan(
    consultant: Consultant, now: datetime, till: Till, later: Callable[[datetime, Callable[[], object]], None]
) -> None:
    """Put what was recorded, asked for and paid into the market's plan."""
    for days, hour, minutes, title, name, rupees, paid in RECORDED:
        starts = (now + timedelta(days=days)).astimezone(INDIA).replace(hour=hour, minute=0)
        # What lies behind is written down when it is over, what is to come was so yesterday.
        written = min(starts + timedelta(minutes=minutes + 25), now - timedelta(hours=21))
        details = {
            "consultant": consultant,
            "actor": consultant.user,
            "title": title,
            "platform": Service.Platform.PHONE,
            "place": "I call the number that you left",
            "starts_at": starts,
            "minutes": minutes,
            "name": name,
            "email": f"{name.lower().replace(' ', '.')}@example.com",
            "phone": PHONE,
            "price_paise": rupees * 100,
        }
        later(written, partial(_record, details))
        if not rupees or starts > now:
            continue
        if paid:
            later(written + timedelta(hours=26), partial(_pay, title, till))
        else:
            later(written + timedelta(days=3), partial(_ask, title))


def _record(details: dict[str, Any]) -> None:
    session = record_session(**details)
    if session.is_over:
        follow_up(session_id=session.pk)


def _ask(title: str) -> None:
    session = Session.objects.select_related("consultant__user").get(title=title)
    ask_for_price(session=session, actor=session.consultant.user)


def _pay(title: str, till: Till) -> None:
    payment = open_price(session=Session.objects.get(title=title))
    till.pay(payment.pk, email=payment.payer_email, contact=PHONE)
