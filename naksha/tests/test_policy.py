"""What each answer tells the browser it may do."""

import pytest
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.http import parse_http_date
from django.views.decorators import cache

from naksha.web.policy import ContentPolicyMiddleware, never_cache

pytestmark = pytest.mark.django_db


def directives(response):
    pairs = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value.split() for name, _, value in pairs}


def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = directives(client.get("/"))
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    for name, values in policy.items():
        assert "'unsafe-inline'" not in values, name
        assert "'unsafe-eval'" not in values, name
        assert not [value for value in values if value.startswith("http") or value == "*"], name


def test_every_answer_carries_the_other_headers(client):
    for path in ("/", "/nothing/like/this/", reverse("account_login")):
        response = client.get(path)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in response["Permissions-Policy"]


def test_a_form_without_its_token_gets_a_page_that_says_what_to_do():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("account_login"), {"login": "a@b.in", "password": "x"})
    assert response.status_code == 403
    assert "send it once more" in response.content.decode()


def test_a_forged_forwarded_address_changes_nothing(rf, settings):
    from naksha.web.address import client_address

    settings.TRUSTED_PROXIES = 0
    assert client_address(rf.get("/", HTTP_X_FORWARDED_FOR="1.2.3.4")) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert client_address(rf.get("/", HTTP_X_FORWARDED_FOR="1.2.3.4, 5.6.7.8")) == "5.6.7.8"


@pytest.mark.parametrize("reads_nonce", [True, False])
def test_the_policy_that_is_kept_in_words_is_the_one_django_csp_would_word(rf, reads_nonce):
    def view(request):
        return HttpResponse(str(request.csp_nonce) if reads_nonce else "")

    said = {}
    for middleware in (CSPMiddleware, ContentPolicyMiddleware):
        request = rf.get("/")
        response = middleware(view)(request)
        nonce = response.content.decode()
        assert (f"'nonce-{nonce}'" in response["Content-Security-Policy"]) is reads_nonce
        policy = directives(response)
        said[middleware] = {
            name: [value.replace(nonce, "N") if nonce else value for value in values] for name, values in policy.items()
        }
        if not reads_nonce:
            with pytest.raises(CSPNonceError):
                str(request.csp_nonce)
    assert said[CSPMiddleware] == said[ContentPolicyMiddleware]


def test_an_answer_with_a_policy_of_its_own_keeps_it(rf):
    def view(request):
        response = HttpResponse("")
        response._csp_update = {"form-action": ["https://gateway.example"]}
        return response

    assert directives(ContentPolicyMiddleware(view)(rf.get("/")))["form-action"] == [
        "'self'",
        "https://gateway.example",
    ]


def test_what_is_never_kept_says_so_in_the_words_of_django(rf):
    """Only the moment of its end is another: any that is over."""

    def view(request):
        return HttpResponse("words")

    ours, djangos = (decorate(view)(rf.get("/")) for decorate in (never_cache, cache.never_cache))
    assert ours["Cache-Control"] == djangos["Cache-Control"]
    assert "no-store" in ours["Cache-Control"]
    assert parse_http_date(ours["Expires"]) < parse_http_date(djangos["Expires"])
