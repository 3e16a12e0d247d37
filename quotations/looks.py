"""Whose look at a quotation is its client's: not everything that fetches a link is somebody who reads."""

from __future__ import annotations

import re
from typing import Any

from quotations.models import Quotation

# Machines that fetch a link to show what is behind it: a chat's preview, a mail's scanner. They look for nobody.
_MACHINES = re.compile(
    r"bot\b|bot/|whatsapp|facebookexternalhit|crawl|spider|preview|slack|telegram|discord|skypeuri|embedly"
    r"|python-requests|curl/|wget/|barracuda|proofpoint|mimecast|safelinks",
    re.IGNORECASE,
)


def is_look_of_client(request: Any, quotation: Quotation) -> bool:
    """Not the consultant's own, not an admin's, and not a machine's that fetches the link for a preview."""
    if request.method != "GET" or _MACHINES.search(request.headers.get("User-Agent", "")):
        return False
    user = request.user
    known = user is not None and user.is_authenticated
    return not (known and (user.pk == quotation.consultant.user_id or user.is_staff))
