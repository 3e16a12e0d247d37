"""What several files of tests have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from naksha.api.testing import api_of
from naksha.testing import make_consultant

if TYPE_CHECKING:
    from consultants.tests.saving import Desk


@pytest.fixture(params=[360, 1280])
def desk(live_server: Any, request: pytest.FixtureRequest) -> Iterator[Desk]:
    from consultants.tests.saving import Desk
    from tests.window import browser

    consultant = make_consultant()
    login = Client()
    login.force_login(consultant.user)
    cookie: Any = {"name": "sessionid", "value": login.cookies["sessionid"].value, "url": live_server.url}
    with browser() as opened:
        context = opened.new_context(viewport={"width": request.param, "height": 800}, reduced_motion="reduce")
        context.add_cookies([cookie])
        yield Desk(context.new_page(), live_server.url, consultant)


@pytest.fixture
def admin(admin_user: Any) -> Any:
    return api_of(admin_user)


@pytest.fixture
def applicant() -> Any:
    return make_consultant(slug="new-one", status="submitted", display_name="Usha Nair")
