"""One client's page: each part, what is written there, and who may."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.testing import make_paid
from clients.models import Client, ClientNote, CustomField, CustomValue, Tag
from clients.services import add_client, add_field, archive, find_or_create
from dashboard.clients import sections
from dashboard.clients.tests.scene import make_booking, make_held, make_seat
from naksha.testing import make_client, make_user, next_slot_start
from quotations.testing import make_draft, make_sent
from sessions_app.models import Review
from sessions_app.testing import make_recorded, make_session
from sessions_app.tests.chatters import consultant_of, guest_of, say

pytestmark = pytest.mark.django_db
PARTS = ("overview", "sessions", "money", "quotations", "messages", "files", "notes")


@pytest.fixture
def inside(client, consultant):
    client.force_login(consultant.user)
    return client


@pytest.fixture
def meera(consultant):
    return make_client(consultant, name="Meera Nair", email="meera@x.example")


def page(inside, client, show="", status=200):
    answer = inside.get(reverse("clients:client", args=[client.pk]), {"show": show} if show else {})
    assert answer.status_code == status
    return answer.content.decode()


def test_every_part_of_an_empty_client_says_so(inside, meera):
    for show in PARTS:
        assert "Meera Nair" in page(inside, meera, show)
    assert "No session yet" in page(inside, meera, "sessions")
    assert f"{reverse('sessions:new')}?client={meera.pk}" in page(inside, meera)


def test_the_whole_history_is_there(inside, consultant, meera, fake_gateway):
    paid, _ = make_paid(fake_gateway, consultant, price_paise=150_000)
    whole = paid.client
    session = make_session(consultant, client=whole, starts_at=next_slot_start(days=6))
    pdf = SimpleUploadedFile("notice.pdf", b"%PDF-1.7\n%%EOF\n")
    say(guest_of(session), "The notice is attached.", files=[pdf])
    say(consultant_of(session), "I shall read it.")
    held = make_held(consultant, whole, days_ago=5, title="Second opinion")
    Review.objects.create(session=held, client=whole, consultant=consultant, rating=4, comment="Calm.", author_name="F")
    make_booking(whole, status="rejected", answer_by=None)
    webinar = make_held(consultant, None, days_ago=9, title="GST for makers", capacity=5)
    make_seat(webinar, whole)
    overview = page(inside, whole)
    for words in ("Second opinion", "Rated “Second opinion” with 4 of 5", "Paid ₹1,500.00", "Became your client"):
        assert words in overview
    sessions = page(inside, whole, "sessions")
    for words in ("Second opinion", "GST for makers", "Declined", paid.reference, "₹1,500.00"):
        assert words in sessions
    money = page(inside, whole, "money")
    assert money.count("₹1,500.00") >= 3
    assert "Receipt" in money
    assert "The notice is attached." in page(inside, whole, "messages")
    assert "I shall read it." in page(inside, whole, "messages")
    assert "notice.pdf" in page(inside, whole, "files")
    make_sent(consultant, client=whole)
    assert "quotations/" in page(inside, whole, "quotations")
    assert "The notice" not in page(inside, meera, "messages")


def test_another_webinar_guests_words_are_not_shown(inside, consultant, meera):
    webinar = make_held(consultant, None, days_ago=-1, status="confirmed", capacity=5)
    other = make_client(consultant)
    for one in (meera, other):
        make_seat(webinar, one)
    say(guest_of(webinar, other), "Mine alone.")
    say(guest_of(webinar, meera), "Meera asks.")
    shown = page(inside, meera, "messages")
    assert "Meera asks." in shown
    assert "Mine alone." not in shown


def test_what_is_still_owed_is_told(inside, consultant, meera):
    make_recorded(consultant, starts_at=next_slot_start(days=6), client=meera, price_paise=70_003)
    assert "₹700.03" in page(inside, meera, "money")
    assert "Left to pay" in page(inside, meera, "money")


def test_each_part_costs_the_same_whatever_there_is(inside, consultant, fake_gateway):
    def cost(show):
        with CaptureQueriesContext(connection) as queries:
            page(inside, one, show)
        return len(queries)

    def more():
        session = make_session(consultant, client=one, starts_at=next_slot_start(days=6 + one.sessions.count()))
        say(guest_of(session), "Hello", files=[SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")])
        held = make_held(consultant, one, days_ago=5)
        Review.objects.create(session=held, client=one, consultant=consultant, rating=4, author_name="F")
        make_booking(one)
        make_seat(make_held(consultant, None, days_ago=9, capacity=5), one)
        ClientNote.objects.create(client=one, body="Words", by=consultant.user)
        Client.tags.through.objects.create(
            client=one, tag=Tag.objects.create(consultant=consultant, name=f"T{Tag.objects.count()}")
        )
        field = CustomField.objects.create(consultant=consultant, label=f"F{CustomField.objects.count()}")
        CustomValue.objects.create(client=one, field=field, value="x")

    one = make_paid(fake_gateway, consultant)[0].client
    more()
    few = {show: cost(show) for show in PARTS}
    for _ in range(4):
        more()
    assert {show: cost(show) for show in PARTS} == few
    assert max(few.values()) <= 22, few


def test_a_draft_is_told_as_it_would_be_sent_now(inside, consultant, meera):
    make_draft(consultant, client=meera)
    consultant.registration, consultant.gstin = "regular", "27AABCN1234F1ZW"
    consultant.save()
    assert "₹29,500.00" in page(inside, meera, "quotations")


def test_another_consultants_client_is_not_there(inside, other_consultant):
    theirs = make_client(other_consultant)
    note = ClientNote.objects.create(client=theirs, body="Secret")
    field = CustomField.objects.create(consultant=other_consultant, label="X")
    for name, thing in (
        ("client", theirs),
        ("edit", theirs),
        ("merge", theirs),
        ("archive", theirs),
        ("restore", theirs),
        ("add_note", theirs),
        ("delete_note", note),
        ("field", field),
        ("delete_field", field),
    ):
        url = reverse(f"clients:{name}", args=[thing.pk])
        assert inside.get(url).status_code in (404, 405)
        assert inside.post(url, {"body": "x", "label": "x"}).status_code == (405 if name == "client" else 404)
    assert ClientNote.objects.count() == 1


def new(inside, **typed):
    return inside.post(reverse("clients:new"), {"name": "Meera Nair", "email": "meera@x.example", **typed})


def test_a_client_by_hand(inside, consultant):
    plan = add_field(consultant=consultant, label="Plan", kind="choice", choices=["Gold", "Silver"])
    answer = new(
        inside, phone="98200 12345", tags="Regular, law; regular", note="Met in Pune.", **{f"own_{plan.pk.hex}": "Gold"}
    )
    made = Client.objects.get()
    assert answer.url == reverse("clients:client", args=[made.pk])
    assert (made.phone, sorted(made.tags.values_list("name", flat=True))) == ("+919820012345", ["Regular", "law"])
    assert made.notes.get().by == consultant.user
    assert made.values.get().value == "Gold"
    assert "Gold" in page(inside, made)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "M" * 10_000}, "200 characters"),
        ({"name": "M" * 150}, "Write at most 100 characters."),
        ({"name": ""}, "Write the name."),
        ({"name": "=HYPERLINK(1)"}, "A name is written with letters"),
        ({"email": "meera"}, "Write a mail address like"),
        ({"email": ""}, "Write the mail address."),
        ({"phone": "12"}, "Write a phone number like"),
        ({"tags": "x" * 41}, "A tag has at most 40 characters."),
        ({"tags": ",".join(f"t{n}" for n in range(21))}, "At most 20 tags."),
        ({"pin_code": "12"}, "six digits"),
        ({"gstin": "27AAAAA"}, "no GSTIN"),
        ({"state_code": "99"}, "This is no State"),
        ({"note": "x" * 5001}, "5000 characters"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(inside, typed, words):
    answer = new(inside, address="4 Karve Road", **typed)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "4 Karve Road" in answer.content.decode()
    assert not Client.objects.exists()


def test_an_address_that_is_known_leads_to_who_has_it(inside, consultant, meera):
    answer = new(inside, email="MEERA@x.example", name="Another One")
    assert answer.status_code == 400
    assert "Meera Nair has this address already" in answer.content.decode()
    assert reverse("clients:client", args=[meera.pk]) in answer.content.decode()
    assert Client.objects.count() == 1


def test_changing_writes_what_is_given_and_a_login_keeps_its_address(inside, consultant, meera):
    url = reverse("clients:edit", args=[meera.pk])
    inside.post(url, {"name": "Meera Rao", "email": "new@x.example", "tags": "Law"})
    meera.refresh_from_db()
    assert (meera.name, meera.email, meera.phone) == ("Meera Rao", "new@x.example", "")
    Client.objects.filter(pk=meera.pk).update(user=make_user())
    inside.post(url, {"name": "Meera Rao", "email": "taken@x.example", "tags": ""})
    meera.refresh_from_db()
    assert meera.email == "new@x.example"
    assert not Tag.objects.exists()  # a tag that nobody has is gone


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  Pune  ", "Pune"),
        ("number", "1,250.50", "1250.5"),
        ("number", "100", "100"),
        ("date", "24/11/1990", "1990-11-24"),
        ("choice", "gold", "Gold"),
    ],
)
def test_own_fields_keep_one_form_of_each(inside, consultant, kind, typed, kept):
    field = add_field(consultant=consultant, label="Mine", kind=kind, choices=["Gold", "Silver"])
    new(inside, **{f"own_{field.pk.hex}": typed})
    assert CustomValue.objects.get().value == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "twelve"),
        ("number", "NaN"),
        ("number", "1e999"),
        ("number", "½"),
        ("date", "31/02/2026"),
        ("date", "0001-01-01"),
        ("choice", "Bronze"),
        ("text", "x" * 501),
    ],
)
def test_own_fields_refuse_what_they_are_not(inside, consultant, kind, typed):
    field = add_field(consultant=consultant, label="Mine", kind=kind, choices=["Gold", "Silver"])
    assert new(inside, **{f"own_{field.pk.hex}": typed}).status_code == 400
    assert not Client.objects.exists()


@pytest.mark.parametrize("label", ["Phone", "state", "E-mail", "PIN code", "Tags", "Archived", "Last  Session"])
def test_no_field_is_called_like_a_column_that_lists_have(inside, consultant, label):
    refused = inside.post(reverse("clients:fields"), {"label": label, "kind": "text"})
    assert refused.status_code == 400
    assert "Lists of clients have a column" in refused.context["form"].errors["label"][0]
    assert not CustomField.objects.exists()
    field = add_field(consultant=consultant, label="Mine", kind="text")
    assert inside.post(reverse("clients:field", args=[field.pk]), {"label": label}).status_code == 400


def test_a_field_from_before_that_is_called_so_can_still_be_changed(inside, consultant):
    field = CustomField.objects.create(consultant=consultant, label="Phone", kind="choice", choices=["a", "b"])
    url = reverse("clients:field", args=[field.pk])
    assert inside.post(url, {"label": "Phone", "choices": "a\nb\nc"}).status_code == 302
    field.refresh_from_db()
    assert field.choices == ["a", "b", "c"]


def test_fields_are_made_changed_and_deleted(inside, consultant, meera):
    url = reverse("clients:fields")
    assert "No field of your own yet" in inside.get(url).content.decode()
    assert inside.post(url, {"label": "Plan", "kind": "choice", "choices": "Gold"}).status_code == 400
    inside.post(url, {"label": "Plan", "kind": "choice", "choices": "Gold\nSilver\ngold"})
    plan = CustomField.objects.get()
    assert plan.choices == ["gold", "Silver"]
    assert "You have a field of that name." in inside.post(url, {"label": "PLAN", "kind": "text"}).content.decode()
    CustomValue.objects.create(client=meera, field=plan, value="Silver")
    one = reverse("clients:field", args=[plan.pk])
    refused = inside.post(one, {"label": "Plan", "choices": "gold\nBronze"})
    assert "“Silver” is chosen for 1 clients." in refused.content.decode()
    inside.post(one, {"label": "The plan", "choices": "gold\nSilver\nBronze"})
    gone = reverse("clients:delete_field", args=[plan.pk])
    assert "What 1 client has in it goes too." in inside.get(gone).content.decode()
    inside.post(gone)
    assert not CustomField.objects.exists()
    assert not CustomValue.objects.exists()


def test_notes_are_kept_and_deleted(inside, consultant, meera):
    url = reverse("clients:add_note", args=[meera.pk])
    assert inside.post(url, {"body": "", "show": "notes"}).status_code == 400
    inside.post(url, {"body": "Likes <b>mornings</b>.\u202e"})
    note = meera.notes.get()
    assert note.body == "Likes <b>mornings</b>."
    assert "Likes &lt;b&gt;mornings" in page(inside, meera)
    delete = reverse("clients:delete_note", args=[note.pk])
    assert "Delete this note?" in inside.get(delete).content.decode()
    inside.post(delete)
    assert not meera.notes.exists()


def test_the_archive_hides_restores_and_a_booking_brings_back(inside, consultant, meera):
    inside.post(reverse("clients:archive", args=[meera.pk]))
    assert "In the archive" in page(inside, meera)
    assert f"?client={meera.pk}" not in page(inside, meera)
    inside.post(reverse("clients:restore", args=[meera.pk]))
    meera.refresh_from_db()
    assert meera.archived_at is None
    archive(client=meera, actor=consultant.user)
    assert find_or_create(consultant=consultant, name="M", email=meera.email).archived_at is None
    archive(client=meera, actor=consultant.user)
    make_recorded(consultant, starts_at=next_slot_start(days=6), client=meera)
    meera.refresh_from_db()
    assert meera.archived_at is None


def test_an_erased_client_keeps_books_but_nothing_can_be_written(inside, consultant, meera):
    Client.objects.filter(pk=meera.pk).update(erased_at=timezone.now(), name="Erased client")
    assert "had their account deleted" in page(inside, meera)
    assert inside.get(reverse("clients:edit", args=[meera.pk])).status_code == 302
    assert inside.post(reverse("clients:add_note", args=[meera.pk]), {"body": "x"}).status_code == 400
    inside.post(reverse("clients:archive", args=[meera.pk]))
    meera.refresh_from_db()
    assert meera.archived_at is None
    assert not meera.notes.exists()


def test_a_further_domain_adds_a_part(inside, meera, monkeypatch):
    monkeypatch.setattr(sections, "_sections", dict(sections._sections))
    sections.register(sections.Section("more", "More of it", "clients/_notes.html", sections.section("notes").load))
    assert "More of it" in page(inside, meera)
    assert "No note is kept yet" in page(inside, meera, "more")


def test_two_who_add_one_address_at_once_make_one(consultant, monkeypatch):
    """The second, whose look came before the first's row, is told so by the database's own rule."""
    from clients.errors import AddressTaken
    from clients.services import keeping

    add_client(consultant=consultant, actor=consultant.user, details={"name": "Meera N", "email": "m@x.example"})
    looks = iter([None])
    real = keeping.find
    monkeypatch.setattr(keeping, "find", lambda **which: next(looks, "now") and real(**which))
    with pytest.raises(AddressTaken):
        add_client(consultant=consultant, actor=consultant.user, details={"name": "Meera N", "email": "M@x.example"})
    assert Client.objects.count() == 1
