"""Quotations of a client: what was offered by whom, where it stands, where it leads, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from client_area.testing import client_of
from naksha.testing import make_client, make_consultant
from quotations import services
from quotations.models import Quotation
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db
PAGE, PART = "/me/quotations/", "/me/quotations/list/"


def titles(answer) -> list[str]:
    return [offer.quotation.title for offer in answer.context["offers"]]


def test_an_empty_list_says_what_will_stand_there(me) -> None:
    assert "No quotation yet" in me.get(PAGE).content.decode()


def test_what_waits_stands_first_each_with_its_state_and_its_way(me, client_user, consultant, other_consultant) -> None:
    def theirs(who):
        return client_of(client_user, who)

    make_draft(consultant, client=theirs(consultant), title="Never sent")
    lapsed, _token = make_sent(consultant, client=theirs(consultant), title="Too late")
    Quotation.objects.filter(pk=lapsed.pk).update(lapses_at=timezone.now() - timedelta(minutes=1))
    make_sent(consultant, client=make_client(consultant), title="Somebody else’s")
    owed, _token = make_accepted(
        other_consultant, client=theirs(other_consultant), title="Agreed", deposit_points=5_000
    )
    ended, _token = make_accepted(consultant, client=theirs(consultant), title="Called off")
    services.call_off(quotation=ended, actor=consultant.user, reason="Ill.")
    first, _token = make_sent(consultant, client=theirs(consultant), title="First version")
    second = services.revise(quotation=first, actor=consultant.user)
    services.send(quotation=second, actor=consultant.user)

    answer = me.get(PAGE)
    assert titles(answer) == ["First version", "Agreed", "Called off", "Too late"]
    assert [offer.state[1] for offer in answer.context["offers"]] == [
        "Waits for your answer", "Accepted", "Called off", "Lapsed",
    ]  # fmt: skip
    shown = answer.content.decode()
    assert f"{second.number}-R2" in shown
    assert "Pay ₹12,500.00" in shown
    for one in (second, owed, ended):
        assert me.get(reverse("quotations:by_login", args=[one.pk])).url.startswith("/q/")


def test_nobody_else_sees_them(client, stranger, client_user, consultant) -> None:
    quotation, _token = make_sent(consultant, client=client_of(client_user, consultant))
    for page in (PAGE, PART):
        assert client.get(page).status_code == 302
    client.force_login(stranger)
    for page in (PAGE, PART):
        assert quotation.title not in client.get(page).content.decode()
    assert client.get(reverse("quotations:by_login", args=[quotation.pk])).status_code == 404


def test_an_open_list_is_told_of_an_answer_and_of_nothing_else(me, client_user, consultant) -> None:
    quotation, _token = make_sent(consultant, client=client_of(client_user, consultant))
    known = {"If-None-Match": me.get(PAGE).context["version"]}
    assert me.get(PART, headers=known).status_code == 304
    services.withdraw(quotation=quotation, actor=consultant.user, reason="My calendar is full.")
    answer = me.get(PART, headers=known)
    assert "Withdrawn" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-cache"


def test_it_asks_as_often_for_thirty_as_for_one(me, client_user, django_assert_num_queries) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            who = make_consultant()
            make_accepted(who, client=client_of(client_user, who), deposit_points=5_000)

    fill(1)
    me.get(PAGE)
    with django_assert_num_queries(7) as first:
        me.get(PAGE)
    fill(24)
    with django_assert_num_queries(len(first)):
        assert len(titles(me.get(PAGE))) == 20
