"""The room of a session that is held in the browser. No answer holds more than the asker's own way in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Party
from consultants.models import Service
from meetings import services as meetings
from meetings.models import Room
from naksha.api.schema import ROLE, operation
from naksha.api.serializers import Instant, Serializer
from naksha.api.views import ApiView
from naksha.db import db_now
from naksha.errors import InvalidState
from naksha.times import iso
from sessions_app import rooms
from sessions_app.access import Visitor
from sessions_app.api import examples
from sessions_app.api.access import visitor_of
from sessions_app.errors import MeetingClosed
from sessions_app.services import joining

TAG = "Meetings"
STATES = [member.name for member in Room.Status]
REFUSED = [*ROLE, "NOT_FOUND", "INVALID_STATE"]


class JitsiSession(Serializer):
    session_id = serializers.UUIDField()


class JitsiRoom(Serializer):
    session_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=STATES)
    opens_at = Instant(help_text="From when GET /jitsi/room/{sessionId} gives the way in.")
    closes_at = Instant()


class JitsiDoor(JitsiRoom):
    join_url = serializers.CharField(help_text="This login's own; it is for nobody else, and stands on no page.")
    is_moderator = serializers.BooleanField(
        help_text="Whether joinUrl makes this person the moderator. False where the meeting's server takes no tokens "
        "and decides by itself."
    )


class CreateRoom(ApiView):
    permission_classes = [Party]

    @operation(
        "jitsi_create_room",
        "Have a room for a session",
        tag=TAG,
        request=JitsiSession,
        answer=JitsiRoom,
        errors=REFUSED,
        request_example={"sessionId": examples.ID},
        example=examples.ROOM,
        description="A session with the platform JITSI has its room from the start; asked again, it is the same one.",
    )
    def post(self, request: Request) -> Response:
        visitor = visitor_of(request, self.checked(JitsiSession)["session_id"])
        _in_the_browser(visitor)
        if visitor.session.is_over:
            raise MeetingClosed
        rooms.open_for(visitor.session)
        return self.ok(_told(visitor, rooms.door_of(visitor.session, db_now())))


class OneRoom(ApiView):
    permission_classes = [Party]

    @operation(
        "jitsi_room",
        "The way into a session's room",
        tag=TAG,
        answer=JitsiDoor,
        errors=REFUSED,
        example={**examples.ROOM, "joinUrl": "https://meet.example/naksha-…#…", "isModerator": False},
        description="From ten minutes before the start until an hour after the end. Ask when the person presses Join: "
        "it is written in the join log, which shows who came.",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        visitor = visitor_of(request, pk)
        _in_the_browser(visitor)
        url = joining.join(visitor=visitor)
        door = rooms.door_of(visitor.session, db_now())
        ours = None if door.own_link else door.room
        moderates = visitor.is_consultant and ours is not None and meetings.makes_moderators(ours)
        return self.ok({**_told(visitor, door), "joinUrl": url, "isModerator": moderates})


def _in_the_browser(visitor: Visitor) -> None:
    if visitor.session.platform != Service.Platform.JITSI:
        raise InvalidState(_("This session is not held in the browser."))


def _told(visitor: Visitor, door: rooms.Door) -> dict[str, Any]:
    ready = door.room is None or door.room.is_ready
    status = Room.Status(door.room.status) if door.room else Room.Status.PENDING
    return {
        "sessionId": str(visitor.session.pk),
        "status": Room.Status.READY.name if ready and door.own_link else status.name,
        "opensAt": iso(door.opens_at),
        "closesAt": iso(door.closes_at),
    }
