"""A few endpoints, for tests of what all have in common."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from rest_framework import serializers

from accounts.api.auth import Anybody, Login
from accounts.models import User
from naksha.api.models import KeptAnswer
from naksha.api.schema import operation
from naksha.api.serializers import Instant, Serializer
from naksha.api.views import ApiView
from naksha.errors import DomainError
from naksha.testing import make_user

WORKED: list[str] = []


class Person(Serializer):
    first_name = serializers.CharField(max_length=10)
    born_at = Instant(required=False)
    number = serializers.IntegerField(read_only=True)


class Words(Serializer):
    first_name = serializers.CharField()


class People(ApiView):
    permission_classes = [Anybody]
    public_cache = True
    idempotent = frozenset({"post"})

    def get(self, request):
        return self.page("people", User.objects.order_by("email"), Words)

    def post(self, request):
        data = self.checked(Person)
        WORKED.append(data["first_name"])
        if data["first_name"] == "overtaken":
            other = threading.Thread(target=take_over)
            other.start()
            other.join()
        if data["first_name"] in ("kept", "overtaken"):
            make_user(first_name=data["first_name"])
        if data["first_name"] == "refused":
            raise DomainError
        if data["first_name"] == "broken":
            raise RuntimeError("on purpose")
        return self.ok({"firstName": data["first_name"], "n": len(WORKED)}, status=201)


def take_over():
    KeptAnswer.objects.update(claimed_at=timezone.now() + timedelta(seconds=1))
    connection.close()


class Mine(ApiView):
    permission_classes = [Login]

    def get(self, request):
        return self.ok(request.user.email)

    @operation("mine_forget", "Forget", tag="Mine")
    def delete(self, request):
        WORKED.append("forgotten")
        return self.ok()


urlpatterns = [
    path("api/v1/people", People.as_view()),
    path("api/v1/mine", Mine.as_view()),
    path("api/v1/html", lambda request: HttpResponse("<h1>no</h1>", status=403)),
    path("api/v1/large", lambda request: HttpResponse("<h1>too much</h1>", status=413)),
    path("", include("naksha.urls")),
]


@pytest.fixture(autouse=True)
def nothing_worked():
    WORKED.clear()


def post(body, client=None, **headers):
    client = client or Client(raise_request_exception=False)
    return client.post("/api/v1/people", json.dumps(body), content_type="application/json", headers=headers)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}
