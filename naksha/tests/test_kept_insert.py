"""Rows that are made and written in few steps are what the model makes and writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CharField
from django.db.models.signals import post_save
from django.db.transaction import TransactionManagementError

from consultants.models import Consultant, Service
from naksha.kept import Kept, Param
from naksha.kept_insert import Fresh, KeptInsert
from naksha.testing import make_consultant, make_service

pytestmark = pytest.mark.django_db


def written(row: Any) -> dict[str, Any]:
    apart = {"id", "title", "created_at", "updated_at"}
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in apart}


def test_a_row_is_written_as_saving_writes_it(django_assert_num_queries) -> None:
    kept = KeptInsert(Service)
    consultant = make_consultant()
    model = make_service(consultant)
    for number in range(3):
        row = Service(**written(model), title=f"Kept {number}")
        with django_assert_num_queries(1):
            kept.write(row)
        assert not row._state.adding
        found = Service.objects.get(pk=row.pk)
        assert written(found) == written(model)
        assert (found.created_at, found.updated_at) == (row.created_at, row.updated_at)
        row.title = "Another"
        row.save()
    assert Service.objects.filter(title="Another").count() == 3


def test_a_fresh_row_is_what_the_model_makes_of_the_same_values() -> None:
    consultant = make_consultant()
    given = {"consultant": consultant, "title": "Fresh", "kind": Service.Kind.WEBINAR}
    fresh, again, plain = Fresh(Service).new(**given), Fresh(Service).new(**given), Service(**given)
    assert written(fresh) == written(plain)
    assert fresh.consultant is consultant
    assert fresh._state.adding
    assert len({fresh.pk, again.pk, plain.pk}) == 3  # what makes a default is asked for each
    assert Fresh(Service).new(consultant_id=consultant.pk).consultant == consultant
    with pytest.raises(TypeError):
        Fresh(Service).new(titel="A slip")


def test_values_of_another_type_are_written_as_saving_writes_them() -> None:
    """A key in letters, a state of an enum, a number for a text."""
    model = make_service(make_consultant())
    odd = {"consultant_id": str(model.consultant_id), "kind": Service.Kind.PERSONAL, "title": 12}
    kept, saved = (Service(**written(model) | odd) for _ in range(2))
    KeptInsert(Service).write(kept)
    saved.save(force_insert=True)
    found, other = Service.objects.get(pk=kept.pk), Service.objects.get(pk=saved.pk)
    assert written(found) == written(other)
    assert found.title == other.title == "12"


def test_who_wants_to_hear_of_new_rows_hears_of_them() -> None:
    heard: list[Any] = []

    def hear(instance: Any, created: bool, **_: Any) -> None:
        heard.append((instance.title, created))

    model = make_service(make_consultant())
    post_save.connect(hear, sender=Service)
    try:
        KeptInsert(Service).write(Service(**written(model), title="Told"))
    finally:
        post_save.disconnect(hear, sender=Service)
    assert heard == [("Told", True)]
    assert Service.objects.filter(title="Told").exists()


def test_errors_are_told_as_django_tells_them() -> None:
    model = make_service(make_consultant())
    again = Service(**written(model), id=model.pk, title="Twice")
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            KeptInsert(Service).write(again)
        with pytest.raises(TransactionManagementError):
            Kept(lambda: Consultant.objects.filter(slug=Param("slug", CharField()))).first(slug="asha-rao")
        transaction.set_rollback(True)
