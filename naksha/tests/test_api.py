"""Envelope, errors, names, pages and limits, on a few endpoints made for it."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.test import Client
from rest_framework import serializers

from naksha.api.errors import flat
from naksha.api.serializers import Serializer
from naksha.api.testing import check_envelope
from naksha.testing import make_user
from naksha.tests.api_site import WORKED, nothing_worked, post

__all__ = ["nothing_worked"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("naksha.tests.api_site")]


class Pet(Serializer):
    called = serializers.CharField()
    legs = serializers.IntegerField(default=4)


class Household(Serializer):
    city = serializers.CharField(default="Pune")
    pets = Pet(many=True)
    guard = Pet()


def test_names_are_in_camel_case_both_ways():
    assert post({"firstName": "Asha"}).json()["data"]["firstName"] == "Asha"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"firstName": ["This is needed."]}),
        ({"firstName": "x" * 11}, {"firstName": ["Ensure this field has no more than 10 characters."]}),
        ({"firstName": "A", "first_name": "B"}, {"first_name": ["There is no such field."]}),
        ({"firstName": "A", "number": 1}, {"number": ["This field can’t be set."]}),
        ({"firstName": "A", "bornAt": "2026-11-24T05:30:00"}, {"bornAt": ["Say the zone too: 2026-11-24T05:30:00Z."]}),
    ],
)
def test_bad_input_names_its_field_and_does_nothing(body, details):
    response = post(body)
    assert response.status_code == 400
    told = response.json()
    assert told["details"] == details
    assert (told["code"], told["statusCode"], told["path"], told["method"]) == (
        "VALIDATION_ERROR",
        400,
        "/api/v1/people",
        "POST",
    )
    assert not WORKED


def test_what_stands_inside_of_a_change_of_a_part_is_whole():
    change = Household(data={"pets": [{"called": "Moti"}]}, partial=True)
    assert change.is_valid()
    assert change.validated_data == {"pets": [{"called": "Moti", "legs": 4}]}
    lacking = Household(data={"pets": [{"called": "Moti"}, {}]}, partial=True)
    assert not lacking.is_valid()
    assert flat(lacking.errors) == {"pets.1.called": ["This is needed."]}
    alone = Household(data={"guard": {"legs": 3}}, partial=True)
    assert not alone.is_valid()
    assert flat(alone.errors) == {"guard.called": ["This is needed."]}


def test_every_error_is_json_in_the_envelope(settings):
    client = Client(raise_request_exception=False)
    for response, status, code in [
        (client.get("/api/v1/nowhere"), 404, "NOT_FOUND"),
        (client.get("/api/v1/html"), 403, "PERMISSION_DENIED"),
        (client.delete("/api/v1/people"), 405, "METHOD_NOT_ALLOWED"),
        (client.options("/api/v1/people"), 405, "METHOD_NOT_ALLOWED"),
        (client.options("/api/schema"), 405, "METHOD_NOT_ALLOWED"),
        (client.get("/api/v1/mine"), 401, "NOT_AUTHENTICATED"),
        (client.post("/api/v1/people", "{", content_type="application/json"), 400, "VALIDATION_ERROR"),
        (client.post("/api/v1/people", "{}", content_type="text/plain"), 400, "VALIDATION_ERROR"),
        (client.get("/api/v1/people", headers={"Accept": "text/html"}), 400, "VALIDATION_ERROR"),
        (client.post("/api/v1/large"), 400, "VALIDATION_ERROR"),
        (post({"firstName": "refused"}), 409, "INVALID_STATE"),
        (post({"firstName": "broken"}), 500, "INTERNAL_ERROR"),
    ]:
        assert response.status_code == status, code
        assert response.json()["code"] == code
        assert "on purpose" not in response.content.decode()


def test_a_slash_at_the_end_is_neither_needed_nor_a_redirect():
    client = Client()
    slashed = client.post("/api/v1/people/", json.dumps({"firstName": "Asha"}), content_type="application/json")
    assert slashed.status_code == 201


@pytest.mark.parametrize("query", ["page=0", "page=x", "pageSize=101", "pageSize=0", "page=²", "page=-1"])
def test_a_bad_page_is_refused(query):
    assert Client().get(f"/api/v1/people?{query}").status_code == 400


def test_a_page_past_the_end_is_empty():
    make_user()
    data = Client().get("/api/v1/people?page=99&pageSize=5").json()["data"]
    assert data["people"] == []
    assert data["pagination"] == {
        "page": 99,
        "pageSize": 5,
        "totalPages": 1,
        "totalCount": 1,
        "hasNext": False,
        "hasPrevious": True,
    }


def test_a_public_answer_is_not_sent_twice():
    first = Client().get("/api/v1/people")
    again = Client().get("/api/v1/people", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_user()
    assert Client().get("/api/v1/people", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_limit_is_told_on_every_answer_and_holds(monkeypatch):
    monkeypatch.setattr("naksha.api.middleware.REQUESTS", 3)
    client = Client()
    left = [client.get("/api/v1/nowhere")["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = client.get("/api/v1/people", headers={"X-Forwarded-For": "9.9.9.9"})
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert int(refused["Retry-After"]) > 0


def test_without_a_database_the_answer_is_in_the_envelope_all_the_same(monkeypatch):
    def away(**rule):
        raise OperationalError

    monkeypatch.setattr("naksha.web.limits.hit", away)
    response = Client(raise_request_exception=False).get("/api/v1/nowhere")
    assert check_envelope(response)["code"] == "NOT_FOUND"


def test_every_error_says_how_many_requests_are_left():
    client = Client(raise_request_exception=False)
    for where in ("", "v1/nowhere", "v1/html", "v1/mine", "schema/x", "v1/health"):
        check_envelope(client.get(f"/api/{where}"))
    check_envelope(client.delete("/api/v1/people"), "DELETE")
    check_envelope(post({"firstName": "broken"}), "POST")
    check_envelope(post({"firstName": "A"}, Host="[::"), "POST")
    assert int(client.get("/api/schema")["RateLimit-Remaining"]) > 0
