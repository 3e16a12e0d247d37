"""Which move is made by whom, from which state, and when."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AuditEntry
from naksha.errors import InvalidState
from naksha.testing import make_consultant
from notifications.models import Notification, OutgoingMail
from sessions_app.errors import TheyCame, TooLate, TooSoon, YouDidNotCome
from sessions_app.models import JoinEvent, Session, SessionNotes
from sessions_app.services import bulk, complete, mark_no_show, start
from sessions_app.testing import make_session, wait_in

pytestmark = pytest.mark.django_db
S = Session.Status
MINUTE = timedelta(minutes=1)
ACTS = {"start": start, "complete": complete, "no_show": mark_no_show}
ENDS = {"start": S.IN_PROGRESS, "complete": S.COMPLETED, "no_show": S.NO_SHOW}
ALLOWED = {
    ("start", S.CONFIRMED),
    ("complete", S.CONFIRMED),
    ("complete", S.IN_PROGRESS),
    ("no_show", S.CONFIRMED),
    ("no_show", S.IN_PROGRESS),
}


@pytest.fixture
def under_way(consultant):
    """A confirmed session that began 20 minutes ago and lasts an hour."""
    return wait_in(at(make_session(consultant, minutes=60), began=20))


def at(session, *, began):
    """Let ``session`` have begun ``began`` minutes ago (or begin in as many, when negative)."""
    minutes = session.minutes
    session.starts_at = timezone.now() - began * MINUTE
    session.ends_at = session.starts_at + minutes * MINUTE
    session.save()
    session.join_events.filter(side="consultant").update(at=session.starts_at)
    return session


def changes():
    return (AuditEntry.objects.filter(action__startswith="session.").count(), OutgoingMail.objects.count(),
            Notification.objects.count())  # fmt: skip


@pytest.mark.parametrize("status", S.values)
@pytest.mark.parametrize("act", ACTS)
def test_every_move_from_every_state(under_way, act, status):
    Session.objects.filter(pk=under_way.pk).update(status=status)
    before = changes()
    if (act, status) in ALLOWED:
        assert ACTS[act](session=under_way, actor=under_way.consultant.user).status == ENDS[act]
        assert changes()[0] == before[0] + 1
        under_way.refresh_from_db()
        assert under_way.status == ENDS[act]
    elif status == ENDS[act]:
        ACTS[act](session=under_way, actor=under_way.consultant.user)
        assert changes() == before
    else:
        with pytest.raises(InvalidState):
            ACTS[act](session=under_way, actor=under_way.consultant.user)
        under_way.refresh_from_db()
        assert (under_way.status, changes()) == (status, before)


@pytest.mark.parametrize("who", ["client", "stranger", "other_consultant", "admin", "suspended"])
@pytest.mark.parametrize("act", ACTS)
def test_nobody_but_its_consultant_moves_a_session(under_way, act, who, client_user, stranger, admin_user):
    actor = {"client": client_user, "stranger": stranger, "admin": admin_user}.get(who)
    if who == "client":
        under_way.client.user = client_user
        under_way.client.save()
    elif who == "other_consultant":
        actor = make_consultant().user
    elif who == "suspended":
        under_way.consultant.status = "suspended"
        under_way.consultant.save()
        actor = under_way.consultant.user
    before = changes()
    with pytest.raises(PermissionDenied):
        ACTS[act](session=under_way, actor=actor)
    under_way.refresh_from_db()
    assert (under_way.status, changes()) == (S.CONFIRMED, before)


@pytest.mark.parametrize(
    ("act", "began", "refusal"),
    [
        ("start", -11, TooSoon),
        ("start", -9, None),
        ("start", 74, None),
        ("start", 76, TooLate),
        ("complete", -1, TooSoon),
        ("complete", 1, None),
        ("complete", 3000, None),
        ("no_show", 9, TooSoon),
        ("no_show", 11, None),
        ("no_show", 3000, None),
    ],
)
def test_every_move_has_its_time(under_way, act, began, refusal):
    session = at(under_way, began=began)
    if refusal is None:
        assert ACTS[act](session=session, actor=session.consultant.user).status == ENDS[act]
        return
    before = changes()
    with pytest.raises(refusal):
        ACTS[act](session=session, actor=session.consultant.user)
    session.refresh_from_db()
    assert (session.status, changes()) == (S.CONFIRMED, before)


def test_one_that_was_started_early_may_be_completed_before_its_start(under_way):
    session = at(under_way, began=-5)
    start(session=session, actor=session.consultant.user)
    assert complete(session=session, actor=session.consultant.user).status == S.COMPLETED


def test_a_client_with_a_login_hears_that_it_has_begun(under_way, client_user):
    under_way.client.user = client_user
    under_way.client.save()
    session = start(session=under_way, actor=under_way.consultant.user)
    line = Notification.objects.get(user=client_user)
    assert (line.title, line.url) == ("Your session has begun", f"/sessions/{session.pk}/")
    assert session.started_at is not None


def test_who_completes_on_the_next_day_does_not_say_that_it_lasted_until_then(under_way):
    session = at(under_way, began=24 * 60)
    assert complete(session=session, actor=session.consultant.user).ended_at == session.ends_at


def test_the_summary_is_kept_for_the_client_and_raises_the_notes_version(under_way):
    SessionNotes.objects.create(session=under_way, private="Mine.", version=4)
    complete(session=under_way, actor=under_way.consultant.user, summary="  File by the 31st. ")
    notes = SessionNotes.objects.get()
    assert (notes.private, notes.summary, notes.version) == ("Mine.", "File by the 31st.", 5)
    complete(session=under_way, actor=under_way.consultant.user, summary="")
    notes.refresh_from_db()
    assert notes.summary == "File by the 31st."


def test_a_client_whom_the_join_log_shows_in_the_meeting_is_no_no_show(under_way):
    JoinEvent.objects.create(session=under_way, side="client", client=under_way.client, kind="joined")
    before = changes()
    with pytest.raises(TheyCame):
        mark_no_show(session=under_way, actor=under_way.consultant.user)
    under_way.refresh_from_db()
    assert (under_way.status, changes()) == (S.CONFIRMED, before)


@pytest.mark.parametrize(
    ("platform", "place", "refused"),
    [
        ("jitsi", "", True),
        ("jitsi", "https://own.example/x", False),
        ("link", "https://own.example/x", False),
        ("phone", "+919800000001", False),
        ("in_person", "MG Road", False),
    ],
)
def test_who_never_came_has_not_waited_in_vain_where_the_log_can_tell(under_way, platform, place, refused):
    JoinEvent.objects.all().delete()
    Session.objects.update(platform=platform, place=place)
    under_way.refresh_from_db()
    assert bool(bulk.forecast([under_way], "no-show")) is refused
    before = changes()
    if not refused:
        assert mark_no_show(session=under_way, actor=under_way.consultant.user).status == S.NO_SHOW
        return
    with pytest.raises(YouDidNotCome):
        mark_no_show(session=under_way, actor=under_way.consultant.user)
    under_way.refresh_from_db()
    assert (under_way.status, changes()) == (S.CONFIRMED, before)
    JoinEvent.objects.create(session=under_way, side="consultant", kind="tried")  # our meeting did not open
    assert mark_no_show(session=under_way, actor=under_way.consultant.user).status == S.NO_SHOW


def test_a_client_whom_our_meeting_did_not_let_in_is_no_no_show(under_way):
    JoinEvent.objects.create(session=under_way, side="client", client=under_way.client, kind="tried")
    with pytest.raises(TheyCame):
        mark_no_show(session=under_way, actor=under_way.consultant.user)
    assert "your client came" in bulk.forecast([under_way], "no-show")[under_way.pk]


def test_the_evidence_of_a_no_show_is_kept_with_its_audit_line(under_way):
    mark_no_show(session=under_way, actor=under_way.consultant.user)
    (line,) = AuditEntry.objects.get(action="session.no_show").data["join_log"]
    assert line.endswith("consultant joined")


def test_open_pages_are_told_of_each_move(under_way, monkeypatch):
    said = []
    monkeypatch.setattr("sessions_app.live.push", lambda group, message: said.append((group, message["type"])))
    start(session=under_way, actor=under_way.consultant.user)
    complete(session=under_way, actor=under_way.consultant.user)
    assert said == [(f"session.{under_way.pk.hex}", "session.changed")] * 2
