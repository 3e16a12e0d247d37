"""The admin in our words; its colours are in static/css/admin.css."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Naksha admin",
    "SITE_HEADER": "Naksha",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("icons/favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icons/favicon.svg")},
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("css/fonts.css"), lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/pages/admin.js")],
    "DASHBOARD_CALLBACK": "dashboard.admin_home.fill",
    "ACCOUNT": {
        "navigation": [
            {"title": "The site", "link": "/"},
            {"title": "Second factor and passkeys", "link": reverse_lazy("mfa_index")},
            {"title": "Log out", "link": reverse_lazy("account_logout")},
        ]
    },
    "SIDEBAR": {
        "show_search": False,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "accounts.adminsite.navigation",
    },
}
