"""What the contract calls things that the services call otherwise: platforms, states, inputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from consultants.models import Service
from naksha.api.errors import refuse
from naksha.api.naming import camel
from naksha.errors import WrongInput
from sessions_app.models import Session

P = Service.Platform
PLATFORMS = {
    "JITSI": P.JITSI,
    "TEAMS": P.LINK,
    "ZOOM": P.LINK,
    "MEET": P.LINK,
    "LINK": P.LINK,
    "PHONE": P.PHONE,
    "IN_PERSON": P.IN_PERSON,
}
# Whose links they are. Any other link of the consultant's is a LINK.
HOSTS = {
    "TEAMS": ("teams.microsoft.com", "teams.live.com"),
    "ZOOM": ("zoom.us", "zoom.com"),
    "MEET": ("meet.google.com",),
}
PLATFORM_NAMES = list(PLATFORMS)
STATUSES = [member.name for member in Session.Status]  # as the document names them
# What the services call otherwise.
NAMES = {
    "minutes": "duration",
    "price_paise": "amount",
    "starts_at": "scheduledDate",
    "date": "scheduledDate",
    "time": "scheduledTime",
    "service": "serviceId",
    "client": "clientId",
}


@contextmanager
def by_our_names() -> Iterator[None]:
    """A service's refusal of one input, under the name that the contract has for it."""
    try:
        yield
    except WrongInput as error:
        raise refuse(NAMES.get(error.about, camel(error.about)), str(error)) from error


def platform_of(session: Session) -> str:
    """``ZOOM``; a link by the host that it leads to."""
    if session.platform != P.LINK:
        return session.platform.upper()
    return next((name for name in HOSTS if is_of(name, session.place)), "LINK")


def is_of(name: str, link: str) -> bool:
    host = urlsplit(link).hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in HOSTS[name])
