"""How somebody of the demo market is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Offer:
    """A service: title, minutes, rupees before GST, and what the client gets."""

    title: str
    minutes: int
    rupees: int
    text: str
    deposit: int = 0
    manual: bool = False
    platform: str = "jitsi"
    place: str = ""
    seats: int = 1
    questions: tuple[tuple[str, str], ...] = ()  # (label, kind)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    city: str
    fields: tuple[str, ...]
    languages: tuple[str, ...]
    years: int
    headline: str
    bio: str
    offers: tuple[Offer, ...]
    credentials: str = ""
    gstin: str = ""
    sac: str = "998399"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    hours: tuple[tuple[int, int], ...] = field(default=((600, 780), (840, 1080)))  # wall minutes
