"""The consultant's pages: the list, the editor with and without script, two windows, and the acts of one quotation."""

import re

import pytest
from django.urls import reverse

from clients.models import Client
from naksha.testing import make_client
from notifications.models import OutgoingMail
from quotations import services
from quotations.models import Quotation
from quotations.services import links
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db
NEW = "/dashboard/quotations/new/"


def typed(**changes):
    values = {
        "client": "",
        "name": "Meera Iyer",
        "email": "meera@example.com",
        "title": "Audit of the year",
        "message": "",
        "valid_until": "",
        "discount": "10",
        "deposit": "50",
        "terms": "Half first.",
        "line-rows": "2",
        "line-0-description": "Books",
        "line-0-quantity": "2.5",
        "line-0-unit_paise": "10,000",
        "line-0-discount": "",
        "line-0-details": "",
        "line-1-description": "Report",
        "line-1-quantity": "1",
        "line-1-unit_paise": "5000.50",
        "line-1-discount": "20",
        "line-1-details": "On paper\nand as PDF",
    }
    if "valid_until" not in changes:
        from datetime import timedelta

        from django.utils import timezone

        values["valid_until"] = str(timezone.localdate() + timedelta(days=7))
    return {**values, **changes}


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_new_link_is_asked_for_first_and_shown_once(desk, consultant):
    quotation, token = make_sent(consultant)
    one, url = (reverse(f"quotations:{name}", args=[quotation.pk]) for name in ("one", "new_link"))
    assert url in desk.get(one).content.decode()
    assert "stops at once" in desk.get(url).content.decode()
    assert desk.get(f"/q/{token}/").status_code == 200
    shown = desk.post(url).content.decode()
    assert "The links before it have stopped." in shown
    fresh = re.search(r"/q/([\w-]+)/", shown)
    assert desk.get(f"/q/{token}/").status_code == 404
    assert desk.get(f"/q/{fresh[1]}/").status_code == 200
    draft = make_draft(consultant)
    assert desk.get(reverse("quotations:new_link", args=[draft.pk])).status_code == 302
    assert desk.post(reverse("quotations:new_link", args=[draft.pk])).status_code == 409


def test_an_empty_list_says_what_to_do(desk):
    page = desk.get("/dashboard/quotations/")
    assert "No quotation yet" in page.content.decode()
    assert NEW in page.content.decode()


def test_what_is_typed_becomes_a_draft_for_a_new_client(desk, consultant):
    answer = desk.post(NEW, typed())
    quotation = Quotation.objects.get()
    assert answer.url == reverse("quotations:one", args=[quotation.pk])
    assert quotation.client.email == "meera@example.com"
    assert (quotation.discount_points, quotation.deposit_points) == (1_000, 5_000)
    assert [line.net_paise for line in quotation.lines.all()] == [2_500_000, 400_040]
    assert quotation.total_paise == 2_610_036
    page = desk.get(answer.url)
    assert "₹26,100.36" in text(page)


def test_an_existing_client_is_chosen_by_a_part_of_the_name(desk, consultant):
    known = make_client(consultant, name="Gita Rao")
    desk.post(NEW, typed(client="gita", name="", email=""))
    assert Quotation.objects.get().client == known
    assert Client.objects.count() == 1
    assert "Gita Rao" in desk.get(f"{NEW}?client={known.pk}").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"discount": "101"}, "It can be at most 100 %."),
        ({"line-1-discount": "100.01"}, "It can be at most 100 %."),
        ({"line-0-quantity": "0"}, "between 0.01 and 10,000"),
        ({"line-0-quantity": "many"}, "Write a number like 2 or 2.5."),
        ({"line-0-unit_paise": "99999999999"}, "A price is at most"),
        ({"line-0-unit_paise": "9999999999"}, "A price is at most"),
        ({"line-0-quantity": "10000", "line-0-unit_paise": "10000000"}, "All lines together are at most"),
        ({"title": "x" * 10_000}, "At most 100 characters"),
        ({"name": "x" * 10_000}, "At most 200 characters"),
        ({"valid_until": "2020-01-01"}, "Choose a day from today"),
        ({"valid_until": "0001-01-01"}, "Choose a day from today"),
        ({"line-rows": "0"}, "1 to 50 lines"),
        ({"email": ""}, "Write the mail address."),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(desk, changes, words):
    page = desk.post(NEW, typed(**changes))
    assert page.status_code == 422
    assert words in page.content.decode()
    if changes.get("line-rows") != "0":
        assert "On paper\nand as PDF" in page.content.decode()
    assert not Quotation.objects.exists()
    assert not Client.objects.exists()


def test_lines_are_added_moved_and_taken_out_without_script(desk):
    def rows(page):
        return re.findall(r'name="line-\d+-description" value="([^"]*)"', page.content.decode())

    assert rows(desk.post(NEW, typed(arrange="down:0"))) == ["Report", "Books"]
    assert rows(desk.post(NEW, typed(arrange="up:1"))) == ["Report", "Books"]
    assert rows(desk.post(NEW, typed(arrange="drop:0"))) == ["Report"]
    assert len(re.findall(r'name="line-\d+-description"', desk.post(NEW, typed(arrange="add")).content.decode())) == 3
    for nonsense in ("up:0", "drop:99", "drop:-1", "x:y", "up:²"):
        assert rows(desk.post(NEW, typed(arrange=nonsense))) == ["Books", "Report"]
    assert not Quotation.objects.exists()


def test_the_totals_are_the_servers_by_button_and_while_typing(desk):
    whole = desk.post(NEW, typed(arrange="totals"))
    assert "₹26,100.36" in whole.content.decode()
    part = desk.post("/dashboard/quotations/totals/", typed())
    assert "₹26,100.36" in part.content.decode()
    assert '<output class="qline-net" id="line-1-net" hx-swap-oob="true">₹4,000.40</output>' in part.content.decode()
    wrong = desk.post("/dashboard/quotations/totals/", typed(**{"line-1-discount": "300", "discount": "x"}))
    assert "₹25,000.00" in wrong.content.decode()
    assert "1 line is not complete" in wrong.content.decode()
    assert (
        "All lines together are at most"
        in desk.post(
            "/dashboard/quotations/totals/", typed(**{"line-0-quantity": "10000", "line-0-unit_paise": "10000000"})
        ).content.decode()
    )
    assert not Quotation.objects.exists()


def test_two_windows_lose_nothing(desk, consultant):
    quotation = make_draft(consultant)
    url = reverse("quotations:edit", args=[quotation.pk])
    client = quotation.client.email
    first = desk.post(url, typed(client=client, edition="1", title="From the first window"))
    assert first.status_code == 302
    second = desk.post(url, typed(client=client, edition="1", title="From the second", terms="Mine"))
    page = second.content.decode()
    assert second.status_code == 409
    assert "saved in another window" in page
    assert "From the first window" in page
    assert 'value="From the second"' in page
    assert "Mine" in page
    quotation.refresh_from_db()
    assert quotation.title == "From the first window"
    edition = re.search(r'name="edition" value="(\d+)"', page)[1]
    assert desk.post(url, typed(client=client, edition=edition, title="From the second")).status_code == 302
    quotation.refresh_from_db()
    assert quotation.title == "From the second"


def test_hostile_words_stay_words(desk, consultant):
    nasty = "<script>alert(1)</script>\u202e\x07=1+1"
    assert desk.post(NEW, typed(title="\x00")).status_code == 422
    desk.post(NEW, typed(title=nasty, terms=nasty, **{"line-0-description": nasty, "line-0-details": nasty}))
    quotation = Quotation.objects.get()
    assert "\x07" not in quotation.title
    assert "\u202e" not in quotation.terms
    for url in (reverse("quotations:one", args=[quotation.pk]), "/dashboard/quotations/"):
        assert "<script>alert" not in desk.get(url).content.decode()
    assert desk.get(reverse("quotations:own_pdf", args=[quotation.pk])).content.startswith(b"%PDF")
    assert desk.get(reverse("quotations:own_picture", args=[quotation.pk])).content.startswith(b"\x89PNG")


def stands(desk, quotation, how="mail"):
    """What the form on the page of a draft sends."""
    page = desk.get(reverse("quotations:one", args=[quotation.pk])).content.decode()
    found = [re.findall(rf'name="{name}" value="([^"]*)"', page) for name in ("edition", "total", "taxed")]
    assert [len(set(each)) for each in found] == [1, 1, 1]
    assert [len(each) for each in found] == [2, 2, 2], "by mail, and the link alone"
    return {"how": how, **{name: each[0] for name, each in zip(("edition", "total", "taxed"), found, strict=True)}}


def test_it_is_sent_by_mail_or_as_a_link_that_is_shown_once(desk, consultant):
    by_mail, by_link = make_draft(consultant), make_draft(consultant)
    assert desk.post(reverse("quotations:send", args=[by_mail.pk]), stands(desk, by_mail)).status_code == 302
    assert OutgoingMail.objects.filter(template="quotation_sent").count() == 1
    link_form = stands(desk, by_link, how="link")
    page = desk.post(reverse("quotations:send", args=[by_link.pk]), link_form).content.decode()
    assert OutgoingMail.objects.filter(template="quotation_sent").count() == 1
    token = re.search(r"/q/([\w-]+)/", page)[1]
    assert links.resolve(token) == by_link
    assert token not in desk.get(reverse("quotations:one", args=[by_link.pk])).content.decode()
    again = desk.post(reverse("quotations:send", args=[by_link.pk]), {**link_form, "how": "mail"})
    assert again.status_code == 409
    assert OutgoingMail.objects.filter(template="quotation_sent").count() == 1


def test_one_page_tells_what_became_of_it(desk, consultant):
    quotation, _token = make_sent(consultant)
    services.seen(quotation=quotation)
    services.accept(quotation=quotation, version=quotation.version, name="Farhan Qureshi", address="203.0.113.9")
    page = text(desk.get(reverse("quotations:one", args=[quotation.pk])))
    for words in ("Written down", "Sent", "Opened for the first time", "Farhan Qureshi, from 203.0.113.9"):
        assert words in page


def test_a_question_is_answered_where_it_stands(desk, consultant):
    quotation, _token = make_sent(consultant)
    question = services.ask(quotation=quotation, body="Is the fee in it?")
    url = reverse("quotations:answer", args=[question.pk])
    assert desk.post(url, {"answer": ""}).status_code == 400
    assert desk.post(url, {"answer": "It is."}).status_code == 302
    question.refresh_from_db()
    assert question.answer == "It is."


def test_the_acts_that_need_a_second_thought_ask_first(desk, consultant):
    draft, (sent, _token) = make_draft(consultant), make_sent(consultant)
    away, withdraw = reverse("quotations:throw_away", args=[draft.pk]), reverse("quotations:withdraw", args=[sent.pk])
    assert desk.get(away).status_code == desk.get(withdraw).status_code == 200
    assert Quotation.objects.filter(status__in=["draft", "sent"]).count() == 2
    desk.post(away)
    desk.post(withdraw, {"reason": "Full."})
    assert list(Quotation.objects.values_list("status", "close_reason")) == [("expired", "Full.")]


def test_revise_and_duplicate_lead_to_the_editor(desk, consultant):
    sent, _token = make_sent(consultant)
    for act in ("revise", "duplicate"):
        answer = desk.post(reverse(f"quotations:{act}", args=[sent.pk]))
        assert answer.url.endswith("/edit/")
        assert desk.get(answer.url).status_code == 200
    assert sorted(Quotation.objects.values_list("version", flat=True)) == [1, 1, 2]


def test_the_list_is_found_by_state_and_words_and_tells_the_sums(desk, consultant):
    make_draft(consultant, title="A draft")
    make_sent(consultant, title="A sent one")
    make_accepted(consultant, title="An agreed one")
    page = desk.get("/dashboard/quotations/?show=open")
    assert "A sent one" in page.content.decode()
    assert "An agreed one" not in page.content.decode()
    assert "₹25,000.00" in page.content.decode()
    assert "An agreed one" in desk.get("/dashboard/quotations/?q=agreed").content.decode()
    assert "Nothing here" in desk.get("/dashboard/quotations/?q=%00nothing").content.decode()


def test_the_number_of_queries_does_not_grow(desk, consultant, django_assert_num_queries):
    def asked(url):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as found:
            assert desk.get(url).status_code == 200
        return len(found)

    quotation, _token = make_sent(consultant)
    one = reverse("quotations:one", args=[quotation.pk])
    few = asked("/dashboard/quotations/"), asked(one)
    for _ in range(4):
        make_sent(consultant)
        services.ask(quotation=quotation, body=f"Question {_}?")
    assert (asked("/dashboard/quotations/"), asked(one)) == few


def test_an_open_page_hears_of_news_and_of_nothing_else(desk, consultant):
    quotation, _token = make_sent(consultant)
    page = desk.get(reverse("quotations:one", args=[quotation.pk])).content.decode()
    version = re.search(r'data-version="([^"]+)"', page)[1].replace("&quot;", '"')
    parts = reverse("quotations:parts", args=[quotation.pk])
    assert desk.get(parts, headers={"If-None-Match": version}).status_code == 304
    services.seen(quotation=quotation)
    assert "Opened for the first time" in desk.get(parts, headers={"If-None-Match": version}).content.decode()
