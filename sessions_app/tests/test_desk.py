"""The consultant's pages of sessions."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.testing import make_paid, make_webinar
from clients.models import Client
from naksha.testing import PASSWORD, make_client, make_service
from notifications.models import OutgoingMail
from sessions_app.models import JoinEvent, Session, SessionNotes
from sessions_app.testing import make_recorded, wait_in

pytestmark = pytest.mark.django_db
S = Session.Status


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


@pytest.fixture
def recorded(consultant):
    return make_recorded(consultant, minutes=30, price_paise=100_000)


def begun(session, minutes=20):
    start = timezone.now() - timedelta(minutes=minutes)
    length = session.ends_at - session.starts_at
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + length)
    session.refresh_from_db()
    return session


def typed(**changes):
    day = timezone.localdate() + timedelta(days=3)
    return {
        "client": "",
        "name": "Meera Nair",
        "email": "meera@example.com",
        "phone": "",
        "title": "Second opinion",
        "date": day.isoformat(),
        "time": "16:30",
        "minutes": "45",
        "platform": "jitsi",
        "place": "",
        "price_paise": "1,500",
        "ask": "after",
        "notes": "",
        "tell_client": "on",
        **changes,
    }


def test_the_phones_tabs_lead_to_the_sessions_and_to_no_more_than_five_places(desk):
    words = desk.get(reverse("sessions:list")).content.decode()
    tabs = words[words.index('<nav class="tabs"') :].split("</nav>")[0]
    assert f'href="{reverse("sessions:list")}" aria-current="page"' in tabs
    assert tabs.count("<li>") == 5  # 72 px each on the narrowest phone


def test_the_page_of_one_session_shows_the_deal_and_who_came(desk, consultant, fake_gateway, django_assert_num_queries):
    service = make_service(consultant, price_paise=200_000, deposit_paise=50_000)
    booking, _ = make_paid(fake_gateway, consultant, service=service)
    JoinEvent.objects.create(session=booking.session, side="client", client=booking.client, kind="joined")
    page = reverse("sessions:desk", args=[booking.session_id])
    desk.get(page)
    with django_assert_num_queries(12):
        words = desk.get(page).content.decode()
    assert "₹1,500.00" in words
    assert "Joined the meeting" in words
    assert reverse("bookings:cancel_theirs", args=[booking.pk]) in words


@pytest.mark.parametrize("name", ["desk", "how", "cancel", "move"])
def test_anothers_session_is_not_there(client, other_consultant, recorded, name):
    client.force_login(other_consultant.user)
    assert client.get(reverse(f"sessions:{name}", args=[recorded.pk])).status_code == 404


@pytest.mark.parametrize("act", ["start", "complete", "no_show", "ask", "cancel", "move"])
def test_a_press_needs_a_post_by_its_own_consultant(client, client_user, other_consultant, recorded, act):
    begun(recorded)
    page = reverse(f"sessions:{act}", args=[recorded.pk])
    assert client.post(page)["Location"].startswith("/accounts/login/")
    client.force_login(other_consultant.user)
    assert client.post(page).status_code == 404
    client.force_login(client_user)
    assert client.post(page).status_code in (302, 403, 404)
    if act not in ("cancel", "move"):
        client.force_login(recorded.consultant.user)
        assert client.get(page).status_code == 405
    recorded.refresh_from_db()
    assert recorded.status == S.CONFIRMED


def test_start_complete_and_back_to_the_room(desk, recorded):
    begun(recorded)
    answer = desk.post(reverse("sessions:start", args=[recorded.pk]), {"next": f"/sessions/{recorded.pk}/"})
    assert answer["Location"] == f"/sessions/{recorded.pk}/"
    answer = desk.post(
        reverse("sessions:complete", args=[recorded.pk]), {"summary": "File it.", "next": "//evil.example"}
    )
    assert answer["Location"] == reverse("sessions:desk", args=[recorded.pk])
    recorded.refresh_from_db()
    assert (recorded.status, recorded.notes.summary) == (S.COMPLETED, "File it.")


def test_a_refusal_is_said_on_the_page(desk, recorded):
    answer = desk.post(reverse("sessions:start", args=[recorded.pk]), follow=True)
    assert "You can start it from 10 minutes before." in answer.content.decode()


def test_the_question_how_it_went_is_answered_with_one_press(desk, recorded):
    wait_in(begun(recorded, 90))
    page = desk.get(reverse("sessions:how", args=[recorded.pk])).content.decode()
    assert "asked for ₹1,000.00" in page
    assert reverse("sessions:no_show", args=[recorded.pk]) in page
    desk.post(reverse("sessions:no_show", args=[recorded.pk]))
    recorded.refresh_from_db()
    assert recorded.status == S.NO_SHOW
    again = desk.get(reverse("sessions:how", args=[recorded.pk]))
    assert again["Location"] == reverse("sessions:desk", args=[recorded.pk])


def test_a_webinar_is_not_offered_as_a_no_show(desk, consultant):
    webinar = begun(make_webinar(consultant), 90)
    assert "did not come" not in desk.get(reverse("sessions:how", args=[webinar.pk])).content.decode()
    assert "did not come" not in desk.get(reverse("sessions:desk", args=[webinar.pk])).content.decode()


# --- recording --------------------------------------------------------------------------------


def test_a_session_is_recorded_from_the_form_in_the_consultants_zone(desk):
    answer = desk.post(reverse("sessions:new"), typed())
    session = Session.objects.get()
    assert answer["Location"] == reverse("sessions:desk", args=[session.pk])
    assert (session.starts_at.hour, session.starts_at.minute, session.price_paise) == (11, 0, 150_000)
    assert "Meera Nair has been told." in desk.get(answer["Location"]).content.decode()


def test_a_client_can_be_chosen_and_only_ones_own(desk, consultant, other_consultant):
    mine, theirs = make_client(consultant), make_client(other_consultant)
    page = desk.get(reverse("sessions:new"), {"client": str(mine.pk)}).content.decode()
    assert f'value="{mine.name}, {mine.email}"' in page
    assert theirs.email not in page
    assert theirs.email not in desk.get(reverse("sessions:new"), {"client": str(theirs.pk)}).content.decode()
    refused = desk.post(reverse("sessions:new"), typed(client=theirs.email))
    assert (refused.status_code, "You have no such client." in refused.content.decode()) == (400, True)
    assert desk.post(reverse("sessions:new"), typed(client=mine.email, name="", email="")).status_code == 302
    assert Session.objects.get().client == mine


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Meera Nair", "meera@example.com"),  # the whole name, before a longer one
        ("meera nair, MEERA@example.com", "meera@example.com"),
        ("kumar@example.com", "kumar@example.com"),
        ("nair kum", "kumar@example.com"),
        ("farhan", "farhan@example.com"),
        ("Nair", None),
        ("Meera Nair, nobody@example.com", None),
        ("erased", None),
    ],
)
def test_a_client_is_found_by_what_is_typed_or_asked_about_where_it_could_be_two(desk, consultant, words, found):
    make_client(consultant, name="Meera Nair", email="meera@example.com")
    make_client(consultant, name="Meera Nair Kumar", email="kumar@example.com")
    make_client(consultant, name="Farhan Qureshi", email="farhan@example.com")
    make_client(consultant, name="Erased client", email="a1@erased.invalid", erased_at=timezone.now())
    answer = desk.post(reverse("sessions:new"), typed(client=words, name="", email=""))
    if found:
        assert Session.objects.get().client.email == found
    else:
        assert (answer.status_code, Session.objects.count()) == (400, 0)
    if words == "Nair":
        assert "Write the mail address: Meera Nair, meera@example.com; Meera Nair Kumar" in answer.content.decode()


def test_of_two_thousand_clients_the_newest_are_offered_in_one_query_and_all_are_found(
    desk, consultant, django_assert_max_num_queries
):
    page = reverse("sessions:new")
    with django_assert_max_num_queries(20) as before:
        desk.get(page)
    Client.objects.bulk_create(
        Client(consultant=consultant, name=f"Person {n}", email=f"person{n}@example.com") for n in range(2000)
    )
    with django_assert_max_num_queries(len(before)):
        words = desk.get(page).content.decode()
    assert words.count("<option") == 200
    desk.post(page, typed(client="person7@example.com", name="", email=""))
    assert Session.objects.get().client.name == "Person 7"


def test_a_conflict_is_said_beside_the_time_and_what_was_typed_stays(desk):
    desk.post(reverse("sessions:new"), typed())
    answer = desk.post(reverse("sessions:new"), typed(email="else@example.com", title="Another"))
    words = answer.content.decode()
    assert answer.status_code == 400
    assert "“Second opinion” is there already" in words
    assert 'value="else@example.com"' in words
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Write the name."),
        ({"email": ""}, "Write the mail address."),
        ({"title": ""}, "This is needed."),
        ({"platform": "link", "place": "zoom"}, "beginning with https://"),
        ({"price_paise": "0.50"}, "or 0 for free"),
        ({"price_paise": "99,99,99,99,999"}, "Between ₹1.00 and ₹10,00,000.00"),
        ({"date": "1999-01-01"}, "Choose a day within"),
        ({"date": "2150-01-01"}, "Choose a day of the last year"),
        ({"time": "25:00"}, "That is no time."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(desk, wrong, said):
    answer = desk.post(reverse("sessions:new"), typed(**wrong))
    assert (answer.status_code, Session.objects.count(), OutgoingMail.objects.count()) == (400, 0, 0)
    assert said in answer.content.decode()


def test_a_place_that_was_typed_for_another_platform_is_left_out(desk):
    desk.post(reverse("sessions:new"), typed(place="14 Park Street"))
    assert (Session.objects.get().platform, Session.objects.get().place) == ("jitsi", "")


# --- cancel and move --------------------------------------------------------------------------


def test_a_recorded_session_is_moved_and_cancelled_on_its_own_pages(desk, recorded):
    page = reverse("sessions:move", args=[recorded.pk])
    assert "Move Second opinion with Meera Nair" in desk.get(page).content.decode()
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    assert desk.post(page, {"date": day, "time": "12:00", "minutes": "2"}).status_code == 400
    desk.post(page, {"date": day, "time": "12:00", "minutes": "75"})
    recorded.refresh_from_db()
    assert (recorded.starts_at.hour, recorded.starts_at.minute, recorded.minutes) == (6, 30, 75)
    page = reverse("sessions:cancel", args=[recorded.pk])
    assert desk.post(page, {"reason": ""}).status_code == 400
    assert "Cancel the session with Meera Nair?" in desk.get(page).content.decode()
    desk.post(page, {"reason": "I am ill."})
    recorded.refresh_from_db()
    assert recorded.status == S.CANCELLED


def test_a_booked_session_leads_to_its_bookings_pages(desk, consultant, fake_gateway):
    booking, _ = make_paid(fake_gateway, consultant)
    for name, page in (("cancel", "bookings:cancel_theirs"), ("move", "bookings:reschedule_theirs")):
        answer = desk.post(reverse(f"sessions:{name}", args=[booking.session_id]), {"reason": "No."})
        assert answer["Location"] == reverse(page, args=[booking.pk])
    booking.session.refresh_from_db()
    assert booking.session.status == S.CONFIRMED


def test_the_desk_has_sessions_in_its_navigation(client, consultant):
    client.login(email=consultant.user.email, password=PASSWORD)
    assert reverse("sessions:list") in client.get(reverse("dashboard:today")).content.decode()


def test_the_room_offers_its_consultant_what_can_be_done_now(desk, recorded):
    page = reverse("sessions:room", args=[recorded.pk])
    assert reverse("sessions:start", args=[recorded.pk]) not in desk.get(page).content.decode()
    wait_in(begun(recorded))
    words = desk.get(page).content.decode()
    for act in ("complete", "no_show"):
        assert reverse(f"sessions:{act}", args=[recorded.pk]) in words
    assert "On your desk" in words


@pytest.mark.parametrize("page", ["cancel", "move"])
def test_what_gives_up_a_time_names_it_first(desk, recorded, consultant, page):
    words = desk.get(reverse(f"sessions:{page}", args=[recorded.pk])).content.decode()
    assert "Now:" in words
    assert recorded.starts_at.isoformat()[:16] in words
    assert "11:00 to 11:30 am IST" in words


def test_what_can_be_done_stands_before_long_notes(desk, recorded):
    SessionNotes.objects.create(session=recorded, private="A long note.", version=1)
    words = desk.get(reverse("sessions:desk", args=[recorded.pk])).content.decode()
    assert 0 < words.index("Open the session’s room") < words.index("A long note.")


def test_the_fields_for_somebody_new_are_never_hidden_by_a_style(settings):
    assert "only-new" not in (settings.BASE_DIR / "static/css/pages/booking.css").read_text()


def test_the_consultant_reads_what_the_client_may_still_do(desk, recorded):
    page = reverse("sessions:desk", args=[recorded.pk])
    words = "Cancel up to 24 hours before and get all of it back. After that you get 50% back, up to 4 hours before."
    assert words in desk.get(page).content.decode()
    begun(recorded)
    assert "Your client’s terms" not in desk.get(page).content.decode()
