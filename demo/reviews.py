"""Reviews of the demo market, and what is answered."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from clients.models import Client
from consultants.models import Consultant
from demo.cast import guests_of, main_field
from demo.clock import at
from demo.opinions import HIDDEN, OF_ONE, OF_THE_CLIENT, OPINIONS, REPLIES
from sessions_app.models import Review, Session
from sessions_app.services import reviewing

HOUR = timedelta(hours=1)
Rated = tuple[datetime, Session, Client, int, str]  # when, of what, by whom, stars, comment


@dataclass
class Reviews:
    """``client`` is the demo's: all of it is reviewed but the session ``to_write``, ``written`` in words of its own."""

    now: datetime
    admin: User
    client: User
    to_write: Session
    written: Session
    used: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=lambda: random.Random("reviews"))  # noqa: S311 - a show, no secret

    @transaction.atomic
    def of(self, consultant: Consultant, *, hide_one: bool = False) -> None:
        """Two thirds of what was held is reviewed, a third of that answered. With ``hide_one`` one is hidden."""
        given = sorted(self._chosen(consultant), key=lambda rated: rated[0])
        hidden = next((r for r in given[len(given) // 2 :] if r[3] == 5 and r[2].user is None), None)
        for rated in given:
            moment, session, client, stars, comment = rated
            is_hidden = hide_one and rated is hidden
            with at(moment):
                review = reviewing.rate(
                    session=session,
                    client=client,
                    rating=stars,
                    comment=HIDDEN[0] if is_hidden else comment,
                    by=client.user,
                )
            if is_hidden:
                with at(moment + 5 * HOUR):
                    reviewing.hide(review=review, actor=self.admin, reason=HIDDEN[1])
            else:
                self._answer(review, moment, session)

    def _answer(self, review: Review, moment: datetime, session: Session) -> None:
        own = session == self.written
        later = moment + HOUR * self.dice.uniform(2, 60)
        if later >= self.now or not (own or self.dice.random() < (0.45 if review.comment else 0.08)):
            return
        text = OF_THE_CLIENT[2] if own else self._fresh(REPLIES[review.rating], review.consultant)
        with at(later):
            reviewing.reply(review=review, actor=review.consultant.user, text=text)

    def _chosen(self, consultant: Consultant) -> list[Rated]:
        """Who reviews what, and how."""
        held = Session.objects.filter(consultant=consultant, status=Session.Status.COMPLETED, recorded_by=None)
        sessions = list(held.select_related("consultant__user", "client__user").order_by("starts_at"))
        sessions = [session for session in sessions if session.ended_at and session.ended_at < self.now - HOUR]
        always = [s for s in sessions if s.client and s.client.user == self.client and s != self.to_write]
        others = [s for s in sessions if s not in always and not s.is_webinar and s != self.to_write]
        wanted = round(self.dice.uniform(0.64, 0.77) * sum(not session.is_webinar for session in sessions))
        picked = self.dice.sample(others, min(len(others), max(0, wanted - len(always))))
        rated = [self._rated(session, session.client) for session in [*always, *picked] if session.client]
        for session in sessions:
            if session.is_webinar:
                guests = [guest.client for guest in guests_of(session) if guest.client]
                rated += [self._rated(session, guest) for guest in guests if self.dice.random() < 0.4]
        return rated

    def _rated(self, session: Session, client: Client) -> Rated:
        ended = session.ended_at or session.ends_at
        moment = ended + HOUR * self.dice.uniform(0.3, 120)
        if moment >= self.now:
            moment = ended + (self.now - ended) * self.dice.uniform(0.2, 0.9)
        if session == self.written:
            return moment, session, client, OF_THE_CLIENT[0], OF_THE_CLIENT[1]
        stars = self.dice.choices([5, 4, 3, 2], weights=[58, 30, 8, 4])[0]
        comment = ""
        if self.dice.random() < 0.82:
            comment = self._words(session, stars)
        return moment, session, client, stars, comment

    def _words(self, session: Session, stars: int) -> str:
        """What nobody has said of this consultant; else nothing."""
        consultant = session.consultant
        if session.is_webinar:
            pools = [OPINIONS["webinar"]]
        else:
            pools = [OF_ONE.get(consultant.display_name, {}), OPINIONS[main_field(consultant)], OPINIONS["any"]]
        for pool in pools:
            fresh = [words for words in pool.get(stars, ()) if not self.used[f"{consultant.pk} {words}"]]
            if fresh and (pool is not pools[-1] or self.dice.random() < 0.9):
                return self._fresh(fresh, consultant)
        return ""

    def _fresh(self, texts: tuple[str, ...] | list[str], consultant: Consultant) -> str:
        """The one that was used least, by this consultant first."""
        text = min(
            texts, key=lambda words: (self.used[f"{consultant.pk} {words}"], self.used[words], self.dice.random())
        )
        self.used[f"{consultant.pk} {text}"] += 1
        self.used[text] += 1
        return text
