"""Sessions of two clients who become one, with seats, chats, reviews, reminders and views (clients.moving.Mover)."""

from __future__ import annotations

from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client
from clients.moving import Moving
from sessions_app.models import JoinEvent, Member, Message, Reminder, Review, SavedView, Seat, Session, SessionLink


class SessionsMove:
    relations = frozenset(
        f"sessions_app.{name}.client"
        for name in ("JoinEvent", "Member", "Reminder", "Review", "Seat", "Session", "SessionLink")
    )

    def told(self, gone: Client) -> list[Moving]:
        sessions = Session.objects.filter(client=gone).exclude(status=Session.Status.ABANDONED).count()
        seats = Seat.objects.filter(client=gone, status=Seat.Status.TAKEN).count()
        messages = Message.objects.filter(member__client=gone, deleted_at__isnull=True).count()
        reviews = Review.objects.filter(client=gone).count()
        return [
            Moving(ngettext("%(n)d session", "%(n)d sessions", sessions) % {"n": sessions}, sessions),
            Moving(ngettext("%(n)d seat of a webinar", "%(n)d seats of webinars", seats) % {"n": seats}, seats),
            Moving(ngettext("%(n)d message", "%(n)d messages", messages) % {"n": messages}, messages),
            Moving(ngettext("%(n)d review", "%(n)d reviews", reviews) % {"n": reviews}, reviews),
        ]

    def against(self, *, kept: Client, gone: Client) -> list[str]:
        """Two who sat in one webinar, or rated one session, were two."""
        live = ~Q(status=Seat.Status.RELEASED)
        shared = Session.objects.filter(
            Q(pk__in=Seat.objects.filter(live, client=gone).values("session"))
            & Q(pk__in=Seat.objects.filter(live, client=kept).values("session"))
            | Q(pk__in=Review.objects.filter(client=gone).values("session"))
            & Q(pk__in=Review.objects.filter(client=kept).values("session"))
        )
        return [
            _("Both have a place in “%(title)s”: one person can’t have two.") % {"title": session.title}
            for session in shared.order_by("starts_at")[:3]
        ]

    def move(self, *, kept: Client, gone: Client) -> None:
        Session.objects.filter(client=gone).update(client=kept, updated_at=timezone.now())
        planned = Reminder.objects.filter(client=kept).values_list("session", "minutes_before")
        for session, minutes in list(planned):
            Reminder.objects.filter(client=gone, session=session, minutes_before=minutes).delete()
        for model in (Seat, SessionLink, JoinEvent, Reminder, Review):
            model.objects.filter(client=gone).update(client=kept)  # type: ignore[attr-defined]
        for place in Member.objects.filter(client=gone, conversation__members__client=kept):
            self._one_place(place, Member.objects.get(conversation=place.conversation_id, client=kept))
        Member.objects.filter(client=gone).update(client=kept)
        # Views know clients as addresses do. One that is saved at this moment still finds the kept one by the old id.
        old, new = (f"client={each.pk}" for each in (gone, kept))
        SavedView.objects.filter(consultant=kept.consultant_id, query__contains=old).update(
            query=Replace("query", Value(old), Value(new))
        )

    @staticmethod
    def _one_place(place: Member, stays: Member) -> None:
        """A seat that was given back and taken again by the other address left two places in one chat."""
        Message.objects.filter(member=place).update(member=stays)
        Member.objects.filter(pk=stays.pk, last_read_sequence__lt=place.last_read_sequence).update(
            last_read_sequence=place.last_read_sequence, last_read_at=place.last_read_at
        )
        Member.objects.filter(pk=stays.pk, digested_sequence__lt=F("last_read_sequence")).update(
            digested_sequence=F("last_read_sequence")
        )
        place.delete()
