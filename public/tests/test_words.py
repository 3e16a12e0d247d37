"""The pages of words say what is true of the rest."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.urls import reverse

from bookings.visitor import HOLD_COOKIE
from naksha.web import look, zone

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        HOLD_COOKIE,
        CookieStorage.cookie_name,
        zone.COOKIE,
        look.COOKIE,
    ],
)
def test_the_privacy_page_names_each_cookie(client: Any, name: Any) -> None:
    assert f"<code>{name}</code>" in client.get(reverse("public:privacy")).content.decode()


def test_the_privacy_page_says_that_addresses_are_counted(client: Any) -> None:
    assert "a fingerprint that nobody can read back" in client.get(reverse("public:privacy")).content.decode()


def test_help_leads_who_lost_the_mail_to_where_it_is_sent_again(client: Any) -> None:
    page = client.get(reverse("public:help")).content.decode()
    lost = page[page.index("I lost the mail") :]
    assert f'href="{reverse("bookings:find")}"' in lost[: lost.index("</details>")]
