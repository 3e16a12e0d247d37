"""A line of accepted work becomes a session, and the quotation's page leads to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from naksha.testing import make_client, next_slot_start
from quotations.models import Quotation, QuotedSession
from quotations.testing import make_accepted, make_sent
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def form_of(quotation: Quotation, **changes: Any) -> dict[str, Any]:
    start = next_slot_start()
    return {
        "client": quotation.client.email,
        "name": "",
        "email": "",
        "title": "First board meeting",
        "date": start.date(),
        "time": "11:00",
        "minutes": "60",
        "platform": "jitsi",
        "ask": "after",
        "tell_client": "on",
        **changes,
    }


def test_the_form_begins_with_the_client_and_the_line_and_the_session_is_remembered(client, consultant) -> None:
    client.force_login(consultant.user)
    quotation, _token = make_accepted(consultant)
    line = quotation.lines.all()[1]
    url = reverse("dashboard:quoted_session", args=[line.pk])
    assert url in client.get(reverse("quotations:one", args=[quotation.pk])).content.decode()
    page = client.get(url).content.decode()
    assert quotation.client.email in page
    assert 'value="Advice by the hour"' in page
    assert quotation.label in page
    assert client.post(url, form_of(quotation)).status_code == 302
    session = Session.objects.get()
    assert (session.client, session.total_paise) == (quotation.client, 0)
    assert QuotedSession.objects.get().session_id == session.pk
    assert (
        reverse("sessions:desk", args=[session.pk])
        in client.get(reverse("quotations:one", args=[quotation.pk])).content.decode()
    )


def test_a_time_that_is_taken_leaves_nothing_behind(client, consultant) -> None:
    client.force_login(consultant.user)
    quotation, _token = make_accepted(consultant)
    url = reverse("dashboard:quoted_session", args=[quotation.lines.all()[0].pk])
    client.post(url, form_of(quotation))
    assert client.post(url, form_of(quotation)).status_code == 400
    assert Session.objects.count() == QuotedSession.objects.count() == 1


def test_what_is_not_agreed_or_anothers_makes_no_session(client, consultant, other_consultant) -> None:
    sent, _token = make_sent(consultant)
    theirs, _token2 = make_accepted(other_consultant)
    client.force_login(consultant.user)
    for quotation in (sent, theirs):
        url = reverse("dashboard:quoted_session", args=[quotation.lines.all()[0].pk])
        assert client.get(url).status_code == client.post(url, form_of(quotation)).status_code == 404
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("typed", "beside"), [({"price_paise": "900"}, "price_paise"), ({"client": "o@x.example"}, "client")]
)
def test_its_price_is_the_quotations_and_its_client_too(client, consultant, typed: dict[str, str], beside: str) -> None:
    client.force_login(consultant.user)
    make_client(consultant, email="o@x.example")
    quotation, _token = make_accepted(consultant)
    url = reverse("dashboard:quoted_session", args=[quotation.lines.all()[0].pk])
    answer = client.post(url, form_of(quotation, **typed))
    assert answer.status_code == 400
    assert "quotation" in answer.context["form"].errors[beside][0]
    assert not Session.objects.exists()
