"""The pages of reviews: the client's form, the consultant's list, the admin's moves."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from consultants.models import Consultant
from naksha.testing import make_client, make_consultant, make_user
from sessions_app.access import find_visitor, mint_link
from sessions_app.models import Review, SessionLink
from sessions_app.reviews import review_panel
from sessions_app.services import reviewing
from sessions_app.testing import make_completed, make_review, make_session, open_by_link

pytestmark = pytest.mark.django_db
LIST = reverse("sessions:reviews")


def page_of(session):
    return reverse("sessions:review", args=[session.pk])


def typed(**more):
    return {"rating": "4", "comment": "Calm and clear.", **more}


@pytest.fixture
def held(client):
    session = make_completed()
    open_by_link(client, session)
    return session


# --- the client -------------------------------------------------------------------------------


def test_a_guest_rates_by_the_link_and_sees_what_was_given(client, held):
    page = client.get(page_of(held)).content.decode()
    assert "Give the review" in page
    assert page.count('type="radio"') == 5
    assert client.post(page_of(held), typed()).url == page_of(held)
    page = client.get(page_of(held)).content.decode()
    assert "Your review" in page
    assert "Calm and clear." in page
    assert "4 of 5 stars" in page
    assert "Give the review" not in page


def test_the_link_of_a_mail_leads_to_the_review_and_never_away_from_the_site(client):
    session = make_completed()
    enter = reverse("sessions:enter", args=[mint_link(session=session, client=session.client)])
    assert client.get(enter + "?next=review").url == page_of(session)
    assert client.get(page_of(session)).status_code == 200
    room = reverse("sessions:room", args=[session.pk])
    for wanted in ("", "manage", "https://evil.example/", "//evil.example", "/admin/", "room"):
        assert client.get(enter, {"next": wanted}).url == room


def test_a_client_rates_by_login(client):
    session, user = make_completed(), make_user(role="client")
    type(session.client).objects.update(user=user)
    client.force_login(user)
    client.post(page_of(session), typed())
    assert Review.objects.get().client == session.client
    assert AuditEntry.objects.get(action="review.given").actor == user


def test_a_stranger_another_client_and_a_revoked_link_find_nothing(client, held, stranger):
    SessionLink.objects.update(revoked_at=timezone.now())
    assert client.get(page_of(held)).status_code == 404
    assert client.post(page_of(held), typed()).status_code == 404
    for user in (stranger, make_user(role="client")):
        client.force_login(user)
        assert client.post(page_of(held), typed()).status_code == 404
    other = make_completed(held.consultant, client=make_client(held.consultant))
    open_by_link(client, other)
    assert client.post(page_of(held), typed()).status_code == 404
    assert not Review.objects.exists()


def test_the_consultant_does_not_rate(client, held):
    client.force_login(held.consultant.user)
    assert client.post(page_of(held), typed()).url == LIST
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rating": "0"}, "Choose one to five."),
        ({"rating": "6"}, "Choose one to five."),
        ({"rating": "5.5"}, "Choose one to five."),
        ({"rating": ""}, "Choose from one to five stars."),
        ({"comment": "x" * 2001}, "At most 2000 characters"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_it_and_stays_typed(client, held, wrong, words):
    answer = client.post(page_of(held), typed(**wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert ("x" * 2001 if "comment" in wrong else "Calm and clear.") in page
    assert not Review.objects.exists()


def test_a_second_one_is_refused_in_words(client, held):
    client.post(page_of(held), typed())
    answer = client.post(page_of(held), typed(rating="1"))
    assert answer.status_code == 409
    assert "You have rated this session already" in answer.content.decode()
    assert Review.objects.get().rating == 4


def test_after_sixty_days_the_page_says_so(client):
    session = make_completed(days_ago=61)
    open_by_link(client, session)
    assert "could be rated until" in client.get(page_of(session)).content.decode()
    answer = client.post(page_of(session), typed())
    assert answer.status_code == 409
    assert "within 60 days" in answer.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("status", "words"),
    [("confirmed", "once it is over"), ("cancelled", "nothing to rate"), ("no_show", "nothing to rate")],
)
def test_what_is_not_completed_has_no_form(client, status, words):
    session = make_session(status=status)
    open_by_link(client, session)
    page = client.get(page_of(session)).content.decode()
    assert words in page
    assert "Give the review" not in page
    assert client.post(page_of(session), typed()).status_code == 409
    assert not Review.objects.exists()


def test_script_in_a_comment_stays_text(client, held):
    client.post(page_of(held), typed(comment="<script>alert(1)</script> 🌙"))
    page = client.get(page_of(held)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🌙" in page


def test_the_page_is_nobody_elses_to_keep(client, held):
    answer = client.get(page_of(held))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


# --- the panel of other pages -----------------------------------------------------------------


def panel_for(session, user=None, browser=None):
    visitor = find_visitor(session_id=session.pk, user=user, browser=browser or {})
    return review_panel(visitor)


def test_the_panel_is_empty_before_the_session_is_over():
    session = make_session()
    panel = panel_for(session, session.consultant.user)
    assert not panel.is_there
    assert render_to_string("sessions/_review.html", {"panel": panel}).strip() == ""


def test_the_panel_shows_the_consultant_what_was_given(django_assert_num_queries):
    review = make_review(comment="Clear.")
    visitor = find_visitor(session_id=review.session_id, user=review.consultant.user, browser={})
    with django_assert_num_queries(1):
        panel = review_panel(visitor)
    assert panel.reviews == [review]
    assert "Clear." in render_to_string("sessions/_review.html", {"panel": panel})


def test_a_client_reads_why_their_review_was_hidden(client, held, admin_user):
    client.post(page_of(held), typed())
    reviewing.hide(review=Review.objects.get(), actor=admin_user, reason="It names a third person.")
    assert "It names a third person." in client.get(page_of(held)).content.decode()


# --- the consultant ---------------------------------------------------------------------------


@pytest.fixture
def desk(client, consultant):
    client.force_login(consultant.user)
    return client


def reply_to(review):
    return reverse("sessions:review_reply", args=[review.pk])


def test_without_reviews_the_list_says_how_they_come(desk):
    assert "No reviews yet." in desk.get(LIST).content.decode()


def test_the_list_shows_breakdown_reviews_and_where_a_reply_is_open(desk, consultant):
    make_review(consultant, rating=5, comment="First words")
    make_review(consultant, rating=2, comment="Second words")
    make_review(make_consultant(), comment="Somebody else’s")
    page = desk.get(LIST).content.decode()
    assert page.index("Second words") < page.index("First words")
    assert "from 2 reviews" in page
    assert "To answer (2)" in page
    assert "Somebody else’s" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?stars=5", ["Five"]),
        ("?stars=2", ["Two"]),
        ("?stars=3", []),
        ("?show=unanswered", ["Five"]),
        ("?show=unanswered&stars=2", []),
        ("?stars=9", ["Two", "Five"]),
        ("?stars=x&page=zz", ["Two", "Five"]),
    ],
)
def test_it_is_narrowed_by_the_address(desk, consultant, query, shown):
    make_review(consultant, rating=5, comment="Five words")
    two = make_review(consultant, rating=2, comment="Two words")
    reviewing.reply(review=two, actor=consultant.user, text="Sorry")
    page = desk.get(LIST + query).content.decode()
    assert [word for word in ("Two", "Five") if f"{word} words" in page] == shown


def test_a_reply_is_given_once(desk, consultant):
    review = make_review(consultant)
    assert desk.post(reply_to(review), {f"{review.pk}-reply": "Thank you."}).url == f"{LIST}#review-{review.pk}"
    page = desk.get(LIST).content.decode()
    assert "Thank you." in page
    assert "Publish the reply" not in page
    answer = desk.post(reply_to(review), {f"{review.pk}-reply": "More."})
    assert answer.status_code == 409
    assert "A reply is given once" in answer.content.decode()
    review.refresh_from_db()
    assert review.reply == "Thank you."


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_reply_that_cannot_be_kept_is_said_beside_it(desk, consultant, text):
    review = make_review(consultant)
    answer = desk.post(reply_to(review), {f"{review.pk}-reply": text})
    assert answer.status_code == 422
    assert "is-wrong" in answer.content.decode()
    review.refresh_from_db()
    assert review.reply == ""


def test_nobody_replies_to_anothers_review(desk):
    review = make_review(make_consultant())
    assert desk.post(reply_to(review), {f"{review.pk}-reply": "Ha"}).status_code == 404
    review.refresh_from_db()
    assert review.reply == ""


def test_the_list_asks_the_same_for_one_and_for_twenty(desk, consultant, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(20) as taken:
            assert desk.get(LIST).status_code == 200
        return len(taken)

    make_review(consultant)
    few = count()
    for _ in range(6):
        make_review(consultant)
    assert count() == few


# --- the admin --------------------------------------------------------------------------------


@pytest.fixture
def office(client, admin_user):
    client.force_login(admin_user)
    return client


def act(office, review, name, reason):
    return office.post(reverse(f"admin:sessions_app_review_{name}", args=[review.pk]), {f"{name}-reason": reason})


def test_an_admin_hides_with_a_reason_and_the_trail_says_so(office):
    review = make_review(rating=1, comment="Rude words")
    assert "Rude words" in office.get(reverse("admin:sessions_app_review_changelist")).content.decode()
    page = reverse("admin:sessions_app_review_change", args=[review.pk])
    assert act(office, review, "hide", "Insults").url == page
    review.refresh_from_db()
    assert review.status == "hidden"
    assert Consultant.objects.get(pk=review.consultant_id).review_count == 0
    html = office.get(page).content.decode()
    assert "Review: hidden: Insults" in html
    assert "Show again" in html
    act(office, review, "show", "It stands")
    review.refresh_from_db()
    assert review.status == "published"


def test_without_a_reason_nothing_is_hidden(office):
    review = make_review()
    act(office, review, "hide", " ")
    review.refresh_from_db()
    assert review.status == "published"


def test_nobody_else_hides(client, consultant):
    review = make_review(consultant)
    client.force_login(consultant.user)
    act(client, review, "hide", "I don’t like it")
    review.refresh_from_db()
    assert review.status == "published"
