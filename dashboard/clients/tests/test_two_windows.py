"""A client who is changed in two windows: neither writes over the other unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from clients.services import add_field, change_client
from consultants.models import Consultant
from naksha.testing import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(client: Browser, consultant: Consultant) -> Browser:
    client.force_login(consultant.user)
    return client


def drawn(inside: Browser, url: str) -> dict[str, Any]:
    """What a browser would send of the form as it was drawn."""
    form = inside.get(url).context["form"]
    typed = {field.html_name: field.value() for field in form}
    assert f'value="{typed["version"]}"' in inside.get(url).content.decode()
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in typed.items()}


@pytest.mark.parametrize("what", ["phone", "tags", "own"])
def test_what_another_window_has_saved_is_told_and_not_written_over(
    inside: Browser, consultant: Consultant, what: str
) -> None:
    plan = add_field(consultant=consultant, label="Plan", kind="text")
    found = make_client(consultant, name="Gita Rao", phone="")
    url = reverse("clients:edit", args=[found.pk])
    typed = drawn(inside, url) | {"name": "Gita Rao-Iyer"}
    change: dict[str, Any] = {
        "phone": {"details": {"phone": "+919820012345"}},
        "tags": {"tags": ["Law"]},
        "own": {"values": {plan.pk: "Gold"}},
    }[what]
    change_client(client=found, actor=consultant.user, **change)
    answer = inside.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed in another window" in page
    assert {"phone": "+919820012345", "tags": "What is saved now: Law", "own": "What is saved now: Gold"}[what] in page
    assert 'value="Gita Rao-Iyer"' in page
    assert Client.objects.get().name == "Gita Rao"
    again = typed | {"version": answer.context["form"]["version"].value()}
    assert inside.post(url, again).status_code == 302
    found.refresh_from_db()
    assert (found.name, found.phone, found.tags.count(), found.values.count()) == ("Gita Rao-Iyer", "", 0, 0)


def test_who_saves_what_is_saved_already_is_told_nothing(inside: Browser, consultant: Consultant) -> None:
    found = make_client(consultant, name="Gita Rao")
    url = reverse("clients:edit", args=[found.pk])
    typed = drawn(inside, url) | {"name": "Gita Iyer", "tags": "Law, gst"}
    change_client(client=found, actor=consultant.user, details={"name": "Gita Iyer"}, tags=["GST", "Law"])
    assert inside.post(url, typed).status_code == 302


def test_what_nobody_else_has_changed_is_saved(inside: Browser, consultant: Consultant) -> None:
    found = make_client(consultant, name="Gita Rao")
    url = reverse("clients:edit", args=[found.pk])
    assert inside.post(url, drawn(inside, url) | {"name": "Gita Iyer"}).status_code == 302
    assert Client.objects.get().name == "Gita Iyer"
