"""Questions that are asked together are answered as they would be one by one, and each answer is given once."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.models import CharField, Count, IntegerField, Sum, UUIDField, Value
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext

from consultants.models import Consultant, Service
from naksha import together
from naksha.kept import Kept, KeptTuples, Param
from naksha.rollups import KeptRollups
from naksha.testing import make_consultant, make_service
from naksha.together import asked_together

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")

NAMED = Kept(lambda: Consultant.objects.filter(slug=Param("slug", CharField())))
SERVICES = KeptTuples(
    lambda: (
        Service.objects.filter(consultant=Param("consultant", UUIDField()))
        .order_by("title")
        .values_list("title", "kind")
    )
)
BROKEN = KeptTuples(
    lambda: Consultant.objects.annotate(n=Cast(Param("n", CharField()), IntegerField())).values_list("n")
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions went out at once, each time."""
    found: list[int] = []
    ask = together._ask

    def counted(here: Any, asked: Any) -> Any:
        found.append(len(asked))
        return ask(here, asked)

    monkeypatch.setattr(together, "_ask", counted)
    return found


@pytest.fixture
def asha() -> Consultant:
    made = make_consultant(slug="asha-rao")
    for title in ("Yoga", "Advice"):
        make_service(made, title=title)
    return made


def told(asha: Consultant) -> list[Any]:
    found = NAMED.first(slug="asha-rao")
    return [
        found and found.display_name,
        NAMED.count(slug="asha-rao"),
        SERVICES.all(consultant=asha.pk),
        NAMED.part(0, 5, slug="nobody"),
    ]


def questions(asha: Consultant) -> list[Any]:
    return [
        partial(NAMED.first, slug="asha-rao"),
        partial(NAMED.count, slug="asha-rao"),
        partial(SERVICES.all, consultant=asha.pk),
        partial(NAMED.part, 0, 5, slug="nobody"),
    ]


@on_postgresql
def test_the_answers_are_those_that_each_question_would_get(asha: Consultant, sent: list[int]) -> None:
    apart = told(asha)
    for _ in range(4):  # planned anew each time, then prepared
        with asked_together(*questions(asha)):
            assert told(asha) == apart
            assert not together._answers.get(), "all were asked for"
    assert sent == [4] * 4


@on_postgresql
def test_an_answer_is_given_once_and_only_to_the_same_question(asha: Consultant) -> None:
    with asked_together(partial(SERVICES.all, consultant=asha.pk), partial(NAMED.count, slug="asha-rao")):
        make_service(asha, title="Before all others: A")
        assert len(SERVICES.all(consultant=asha.pk)) == 2, "asked before that"
        assert len(SERVICES.all(consultant=asha.pk)) == 3
        assert NAMED.count(slug="nobody") == 0
        assert NAMED.count(slug="asha-rao") == 1


@on_postgresql
def test_nothing_is_kept_for_later(asha: Consultant) -> None:
    with asked_together(partial(NAMED.count, slug="asha-rao")):
        with asked_together(partial(SERVICES.all, consultant=asha.pk)):
            assert len(together._answers.get() or ()) == 2, "nobody takes them"
        make_service(asha, title="Later")
        assert len(SERVICES.all(consultant=asha.pk)) == 3
    Consultant.objects.filter(pk=asha.pk).update(slug="asha")
    assert NAMED.count(slug="asha-rao") == 0


@on_postgresql
def test_questions_within_questions_are_answered_too(asha: Consultant, sent: list[int]) -> None:
    with asked_together(partial(NAMED.count, slug="asha-rao")):
        with asked_together(partial(SERVICES.all, consultant=asha.pk)):
            assert (NAMED.count(slug="asha-rao"), len(SERVICES.all(consultant=asha.pk))) == (1, 2)
        Consultant.objects.filter(pk=asha.pk).update(slug="asha")
        assert NAMED.count(slug="asha-rao") == 0, "its answer was given within"
    assert sent == [1, 1]
    assert together._answers.get() is None


def test_whoever_writes_queries_down_sees_each(asha: Consultant, sent: list[int]) -> None:
    with CaptureQueriesContext(connection) as seen, asked_together(*questions(asha)):
        told(asha)
    assert len(seen) == 4
    assert sent == []


@on_postgresql
def test_a_question_that_fails_says_so_and_leaves_the_connection_as_it_was(asha: Consultant) -> None:
    broken = [partial(NAMED.count, slug="asha-rao"), partial(BROKEN.all, n="no number")]
    with pytest.raises(DataError), transaction.atomic(), asked_together(*broken):
        pytest.fail("it was not asked")
    assert NAMED.count(slug="asha-rao") == 1


def test_a_question_that_asks_nothing_is_no_question(asha: Consultant, sent: list[int]) -> None:
    with asked_together(list, partial(NAMED.count, slug="asha-rao")):
        assert NAMED.count(slug="asha-rao") == 1


def test_rows_are_added_up_by_several_sets_of_columns_at_once(asha: Consultant) -> None:
    other = make_consultant(slug="somebody-else")
    make_service(other, title="Yoga", price_paise=700)

    def prices() -> Any:
        rows: Any = Service.objects.values_list("consultant_id", "title", "kind")
        return rows.annotate(n=Count("pk"), sum=Cast(Sum("price_paise"), IntegerField()), one=Value(1)).order_by()

    sets = [("consultant_id",), ("title", "kind")]
    found = KeptRollups(lambda: prices().values_list("consultant_id", "title", "kind", "n", "sum"), sets).all()
    by_consultant, by_title = Counter[Any](), Counter[Any]()
    for service in Service.objects.all():
        by_consultant[service.consultant_id] += service.price_paise
        by_title[service.title, service.kind] += service.price_paise
    assert {row[1]: row[5] for row in found if row[0] == 0} == by_consultant
    assert {row[2:4]: row[5] for row in found if row[0] == 1} == by_title
    assert all(row[2:4] == (None, None) if row[0] == 0 else row[1] is None for row in found)
    assert sum(row[4] for row in found if row[0] == 0) == sum(row[4] for row in found if row[0] == 1) == 3
