"""Where else a consultant is found: https addresses, each with the name by which people know the place."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_LINKS = 6
MOST_SIGNS = 300
KNOWN = {
    "linkedin.com": "LinkedIn",
    "x.com": "X",
    "twitter.com": "X",
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "instagram.com": "Instagram",
    "facebook.com": "Facebook",
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "medium.com": "Medium",
    "substack.com": "Substack",
    "behance.net": "Behance",
    "dribbble.com": "Dribbble",
    "wa.me": "WhatsApp",
    "t.me": "Telegram",
}


class Link(TypedDict):
    label: str
    url: str


def read_links(text: str) -> list[Link]:
    """The addresses in ``text``, one on each line, each once. Raises ValidationError that quotes the wrong line."""
    found: list[Link] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        link = read_link(line)
        if link not in found:
            found.append(link)
    if len(found) > MOST_LINKS:
        raise ValidationError(_("Six links are the most."), code="too_many")
    return found


def read_link(line: str) -> Link:
    url = line.strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        raise _not_a_link(line) from None
    spaced = any(sign.isspace() or not sign.isprintable() for sign in url)
    if (
        spaced
        or "." not in host.strip(".")
        or parts.username
        or port
        or len(url) > MOST_SIGNS
        or parts.scheme != "https"
    ):
        raise _not_a_link(line)
    plain = host.removeprefix("www.").removeprefix("m.").removeprefix("in.")
    label = next((name for known, name in KNOWN.items() if plain == known or plain.endswith(f".{known}")), plain)
    return {"label": label, "url": parts._replace(netloc=host).geturl()}


def _not_a_link(line: str) -> ValidationError:
    return ValidationError(
        _("“%(line)s” is not a web address that begins with https://."),
        code="not_a_link",
        params={"line": line.strip()[:80]},
    )
