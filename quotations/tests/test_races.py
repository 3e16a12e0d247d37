"""Many at once on PostgreSQL: one yes, one number each, one version that counts. Each race has a twin without its lock,
which must lose."""

import threading

import pytest
from django.db import close_old_connections, connection

from naksha.errors import DomainError
from naksha.testing import make_consultant
from notifications.models import OutgoingMail
from quotations import services
from quotations.models import Quotation, QuotationSeries
from quotations.testing import make_draft, make_sent

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time"),
]
RIVALS = 8


def together(*acts):
    """Do all at the same moment. What each came to: its result, or its error."""
    ready = threading.Barrier(len(acts))
    ended = [None] * len(acts)

    def run(n, act):
        try:
            ready.wait(30)
            ended[n] = act()
        except Exception as error:  # noqa: BLE001 - it is what is asked about
            ended[n] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


def numbers_of(rivals):
    consultant = make_consultant()
    drafts = [make_draft(consultant) for _ in range(rivals)]
    together(*(lambda q=quotation: services.send(quotation=q, actor=consultant.user) for quotation in drafts))
    return sorted(Quotation.objects.exclude(number="").values_list("number", flat=True))


def test_many_are_sent_at_once_and_their_numbers_have_no_gap_and_no_double():
    found = numbers_of(RIVALS)
    assert [number[-5:] for number in found] == [f"{n:05d}" for n in range(1, RIVALS + 1)]
    assert QuotationSeries.objects.get().last_number == RIVALS


def test_without_the_lock_of_the_series_they_would(monkeypatch):
    """The unique number refuses the doubles then: fewer are sent."""
    monkeypatch.setattr(
        type(QuotationSeries.objects.all()), "select_for_update", lambda self, *a, **k: self, raising=True
    )
    assert len(numbers_of(RIVALS)) < RIVALS


def test_one_yes_of_many_at_once_is_kept():
    quotation, _token = make_sent()
    names = [f"Farhan Qureshi {chr(65 + n)}" for n in range(RIVALS)]
    ended = together(
        *(
            lambda name=name: services.accept(quotation=quotation, version=quotation.version, name=name, address=None)
            for name in names
        )
    )
    assert len({one.accepted_name for one in ended}) == 1
    assert OutgoingMail.objects.filter(template="quotation_accepted_client").count() == 1


def test_a_yes_and_a_no_at_once_are_one_of_them():
    quotation, _token = make_sent()
    ended = together(
        lambda: services.accept(quotation=quotation, version=quotation.version, name="Farhan Qureshi", address=None),
        lambda: services.decline(quotation=quotation, version=quotation.version, reason="No."),
    )
    assert sum(isinstance(one, DomainError) for one in ended) == 1
    quotation.refresh_from_db()
    assert quotation.status in ("accepted", "declined")


def test_a_yes_and_a_new_version_at_once_leave_one_that_counts():
    quotation, _token = make_sent()
    actor = quotation.consultant.user
    second = services.revise(quotation=quotation, actor=actor)
    ended = together(
        lambda: services.accept(quotation=quotation, version=quotation.version, name="Farhan Qureshi", address=None),
        lambda: services.send(quotation=second, actor=actor),
    )
    assert sum(isinstance(one, DomainError) for one in ended) == 1
    live = Quotation.objects.filter(status__in=["sent", "accepted"])
    assert live.count() == 1
