"""The entrance, one's own account and the admin in a real browser: axe, the policy, a passkey from end to end."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from consultants.models import ApprovalDocument, Consultant
from naksha.testing import PASSWORD, make_admin, make_consultant, make_user
from tests.window import browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ENTRANCE = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/"]
OWN = ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/logout/"]
ADMIN = ["/admin/", "/admin/consultants/consultant/", "/admin/accounts/user/", "/admin/accounts/auditentry/"]


def log_in(page: Any, base: str, email: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_axe_and_the_policy_find_nothing(live_server, width, theme):
    axe = (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    draft = make_consultant(status=Consultant.Status.DRAFT, headline="")
    sent = make_consultant(status=Consultant.Status.SUBMITTED)
    ApprovalDocument.objects.create(
        consultant=sent, kind="identity", file="x.pdf", original_name="PAN.pdf", content_type="application/pdf", size=1
    )
    client, admin = make_user(), make_admin()
    review = reverse("admin:consultants_consultant_change", args=[sent.pk])
    account = reverse("admin:accounts_user_change", args=[client.pk])
    walks = [
        (None, ENTRANCE),
        (client, OWN),
        (draft.user, [reverse("consultants:application")]),
        (sent.user, [reverse("consultants:application")]),
        (admin, [*ADMIN, review, account]),
    ]
    with browser() as opened:
        for user, paths in walks:
            context = opened.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            if user:
                log_in(page, live_server.url, user.email)
            for path in paths:
                page.goto(live_server.url + path)
                page.wait_for_load_state("networkidle")
                page.evaluate(axe)
                found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
                assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], path
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert said == []
            context.close()


def test_a_passkey_is_added_lets_in_alone_and_serves_as_the_second_factor(live_server):
    user = make_user()
    base = live_server.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to an address
    with browser() as opened:
        context = opened.new_context()
        page = context.new_page()
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        log_in(page, base, user.email)
        page.goto(f"{base}/accounts/2fa/webauthn/add/")
        page.fill("#id_password", PASSWORD)  # asked once more
        page.get_by_role("button", name="Go on").click()
        page.check("#id_passwordless")
        page.get_by_role("button", name="Add").click()
        page.wait_for_url("**/recovery-codes/")
        assert page.locator(".codes li").count() == 10

        context.clear_cookies()
        page.goto(f"{base}/accounts/login/")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(f"{base}/me/")
        page.goto(f"{base}/accounts/email/")
        assert user.email in page.inner_text("main")

        context.clear_cookies()
        log_in(page, base, user.email)
        assert page.url.endswith("/accounts/2fa/authenticate/")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(f"{base}/me/")


def test_signing_up_and_a_wrong_login_work_without_script(live_server):
    with browser() as opened:
        page = opened.new_context(java_script_enabled=False).new_page()
        page.goto(f"{live_server.url}/accounts/signup/?as=client")
        page.fill("#id_name", "Farhan Qureshi")
        page.fill("#id_email", "farhan@example.com")
        page.fill("#id_password1", "weak")
        page.get_by_role("button", name="Make the account").click()
        assert "Add an upper-case letter." in page.inner_text("main")
        assert page.input_value("#id_name") == "Farhan Qureshi"
        page.fill("#id_password1", PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        assert "Look into your mail" in page.inner_text("main")
