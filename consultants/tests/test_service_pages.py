"""Services are set up, arranged and put away, with and without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consultants.models import Consultant, ServiceQuestion
from consultants.services import offers
from naksha.testing import make_consultant, make_service

pytestmark = pytest.mark.django_db
LIST = reverse("consultants:services")
NEW = reverse("consultants:new_service")
CALL: dict[str, Any] = {
    "kind": "personal", "title": "First call", "description": "", "minutes": "30", "capacity": "",
    "price_paise": "1,500", "deposit_paise": "", "platform": "jitsi", "place": "", "confirmation": "instant",
    "is_active": "on", "question-rows": "0",
}  # fmt: skip
TWO = {
    "question-rows": "2",
    "question-0-label": "What is it about?",
    "question-0-kind": "long",
    "question-0-required": "on",
    "question-0-choices": "",
    "question-1-label": "Which?",
    "question-1-kind": "choice",
    "question-1-choices": "GST\nROC",
}


@pytest.fixture
def owner(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def test_before_approval_there_are_no_services(client: Client) -> None:
    client.force_login(make_consultant(status="submitted").user)
    for page in (LIST, NEW):
        assert client.get(page)["Location"] == reverse("consultants:application")
    assert client.post(NEW, CALL).status_code == 302


def test_an_empty_list_says_what_to_do(owner: Client) -> None:
    page = owner.get(LIST).content.decode()
    assert "Nothing can be booked yet." in page
    assert f'href="{NEW}"' in page


def test_a_webinar_leads_to_its_dates(owner: Client, consultant: Consultant) -> None:
    make_service(consultant, title="Call")
    assert reverse("bookings:webinars") not in owner.get(LIST).content.decode()
    make_service(consultant, kind="webinar", capacity=40)
    assert reverse("bookings:webinars") in owner.get(LIST).content.decode()


def seen_on(page: Any) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("change", ["price", "switched off", "questions"])
def test_two_windows_do_not_overwrite_each_others_service(owner: Client, consultant: Consultant, change: str) -> None:
    owner.post(NEW, CALL)
    service = consultant.services.get()
    page = reverse("consultants:edit_service", args=[service.pk])
    mine = {**CALL, "title": "Longer call", "minutes": "45", "seen": seen_on(owner.get(page))}
    other = {"price": {**CALL, "price_paise": "2,000"}, "questions": {**CALL, **TWO}}
    if change == "switched off":
        offers.close_service(service=service)
    else:
        assert owner.post(page, {**other[change], "seen": mine["seen"]}).status_code == 302
        assert owner.post(page, {**other[change], "seen": mine["seen"]}).status_code == 302  # the same is no quarrel
    words = {"price": "What is saved now: 2000", "switched off": "What is saved now: off", "questions": "Not saved"}
    refused = owner.post(page, mine)
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "changed in another window" in text
    assert words[change] in text
    assert 'value="Longer call"' in text
    service.refresh_from_db()
    assert (service.title, service.minutes) == ("First call", 30)
    assert (service.price_paise, service.is_active, service.questions.count()) == {
        "price": (200_000, True, 0), "switched off": (150_000, False, 0), "questions": (150_000, True, 2)
    }[change]  # fmt: skip
    assert owner.post(page, {**mine, "seen": seen_on(refused)}).status_code == 302  # knowingly
    service.refresh_from_db()
    assert (service.title, service.price_paise, service.is_active) == ("Longer call", 150_000, True)


def test_what_was_seen_of_a_service_stays_while_its_form_is_mended(owner: Client, consultant: Consultant) -> None:
    service = make_service(consultant)
    page = reverse("consultants:edit_service", args=[service.pk])
    seen = seen_on(owner.get(page))
    offers.close_service(service=service)
    for more in ({"arrange": "add"}, {"minutes": "1"}):
        assert seen_on(owner.post(page, {**CALL, "seen": seen, **more})) == seen


def test_a_service_is_set_up_with_its_questions(owner: Client, consultant: Consultant) -> None:
    page = owner.post(NEW, {**CALL, **TWO}, follow=True).content.decode()
    service = consultant.services.get()
    assert (service.price_paise, service.minutes) == (150_000, 30)
    assert [(q.label, q.kind, q.choices, q.required) for q in service.questions.all()] == [
        ("What is it about?", "long", [], True),
        ("Which?", "choice", ["GST", "ROC"], False),
    ]
    assert "“First call” is on your page." in page
    assert "You get ₹1,323.00" in page


def test_a_row_without_a_question_is_no_question(owner: Client, consultant: Consultant) -> None:
    owner.post(NEW, {**CALL, "question-rows": "1", "question-0-label": " ", "question-0-kind": "short"})
    assert consultant.services.get().questions.count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"price_paise": "free"}, "amount in rupees"),
        ({"price_paise": "1.999"}, "amount in rupees"),
        ({"price_paise": "-5"}, "amount in rupees"),
        ({"price_paise": ""}, "Write a price, or 0 for free."),
        ({"price_paise": "0.50"}, "₹1.00"),
        ({"price_paise": "12345678901"}, "₹10,00,000.00"),
        ({"deposit_paise": "1500"}, "less than the price"),
        ({"minutes": "3"}, "At least 5."),
        ({"minutes": "soon"}, "whole number"),
        ({"kind": "webinar", "capacity": "1"}, "2 to 1,000 seats"),
        ({"platform": "link", "place": "http://x.example"}, "beginning with https://"),
        ({"kind": "seance"}, "is not offered"),
        ({**TWO, "question-1-choices": "only one"}, "at least two choices"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_all_that_was_typed_is_kept(
    owner: Client, consultant: Consultant, change: dict[str, str], words: str
) -> None:
    response = owner.post(NEW, {**CALL, "title": "My own title", **change})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'value="My own title"' in page
    assert consultant.services.count() == 0


def test_a_service_without_a_title_is_asked_for_one(owner: Client) -> None:
    assert "Write a title." in owner.post(NEW, {**CALL, "title": " "}).content.decode()


def test_questions_are_arranged_without_script_and_without_saving(owner: Client, consultant: Consultant) -> None:
    def arrange(act: str, **more: str) -> str:
        response = owner.post(NEW, {**CALL, **TWO, "title": "Half typ", "price_paise": "abc", "arrange": act, **more})
        assert response.status_code == 200
        page = response.content.decode()
        assert 'value="Half typ"' in page
        assert 'value="abc"' in page
        return page

    assert arrange("add").count('<fieldset class="question"') == 3
    assert arrange("drop:0").count('<fieldset class="question"') == 1
    turned = arrange("down:0")
    assert turned.index('value="Which?"') < turned.index('value="What is it about?"')
    assert arrange("up:1").index('value="Which?"') < arrange("up:1").index('value="What is it about?"')
    for nonsense in ("drop:9", "up:-1", "down:x", "explode:0"):
        assert arrange(nonsense).count('<fieldset class="question"') == 2
    assert consultant.services.count() == 0


def test_a_forged_number_of_questions_makes_no_more_than_ten(owner: Client) -> None:
    for rows in ("999999999", "-1", "x", "²"):
        page = owner.post(NEW, {**CALL, "question-rows": rows, "arrange": "add"}).content.decode()
        assert page.count('<fieldset class="question"') <= 10


def test_a_service_is_changed(owner: Client, consultant: Consultant) -> None:
    service = make_service(consultant, price_paise=150_050)
    ServiceQuestion.objects.create(service=service, label="Old one")
    page = owner.get(reverse("consultants:edit_service", args=[service.pk])).content.decode()
    assert 'value="1500.50"' in page
    assert 'value="Old one"' in page
    owner.post(reverse("consultants:edit_service", args=[service.pk]), {**CALL, "title": "New", "price_paise": "0"})
    service.refresh_from_db()
    assert (service.title, service.price_paise, service.questions.count()) == ("New", 0, 0)


def test_acts_on_a_service(owner: Client, consultant: Consultant) -> None:
    a, b = make_service(consultant, title="A"), make_service(consultant, title="B")

    def act(name: str, service: Any) -> str:
        return owner.post(reverse(f"consultants:{name}", args=[service.pk]), follow=True).content.decode()

    act("service_up", b)
    assert [s.title for s in consultant.services.all()] == ["B", "A"]
    act("service_down", b)
    assert [s.title for s in consultant.services.all()] == ["A", "B"]
    assert "off your page" in act("close_service", a)
    a.refresh_from_db()
    assert not a.is_active
    assert "can be booked" in act("open_service", a)
    assert owner.get(reverse("consultants:confirm_archive", args=[a.pk])).status_code == 200
    assert "put away" in act("archive_service", a)
    assert not consultant.services.filter(pk=a.pk).exists()


ACTS = ["service_up", "service_down", "open_service", "close_service", "archive_service", "restore_service"]


@pytest.mark.parametrize("name", ACTS)
def test_another_consultants_service_is_not_there(owner: Client, other_consultant: Consultant, name: str) -> None:
    theirs = make_service(other_consultant)
    assert owner.post(reverse(f"consultants:{name}", args=[theirs.pk])).status_code == 404
    assert owner.get(reverse(f"consultants:{name}", args=[theirs.pk])).status_code == 405
    theirs.refresh_from_db()
    assert theirs.is_active


def test_another_consultants_service_can_not_be_read_or_changed(owner: Client, other_consultant: Consultant) -> None:
    theirs = make_service(other_consultant)
    for name in ("edit_service", "confirm_archive"):
        assert owner.get(reverse(f"consultants:{name}", args=[theirs.pk])).status_code == 404
    assert owner.post(reverse("consultants:edit_service", args=[theirs.pk]), CALL).status_code == 404


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1500", "₹1,323.00"), ("0", "Free for the client"), ("", "Free for the client"), ("x", "Write a price"),
        ("99999999999999", "Write a price"), ("<b>", "Write a price"),
    ],
)  # fmt: skip
def test_the_preview_follows_what_is_typed(owner: Client, typed: str, words: str) -> None:
    page = owner.get(reverse("consultants:price_preview"), {"price_paise": typed}).content.decode()
    assert words in page
    assert "<b>" not in page


def test_the_list_costs_the_same_for_one_as_for_ten(
    owner: Client, consultant: Consultant, django_assert_max_num_queries: Any
) -> None:
    for n in range(10):
        make_service(consultant, title=str(n))
    with django_assert_max_num_queries(7):
        owner.get(LIST)
