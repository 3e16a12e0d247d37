"""The live connection of a session's room. It carries what was written; nothing is written here but who is there."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from naksha.web.close_codes import NO_ACCESS
from naksha.web.sockets import LAYER_AWAY, Socket, layer_outage
from naksha.web.watch import Verdict, Watch
from sessions_app import chat_view
from sessions_app.access import Place, find_visitor, remembered_link, still_in
from sessions_app.live import room_group
from sessions_app.members import PRESENT_SECONDS, join_member
from sessions_app.models import Conversation, Member

TOUCH_SECONDS = 20
TYPING_SECONDS = 2
PRESENT = timedelta(seconds=PRESENT_SECONDS)


class SessionSocket(Socket):
    """``/ws/sessions/<id>/``: messages, their changes, who types, who is there, how far they have read."""

    def admit(self) -> bool:
        self.session_id = self.scope["url_route"]["kwargs"]["pk"]
        visitor = find_visitor(session_id=self.session_id, user=self.browser.user, browser=self.browser.data, door=True)
        if visitor is None:
            return False
        member = join_member(visitor)
        self.client_id = visitor.client.pk if visitor.client else None
        self.member_id, self.conversation_id = member.pk, member.conversation_id
        self.told = self.seen = member.conversation.last_version
        self.touched = self.typed = 0.0
        self.away = False
        self.shown: frozenset[Any] = frozenset()
        Member.objects.filter(pk=member.pk).update(last_seen_at=timezone.now())
        self.people = chat_view.people(member.conversation, now=timezone.now(), within=PRESENT)
        return True

    def groups(self) -> list[str]:
        return [room_group(self.session_id)]

    async def entered(self) -> None:
        self.touched = time.monotonic()
        self.say({"type": "welcome", "member": str(self.member_id), "version": self.told, "people": self.people})
        del self.people
        await self._tell_room(here=True)

    async def left(self) -> None:
        if not self.away:
            await self._go()

    async def heard(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "typing" and time.monotonic() - self.typed >= TYPING_SECONDS:
            self.typed = time.monotonic()
            await self._send({"type": "typing", "member": str(self.member_id)})
        elif kind == "away" and not self.away:
            self.away = True
            await self._go()
        elif kind == "here" and self.away:
            self.away = False
            await self._come()

    # --- from the layer ------------------------------------------------------------------------

    async def chat_message(self, message: dict[str, Any]) -> None:
        """A message or its change, for those whom the database named when it was written."""
        if self.member_id.hex in message["to"]:
            self.told = max(self.told, message["version"])
            self.say_text(message["text"])

    async def chat_event(self, message: dict[str, Any]) -> None:
        self.say_text(message["text"])

    async def chat_presence(self, message: dict[str, Any]) -> None:
        mine = message["member"] == self.member_id.hex
        if mine and not message["here"] and not self.away and self._open:
            await self._come()  # that was another window
        elif not mine:
            self.say({"type": "presence", "member": message["name"], "here": message["here"]})

    async def session_changed(self, message: dict[str, Any]) -> None:
        """The session's state, time or place is another."""
        self.say({"type": "session.changed"})

    def catch_up(self) -> None:
        """Messages are asked for again anyway (:meth:`recheck`)."""
        self.say({"type": "session.changed"})

    # --- who is there ----------------------------------------------------------------------------

    async def _come(self) -> None:
        await database_sync_to_async(self._touch)()
        await self._tell_room(here=True)

    def _touch(self) -> None:
        Member.objects.filter(pk=self.member_id).update(last_seen_at=timezone.now())

    async def _go(self) -> None:
        """The last window of this person, as far as this process knows, is closed or hidden."""
        others = (s for s in Watch.here().sockets if isinstance(s, SessionSocket) and s is not self)
        if any(s.member_id == self.member_id and not s.away for s in others):
            return
        gone = timezone.now() - PRESENT
        await database_sync_to_async(Member.objects.filter(pk=self.member_id).update)(last_seen_at=gone)
        await self._tell_room(here=False)

    async def _tell_room(self, *, here: bool) -> None:
        message = {"type": "chat.presence", "member": self.member_id.hex, "name": str(self.member_id), "here": here}
        await self._to_layer(message)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._to_layer({"type": "chat.event", "text": json.dumps(frame)})

    async def _to_layer(self, message: dict[str, Any]) -> None:
        if not layer_outage.worth_asking:
            return
        try:
            await self.channel_layer.group_send(room_group(self.session_id), message)
        except LAYER_AWAY as error:
            layer_outage.began(error)

    # --- asked again and again -------------------------------------------------------------------

    @property
    def place(self) -> Place:
        link_id = remembered_link(self.session_id, self.browser.data) if self.client_id else None
        return Place(self.session_id, self.client_id, self.browser.user_id, link_id)

    @classmethod
    def recheck(cls, sockets: Sequence[SessionSocket]) -> dict[Any, Verdict]:
        """Who may stay; who is there; and which message the layer lost, told a round after it was written."""
        places = {socket: socket.place for socket in sockets}
        staying = still_in(places.values())
        verdicts = {socket: Verdict(close=NO_ACCESS) for socket in sockets if places[socket] not in staying}
        inside = [socket for socket in sockets if socket not in verdicts]
        cls._touch_present(inside)
        rooms = {socket.conversation_id for socket in inside}
        versions = dict(Conversation.objects.filter(pk__in=rooms).values_list("pk", "last_version"))
        here: dict[Any, set[Any]] = {}
        present = Member.objects.filter(conversation__in=rooms, last_seen_at__gt=timezone.now() - PRESENT)
        for room, member in present.values_list("conversation", "pk"):
            here.setdefault(room, set()).add(str(member))
        for socket in inside:
            frames: list[dict[str, Any]] = []
            if socket.seen > socket.told:
                socket.told = socket.seen
                frames.append({"type": "version", "version": socket.seen})
            socket.seen = versions.get(socket.conversation_id, socket.seen)
            now_here = frozenset(here.get(socket.conversation_id, ()))
            if now_here != socket.shown:
                socket.shown = now_here
                frames.append({"type": "here", "members": sorted(now_here)})
            if frames:
                verdicts[socket] = Verdict(frames=tuple(frames))
        return verdicts

    @classmethod
    def _touch_present(cls, sockets: Sequence[SessionSocket]) -> None:
        now = time.monotonic()
        due = [s for s in sockets if not s.away and now - s.touched >= TOUCH_SECONDS]
        if due:
            Member.objects.filter(pk__in={s.member_id for s in due}).update(last_seen_at=timezone.now())
            for socket in due:
                socket.touched = now
