"""The demo market: made by the real services, adding up, and never over somebody's data."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q, Sum
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from consultants.models import Consultant
from demo import keeping, market
from demo.clock import at
from demo.opinions import OF_ONE, OPINIONS, REPLIES
from demo.people import PEOPLE
from demo.people.clients import LAST_NAMES
from demo.talk import BEFORE, NOTES
from naksha.db import db_now
from naksha.testing import make_user
from notifications.models import Notification
from payments.models import LedgerTransaction, Payment, Refund
from payments.services.checking import verify_ledger
from quotations.models import Quotation
from sessions_app.models import (
    JOIN_OPENS,
    Attachment,
    Conversation,
    JoinEvent,
    Member,
    Message,
    Review,
    Session,
    SessionNotes,
)
from sessions_app.rooms import JOIN_CLOSES
from sessions_app.services import reviewing
from sessions_app.services.chatting import open_until


def test_it_touches_no_database_that_holds_somebody(db):
    make_user()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("demo")
    assert User.objects.count() == 1


def test_it_is_not_made_where_money_is_real(db):
    with override_settings(EMBEDDED=False), pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


def test_time_is_told_to_both_clocks_and_given_back():
    past = timezone.now() - timedelta(days=40)
    with at(past):
        assert timezone.now() == past
        assert db_now() == past
    assert timezone.now() - past > timedelta(days=39)


def test_there_are_words_for_everybody():
    fields = {field for person in PEOPLE for field in person.fields}
    assert fields <= OPINIONS.keys() & BEFORE.keys() & NOTES.keys()
    assert OF_ONE.keys() <= {person.name for person in PEOPLE}
    said = [words for pool in (*OPINIONS.values(), *OF_ONE.values()) for texts in pool.values() for words in texts]
    assert len(said) == len(set(said)) > 60
    assert set(REPLIES) == {2, 3, 4, 5}


@pytest.fixture
def places(transactional_db):
    """Tests with transactions of their own leave the tables empty, those of the migrations included."""
    import_module("consultants.migrations.0002_places").add(apps, None)


@pytest.mark.slow
@pytest.mark.usefixtures("places")
@pytest.mark.django_db(transaction=True)
def test_the_market_is_full_and_adds_up(capsys):
    call_command("demo")
    listed = Consultant.objects.filter(status="approved", is_listed=True, profile_completed_at__isnull=False)
    assert listed.count() == len(PEOPLE) == 24
    assert all(consultant.photo for consultant in listed)
    assert Consultant.objects.filter(status="submitted").count() == 2
    assert Consultant.objects.filter(status="needs_info").count() == 1
    told = capsys.readouterr().out
    for mail in (market.CONSULTANT_MAIL, market.CLIENT_MAIL, market.ADMIN_MAIL):
        assert User.objects.get(email=mail).check_password(market.PASSWORD)
        assert mail in told
    statuses = set(Booking.objects.values_list("status", flat=True))
    assert {"accepted", "pending", "cancelled", "rejected", "abandoned"} <= statuses
    assert {"completed", "no_show", "confirmed", "cancelled"} <= set(Session.objects.values_list("status", flat=True))
    # What bookings and recorded sessions say, what payments say and what the ledger says are one.
    assert verify_ledger() == []
    assert LedgerTransaction.objects.filter(occurred_at__lt=timezone.now() - timedelta(days=60)).exists()
    paid = sum(Payment.objects.values_list("captured_paise", flat=True))
    payables = (Booking.objects, Session.objects, Quotation.objects)
    assert paid == sum(total(rows, "paid_paise") for rows in payables)
    refunded = sum(Refund.objects.filter(status="processed").values_list("amount_paise", flat=True))
    assert refunded == sum(total(rows, "refunded_paise") for rows in payables)
    sessions_were_held()
    people_wrote_to_each_other()
    reviews_count()
    the_demo_logins_have_something_to_look_at()


def total(rows, name):
    return sum(rows.values_list(name, flat=True))


def sessions_were_held():
    now = timezone.now()  # later than the market's own, by as long as it took to make
    past = Session.objects.filter(ends_at__lt=now - timedelta(hours=1))
    assert not past.filter(status__in=["pending", "confirmed", "in_progress"]).exists()
    over = Session.objects.filter(status__in=["completed", "no_show"])
    assert over.count() > 100
    assert not over.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now)).exists()
    assert not over.filter(status="completed", recorded_by=None, started_at__isnull=True).exists()
    assert not over.filter(follow_up_due_at__isnull=False).exists()  # everybody was told
    # Who was online is in the log: both sides of what was held, the consultant alone of what was missed.
    online = over.filter(platform__in=["jitsi", "link"])
    assert not online.exclude(join_events__side="consultant", join_events__kind="joined").exists()
    both = JoinEvent.objects.filter(side="client", kind="joined").values("session")
    assert not online.filter(status="completed", kind="personal").exclude(pk__in=both).exists()
    assert online.filter(status="no_show").exists()
    assert not JoinEvent.objects.filter(side="client", session__status="no_show").exists()
    in_time = Q(at__gte=F("session__starts_at") - JOIN_OPENS, at__lte=F("session__ends_at") + JOIN_CLOSES)
    assert not JoinEvent.objects.exclude(in_time & Q(at__lte=now)).exists()
    assert SessionNotes.objects.exclude(shared="").exists()
    assert SessionNotes.objects.exclude(summary="").exists()


def people_wrote_to_each_other():
    now = timezone.now()
    for conversation in Conversation.objects.select_related("session").prefetch_related("messages"):
        messages = sorted(conversation.messages.all(), key=lambda message: message.sequence)
        assert 2 <= len(messages) <= 12
        # Without a gap, in order, and while the chat was open.
        assert [message.version for message in messages] == list(range(1, conversation.last_version + 1))
        assert [message.sequence for message in messages] == list(range(1, conversation.last_sequence + 1))
        moments = [message.sent_at for message in messages]
        assert moments == sorted(moments)
        assert conversation.session.created_at <= moments[0]
        assert moments[-1] <= min(now, open_until(conversation.session) or now)
    held = Session.objects.filter(status__in=["completed", "no_show"], recorded_by=None)
    written = {"conversation__messages__kind": "text"}  # what happened stands in every session's chat
    assert 0.25 < held.filter(**written).distinct().count() / held.count() < 0.6
    assert Session.objects.filter(status="confirmed", starts_at__gt=now, **written).distinct().count() > 5
    assert set(Attachment.objects.values_list("content_type", flat=True)) == {"application/pdf", "image/png"}
    assert all(attachment.file.size == attachment.size for attachment in Attachment.objects.all())
    read = Member.objects.filter(last_read_sequence__gt=0)
    assert read.count() > Member.objects.count() * 0.7
    assert not Member.objects.filter(last_read_sequence__gt=F("conversation__last_sequence")).exists()
    assert not Member.objects.filter(digest_due_at__lt=now - timedelta(hours=1)).exists()


def reviews_count():
    assert Review.objects.filter(reply="").exists()
    assert Review.objects.exclude(reply="").count() > 20
    assert Review.objects.filter(status="hidden").count() == 1
    for review in Review.objects.select_related("session"):
        end = review.session.ended_at
        assert end <= review.reviewed_at <= min(timezone.now(), reviewing.closes_at(review.session))
        assert review.replied_at is None or review.reviewed_at < review.replied_at <= timezone.now()
    for consultant in Consultant.objects.filter(status="approved"):
        sums = Review.objects.published().filter(consultant=consultant).aggregate(n=Count("pk"), total=Sum("rating"))
        assert (consultant.review_count, consultant.rating_total) == (sums["n"], sums["total"] or 0)
        held = Session.objects.filter(consultant=consultant, status="completed", kind="personal", recorded_by=None)
        if (count := held.count()) >= 5:
            assert 0.55 <= held.filter(reviews__isnull=False).count() / count <= 0.85
        comments = Review.objects.filter(consultant=consultant).exclude(comment="").values_list("comment", flat=True)
        assert len(comments) == len(set(comments))


def the_demo_logins_have_something_to_look_at():
    client, now = User.objects.get(email=market.CLIENT_MAIL), timezone.now()
    consultant = Consultant.objects.get(user__email=market.CONSULTANT_MAIL)
    theirs = Session.objects.filter(client__user=client)
    to_write = theirs.filter(status="completed", ended_at__lt=now - timedelta(hours=3), reviews__isnull=True)
    assert [session.consultant for session in to_write] == [consultant]
    assert client.saved_consultants.count() == 4
    lively = theirs.get(consultant=consultant, starts_at__gt=now, conversation__last_sequence=12)
    member = Member.objects.get(conversation__session=lively, side="client")
    last = Message.objects.get(conversation__session=lively, sequence=12)
    assert last.member.side == "consultant"
    assert member.last_read_sequence < 12
    unread = Notification.objects.filter(user=client, kind="message", read_at__isnull=True)
    assert 1 <= len(unread) <= 3
    assert Notification.objects.filter(created_at__lt=now - timedelta(days=2), read_at__isnull=True).count() == 0
    recorded = Session.objects.filter(consultant=consultant).exclude(recorded_by=None)
    assert recorded.count() == 5
    assert [session.owed_paise > 0 for session in recorded.filter(status="completed")].count(True) == 1


def test_nobody_who_may_book_is_called_as_those_who_are_written_down_by_hand():
    """Who books whom depends on the hour; on some days it would have been one of these, whose address was taken."""
    assert not {known["name"].split()[-1] for known in (keeping.MET, keeping.PUT_AWAY)} & set(LAST_NAMES)
