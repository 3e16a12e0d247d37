"""The way of a client who is logged in to the page of a quotation: it writes nothing, and stops as every link does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from naksha.testing import make_client
from quotations import services
from quotations.models import Quotation, QuotationLink
from quotations.services import links
from quotations.testing import make_draft, make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(consultant: Any, client_user: Any) -> Quotation:
    return make_sent(consultant, client=make_client(consultant, user=client_user))[0]


@pytest.fixture
def me(client_user: Any) -> Browser:
    browser = Browser()
    browser.force_login(client_user)
    return browser


def way(me: Browser, quotation: Quotation) -> str:
    answer = me.get(reverse("quotations:by_login", args=[quotation.pk]))
    assert answer.status_code == 302
    return str(answer["Location"])


def test_looking_writes_nothing_and_leads_to_one_address(me: Browser, sent: Quotation) -> None:
    minted = QuotationLink.objects.count()
    with CaptureQueriesContext(connection) as asked:
        first = way(me, sent)
    assert not [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert way(me, sent) == first
    assert me.head(reverse("quotations:by_login", args=[sent.pk])).status_code == 302
    assert QuotationLink.objects.count() == minted
    assert sent.title in Browser().get(first).content.decode()
    assert Browser().get(first + "pdf/").content.startswith(b"%PDF")


def test_it_leads_to_the_version_that_counts_and_takes_the_yes(me: Browser, sent: Quotation, consultant: Any) -> None:
    before = way(me, sent)
    second = services.revise(quotation=sent, actor=consultant.user)
    services.send(quotation=second, actor=consultant.user)
    assert f"{sent.number}-R2" in me.get(before).content.decode()
    me.post(before + "accept/", {"name": "Farhan Qureshi", "version": "2"})
    second.refresh_from_db()
    assert second.status == "accepted"


def test_it_stops_with_all_others_each_time_and_the_login_leads_on(
    me: Browser, sent: Quotation, consultant: Any
) -> None:
    first = way(me, sent)
    services.new_link(quotation=sent, actor=consultant.user)
    second = way(me, sent)
    assert [me.get(each).status_code for each in (first, second)] == [404, 200]
    QuotationLink.objects.filter(revoked_at__isnull=True).delete()  # so that there is none that could be stopped
    services.new_link(quotation=sent, actor=consultant.user)
    third = way(me, sent)
    assert [me.get(each).status_code for each in (first, second, third)] == [404, 404, 200]
    stopped, standing = second.split("/")[2], third.split("/")[2]
    assert links.resolve_stopped(stopped) == sent, "money that is on its way by it is still taken"
    with pytest.raises(Quotation.DoesNotExist):
        links.resolve_stopped(standing)


def test_one_that_was_made_up_opens_nothing(me: Browser, sent: Quotation) -> None:
    token = way(me, sent).split("/")[2]
    for at in (0, 10, 23, 27, 28, 40, len(token) - 1):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert Browser().get(f"/q/{other}/").status_code == 404, at
        with pytest.raises(Quotation.DoesNotExist):
            links.resolve_stopped(other)
    for length in (20, 55, 57, 64):
        assert Browser().get(f"/q/{(token * 2)[:length]}/").status_code == 404


def test_it_is_the_logins_own(sent: Quotation, me: Browser, stranger: Any) -> None:
    url = way(me, sent)
    sent.client.user = stranger
    sent.client.save()
    assert Browser().get(url).status_code == 404
    sent.client.user = None
    sent.client.save()
    assert Browser().get(url).status_code == 404
    assert me.get(reverse("quotations:by_login", args=[sent.pk])).status_code == 404


def test_a_draft_has_none(me: Browser, consultant: Any, client_user: Any) -> None:
    draft = make_draft(consultant, client=make_client(consultant, user=client_user))
    assert me.get(reverse("quotations:by_login", args=[draft.pk])).status_code == 404
    assert Browser().get(f"/q/{links.of_login(draft)}/").status_code == 404
