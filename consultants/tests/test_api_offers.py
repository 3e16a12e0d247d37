"""A consultant's services, terms and bank account, through the JSON API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry
from consultants.models import BankAccount, BookingPolicy, Consultant, Service
from naksha.api.testing import NOWHERE, api_of
from naksha.testing import make_consultant, make_service
from naksha.times import iso

pytestmark = pytest.mark.django_db

SERVICE = {"title": "First call", "minutes": 45, "pricePaise": 200_000}
POLICY = {
    "minNoticeMinutes": 60,
    "horizonDays": 30,
    "bufferBeforeMinutes": 5,
    "bufferAfterMinutes": 10,
    "slotIntervalMinutes": 15,
    "dailyLimit": 4,
    "freeCancelHours": 48,
    "partialCancelHours": 12,
    "partialRefundPercent": 25,
    "rescheduleHours": 6,
    "maxReschedules": 1,
    "answerHours": 12,
    "reminderMinutes": [60],
}
BANK = {"accountHolderName": "Asha Rao", "accountNumber": "1234 5678-4321", "ifsc": "hdfc0001234", "pan": "AAPPV1234K"}


# --- services ---------------------------------------------------------------------------------------


def test_a_service_is_added_with_its_questions() -> None:
    consultant = make_consultant()
    sent: dict[str, Any] = {
        **SERVICE,
        "description": "All of it.",
        "depositPaise": 50_000,
        "platform": "PHONE",
        "confirmation": "MANUAL",
        "questions": [{"label": "Which?", "kind": "CHOICE", "choices": ["GST", "Income"], "required": True}],
    }
    answer = api_of(consultant.user).post("/consultant/services", sent)
    assert answer.status == 201
    service = Service.objects.get()
    question = service.questions.get()
    assert answer.data == {
        "id": str(service.pk),
        "kind": "PERSONAL",
        "currency": "INR",
        "place": "",
        "capacity": 1,
        "isActive": True,
        "archivedAt": None,
        "createdAt": iso(service.created_at),
        "updatedAt": iso(service.updated_at),
        **sent,
        "questions": [{"id": str(question.pk), **sent["questions"][0]}],
    }
    assert api_of(consultant.user).get(f"/consultant/services/{service.pk}").data == answer.data


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": None}, "minutes"),
        ({"pricePaise": 99}, "pricePaise"),
        ({"pricePaise": -1}, "pricePaise"),
        ({"pricePaise": 10**12}, "pricePaise"),
        ({"pricePaise": 1500.5}, "pricePaise"),
        ({"depositPaise": 200_000}, "depositPaise"),
        ({"currency": "USD"}, "currency"),
        ({"kind": "personal"}, "kind"),
        ({"kind": "WEBINAR"}, "capacity"),
        ({"kind": "WEBINAR", "capacity": 9, "platform": "PHONE"}, "platform"),
        ({"platform": "LINK", "place": "http://meet.example"}, "place"),
        ({"platform": "IN_PERSON"}, "place"),
        ({"confirmation": "LATER"}, "confirmation"),
        ({"questions": [{"label": ""}]}, "questions.0.label"),
        ({"questions": [{"label": "A?", "kind": "CHOICE", "choices": ["one"]}]}, "nonFieldErrors"),
        ({"questions": "none"}, "questions"),
        ({"consultant": NOWHERE}, "consultant"),
        ({"archivedAt": None}, "archivedAt"),
    ],
)
def test_what_is_wrong_with_a_service_is_named(wrong: Any, named: Any) -> None:
    answer = api_of(make_consultant().user).post("/consultant/services", {**SERVICE, **wrong})
    assert (answer.status, next(iter(answer.details)).removesuffix(".nonFieldErrors")) == (400, named)
    assert not Service.objects.exists()


def test_put_replaces_and_patch_changes_a_part() -> None:
    consultant = make_consultant()
    service = make_service(consultant, description="Old words", deposit_paise=50_000)
    question = service.questions.create(label="About what?")
    api = api_of(consultant.user)
    patched = api.patch(f"/consultant/services/{service.pk}", {"pricePaise": 180_000, "isActive": False}).data
    assert (patched["pricePaise"], patched["isActive"], patched["description"]) == (180_000, False, "Old words")
    assert [asked["id"] for asked in patched["questions"]] == [str(question.pk)]
    put = api.put(f"/consultant/services/{service.pk}", SERVICE).data
    assert (put["pricePaise"], put["isActive"], put["description"], put["questions"]) == (200_000, True, "", [])
    assert put["depositPaise"] == 0


def test_a_question_of_a_change_is_whole() -> None:
    consultant = make_consultant()
    service = make_service(consultant)
    api = api_of(consultant.user)
    (asked,) = api.patch(f"/consultant/services/{service.pk}", {"questions": [{"label": "Why?"}]}).data["questions"]
    assert (asked["label"], asked["kind"], asked["choices"], asked["required"]) == ("Why?", "SHORT", [], False)
    lacking = api.patch(f"/consultant/services/{service.pk}", {"questions": [{"kind": "LONG"}]})
    assert (lacking.status, list(lacking.details)) == (400, ["questions.0.label"])


def test_a_service_that_was_booked_is_archived_and_another_is_gone() -> None:
    consultant = make_consultant()
    fresh, used = make_service(consultant), make_service(consultant, title="Used")
    consultant.waitlist.create(service=used, date="2026-12-01", name="F", email="f@example.com")
    api = api_of(consultant.user)
    for service in (fresh, used):
        assert api.delete(f"/consultant/services/{service.pk}").status == 200
    assert [row.title for row in Service.objects.all()] == ["Used"]
    assert api.get("/consultant/services").data["services"] == []
    assert [row["title"] for row in api.get("/consultant/services", archived="true").data["services"]] == ["Used"]


def test_the_list_is_filtered_ordered_and_costs_the_same(django_assert_num_queries: Any) -> Any:
    consultant = make_consultant()
    make_service(consultant, title="Alpha", order=1)
    api = api_of(consultant.user)
    with django_assert_num_queries(5):
        api.get("/consultant/services")
    make_service(consultant, title="Beta", kind="webinar", capacity=5, order=0, is_active=False)
    make_service(make_consultant(), title="Another's")
    for service in consultant.services.all():
        service.questions.create(label="A?")

    def titles(**query: Any) -> Any:
        return [row["title"] for row in api.get("/consultant/services", **query).data["services"]]

    assert titles() == ["Beta", "Alpha"]
    assert titles(ordering="title") == ["Alpha", "Beta"]
    assert titles(kind="WEBINAR") == ["Beta"]
    assert titles(isActive="true") == ["Alpha"]
    assert titles(search="alp") == ["Alpha"]
    assert titles(page=2) == []
    with django_assert_num_queries(5):
        api.get("/consultant/services")
    assert list(api.get("/consultant/services", kind="x").details) == ["kind"]
    assert list(api.get("/consultant/services", isActive="x").details) == ["isActive"]


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_anothers_service_is_as_one_that_there_is_not(method: Any) -> None:
    other = make_service(make_consultant())
    api = api_of(make_consultant().user)
    body = [SERVICE] if method in ("put", "patch") else []
    theirs = getattr(api, method)(f"/consultant/services/{other.pk}", *body)
    assert theirs.status == 404
    assert theirs.lasting == getattr(api, method)(f"/consultant/services/{NOWHERE}", *body).lasting
    other.refresh_from_db()


# --- terms ------------------------------------------------------------------------------------------


def test_the_terms_are_read_and_set_as_a_whole() -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    assert api.get("/consultant/booking-policy").data["horizonDays"] == 60
    assert api.put("/consultant/booking-policy", POLICY).data == POLICY
    assert api.put("/consultant/booking-policy", {**POLICY, "dailyLimit": None}).data["dailyLimit"] is None
    assert BookingPolicy.objects.get().free_cancel_hours == 48
    assert set(api.put("/consultant/booking-policy", {}).details) == set(POLICY)


def test_a_term_that_is_left_out_stays() -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    api.put("/consultant/booking-policy", POLICY)
    changed = {"dailyLimit": None, "freeCancelHours": 24}
    assert api.patch("/consultant/booking-policy", changed).data == {**POLICY, **changed}
    wrong = api.patch("/consultant/booking-policy", {"partialCancelHours": 25})
    assert (wrong.status, list(wrong.details)) == (400, ["partialCancelHours"])  # beside what is kept
    assert api.get("/consultant/booking-policy").data == {**POLICY, **changed}


def test_some_terms_are_set_where_there_were_none() -> None:
    consultant = make_consultant()
    BookingPolicy.objects.filter(consultant=consultant).delete()
    usual = api_of(consultant.user).get("/consultant/booking-policy").data
    changed = api_of(consultant.user).patch("/consultant/booking-policy", {"horizonDays": 9})
    assert changed.data == {**usual, "horizonDays": 9}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minNoticeMinutes", -1),
        ("horizonDays", 366),
        ("bufferBeforeMinutes", 241),
        ("bufferAfterMinutes", -5),
        ("slotIntervalMinutes", 4),
        ("dailyLimit", 0),
        ("freeCancelHours", 721),
        ("partialCancelHours", 49),
        ("partialRefundPercent", 101),
        ("rescheduleHours", "soon"),
        ("maxReschedules", None),
        ("answerHours", 0),
        ("reminderMinutes", [1]),
        ("reminderMinutes", 60),
        ("consultant", NOWHERE),
    ],
)
def test_wrong_terms_are_named(name: Any, value: Any) -> None:
    consultant = make_consultant()
    answer = api_of(consultant.user).put("/consultant/booking-policy", {**POLICY, name: value})
    assert (answer.status, list(answer.details)) == (400, [name])
    assert BookingPolicy.objects.get().horizon_days == 60


# --- bank account -----------------------------------------------------------------------------------


def test_the_bank_account_is_shown_masked_and_kept_sealed() -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    assert api.get("/consultant/bank-account").data is None
    put = api.put("/consultant/bank-account", BANK).data
    assert put == {
        "accountHolderName": "Asha Rao",
        "accountNumber": "XXXXXXXX4321",
        "ifsc": "HDFC0001234",
        "accountType": "SAVINGS",
        "pan": "AAPPVXXXXK",
        "updatedAt": put["updatedAt"],
    }
    assert api.get("/consultant/bank-account").data == put
    assert BankAccount.objects.get().number == "123456784321"
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM consultants_bankaccount")
        (stored,) = cursor.fetchone()
    assert "12345678" not in stored
    entry = AuditEntry.objects.get(action="consultant.bank_account_changed")
    assert (entry.actor, sorted(entry.data["changed"])) == (
        consultant.user, ["holder_name", "ifsc", "kind", "number", "pan"]
    )  # fmt: skip


def test_what_is_left_out_of_a_part_stays_as_it_is_kept() -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    needed = api.patch("/consultant/bank-account", {"ifsc": "SBIN0000300"})  # there is none to be changed
    assert sorted(needed.details) == ["accountHolderName", "accountNumber"]
    assert not BankAccount.objects.exists()
    api.put("/consultant/bank-account", {**BANK, "accountType": "CURRENT"})
    changed = api.patch("/consultant/bank-account", {"ifsc": "SBIN0000300"}).data
    assert (changed["accountHolderName"], changed["ifsc"], changed["accountType"]) == (
        "Asha Rao", "SBIN0000300", "CURRENT"
    )  # fmt: skip
    assert BankAccount.objects.get().number == "123456784321"
    assert AuditEntry.objects.order_by("created_at").last().data == {"changed": ["ifsc"]}  # type: ignore[union-attr]


def test_a_number_that_is_left_out_stays_and_the_trail_names_what_changed() -> None:
    consultant = make_consultant()
    api = api_of(consultant.user)
    api.put("/consultant/bank-account", BANK)
    kept = {"accountHolderName": "Asha Rao", "ifsc": "SBIN0000300", "accountType": "CURRENT"}
    assert api.put("/consultant/bank-account", kept).data["accountNumber"] == "XXXXXXXX4321"
    assert api.put("/consultant/bank-account", kept).status == 200
    changes = [entry.data["changed"] for entry in AuditEntry.objects.filter(action="consultant.bank_account_changed")]
    assert sorted(changes[0] + changes[1]) == sorted(["holder_name", "ifsc", "kind", "number", "pan", "ifsc", "kind"])
    assert len(changes) == 2
    assert Consultant.objects.get().pan == "AAPPV1234K"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"accountHolderName": " "}, "accountHolderName"),
        ({"accountNumber": "12345678"}, "accountNumber"),
        ({"accountNumber": "1" * 19}, "accountNumber"),
        ({"accountNumber": "000000000"}, "accountNumber"),
        ({"accountNumber": "12345678a"}, "accountNumber"),
        ({"accountNumber": "XXXXXXXX4321"}, "accountNumber"),
        ({"ifsc": "HDFC1001234"}, "ifsc"),
        ({"pan": "AAPPV12345"}, "pan"),
        ({"accountType": "GOLD"}, "accountType"),
        ({"updatedAt": None}, "updatedAt"),
    ],
)
def test_what_is_wrong_with_an_account_is_named(wrong: Any, named: Any) -> None:
    answer = api_of(make_consultant().user).put("/consultant/bank-account", {**BANK, **wrong})
    assert (answer.status, list(answer.details)) == (400, [named])
    assert not BankAccount.objects.exists()
    assert Consultant.objects.get().pan == ""


def test_without_a_stored_number_one_is_asked_for() -> None:
    nameless = {name: value for name, value in BANK.items() if name != "accountNumber"}
    assert list(api_of(make_consultant().user).put("/consultant/bank-account", nameless).details) == ["accountNumber"]


def test_the_pan_is_that_of_the_gstin() -> None:
    consultant = make_consultant(registration="regular", gstin="27AAPPV1234K1ZB")
    answer = api_of(consultant.user).put("/consultant/bank-account", {**BANK, "pan": "BBPPV1234K"})
    assert list(answer.details) == ["pan"]
