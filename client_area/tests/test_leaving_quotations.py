"""What becomes of quotations when their client leaves: the person goes out, what is over stays as it ended."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from client_area.services.erasing import erase_client
from client_area.testing import client_of
from naksha.errors import InvalidState
from naksha.personal import ERASED_NAME, Identity
from quotations import personal, services
from quotations.models import Quotation, QuotationLink
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(client_user, consultant):
    return client_of(client_user, consultant)


def test_each_stays_over_in_its_own_way_and_only_the_person_goes(client_user, consultant, theirs) -> None:
    make_draft(consultant, client=theirs)
    waiting, _token = make_sent(consultant, client=theirs, message=f"Dear {theirs.name}, as we said.")
    plain, _token = make_sent(consultant, client=theirs)
    services.withdraw(quotation=plain, actor=consultant.user, reason=f"{theirs.name} has moved.")
    declined, _token = make_sent(consultant, client=theirs)
    services.decline(quotation=declined, version=1, reason="My mother is ill.")
    ended, _token = make_accepted(consultant, client=theirs)
    services.call_off(quotation=ended, actor=consultant.user, reason="We could not agree.")
    before = dict(Quotation.objects.values_list("pk", "closed_at"))

    erase_client(user_id=client_user.pk, zone="Asia/Kolkata")

    told = {one.pk: (one.status, one.ending, one.close_reason) for one in Quotation.objects.all()}
    assert told == {
        waiting.pk: ("expired", "withdrawn", ""),
        plain.pk: ("expired", "withdrawn", f"{ERASED_NAME} has moved."),
        declined.pk: ("declined", "", ""),
        ended.pk: ("expired", "called_off", "We could not agree."),
    }
    for one in (plain, declined, ended):
        assert Quotation.objects.get(pk=one.pk).closed_at == before[one.pk]
    ended.refresh_from_db()
    assert (ended.accepted_name, ended.accepted_from) == (ERASED_NAME, None)
    assert Quotation.objects.get(pk=waiting.pk).message == f"Dear {ERASED_NAME}, as we said."
    assert not QuotationLink.objects.exists()


def test_what_names_nobody_is_not_written_anew(consultant, theirs, monkeypatch) -> None:
    quotation, _token = make_sent(consultant, client=theirs)
    services.withdraw(quotation=quotation, actor=consultant.user, reason="My calendar is full.")
    written: list[int] = []
    update = QuerySet.update

    def counted(rows, **values):
        changed = update(rows, **values)
        written.append(changed if rows.model is Quotation else 0)
        return changed

    monkeypatch.setattr(QuerySet, "update", counted)
    personal.erase(clients=[theirs.pk], identity=Identity.of([theirs.name, theirs.email]))
    assert sum(written) == 0


def test_one_that_is_answered_while_it_is_waited_for_stays_answered(consultant, theirs, monkeypatch) -> None:
    """The link needs no login: somebody may answer between the look at what waits and the lock."""
    no, _token = make_sent(consultant, client=theirs)
    locked = personal.machine.locked

    def late(pk, **more):
        monkeypatch.setattr(personal.machine, "locked", locked)
        services.decline(quotation=no, version=1, reason="Too dear.")
        return locked(pk, **more)

    monkeypatch.setattr(personal.machine, "locked", late)
    personal.erase(clients=[theirs.pk], identity=Identity.of([]))
    no.refresh_from_db()
    assert (no.status, no.ending) == ("declined", "")


def test_one_that_was_accepted_meanwhile_is_owed_and_keeps_them(consultant, theirs, monkeypatch) -> None:
    yes, _token = make_sent(consultant, client=theirs)
    locked = personal.machine.locked

    def late(pk, **more):
        monkeypatch.setattr(personal.machine, "locked", locked)
        services.accept(quotation=yes, version=1, name="Farhan Qureshi", address=None)
        return locked(pk, **more)

    monkeypatch.setattr(personal.machine, "locked", late)
    with pytest.raises(InvalidState):
        personal.erase(clients=[theirs.pk], identity=Identity.of([]))
