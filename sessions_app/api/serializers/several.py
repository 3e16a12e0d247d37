"""One thing that is done with several sessions, and what came of it for each."""

from __future__ import annotations

from rest_framework import serializers

from naksha.api.serializers import Serializer
from sessions_app.api.serializers.typed import reason_typed
from sessions_app.services import bulk


class BulkSessions(Serializer):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=bulk.MOST)
    action = serializers.ChoiceField(choices=list(bulk.ACTS))
    reason = reason_typed()


class SessionNotDone(Serializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    message = serializers.CharField()


class BulkSessionsReport(Serializer):
    done = serializers.ListField(child=serializers.UUIDField())
    not_done = SessionNotDone(many=True)
