"""A kept query finds what its queryset finds; it is worded once, and PostgreSQL plans it once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Count, Max, Q, Sum, UUIDField
from django.db.models.functions import Cast
from django.db.models.signals import post_init
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from consultants.models import Consultant, Service
from naksha.kept import Kept, KeptMany, KeptSums, KeptTuples, KeptValues, Param, added_up, some
from naksha.testing import make_consultant, make_service

pytestmark = pytest.mark.django_db


def by_slug() -> Kept[Consultant]:
    return Kept(
        lambda: Consultant.objects.select_related("user", "policy", "city").filter(slug=Param("slug", CharField()))
    )


def test_it_finds_the_whole_row_and_those_that_belong_to_it(django_assert_num_queries) -> None:
    made = make_consultant(slug="asha-rao")
    make_consultant(slug="somebody-else")
    plain = Consultant.objects.select_related("user", "policy", "city").get(pk=made.pk)
    with django_assert_num_queries(1):
        found = by_slug().first(slug="asha-rao")
        assert found is not None
        for one, other in ((found, plain), (found.user, plain.user), (found.policy, plain.policy)):
            assert {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields} == {
                field.attname: getattr(other, field.attname) for field in other._meta.concrete_fields
            }
        assert found.city == plain.city


def test_what_was_not_asked_for_is_fetched_when_it_is_looked_at(django_assert_num_queries) -> None:
    made = make_consultant(slug="asha-rao")
    found = Kept(lambda: Consultant.objects.only("slug").filter(slug=Param("slug", CharField()))).first(slug=made.slug)
    assert found is not None
    with django_assert_num_queries(0):
        assert (found.pk, found.slug) == (made.pk, made.slug)
    with django_assert_num_queries(1):
        assert found.display_name == made.display_name


def test_whoever_wants_to_hear_of_each_row_hears_of_these_too() -> None:
    make_consultant(slug="asha-rao")
    heard: list[object] = []

    def hear(instance: object, **kwargs: object) -> None:
        heard.append(instance)

    post_init.connect(hear, sender=Consultant)
    try:
        found = by_slug().first(slug="asha-rao")
        assert heard == [found]
    finally:
        post_init.disconnect(hear, sender=Consultant)


def test_a_row_can_be_changed_and_saved() -> None:
    make_consultant(slug="asha-rao")
    found = by_slug().first(slug="asha-rao")
    assert found is not None
    found.headline = "Another"
    found.save(update_fields=["headline"])
    assert Consultant.objects.get().headline == "Another"


def test_each_run_has_its_own_values_and_its_own_rows() -> None:
    kept = by_slug()
    for slug in ("asha-rao", "farhan-qureshi"):
        make_consultant(slug=slug)
    first, second = kept.first(slug="asha-rao"), kept.first(slug="farhan-qureshi")
    assert first is not None
    assert second is not None
    assert (first.slug, second.slug) == ("asha-rao", "farhan-qureshi")
    assert first.user != second.user
    again = kept.first(slug="asha-rao")
    assert again == first
    assert again is not first


def test_nothing_found_is_none_and_no_rows() -> None:
    services = Kept(lambda: Service.objects.filter(consultant=Param("consultant", UUIDField())))
    assert by_slug().first(slug="nobody") is None
    assert services.all(consultant=uuid.uuid4()) == []


def test_it_keeps_the_order_and_sees_what_was_written_since() -> None:
    consultant = make_consultant()
    kept = Kept(lambda: Service.objects.filter(consultant=Param("consultant", UUIDField())).order_by("title"))
    second = make_service(consultant, title="B")
    assert kept.all(consultant=consultant.pk) == [second]
    first = make_service(consultant, title="A")
    assert kept.all(consultant=consultant.pk) == [first, second]
    first.delete()
    assert kept.all(consultant=consultant.pk) == [second]


def test_a_part_and_the_count_are_those_of_a_slice(django_assert_num_queries) -> None:
    consultant, other = make_consultant(), make_consultant()
    made = [make_service(consultant, title=title) for title in "DACB"]
    make_service(other)
    kept = Kept(
        lambda: (
            Service.objects.filter(consultant=Param("consultant", UUIDField()))
            .select_related("consultant__user")
            .order_by("title")
        )
    )
    with django_assert_num_queries(4):
        assert [service.title for service in kept.part(1, 2, consultant=consultant.pk)] == ["B", "C"]
        assert kept.part(4, 2, consultant=consultant.pk) == []
        assert kept.count(consultant=consultant.pk) == len(made)
        assert kept.count(consultant=uuid.uuid4()) == 0


@pytest.mark.parametrize("many", [1, 2, 20, 21, 100])
def test_values_are_found_by_many_keys_in_one_question(many: int, django_assert_num_queries) -> None:
    consultants = [make_consultant(hours=False) for _ in range(2)]
    for consultant, paise in zip(consultants, (100, 300), strict=True):
        make_service(consultant, price_paise=paise)
        make_service(consultant, price_paise=paise + 1)
    make_service(make_consultant())
    kept = KeptValues(
        lambda size: (
            Service.objects.filter(consultant__pk__in=some("consultant", UUIDField(), size))
            .order_by()
            .values_list("consultant_id")
            .annotate(sum=Sum("price_paise"))
        )
    )
    keys = [*(consultant.pk for consultant in consultants), *(uuid.uuid4() for _ in range(98))][:many]
    with django_assert_num_queries(1):
        found = dict(kept.all("consultant", keys))
    assert found == dict(zip(keys, (201, 601), strict=False))


OF_ONE = Param("consultant", UUIDField())


def test_what_a_row_is_annotated_with_is_found_beside_it() -> None:
    consultant = make_consultant()
    for paise in (100, 300):
        make_service(consultant, price_paise=paise)
    kept = Kept(
        lambda: (
            Consultant.objects.filter(pk=OF_ONE)
            .select_related("user")
            .annotate(dearest=Max("services__price_paise"), offers=Count("services"))
        )
    )
    found: Any = kept.first(consultant=consultant.pk)
    assert (found.dearest, found.offers, found.user) == (300, 2, consultant.user)


def test_tuples_are_those_of_the_queryset() -> None:
    consultant = make_consultant()
    make_service(consultant, title="B", price_paise=200)
    make_service(consultant, title="A", price_paise=100)
    make_service(make_consultant())
    mine = Service.objects.order_by("title").values_list("title", "price_paise")
    kept = KeptTuples(lambda: mine.filter(consultant=OF_ONE))
    assert kept.all(consultant=consultant.pk) == [("A", 100), ("B", 200)]
    assert kept.one(consultant=consultant.pk) == ("A", 100)
    assert kept.one(consultant=uuid.uuid4()) is None


def test_sums_of_many_rows_are_one_row_and_of_none_too(django_assert_num_queries) -> None:
    consultant = make_consultant()
    for paise in (100, 300, 500):
        make_service(consultant, price_paise=paise)
    sums: dict[str, Any] = {"n": Count("pk"), "dear": Sum("price_paise", filter=Q(price_paise__gt=200))}
    kept = KeptTuples(lambda: added_up(Service.objects.filter(consultant=OF_ONE).order_by("title"), **sums))
    with django_assert_num_queries(2):
        assert kept.all(consultant=consultant.pk) == [(3, 800)]
        assert kept.all(consultant=uuid.uuid4()) == [(0, None)]


def test_the_columns_of_grouped_rows_are_summed_by_the_database(django_assert_num_queries) -> None:
    consultants = [make_consultant(hours=False) for _ in range(3)]
    for consultant, paise in zip(consultants, (100, 300, 500), strict=True):
        make_service(consultant, price_paise=paise)
        make_service(consultant, price_paise=paise + 1)
    rows = Service.objects.order_by().values("consultant_id").annotate(dearest=Max("price_paise"), n=Count("pk"))
    kept = KeptSums(
        lambda: rows.filter(consultant__pk__in=some("consultant", UUIDField(), 2)).values_list("dearest", "n")
    )
    first, second, _third = (consultant.pk for consultant in consultants)
    with django_assert_num_queries(2):
        assert kept.one(consultant0=first, consultant1=second) == (402, 4)
        assert kept.one(consultant0=uuid.uuid4(), consultant1=uuid.uuid4()) == (0, 0)


@pytest.mark.parametrize("many", [0, 1, 2, 8, 9, 33])
def test_rows_are_found_by_any_number_of_keys(many: int) -> None:
    consultant = make_consultant()
    made = [make_service(consultant) for _ in range(many)]
    make_service(consultant)
    kept = KeptMany(lambda size: Service.objects.filter(pk__in=some("service", UUIDField(), size)))
    assert {service.pk for service in kept.all("service", [service.pk for service in made])} == {
        service.pk for service in made
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
def test_a_row_is_locked_in_a_transaction_and_nowhere_else() -> None:
    kept = Kept(lambda: Consultant.objects.select_for_update(of=("self",)).filter(slug=Param("slug", CharField())))
    made = make_consultant(slug="asha-rao")
    with transaction.atomic(), CaptureQueriesContext(connection) as caught:
        assert kept.first(slug="asha-rao") == made
    assert 'FOR UPDATE OF "consultants_consultant"' in caught[0]["sql"]
    with pytest.raises(TransactionManagementError):
        kept.first(slug="asha-rao")


def test_a_value_is_never_part_of_the_words() -> None:
    make_consultant(slug="asha-rao")
    assert by_slug().first(slug="asha-rao' OR '1'='1") is None
    assert by_slug().first(slug="%s") is None


def test_it_is_worded_once() -> None:
    worded = []
    kept = Kept(lambda: worded.append(1) or Service.objects.filter(pk=Param("pk", UUIDField())))  # type: ignore[func-returns-value]
    for _ in range(3):
        kept.first(pk=uuid.uuid4())
    assert worded == [1]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
def test_postgresql_prepares_it_when_it_comes_again_and_its_words_can_still_be_read() -> None:
    kept = by_slug()
    make_consultant(slug="asha-rao")
    for _ in range(4):
        kept.first(slug="asha-rao")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%consultants_consultant%'")
        assert cursor.fetchone()[0] == 1
    with CaptureQueriesContext(connection) as caught:
        assert kept.first(slug="asha-rao") is not None
    assert "= ('asha-rao')" in caught[0]["sql"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
def test_the_first_part_is_planned_once_and_says_which_rows_it_wants() -> None:
    consultant = make_consultant()
    kept = KeptTuples(
        lambda: Service.objects.filter(consultant=OF_ONE, kind="personal").order_by("title").values_list("title")
    )
    for _ in range(12):
        kept.part(0, 7, consultant=consultant.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement, generic_plans > 0 FROM pg_prepared_statements WHERE statement LIKE '%LIMIT 7'"
        )
        ((statement, planned),) = cursor.fetchall()
    assert planned
    assert "'personal'" in statement


def test_only_plain_words_become_part_of_the_words() -> None:
    consultant = make_consultant()
    for title in ("plain", "it's", "100%s", "100%"):
        make_service(consultant, title=title)
    for title in ("plain", "it's", "100%s", "100%", "', '"):
        kept = KeptTuples(
            lambda title=title: Service.objects.filter(consultant=OF_ONE, title=title).values_list("title")  # type: ignore[misc]
        )
        assert kept.all(consultant=consultant.pk) == ([(title,)] if title != "', '" else [])


def test_sums_are_whole_numbers_however_large_they_may_become() -> None:
    consultant = make_consultant()
    make_service(consultant, price_paise=300)
    large = Sum(Cast("price_paise", BigIntegerField()))  # PostgreSQL gives it as a decimal
    rows = Service.objects.order_by().values_list("consultant_id").annotate(large=large, small=Count("pk"))
    ((_pk, *sums),) = KeptTuples(lambda: rows.filter(consultant=OF_ONE)).all(consultant=consultant.pk)
    assert sums == [300, 1]
    assert [type(number) for number in sums] == [int, int]


def test_whoever_listens_in_hears_of_it_and_a_broken_transaction_refuses_it() -> None:
    heard: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append(sql)
        return execute(sql, params, many, context)

    kept = by_slug()
    with connection.execute_wrapper(listen):
        kept.first(slug="asha-rao")
    assert len(heard) == 1
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            kept.first(slug="asha-rao")
        transaction.set_rollback(False)
