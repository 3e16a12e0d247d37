"""What runs on each look at a public page and in each reservation, as plain SQL.

The ORM would build its statement anew every time and make three aware datetimes of every busy row; instants come as
whole epoch seconds here instead, rounded outwards. That rounding is the one place, besides the guard and the lock,
that is written for each database engine.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from availability.models import DateOverride, Occupancy, WeeklyHours
from consultants.models import BookingPolicy, Consultant
from naksha.prepared import prepared_cursor

_NAMES = {
    "weekly": WeeklyHours._meta.db_table,
    "override": DateOverride._meta.db_table,
    "policy": BookingPolicy._meta.db_table,
    "consultant": Consultant._meta.db_table,
    "occupancy": Occupancy._meta.db_table,
}
# what | consultant | weekday or one of the policy's numbers | date | start | end | zone | more of the policy
_RULES = """
SELECT 0, consultant_id, weekday, CAST(NULL AS date), start_minute, end_minute, '', 0, 0, 0
FROM {weekly} WHERE consultant_id IN ({ids})
UNION ALL
SELECT 1, consultant_id, 0, date, start_minute, end_minute, '', 0, 0, 0
FROM {override} WHERE consultant_id IN ({ids}) AND date BETWEEN %s AND %s
UNION ALL
SELECT 2, consultant_id, slot_interval_minutes, NULL, buffer_before_minutes, buffer_after_minutes, timezone,
       min_notice_minutes, horizon_days, daily_limit
FROM {policy} JOIN {consultant} ON id = consultant_id WHERE consultant_id IN ({ids})
"""
_BUSY = """
SELECT consultant_id, {floor_starts}, {ceil_ends}, CASE WHEN kind IN ('hold', 'session') THEN {core} END
FROM {occupancy}
WHERE consultant_id IN ({ids}) AND ends_at > %s AND starts_at < %s
  AND (expires_at IS NULL OR (kind = 'hold' AND expires_at > %s)) {but}
"""
_LAPSE = """
UPDATE {occupancy} SET kind = 'lapsed', updated_at = %s
WHERE consultant_id = %s AND kind = 'hold' AND expires_at <= %s {but}
"""
_SECONDS = {
    "postgresql": {
        "floor_starts": "CAST(FLOOR(EXTRACT(EPOCH FROM starts_at)) AS bigint)",
        "ceil_ends": "CAST(CEIL(EXTRACT(EPOCH FROM ends_at)) AS bigint)",
        "core": "CAST(FLOOR(EXTRACT(EPOCH FROM core_starts_at)) AS bigint)",
    },
    # Whole seconds are the first 19 signs; a fraction makes the text longer. STRFTIME alone would round it.
    "sqlite": {
        "floor_starts": "CAST(STRFTIME('%%s', SUBSTR(starts_at, 1, 19)) AS integer)",
        "ceil_ends": "CAST(STRFTIME('%%s', SUBSTR(ends_at, 1, 19)) AS integer) + (LENGTH(ends_at) > 19)",
        "core": "CAST(STRFTIME('%%s', SUBSTR(core_starts_at, 1, 19)) AS integer)",
    },
}


def _fetch(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with prepared_cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _key(consultant_id: uuid.UUID) -> Any:
    return consultant_id if connection.features.has_native_uuid_field else consultant_id.hex


def rule_rows(consultant_ids: Sequence[uuid.UUID], first: date, last: date) -> tuple[dict[Any, uuid.UUID], list[Any]]:
    """The names by which the rows call the consultants, and the rows of hours, overrides and terms, mixed."""
    keys = {_key(id_): id_ for id_ in consultant_ids}
    adapt = connection.ops.adapt_datefield_value
    sql = _RULES.format(ids=", ".join(["%s"] * len(keys)), **_NAMES)
    return keys, _fetch(sql, [*keys, *keys, adapt(first), adapt(last), *keys])


def busy_rows(
    consultant_ids: Sequence[uuid.UUID], low: datetime, high: datetime, now: datetime, without: uuid.UUID | None
) -> tuple[dict[Any, uuid.UUID], list[Any]]:
    """The same names, and (name, start, end, start of the meeting if it counts towards the daily limit) of what is
    taken between two instants at ``now``; the row ``without`` left out."""
    keys = {_key(id_): id_ for id_ in consultant_ids}
    adapt = connection.ops.adapt_datetimefield_value
    params = [*keys, adapt(low), adapt(high), adapt(now)]
    if without is not None:
        params.append(_key(without))
    sql = _BUSY.format(
        ids=", ".join(["%s"] * len(keys)),
        but="" if without is None else "AND id <> %s",
        occupancy=_NAMES["occupancy"],
        **_SECONDS[connection.vendor],
    )
    return keys, _fetch(sql, params)


def lapse_holds(consultant_id: uuid.UUID, now: datetime, without: uuid.UUID | None) -> None:
    """Mark the holds of a consultant that ran out by ``now`` as lapsed; the row ``without`` stays what it is."""
    moment = connection.ops.adapt_datetimefield_value(now)
    params = [moment, _key(consultant_id), moment]
    if without is not None:
        params.append(_key(without))
    sql = _LAPSE.format(occupancy=_NAMES["occupancy"], but="" if without is None else "AND id <> %s")
    with prepared_cursor() as cursor:
        cursor.execute(sql, params)
