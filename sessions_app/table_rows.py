"""The rows of the table as HTML. They are put together here and not by a template: up to a hundred rows of seven cells
are drawn at every pause in typing, and template nodes take their time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateformat import format as django_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from naksha.money import rupees
from naksha.times import clock, iso, offset_label, people_day, zone_letters
from naksha.web.icons import icon_svg
from naksha.web.zone import zone as zone_of

if TYPE_CHECKING:
    from sessions_app.table import Line

ROW = (
    '<tr data-row="{pk}"><td class="is-pick"><label class="pick"><input class="check" type="checkbox" name="id" '
    'value="{pk}" form="several" id="pick-{pk}"><span class="visually-hidden">{choose} {name}</span></label></td>'
    '<th scope="row" class="is-when"><a href="{url}">'
    '<time datetime="{iso}" title="{exact}" data-exact>{when}</time></a></th>'
    '<td class="is-client" data-label="{w_client}">{client}</td>'
    '<td class="is-session" data-label="{w_session}">{title}</td>'
    '<td class="num is-amount" data-label="{w_amount}">{amount}</td>'
    '<td class="is-payment" data-label="{w_payment}">{payment}</td>'
    '<td class="is-status" data-label="{w_state}">{state}</td></tr>\n'
)
BADGE = '<span class="badge {tone}">{words}</span>'
OPENER = '<a class="badge {tone}" href="{url}" data-acts="{kind}" id="{kind}-{pk}">{words}{more}</a>'


class Times:
    """Instants as naksha.times tells them, each day and each offset worded once."""

    def __init__(self, zone: str) -> None:
        self.zone: tzinfo = zone_of(zone)
        self.today = timezone.now().astimezone(self.zone)
        self._days: dict[Any, tuple[str, str]] = {}
        self._letters: dict[Any, tuple[str, str]] = {}

    def told(self, dt: datetime) -> tuple[str, str]:
        """``Tomorrow, 4:30 pm IST``, and the same with nothing left to guess."""
        local = dt.astimezone(self.zone)
        day = self._days.get(local.date())
        if day is None:
            day = self._days[local.date()] = (people_day(local, self.today), django_format(local, "l j F Y"))
        offset = local.utcoffset(), local.tzname()
        tail = self._letters.get(offset)
        if tail is None:
            letters, plain = zone_letters(dt, self.zone), offset_label(dt, self.zone)
            exact = letters if letters in (plain, "UTC") else f"{letters} ({plain})"
            tail = self._letters[offset] = (letters, exact)
        at = clock(local)
        return f"{day[0]}, {at} {tail[0]}", f"{day[1]}, {at} {tail[1]}"


def rows_html(lines: Iterable[Line], zone: str) -> SafeString:
    """All ``<tr>``. What people have typed is escaped."""
    times, more, free = Times(zone), icon_svg("chevron-down"), f'<span class="soft">{_("Free")}</span>'
    words = {
        "choose": _("Choose"),
        "w_client": _("Client"),
        "w_session": _("Session"),
        "w_amount": _("Amount"),
        "w_payment": _("Payment"),
        "w_state": _("State"),
    }
    return mark_safe("".join(_row(line, times, more, free, words) for line in lines))  # noqa: S308 - escaped in _row


def _row(line: Line, times: Times, more: str, free: str, words: dict[str, str]) -> str:
    session, money = line.session, line.money
    when, exact = times.told(session.starts_at)
    at = {"pk": session.pk, "url": line.url, "more": more}
    state = {"tone": line.tone, "words": escape(line.state), "kind": "state", **at}
    return ROW.format(
        **at,
        **words,
        name=escape(line.name),
        iso=iso(session.starts_at),
        when=escape(when),
        exact=escape(exact),
        client=_client(line),
        title=escape(session.title),
        amount=rupees(money.total_paise) if money.total_paise else free,
        payment=_payment(line, at) if money.total_paise else "",
        state=(BADGE if line.is_over else OPENER).format(**state),
    )


def _client(line: Line) -> str:
    session = line.session
    if session.client is not None:
        return escape(session.client.name)
    told = _("%(taken)d of %(all)d seats taken") % {"taken": session.seats_taken, "all": session.capacity}
    return f'<span class="soft">{escape(told)}</span>'


def _payment(line: Line, at: dict[str, Any]) -> str:
    badge = OPENER if line.has_money_acts else BADGE
    said = badge.format(tone=line.money_tone, words=escape(line.payment), kind="money", **at)
    if line.owes_a_part:
        left = _("%(due)s left") % {"due": rupees(line.money.owed_paise)}
        said += f' <span class="tiny">{escape(left)}</span>'
    return said
