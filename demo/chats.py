"""Chats of the demo market, line by line through the service that a room uses."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from demo import papers, talk
from demo.cast import consultant_of, guests_of, main_field, read
from demo.clock import at
from sessions_app.access import Visitor
from sessions_app.models import Session
from sessions_app.services import chatting, digesting
from sessions_app.services.chat_news import DIGEST_MINUTES

MINUTE = timedelta(minutes=1)
# When the mail about what nobody has read goes out: the schedule looks every 30 seconds.
MAILED_AFTER = DIGEST_MINUTES * MINUTE + timedelta(seconds=20)
MAILS_SINCE = timedelta(days=7)
Line = tuple[datetime, str, str, str]  # when, side, words, file


@dataclass
class Chats:
    now: datetime

    def before(self, session_id: UUID, dice: random.Random, begins: datetime, until: datetime) -> None:
        """A talk about what is to come, which ends before ``until``; none where the session was called off."""
        session = read(session_id)
        if session.is_over:
            return
        if session.is_webinar:
            talks: Sequence[talk.Talk] = talk.WEBINAR
        else:
            talks = [*talk.BEFORE[main_field(session.consultant)] * 2, *talk.BEFORE_ANY]
        self._run(session, dice, _timed(dice, dice.choice(talks), begins), until)

    def say(self, session_id: UUID, dice: random.Random, words: talk.Talk, begins: datetime) -> None:
        self._run(read(session_id), dice, _timed(dice, words, begins), self.now)

    def lively(self, session_id: UUID) -> None:
        """The one of the demo logins: the client has yet to read its last line."""
        lines = [(self.now - minutes * MINUTE, *line) for minutes, *line in talk.LIVELY]
        self._run(read(session_id), None, lines, self.now)  # type: ignore[arg-type]

    @transaction.atomic
    def _run(self, session: Session, dice: random.Random | None, lines: Sequence[Line], until: datetime) -> None:
        """Write ``lines`` as far as they come before ``until``. Whoever answers has read what came before; without
        ``dice`` the last line stays unread."""
        guests = guests_of(session)
        if not guests:
            return
        sides = {"k": consultant_of(session), "c": dice.choice(guests) if dice else guests[0]}
        before: tuple[datetime, str, int] | None = None
        lines = [line for line in lines if line[0] < until]
        if len(lines) < 2:
            return
        last_of = {line[1]: line for line in lines}
        for line in lines:
            moment, side, words, file = line
            if before is not None and before[1] != side:
                self._read(sides[side], before, moment - 0.4 * MINUTE)
            with at(moment):
                sent = chatting.post(
                    visitor=sides[side],
                    client_message_id=_device_id(session, moment),
                    body=words,
                    files=[_file(file)] if file else [],
                )
                if line is last_of[side]:  # who writes has the own words before the eyes
                    chatting.mark_read(visitor=sides[side], sequence=sent.message.sequence)
            before = (moment, side, sent.message.sequence)
        if before is None:
            return
        reader = sides["c" if before[1] == "k" else "k"]
        if dice is not None and dice.random() < 0.93:
            self._read(reader, before, before[0] + MINUTE * dice.choice([1, 2, 4, 7, 25, 90]))
        else:
            self._mail(before[0])

    def _read(self, reader: Visitor, last: tuple[datetime, str, int], moment: datetime) -> None:
        if moment > last[0] + MAILED_AFTER:
            if last[0] < self.now - MAILS_SINCE:
                moment = last[0] + MAILED_AFTER - MINUTE  # a mail of long ago would cost time for nothing
            else:
                self._mail(last[0])
        if moment <= self.now:
            with at(moment):
                chatting.mark_read(visitor=reader, sequence=last[2])

    def _mail(self, sent_at: datetime) -> None:
        if (due := sent_at + MAILED_AFTER) <= self.now:
            with at(due):
                digesting.send_due()


def _timed(dice: random.Random, words: talk.Talk, begins: datetime) -> list[Line]:
    """Most answers come within minutes, some after hours; nobody writes at night."""
    lines, moment = [], _awake(begins)
    for side, line in words:
        lines.append((moment, side, line, talk.FILES.get(line, "")))
        moment = _awake(moment + MINUTE * (dice.uniform(1, 9) if dice.random() < 0.75 else dice.uniform(12, 200)))
    return lines


def _awake(moment: datetime) -> datetime:
    """``moment``, or half past eight and a bit of the next morning in India."""
    wall = moment.astimezone(papers.INDIA)
    minutes = wall.hour * 60 + wall.minute
    if 450 <= minutes <= 1350:
        return moment
    days = 1 if minutes > 1350 else 0
    return (wall + timedelta(days=days)).replace(hour=8, minute=30 + wall.minute % 30)


def _device_id(session: Session, moment: datetime) -> UUID:
    return UUID(int=random.Random(f"{session.pk} {moment}").getrandbits(128), version=4)  # noqa: S311 - no secret


def _file(name: str) -> SimpleUploadedFile:
    if name.endswith(".png"):
        return SimpleUploadedFile(name, papers.shop_front(), "image/png")
    return SimpleUploadedFile(name, papers.specimen(name.removesuffix(".pdf"), "Farhan Qureshi"), "application/pdf")
