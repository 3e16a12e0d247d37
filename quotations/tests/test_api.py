"""Quotations over the JSON API: the consultant's side by login, the client's by the link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from naksha.api.testing import api_of
from naksha.testing import make_client, make_consultant
from notifications.models import OutgoingMail
from payments.models import Refund
from quotations import services
from quotations.models import Quotation, QuotationView
from quotations.services.drafting import LineFacts
from quotations.testing import make_accepted, make_draft, make_sent, pay_part

pytestmark = pytest.mark.django_db


def sent_in(**changes: Any) -> dict[str, Any]:
    return {
        "clientName": "Meera Iyer",
        "clientEmail": "meera@example.com",
        "title": "Audit of the year",
        "validUntil": str(timezone.localdate() + timedelta(days=7)),
        "discountPercent": 10,
        "depositPercent": 50,
        "lines": [
            {"description": "Books", "quantity": 2.5, "unitPricePaise": 1_000_000},
            {"description": "Report", "quantity": "1", "unitPricePaise": 500_050, "discountPercent": "20"},
        ],
        **changes,
    }


def test_a_draft_is_written_and_reckoned() -> None:
    consultant = make_consultant(registration="regular", gstin="27AAPFU0939F1ZV")
    api = api_of(consultant.user)
    answer = api.post("/quotations", sent_in(stateCode="29"))
    assert answer.status == 201
    told = answer.data
    assert (told["status"], told["number"], told["edition"], told["placeOfSupply"]) == ("DRAFT", None, 1, "29")
    assert (told["subtotalPaise"], told["discountPaise"], told["igstPaise"]) == (2_900_040, 290_004, 469_806)
    assert (told["totalPaise"], told["depositPaise"]) == (3_079_842, 1_539_921)
    assert told["lines"][0]["quantity"] == 2.5
    assert told["lines"][1]["amountPaise"] == 400_040
    assert told["client"]["email"] == "meera@example.com"
    assert api.get(f"/quotations/{told['id']}").data == told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"discountPercent": 100.5}, "discountPercent"),
        ({"depositPercent": -1}, "depositPercent"),
        ({"title": ""}, "title"),
        ({"title": "x" * 10_000}, "title"),
        ({"validUntil": "2020-01-01"}, "validUntil"),
        ({"lines": []}, "lines"),
        ({"stateCode": "zz"}, "stateCode"),
        ({"clientId": "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"}, "clientEmail"),
        ({"clientEmail": "nobody"}, "clientEmail"),
        ({"totalPaise": 1}, "totalPaise"),
        ({"lines": [{"description": "x", "quantity": 10_000, "unitPricePaise": 1_000_000_000}]}, "lines"),
    ],
)
def test_what_can_not_be_offered_is_a_400_that_names_the_field(changes: dict, field: str) -> None:
    answer = api_of(make_consultant().user).post("/quotations", sent_in(**changes))
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert any(name.startswith(field) for name in answer.details), answer.details
    assert not Quotation.objects.exists()


def test_a_part_is_changed_and_another_edition_is_a_409(consultant) -> None:
    quotation = make_draft(consultant)
    api = api_of(consultant.user)
    told = api.patch(f"/quotations/{quotation.pk}", {"discountPercent": 5, "edition": 1}).data
    assert (told["discountPercent"], told["edition"], len(told["lines"])) == (5, 2, 2)
    assert told["title"] == quotation.title
    stale = api.put(f"/quotations/{quotation.pk}", sent_in(edition=1))
    assert (stale.status, stale.code) == (409, "INVALID_STATE")
    whole = api.put(f"/quotations/{quotation.pk}", sent_in(edition=2))
    assert whole.data["client"]["name"] == "Meera Iyer"


def test_whom_it_is_for_is_changed_or_refused_by_its_name(consultant) -> None:
    quotation = make_draft(consultant)
    api, path = api_of(consultant.user), f"/quotations/{quotation.pk}"
    known = make_client(consultant, email="farhan@example.com")
    for body, named in (
        ({"clientName": "Meera Iyer"}, ["clientName"]),
        ({"clientId": str(known.pk), "clientName": "Meera Iyer"}, ["clientName"]),
        ({"clientId": str(known.pk), "clientEmail": "meera@example.com"}, ["clientEmail"]),
    ):
        refused = api.patch(path, body)
        assert (refused.status, list(refused.details)) == (400, named)
    quotation.refresh_from_db()
    assert quotation.edition == 1
    assert api.patch(path, {"clientId": str(known.pk)}).data["client"]["id"] == str(known.pk)
    changed = api.patch(path, {"clientName": "Meera Iyer", "clientEmail": "meera@example.com"})
    assert changed.data["client"]["name"] == "Meera Iyer"
    nobody = sent_in()
    del nobody["clientName"], nobody["clientEmail"]
    unknown = {**nobody, "clientId": "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10"}
    assert list(api.put(path, unknown).details) == ["clientId"]


def test_a_line_of_a_change_is_whole(consultant) -> None:
    quotation = make_draft(consultant)
    api = api_of(consultant.user)
    changed = api.patch(f"/quotations/{quotation.pk}", {"lines": [{"description": "Books", "unitPricePaise": 1000}]})
    (line,) = changed.data["lines"]
    assert (line["description"], line["quantity"], line["discountPercent"], line["details"]) == ("Books", 1, 0, "")
    lacking = api.patch(f"/quotations/{quotation.pk}", {"lines": [{}]})
    assert (lacking.status, sorted(lacking.details)) == (400, ["lines.0.description", "lines.0.unitPricePaise"])


def test_sending_twice_with_one_key_is_one_sending(consultant) -> None:
    quotation = make_draft(consultant)
    api = api_of(consultant.user)
    first = api.post(f"/quotations/{quotation.pk}/send", {}, Idempotency_Key="k")
    again = api.post(f"/quotations/{quotation.pk}/send", {}, Idempotency_Key="k")
    assert first.data == again.data
    assert first.data["number"].endswith("/00001")
    assert "/q/" in first.data["url"]
    assert OutgoingMail.objects.filter(template="quotation_sent").count() == 1
    assert api.post(f"/quotations/{quotation.pk}/send", {}, Idempotency_Key="l").code == "INVALID_STATE"
    assert api.patch(f"/quotations/{quotation.pk}", {"title": "x"}).code == "INVALID_STATE"


def test_delete_throws_a_draft_away_and_withdraws_what_was_sent(consultant) -> None:
    draft, (sent, _token), (agreed, _token2) = make_draft(consultant), make_sent(consultant), make_accepted(consultant)
    api = api_of(consultant.user)
    assert api.delete(f"/quotations/{draft.pk}").status == 200
    assert api.delete(f"/quotations/{sent.pk}").status == 200
    assert api.delete(f"/quotations/{agreed.pk}").code == "INVALID_STATE"
    assert set(Quotation.objects.values_list("status", "ending")) == {("expired", "withdrawn"), ("accepted", "")}


def test_the_list_is_filtered_and_asks_the_same_however_long(consultant) -> None:
    api = api_of(consultant.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert api.get("/quotations").status == 200
        return len(found)

    make_draft(consultant, title="Alone")
    few = asked()
    for _ in range(4):
        make_sent(consultant)
    assert asked() == few
    assert api.get("/quotations", status="SENT").data["pagination"]["totalCount"] == 4
    assert [row["title"] for row in api.get("/quotations", search="alone").data["quotations"]] == ["Alone"]
    assert api.get("/quotations", status="NONSENSE").status == 400
    assert api.get("/quotations", ordering="secret").status == 400


@pytest.mark.parametrize("charges_gst", [True, False])
def test_the_list_is_in_the_order_of_the_totals_that_it_shows(consultant, charges_gst: bool) -> None:
    """Drafts that were written before their consultant registered under GST, or was struck off, among what was sent."""
    name = {True: "regular", False: "unregistered"}
    gstin = {True: "27AABCN1234F1ZW", False: ""}

    def registered(charges: bool) -> None:
        consultant.registration, consultant.gstin = name[charges], gstin[charges]
        consultant.save()

    registered(not charges_gst)
    for paise in (100_000, 110_000, 118_001, 333_337, 1_000_000_000, 0):
        make_draft(consultant, lines=(LineFacts("Books", 100, paise),), discount_points=0 if paise else 100)
        if 0 < paise < 1_000_000:
            make_sent(consultant, lines=(LineFacts("Books", 100, paise + 9_000),))
    make_draft(consultant, lines=(LineFacts("Books", 250, 333_333),), discount_points=1_250)
    stored = set(Quotation.objects.values_list("pk", "total_paise"))
    registered(charges_gst)
    api = api_of(consultant.user)
    rows = api.get("/quotations", ordering="-totalPaise").data["quotations"]
    totals = [row["totalPaise"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert totals[::-1] == [
        row["totalPaise"] for row in api.get("/quotations", ordering="totalPaise").data["quotations"]
    ]
    assert (
        len({(UUID(row["id"]), row["totalPaise"]) for row in rows} - stored) == 6
    )  # of drafts: all but that of nothing
    assert len(rows) == 11
    kept = Quotation.objects.filter(consultant=consultant).with_total_now(charges_gst=charges_gst)
    assert {str(each.pk): each.total_now for each in kept} == {row["id"]: row["totalPaise"] for row in rows}


def test_another_consultants_is_not_there(consultant, other_consultant) -> None:
    quotation = make_draft(consultant)
    api = api_of(other_consultant.user)
    for call in (api.get, api.delete):
        assert call(f"/quotations/{quotation.pk}").status == 404
    assert api.get(f"/quotations/{quotation.pk}/pdf").status == 404
    assert api.post("/quotations", sent_in(clientId=str(make_client(consultant).pk))).status == 400


def test_the_paper_comes_as_pdf(consultant) -> None:
    quotation, _token = make_sent(consultant)
    answer = api_of(consultant.user).get(f"/quotations/{quotation.pk}/pdf")
    assert answer.content.startswith(b"%PDF")


def test_the_client_reads_accepts_and_is_told_what_is_owed(consultant) -> None:
    quotation, token = make_sent(consultant, deposit_points=5_000)
    api = api_of()
    told = api.get(f"/quotations/public/{token}").data
    assert (told["status"], told["canBeAnswered"], told["owedPaise"]) == ("VIEWED", True, 0)
    assert "email" not in str(told)
    assert api.post(f"/quotations/public/{token}/accept", {"name": "x", "version": 1}).status == 400
    assert api.post(f"/quotations/public/{token}/accept", {"name": "Meera Iyer", "version": 9}).code == "INVALID_STATE"
    yes = api.post(f"/quotations/public/{token}/accept", {"name": "Meera Iyer", "version": 1})
    assert (yes.data["status"], yes.data["acceptedBy"], yes.data["owedPaise"]) == ("ACCEPTED", "Meera Iyer", 2_500_000)
    again = api.post(f"/quotations/public/{token}/accept", {"name": "Somebody Else", "version": 1})
    assert again.data["acceptedBy"] == "Meera Iyer"
    quotation.refresh_from_db()
    assert quotation.accepted_from == "127.0.0.1"


def test_the_deposit_is_paid_with_the_token_of_the_link(consultant, fake_gateway) -> None:
    _quotation, token = make_accepted(consultant, deposit_points=5_000)
    order = api_of().post("/payments/initiate", {"manageToken": token}).data
    assert order["amountPaise"] == 1_250_000


def test_the_client_declines_with_a_reason(consultant) -> None:
    _quotation, token = make_sent(consultant)
    api = api_of()
    assert api.post(f"/quotations/public/{token}/decline", {"reason": " ", "version": 1}).status == 400
    assert (
        api.post(f"/quotations/public/{token}/decline", {"reason": "Too dear.", "version": 1}).data["status"]
        == "DECLINED"
    )
    assert api.post(f"/quotations/public/{token}/accept", {"name": "Meera Iyer", "version": 1}).code == "INVALID_STATE"
    assert api.get(f"/quotations/public/{'x' * 32}").status == 404


def test_the_version_that_was_read_is_said_and_another_is_a_409(consultant) -> None:
    first, token = make_sent(consultant)
    second = services.revise(quotation=first, actor=consultant.user)
    services.send(quotation=second, actor=consultant.user)
    api = api_of()
    for act, said in (("accept", {"name": "Meera Iyer"}), ("decline", {"reason": "Too dear."})):
        unsaid = api.post(f"/quotations/public/{token}/{act}", said)
        assert (unsaid.status, list(unsaid.details)) == (400, ["version"])
        stale = api.post(f"/quotations/public/{token}/{act}", {**said, "version": 1})
        assert (stale.status, stale.code) == (409, "INVALID_STATE")
    assert api.get(f"/quotations/public/{token}").data["canBeAnswered"] is True


def test_a_new_link_stops_those_before_it(consultant) -> None:
    quotation, token = make_sent(consultant)
    told = api_of(consultant.user).post(f"/quotations/{quotation.pk}/link", {}).data
    assert api_of().get(f"/quotations/public/{token}").status == 404
    assert api_of().get(f"/quotations/public/{told['url'].split('/')[-2]}").data["number"] == quotation.number
    draft = make_draft(consultant)
    assert api_of(consultant.user).post(f"/quotations/{draft.pk}/link", {}).code == "INVALID_STATE"


def test_accepted_work_is_called_off_and_what_goes_back_is_said(consultant, fake_gateway) -> None:
    quotation, _token = make_accepted(consultant, deposit_points=5_000)
    pay_part(fake_gateway, quotation)
    api = api_of(consultant.user)
    path = f"/quotations/{quotation.pk}/call-off"
    assert api.post(path, {}).status == 400
    too_much = api.post(path, {"reason": "Ill.", "refundPaise": 1_250_001})
    assert (too_much.status, list(too_much.details)) == (400, ["refundPaise"])
    told = api.post(path, {"reason": "Ill.", "refundPaise": 1_000_000}).data
    assert (told["status"], told["ending"], told["closeReason"]) == ("EXPIRED", "CALLED_OFF", "Ill.")
    assert Refund.objects.get().amount_paise == 1_000_000
    assert api.post(path, {"reason": "Again."}).data == told


def test_the_consultants_own_look_counts_for_nothing(consultant) -> None:
    quotation, token = make_sent(consultant)
    assert api_of(consultant.user).get(f"/quotations/public/{token}").data["status"] == "SENT"
    assert not QuotationView.objects.exists()
    services.seen(quotation=quotation)
    assert QuotationView.objects.count() == 1
