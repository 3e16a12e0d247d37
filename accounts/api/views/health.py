"""Whether what this installation needs is there."""

from __future__ import annotations

import platform
from http import HTTPStatus
from typing import Any

import django
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import may_administer
from accounts.api.auth import Admin, Anybody, BearerAuthentication
from naksha.api.errors import body_of
from naksha.api.naming import camel
from naksha.api.schema import operation
from naksha.api.serializers import Serializer
from naksha.api.views import ApiView
from naksha.web import health
from naksha.web.health import Finding

STATES = [("UP", "UP"), ("DOWN", "DOWN")]


class Part(Serializer):
    about = serializers.CharField(help_text="What it is, or what went wrong.")
    needed = serializers.BooleanField(help_text="Whether nothing can be served without it.")
    version = serializers.CharField(allow_blank=True)
    latency_ms = serializers.FloatField(allow_null=True)


class HealthData(Serializer):
    status = serializers.ChoiceField(choices=STATES)
    database = serializers.ChoiceField(choices=STATES)
    cache = serializers.ChoiceField(choices=STATES)
    queue = serializers.ChoiceField(choices=STATES)
    channel_layer = serializers.ChoiceField(choices=STATES)
    heartbeat = serializers.ChoiceField(choices=STATES)
    disk = serializers.ChoiceField(choices=STATES)
    parts = serializers.DictField(child=Part(), required=False, help_text="For admins alone.")
    versions = serializers.DictField(child=serializers.CharField(), required=False, help_text="For admins alone.")


UP = dict.fromkeys(["status", "database", "cache", "queue", "channelLayer", "heartbeat", "disk"], "UP")


class Health(ApiView):
    """Open to all, and asked while the database may be away: who asks is looked up only where it is there."""

    authentication_classes = ()
    permission_classes = (Anybody,)

    @operation(
        "health",
        "Which parts are up",
        tag="Health",
        answer=HealthData,
        login=False,
        counted=False,
        errors=["SERVICE_UNAVAILABLE"],
        example=UP,
        description="An error of 503 carries the same `data` beside its code. Admins see versions and latencies, too.",
    )
    def get(self, request: Request) -> Response:
        able, found = health.lately()
        data = states(able, found)
        if not able:
            message = _("Something that we need does not answer just now. Try again in a minute.")
            status = HTTPStatus.SERVICE_UNAVAILABLE
            told = body_of(request._request, status=status, code="SERVICE_UNAVAILABLE", message=message)
            return Response({**told, "data": data}, status=status)
        who = BearerAuthentication().authenticate(request)
        if who and may_administer(who[0]):
            data |= details(found)
        return self.ok(data)


class SystemHealth(ApiView):
    permission_classes = (Admin,)

    @operation(
        "admin_system_health",
        "Every part with its version and latency",
        tag="Admin",
        answer=HealthData,
        errors=["PERMISSION_DENIED"],
        example={**UP, "versions": {"django": "5.2.8", "python": "3.12.3"}},
    )
    def get(self, request: Request) -> Response:
        able, found = health.lately()
        return self.ok({**states(able, found), **details(found)})


def states(able: bool, found: dict[str, Finding]) -> dict[str, Any]:
    def word(ok: bool) -> str:
        return "UP" if ok else "DOWN"

    return {"status": word(able), **{camel(name): word(finding.ok) for name, finding in found.items()}}


def details(found: dict[str, Finding]) -> dict[str, Any]:
    parts = {
        camel(name): {
            "about": finding.about,
            "needed": finding.needed,
            "version": finding.version,
            "latencyMs": None if finding.seconds is None else round(finding.seconds * 1000, 1),
        }
        for name, finding in found.items()
    }
    return {"parts": parts, "versions": {"django": django.get_version(), "python": platform.python_version()}}
