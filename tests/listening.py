"""To what a page listens while it is open."""

from __future__ import annotations

from django.test import Client as Browser

from accounts.models import User
from consultants.models import Consultant


def listens(who: Consultant | User, page: str) -> list[str]:
    browser = Browser()
    browser.force_login(who.user if isinstance(who, Consultant) else who)
    found = browser.get(page).content.decode()
    return found.split('data-live-on="')[1].split('"')[0].split()
