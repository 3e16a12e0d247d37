"""A browser's or an app's long self-description in a few words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from accounts.models import ApiLogin

register = template.Library()

# The first that is found wins: every browser also names the ones it wants to be taken for.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


@register.filter
def device(user_agent: str) -> str:
    """ "Chrome on Android", or "Another program" for what is no browser."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Another program")


@register.filter
def app_device(login: ApiLogin) -> str:
    """The app's own name for itself, before what it is made of: "Diary/2.1 (Android 14)" is "Diary/2.1"."""
    return login.device.split(" (")[0][:60] or _("An app")
