"""A client who is erased is gone from chats that are open, too: each change is one that the others are given."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse

from clients import personal as clients
from naksha.personal import Identity, erased_mail
from naksha.testing import make_client, make_consultant
from notifications.models import OutgoingMail
from notifications.services import send_mail
from sessions_app import personal
from sessions_app.models import Conversation, Member, Message, Session, SessionLink
from sessions_app.services import chatting
from sessions_app.testing import make_session
from sessions_app.tests.chatters import consultant_of, guest_of, logged_in_browser, say

pytestmark = pytest.mark.django_db
NAME = "Zubeida Quintrell"


@pytest.fixture
def session() -> Session:
    consultant = make_consultant()
    return make_session(consultant, client=make_client(consultant, name=NAME))


def erase(session: Session) -> None:
    assert session.client is not None
    with transaction.atomic():
        personal.erase(clients=[session.client.pk], identity=Identity.of([NAME]))
        clients.erase(clients=[session.client], identity=Identity.of([NAME]))


def versions(session: Session) -> list[int]:
    rows = Message.objects.filter(conversation__session=session).order_by("sequence")
    return list(rows.values_list("version", flat=True))


def told(session: Session, after: int) -> Any:
    url = reverse("chat:changes", args=[session.pk])
    return logged_in_browser(session.consultant.user).get(url, {"after": after}).json()


def talk(session: Session) -> int:
    """One of theirs, one that names them, one that doesn't, one of theirs that was taken back. The last version."""
    guest, desk = guest_of(session), consultant_of(session)
    say(guest, "This is mine.")
    say(desk, f"Good morning, {NAME}.")
    say(desk, "Please send the notice.")
    chatting.delete(visitor=guest, message_id=say(guest, "Never mind.").pk)
    return Conversation.objects.get(session=session).last_version


def test_an_open_chat_is_given_what_was_erased_and_nothing_else(session: Session) -> None:
    before = talk(session)
    erase(session)
    answer = told(session, before)
    assert [frame["sequence"] for frame in answer["messages"]] == [1, 2, 4]
    drawn = "".join(frame["html"] for frame in answer["messages"])
    assert "This is mine" not in drawn
    assert "Zubeida" not in drawn
    assert "Good morning, Erased client." in drawn
    assert answer["version"] == max(versions(session)) == before + 3


def test_versions_stay_without_a_gap_and_the_next_message_comes_after_them(session: Session) -> None:
    before = talk(session)
    erase(session)
    assert versions(session) == [before + 1, before + 2, 3, before + 3]
    assert say(consultant_of(session), "One more.").version == before + 4


def test_a_chat_without_them_is_not_touched(session: Session) -> None:
    talk(session)
    farhan = make_client(session.consultant, name="Farhan Qureshi")
    other = make_session(session.consultant, client=farhan, starts_at=session.starts_at + timedelta(hours=2))
    say(guest_of(other), f"I know {NAME}.")
    before = versions(other)
    erase(session)
    assert versions(other) == before
    assert Message.objects.get(conversation__session=other).body == f"I know {NAME}."


def test_a_long_chat_is_erased_in_as_many_queries_as_a_short_one(
    session: Session, django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        say(guest_of(session), f"Line {n} of {NAME}")
    with django_assert_max_num_queries(40):
        erase(session)
    assert not Message.objects.exclude(body="").exists()


def of_theirs(session: Session) -> Member:
    return Member.objects.get(conversation__session=session, side="client")


def test_nothing_is_mailed_and_no_link_is_made_for_who_was_erased(session: Session) -> None:
    talk(session)
    assert of_theirs(session).digest_due_at is not None
    erase(session)
    assert of_theirs(session).digest_due_at is None
    say(consultant_of(session), "Are you still there?")
    assert of_theirs(session).digest_due_at is None
    assert of_theirs(session) not in chatting.entitled(of_theirs(session).conversation_id)
    assert not SessionLink.objects.exists()


@pytest.mark.parametrize("address", [erased_mail(), erased_mail(UUID(int=7)).upper()])
def test_a_mail_to_an_erased_address_is_kept_as_one_that_nobody_wants(address: str) -> None:
    send_mail(template="reminder_client", to=address, to_name=NAME, context={"title": "First call"}, kind="session")
    mail = OutgoingMail.objects.get()
    assert (mail.status, mail.to_name, mail.sealed_context) == ("skipped", "", "")
