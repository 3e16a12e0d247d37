"""One search over a practice, as a page and for the palette; and the keys of every page of the dashboard."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from consultants.models import Consultant
from dashboard.finding import OF_EACH, find
from dashboard.tests.scene import make_booking
from naksha.api.testing import api_of
from naksha.testing import make_client, make_consultant
from quotations.testing import make_sent
from sessions_app import origin
from sessions_app.find_form import FindForm
from sessions_app.models import Session
from sessions_app.table import Table
from sessions_app.testing import make_session
from tests.window import browser

pytestmark = pytest.mark.django_db
PAGE, LIST = reverse("dashboard:search"), reverse("dashboard:found")


@pytest.fixture
def desk(client: Client, consultant: Consultant) -> Client:
    client.force_login(consultant.user)
    return client


def stage(consultant: Consultant, name: str = "Meera Iyer") -> Any:
    """One of each kind for a client called ``name``."""
    now = timezone.now()
    client = make_client(consultant, name=name)
    make_session(consultant, client=client, starts_at=now + timedelta(days=10 + consultant.sessions.count()))
    make_booking(
        consultant, now + timedelta(days=2), client=client, status="pending", answer_by=now + timedelta(hours=5)
    )
    make_sent(consultant, client=client, title="Audit of the year")
    return client


def test_each_kind_is_found_by_the_clients_name_or_mail(consultant: Consultant) -> None:
    client = stage(consultant)
    stage(consultant, "Kabir Shah")
    for words in ("meera", "IYER meera", client.email):
        found = find(consultant, words)
        assert [one.pk for one in found.clients] == [client.pk], words
        assert [one.client for one in found.requests] == [client], words
        assert [one.client for one in found.quotations] == [client], words
        assert {one.client for one in found.sessions} == {client}, words


def test_a_request_is_found_by_the_name_that_was_typed_with_it(consultant: Consultant) -> None:
    now = timezone.now()
    booking = make_booking(
        consultant, now + timedelta(days=2), status="pending", answer_by=now + timedelta(hours=5),
        client=make_client(consultant, name="Meera Iyer"), contact_name="Kavya Nair",
    )  # fmt: skip
    for words in ("kavya", "Meera nair"):
        assert [one.pk for one in find(consultant, words).requests] == [booking.pk], words
    assert find(consultant, "kavya gita").requests == []


@pytest.mark.parametrize("status", ["accepted", "cancelled"])
def test_a_session_is_found_by_the_name_that_was_typed_with_its_booking(
    consultant: Consultant, other_consultant: Consultant, status: str
) -> None:
    """Here, in the table, and over the API; of another consultant, nobody's is."""

    def booked(of: Consultant) -> Session:
        booking = make_booking(
            of, timezone.now() + timedelta(days=2), client=make_client(of, name="Meera Iyer"), contact_name="Kavya Nair"
        )
        if status == "cancelled":
            Booking.objects.filter(pk=booking.pk).update(status=status)
            Session.objects.filter(pk=booking.session_id).update(status=status)
        assert booking.session is not None
        return booking.session

    theirs = booked(consultant)
    booked(other_consultant)
    api, table = api_of(consultant.user), FindForm(QueryDict("show=all&q=kavya"), consultant=consultant)
    for words in ("kavya", "Meera nair"):
        assert [one.pk for one in find(consultant, words).sessions] == [theirs.pk], words
        assert [row["id"] for row in api.get("/sessions", search=words).data["sessions"]] == [str(theirs.pk)], words
    assert [line.session.pk for line in Table(consultant, table).lines] == [theirs.pk]
    assert find(consultant, "kavya gita").sessions == []


@pytest.mark.postgres
def test_a_search_by_the_name_that_was_typed_reads_the_index_alone(consultant: Consultant) -> None:
    """And the capitals that it holds, instead of making them of each name."""
    make_booking(consultant, timezone.now() + timedelta(days=2), contact_name="Kavya Nair")
    (books,) = origin.books()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = books.named("kavya", consultant=consultant).explain(verbose=True)
    assert "Index Only Scan using booking_by_name" in plan
    assert "Filter: ((upper(" in plan


def test_a_number_finds_what_it_names(consultant: Consultant) -> None:
    stage(consultant)
    quotation, _ = make_sent(consultant, client=make_client(consultant))
    assert [one.pk for one in find(consultant, quotation.number).quotations] == [quotation.pk]
    now = timezone.now()
    booking = make_booking(consultant, now + timedelta(days=3), status="pending", answer_by=now + timedelta(hours=5))
    assert [one.pk for one in find(consultant, booking.reference.lower()).requests] == [booking.pk]


def test_what_is_anothers_is_not_found(consultant: Consultant, other_consultant: Consultant) -> None:
    stage(other_consultant)
    assert not find(consultant, "meera")
    assert find(other_consultant, "meera")


def test_what_comes_stands_before_what_was(consultant: Consultant) -> None:
    client, now = make_client(consultant), timezone.now()
    made = [make_session(consultant, client=client, starts_at=now + timedelta(days=days)) for days in (-2, 5, -1, 3)]
    assert [one.pk for one in find(consultant, client.name).sessions] == [made[n].pk for n in (3, 1, 2, 0)]


def test_nothing_is_found_for_nothing_and_a_few_for_much(consultant: Consultant) -> None:
    for _ in range(OF_EACH + 2):
        make_client(consultant, name="Asha Rao")
    assert not find(consultant, "  \t ")
    assert len(find(consultant, "asha").clients) == OF_EACH


@pytest.mark.parametrize("words", ["x" * 10_000, "a\x00b", "%", "_", "<script>alert(1)</script>", "\u202eשלום 🎉"])
def test_any_words_get_an_answer(desk: Client, consultant: Consultant, words: str) -> None:
    stage(consultant)
    for address in (PAGE, LIST):
        response = desk.get(address, {"q": words})
        assert response.status_code == 200
        text = response.content.decode()
        assert "<script>alert" not in text
        assert "Meera" not in text
    if len(words) > 200:
        assert "at most" in text


def test_the_page_works_without_script_and_the_list_stands_alone(desk: Client, consultant: Consultant) -> None:
    client = stage(consultant)
    for address in (PAGE, LIST):
        text = desk.get(address, {"q": "meera"}).content.decode()
        assert reverse("clients:client", args=[client.pk]) in text
        assert "Audit of the year" in text
        assert ("<html" in text) == (address == PAGE)
    assert "No client, request, session or quotation" in desk.get(LIST, {"q": "zebra"}).content.decode()


def test_the_number_of_queries_does_not_grow(desk: Client, consultant: Consultant) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            desk.get(LIST, {"q": "meera"})
        return len(asked)

    stage(consultant)
    queries()
    few = queries()
    for _ in range(4):
        stage(consultant)
    assert queries() == few


def test_the_search_is_for_approved_consultants(client: Client, client_user: Any) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(client_user)
    assert client.get(LIST).status_code == 403
    waiting = make_consultant(status=Consultant.Status.SUBMITTED)
    client.force_login(waiting.user)
    assert client.get(PAGE).url == reverse("consultants:application")


def test_the_palette_leads_wherever_the_menu_and_the_settings_do_by_keys_of_their_own(desk: Client) -> None:
    def links(text: str, begin: str, end: str) -> set[str]:
        return set(re.findall(r'href="(/[^"#]*)"', text.split(begin, 1)[1].split(end, 1)[0]))

    today = desk.get(reverse("dashboard:today")).content.decode()
    settings = desk.get(reverse("consultants:settings")).content.decode()
    palette = links(today, 'id="palette"', "</dialog>")
    menu = links(today, 'id="menu"', "</nav>") | links(settings, 'class="settings"', "</main>")
    assert {reverse("consultants:profile"), reverse("public:help"), reverse("account_email")} <= menu
    assert menu - palette == set()
    keys = re.findall(r'data-keys="([^"]*)"', today)
    assert len(keys) == len(set(keys))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_keys_search_and_go_from_any_page(live_server: Any, consultant: Consultant) -> None:
    stage(consultant)
    login = Client()
    login.force_login(consultant.user)
    cookie = {"name": "sessionid", "value": login.cookies["sessionid"].value, "url": live_server.url}
    axe = (django_settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()
    with browser() as opened:
        for width, theme in ((1280, "light"), (360, "dark")):
            context = opened.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
            context.add_cookies([cookie])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.goto(live_server.url + reverse("dashboard:today"))
            page.keyboard.press("Control+k")
            page.keyboard.type("meera")
            page.locator("#palette .finds a", has_text="Audit of the year").wait_for()
            page.evaluate(axe)
            assert page.evaluate("axe.run('#palette', {resultTypes: ['violations']})")["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.locator("#palette [data-said]").inner_text().startswith("Found: ")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_url("**/dashboard/clients/*/")
            page.keyboard.press("g")
            page.keyboard.press("q")
            page.wait_for_url("**/dashboard/quotations/")
            page.keyboard.press("/")
            assert page.evaluate("document.activeElement.type") == "search"
            page.keyboard.type("gs?")  # what is typed into a field is typed
            assert page.evaluate("document.activeElement.value") == "gs?"
            assert not page.locator("#palette").is_visible()
            page.goto(live_server.url + reverse("dashboard:today"))
            page.keyboard.press("g")
            page.keyboard.press("?")
            page.wait_for_url("**/help/")
            page.goto(live_server.url + reverse("consultants:settings"))
            page.keyboard.press("?")
            page.keyboard.type("bank")
            page.keyboard.press("Enter")
            page.wait_for_url("**" + reverse("consultants:invoice_details"))
            page.keyboard.press("?")
            page.keyboard.type("calend")
            page.keyboard.press("Enter")
            page.wait_for_url("**/dashboard/calendar/")
            page.get_by_role("link", name="Search and go").click()
            page.keyboard.press("Escape")
            assert not page.locator("#palette").is_visible()
            assert said == []
            context.close()
