from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from naksha.web.errors import too_many


def boom(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("boom")


def odd(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def closed(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def often(request: HttpRequest) -> HttpResponse:
    return too_many(request, 30)


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


urlpatterns = [
    path("-boom/", boom),
    path("-odd/", odd),
    path("-closed/", closed),
    path("-often/", often),
    path("-form/", form),
    path("", include("naksha.urls")),
]
handler400 = "naksha.web.errors.bad_request"
handler500 = "naksha.web.errors.server_error"
here = override_settings(ROOT_URLCONF=__name__)


@here
def test_a_fault_of_ours_asks_nothing_of_the_database(client, django_assert_num_queries, db):
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        response = client.get("/-boom/")
    assert response.status_code == 500
    assert b"Something broke on our side" in response.content
    assert b"boom" not in response.content


@here
def test_a_request_that_makes_no_sense(client):
    response = client.get("/-odd/")
    assert response.status_code == 400
    assert b"made no sense" in response.content


@here
def test_a_closed_page_offers_the_login(client, db):
    response = client.get("/-closed/")
    assert response.status_code == 403
    assert b"/accounts/login/" in response.content


def test_an_address_without_a_page(client, db):
    response = client.get("/accounts/there/is/nothing/here/")
    assert response.status_code == 404
    assert b"Not on this map" in response.content


@here
def test_too_many_says_when_to_try_again(client, db):
    response = client.get("/-often/")
    assert response.status_code == 429
    assert response["Retry-After"] == "30"
    assert b"30 seconds" in response.content


@here
def test_a_form_without_its_token_says_what_to_do(db):
    response = Client(enforce_csrf_checks=True).post("/-form/", {"a": 1})
    assert response.status_code == 403
    assert b"Please send it again" in response.content
