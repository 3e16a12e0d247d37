"""What the pages of one's own account need in every template."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

_PLACES = {
    "account_email": "account-email",
    "account_change_password": "account-password",
    "account_set_password": "account-password",
    "usersessions_list": "account-sessions",
    "socialaccount_connections": "account-social",
}


def section(request: HttpRequest) -> dict[str, object]:
    """Where in the account's navigation an allauth page stands, in which frame, and whether other logins are set up."""
    match = request.resolver_match
    if match is None or not request.path.startswith("/accounts/"):
        return {}
    name = match.url_name or ""
    place = _PLACES.get(name) or ("account-mfa" if name.startswith("mfa_") else "")
    consultant = getattr(request.user, "is_consultant", False)
    return {
        "place": place,
        "nav": "settings" if consultant else "me-profile",
        "account_frame": "layouts/dashboard.html" if consultant else "layouts/me.html",
        "logins_elsewhere": bool(settings.SOCIALACCOUNT_PROVIDERS),
    }
