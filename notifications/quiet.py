"""When somebody is left alone, as instants. The wall clock of their own zone decides, whatever it does that night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.models import QuietHours


def is_quiet(hours: QuietHours, now: datetime) -> bool:
    """Whether ``now`` is inside ``hours``: from the first minute, until just before the last."""
    wall = now.astimezone(ZoneInfo(hours.timezone)).time()
    if hours.begins < hours.ends:
        return hours.begins <= wall < hours.ends
    return wall >= hours.begins or wall < hours.ends


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """The instant (UTC) at which the quiet hours that are running end; None outside of them.

    A wall time that the clocks skip ends them at the jump; of one that comes twice, the next to come does.
    """
    if not is_quiet(hours, now):
        return None
    zone = ZoneInfo(hours.timezone)
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=1 if local.time() >= hours.ends else 0)
    first, second = (_instant(datetime.combine(day, hours.ends), zone, fold) for fold in (0, 1))
    if first > second:  # skipped: the wall jumps over it somewhere between the two readings
        while second < first and _wall(second, zone) < hours.ends:
            second += timedelta(minutes=1)
        return second
    return first if first > now else second


def _instant(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _wall(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time()
