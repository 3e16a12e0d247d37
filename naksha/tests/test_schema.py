"""An empty database is laid out quickly: only what changes is made anew, and code finds all of it whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, CreateModel, Migration, RunPython
from django.db.migrations.state import ModelState, ProjectState

from naksha.schema import laid_out_quickly

CITY = CreateModel("City", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])
PERSON = CreateModel(
    "Person", [("id", models.AutoField(primary_key=True)), ("city", models.ForeignKey("it.City", models.CASCADE))]
)
NAMED = AddConstraint("City", models.CheckConstraint(condition=~models.Q(name=""), name="city_named"))
SIZED = AddField("City", "size", models.IntegerField(null=True))


@pytest.fixture
def made_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    render = ModelState.render
    monkeypatch.setattr(ModelState, "render", lambda self, apps: (names.append(self.name), render(self, apps))[1])
    return names


def forwards(state: ProjectState, *operations: Any) -> None:
    for operation in operations:
        operation.state_forwards("it", state)


def test_the_others_stay_as_they_are(made_anew: list[str]) -> None:
    state = ProjectState()
    forwards(state, CITY)
    assert state.apps
    made_anew.clear()
    with laid_out_quickly():
        forwards(state, PERSON, NAMED, SIZED)
    assert made_anew == ["Person", "City", "City"]
    assert state.apps.get_model("it", "City")._meta.constraints
    assert state.apps.get_model("it", "City")._meta.get_field("size")


def test_code_of_a_migration_gets_models_that_know_each_other() -> None:
    found: list[Any] = []

    def look(apps: Any, schema_editor: Any) -> None:
        found.append((apps.get_model("it", "Person"), apps.get_model("it", "City")))

    migration = Migration("0001", "it")
    migration.operations = [RunPython(look)]
    state = ProjectState()
    forwards(state, CITY, PERSON)
    assert state.apps
    with laid_out_quickly():
        forwards(state, NAMED)
        before = state.apps.get_model("it", "City")
        migration.apply(state, _Editor())
    ((person, city),) = found
    assert person._meta.get_field("city").related_model is city
    assert person(city=city(name="Pune")).city.name == "Pune"
    assert before is not city


class _Editor:
    """As much of a schema editor as code is run with."""

    connection = connection
    atomic_migration = True
    collect_sql = False
