"""Random rules, zones and days for the property tests, bent towards clock changes."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONES = [
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # 30 December 2011 never was
    "Pacific/Kwajalein",  # nor 21 August 1993
    "Pacific/Kiritimati",
    "Africa/Casablanca",  # back for Ramadan
    "America/St_Johns",  # until 2011 at 0:01
    "America/Havana",  # 1:00 back to 0:00
    "America/Sao_Paulo",  # midnight skipped
    "America/Asuncion",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Tehran",
    "Atlantic/Azores",
    "America/Scoresbysund",
    "America/Nuuk",
    "Pacific/Chatham",
    "Antarctica/Troll",  # two hours
    "Asia/Pyongyang",
    "America/Caracas",
]


@cache
def changes(zone):
    """The dates from 1993 to 2037 around which a zone's clock changes."""
    tz = ZoneInfo(zone)
    days = (datetime(1993, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(45 * 365))
    found, last = [], None
    for day in days:
        offset = day.astimezone(tz).utcoffset()
        if last is not None and offset != last:
            found.append(day.date())
        last = offset
    return found


@st.composite
def places(draw):
    """A zone and a date, mostly near a clock change."""
    zone = draw(st.sampled_from(ZONES))
    if changes(zone) and draw(st.integers(0, 4)):
        day = draw(st.sampled_from(changes(zone))) + timedelta(days=draw(st.integers(-2, 1)))
    else:
        day = draw(st.dates(date(1994, 1, 1), date(2040, 1, 1)))
    return zone, day


minute = st.one_of(st.sampled_from([0, 30, 60, 90, 120, 150, 180, 540, 1320, 1380, 1410, 1440]), st.integers(0, 1440))


@st.composite
def stretches(draw, most=3):
    """Hours of a day; they may touch or overlap, but never begin at the same minute."""
    if draw(st.integers(0, 3)) == 0:
        return [(0, 1440)]
    pairs = draw(st.lists(st.tuples(minute, minute), max_size=most, unique_by=min))
    return [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]


weeks = st.lists(stretches(), min_size=7, max_size=7)
intervals = st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90, 240])
pauses = st.sampled_from([0, 0, 0, 5, 10, 15, 30, 60, 240])
lengths = st.sampled_from([5, 15, 20, 30, 45, 50, 60, 90, 120, 240, 480, 720])
notices = st.sampled_from([0, 0, 1, 60, 120, 1440, 4320])
limits = st.sampled_from([None, None, 1, 2, 3])
