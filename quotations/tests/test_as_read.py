"""What is sent is what its sender has read: neither another price, nor another place of supply, nor another's words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from naksha.api.testing import api_of
from naksha.testing import make_client
from notifications.models import OutgoingMail
from quotations import papers, services
from quotations.errors import SumsChanged
from quotations.models import Quotation, QuotationLink, QuotationSeries
from quotations.services import LineFacts
from quotations.services.drafting import as_sent_now
from quotations.testing import draft_of, make_draft, make_sent
from quotations.tests.test_desk import stands, text

pytestmark = pytest.mark.django_db
GSTIN = "27AAPFU0939F1ZV"
FIND = "/dashboard/search/?q=incorporation"


@pytest.fixture
def draft(consultant: Any) -> Quotation:
    """₹10,000, written while its consultant was not registered."""
    whom = make_client(consultant, state_code="27")
    return make_draft(consultant, client=whom, lines=(LineFacts("Advice", 100, 1_000_000),), deposit_points=5_000)


def register(consultant: Any) -> None:
    consultant.registration, consultant.gstin, consultant.state_code = "regular", GSTIN, "27"
    consultant.save()


def move_client(draft: Quotation, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(draft.client, name, value)
    draft.client.save()


def nothing_went(draft: Quotation) -> Quotation:
    draft.refresh_from_db()
    assert (draft.status, draft.number, draft.sent_at) == ("draft", "", None)
    assert not QuotationSeries.objects.exists()
    assert not QuotationLink.objects.exists()
    assert not OutgoingMail.objects.exists()
    return draft


def send_url(draft: Quotation) -> str:
    return reverse("quotations:send", args=[draft.pk])


def beside_the_button(answer: Any) -> str:
    found = re.search(r'data-live-stays="unsent">(.*?)<form', answer.content.decode(), re.S)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_a_draft_is_shown_everywhere_as_it_would_be_sent(desk: Any, consultant: Any, draft: Quotation) -> None:
    assert "₹10,000.00" in text(desk.get(reverse("quotations:one", args=[draft.pk])))
    register(consultant)
    for url in (reverse("quotations:one", args=[draft.pk]), "/dashboard/quotations/", FIND):
        assert "₹11,800.00" in text(desk.get(url)), url
    assert "To begin with, 50% ₹5,900.00" in text(desk.get(reverse("quotations:one", args=[draft.pk])))
    paper = desk.get(reverse("quotations:own_pdf", args=[draft.pk]))
    assert paper.content.startswith(b"%PDF")
    api = api_of(consultant.user)
    assert api.get(f"/quotations/{draft.pk}").data["totalPaise"] == 1_180_000
    assert [row["totalPaise"] for row in api.get("/quotations").data["quotations"]] == [1_180_000]


def test_the_papers_of_a_draft_are_drawn_as_it_would_be_sent(
    desk: Any, consultant: Any, draft: Quotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[dict[str, Any]] = []
    real = papers.facts
    monkeypatch.setattr(papers, "facts", lambda quotation: drawn.append(real(quotation)) or drawn[-1])
    register(consultant)
    desk.get(reverse("quotations:own_pdf", args=[draft.pk]))
    api_of(consultant.user).get(f"/quotations/{draft.pk}/pdf")
    assert [facts["total"]["amount"] for facts in drawn] == ["₹11,800.00"] * 2


def test_a_new_version_is_listed_as_it_would_be_sent_and_the_sent_one_stands(desk: Any, consultant: Any) -> None:
    sent, _token = make_sent(consultant)
    services.revise(quotation=sent, actor=consultant.user)
    register(consultant)
    page = text(desk.get(reverse("quotations:one", args=[sent.pk])))
    assert "₹29,500.00 · Draft" in page
    assert "Total ₹25,000.00" in page


def test_a_price_that_its_sender_has_not_seen_is_not_sent(desk: Any, consultant: Any, draft: Quotation) -> None:
    read = stands(desk, draft)
    register(consultant)
    answer = desk.post(send_url(draft), read)
    assert answer.status_code == 409
    assert "₹11,800.00 now" in beside_the_button(answer)
    assert "was ₹10,000.00" in beside_the_button(answer)
    kept = nothing_went(draft)
    assert (kept.total_paise, kept.tax_paise, kept.deposit_paise) == (1_180_000, 180_000, 590_000)
    assert desk.post(send_url(draft), read).status_code == 409, "the page of before has not been read again"
    assert desk.post(send_url(draft), stands(desk, draft)).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.total_paise) == ("sent", 1_180_000)


@pytest.mark.parametrize("fields", [{"state_code": "29"}, {"gstin": "29AAGCB7383J1Z4"}, {"gstin": "27AAPFU0939F1ZV"}])
def test_a_place_of_supply_or_gstin_that_was_not_seen_is_not_sent(
    desk: Any, consultant: Any, draft: Quotation, fields: dict[str, str]
) -> None:
    register(consultant)
    read = stands(desk, draft)
    move_client(draft, **fields)
    answer = desk.post(send_url(draft), read)
    assert answer.status_code == 409
    assert "where it is taxed, or the GSTIN" in beside_the_button(answer)
    kept = nothing_went(draft)
    assert (kept.place_of_supply, kept.gstin) == ("29" if "29" in str(fields) else "27", fields.get("gstin", ""))
    assert desk.post(send_url(draft), stands(desk, draft)).status_code == 302


def test_where_the_new_version_is_not_sent_the_one_before_stands(consultant: Any) -> None:
    sent, _token = make_sent(consultant)
    second = services.revise(quotation=sent, actor=consultant.user)
    register(consultant)
    with pytest.raises(SumsChanged):
        services.send(quotation=second, actor=consultant.user)
    sent.refresh_from_db()
    second.refresh_from_db()
    assert (sent.status, sent.ending, second.status) == ("sent", "", "draft")
    services.send(quotation=second, actor=consultant.user)
    sent.refresh_from_db()
    assert (sent.status, sent.ending) == ("expired", "revised")


def test_what_was_written_in_another_window_is_not_sent_unread(desk: Any, consultant: Any, draft: Quotation) -> None:
    read = stands(desk, draft)
    other = draft_of(title="Quite another thing", lines=(LineFacts("Advice", 100, 1_000_000),))
    services.change_draft(quotation=draft, actor=consultant.user, edition=1, client=draft.client, draft=other)
    answer = desk.post(send_url(draft), read)
    assert answer.status_code == 409
    assert "changed in another window" in beside_the_button(answer)
    assert "Quite another thing" in text(answer)
    nothing_went(draft)
    assert desk.post(send_url(draft), stands(desk, draft)).status_code == 302


@pytest.mark.parametrize("lacks", ["edition", "total", "taxed"])
def test_what_was_not_said_to_be_read_is_not_sent(desk: Any, draft: Quotation, lacks: str) -> None:
    read = stands(desk, draft)
    for wrong in ({**read, lacks: ""}, {**read, lacks: "\x00" * 50}, {k: v for k, v in read.items() if k != lacks}):
        answer = desk.post(send_url(draft), wrong)
        assert answer.status_code == 400
        assert "Read it over" in beside_the_button(answer)
    nothing_went(draft)


def test_an_app_sends_no_price_but_the_one_that_was_written_or_that_it_names(consultant: Any, draft: Quotation) -> None:
    register(consultant)
    api = api_of(consultant.user)
    stale = api.post(f"/quotations/{draft.pk}/send", {"totalPaise": 1_000_000})
    assert (stale.status, stale.code) == (409, "INVALID_STATE")
    assert nothing_went(draft).total_paise == 1_180_000, "it is kept as it is now"
    Quotation.objects.filter(pk=draft.pk).update(tax_paise=0, total_paise=1_000_000, deposit_paise=500_000)
    assert api.post(f"/quotations/{draft.pk}/send", {}).status == 409
    nothing_went(draft)
    assert api.post(f"/quotations/{draft.pk}/send", {}).data["totalPaise"] == 1_180_000


def test_an_app_that_says_which_edition_it_read_sends_no_other(consultant: Any, draft: Quotation) -> None:
    api = api_of(consultant.user)
    assert api.patch(f"/quotations/{draft.pk}", {"title": "Another thing"}).data["edition"] == 2
    stale = api.post(f"/quotations/{draft.pk}/send", {"edition": 1})
    assert (stale.status, stale.code) == (409, "INVALID_STATE")
    nothing_went(draft)
    assert api.post(f"/quotations/{draft.pk}/send", {"edition": "x"}).details.keys() == {"edition"}
    assert api.post(f"/quotations/{draft.pk}/send", {"edition": 2, "totalPaise": 1_000_000}).status == 200


def test_what_was_sent_is_never_reckoned_anew(consultant: Any) -> None:
    sent, _token = make_sent(consultant)
    register(consultant)
    sent.consultant.refresh_from_db()
    assert as_sent_now(sent).total_paise == 2_500_000
