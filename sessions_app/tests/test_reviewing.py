"""Reviews: once for a completed session by its client; answered once; hidden and shown again; always counted right."""

import json
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.testing import make_webinar
from consultants.models import Consultant
from naksha.errors import InvalidState, ReasonNeeded
from naksha.testing import make_client, make_consultant, make_user
from notifications.models import MailOff, Notification, OutgoingMail
from notifications.rendering import render_mail
from sessions_app import seats
from sessions_app.errors import AlreadyAnswered, AlreadyRated, NotRateable, TooLateToRate, WordsWrong
from sessions_app.models import Review, Session
from sessions_app.ratings import breakdown
from sessions_app.services import reviewing
from sessions_app.testing import make_completed, make_review, make_session

pytestmark = pytest.mark.django_db


def figures(consultant):
    return Consultant.objects.values_list("review_count", "rating_total").get(pk=consultant.pk)


def rated(session, rating=4, **how):
    return reviewing.rate(session=session, client=session.client, rating=rating, **how)


def nothing_happened(consultant):
    return not Review.objects.exists() and figures(consultant) == (0, 0) and not Notification.objects.exists()


def test_a_client_rates_a_completed_session_and_the_consultant_is_told():
    session = make_completed(client=None)
    type(session.client).objects.update(name="Farhan Qureshi")
    session.client.refresh_from_db()
    review = rated(session, 4, comment="Calm,\r\nquick\x00.\n\n\n\nClear.")
    assert (review.rating, review.comment, review.author_name) == (4, "Calm,\nquick.\n\nClear.", "Farhan Q.")
    assert figures(session.consultant) == (1, 4)
    line = Notification.objects.get()
    assert (line.user_id, line.kind, line.title) == (
        session.consultant.user_id,
        "review",
        "4 stars from Farhan Qureshi",
    )
    mail = OutgoingMail.objects.get()
    assert (mail.template, mail.kind, mail.to) == ("review_received", "review", session.consultant.user.email)
    assert AuditEntry.objects.get().action == "review.given"


@pytest.mark.parametrize("status", [s for s in Session.Status.values if s != "completed"])
def test_only_a_completed_session_is_rated(status):
    session = make_session(status=status)
    with pytest.raises(NotRateable):
        rated(session)
    assert nothing_happened(session.consultant)


def test_it_can_be_rated_for_sixty_days():
    last = make_completed(days_ago=59.9)
    assert rated(last)
    late = make_completed(days_ago=61)
    with pytest.raises(TooLateToRate):
        rated(late)
    assert figures(late.consultant) == (0, 0)


def test_another_client_of_the_same_consultant_rates_nothing():
    session = make_completed()
    with pytest.raises(NotRateable):
        reviewing.rate(session=session, client=make_client(session.consultant), rating=1)
    assert nothing_happened(session.consultant)


def test_who_gave_a_seat_back_does_not_rate_the_webinar(consultant):
    webinar = make_webinar(consultant, capacity=4)
    kept, gone = make_client(consultant), make_client(consultant)
    seats.take_seat(session_id=webinar.pk, client=kept, expires_at=None)
    seats.release_seat(seat_id=seats.take_seat(session_id=webinar.pk, client=gone, expires_at=None).pk)
    Session.objects.update(status="completed", ended_at=timezone.now())
    reviewing.rate(session=webinar, client=kept, rating=5)
    with pytest.raises(NotRateable):
        reviewing.rate(session=webinar, client=gone, rating=1)
    assert figures(consultant) == (1, 5)


def test_a_second_review_of_the_session_is_refused_and_the_first_stays():
    session = make_completed()
    first = rated(session, 5, comment="Good")
    with pytest.raises(AlreadyRated):
        rated(session, 1, comment="Bad")
    assert Review.objects.get().comment == first.comment == "Good"
    assert figures(session.consultant) == (1, 5)
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("rating", [0, 6, -1, 5.5, "5", True, None])
def test_a_rating_is_a_whole_number_from_one_to_five(rating):
    session = make_completed()
    with pytest.raises(WordsWrong):
        rated(session, rating)
    assert nothing_happened(session.consultant)


def test_a_comment_has_two_thousand_characters_at_most():
    session = make_completed()
    with pytest.raises(WordsWrong):
        rated(session, 3, comment="x" * 2001)
    assert nothing_happened(session.consultant)
    assert rated(session, 3, comment="x" * 2000)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Farhan Qureshi", "Farhan Q."),
        ("  Dr. Farhan   Ali Qureshi ", "Farhan Q."),
        ("Meera", "Meera"),
        ("Dr Meera", "Dr M."),
        ("मीरा अय्यर", "मीरा अ."),
        ("फ़रहान क़ुरैशी", "फ़रहान क़ु."),
        ("x" * 100 + " y", "x" * 96 + " Y."),
        ("o'brien d'souza", "o'brien D."),
    ],
)
def test_the_page_names_a_client_by_the_first_name_and_one_letter(name, shown):
    assert reviewing.public_name(name) == shown
    assert len(shown) <= 100


# --- replies ----------------------------------------------------------------------------------


def test_the_consultant_replies_once_and_the_client_is_told():
    review = make_review()
    login = make_user(role="client")
    type(review.client).objects.update(user=login)
    OutgoingMail.objects.all().delete()
    reviewing.reply(review=review, actor=review.consultant.user, text=" Thank you. ")
    review.refresh_from_db()
    assert review.reply == "Thank you."
    assert review.replied_at is not None
    assert OutgoingMail.objects.get().to == review.client.email
    assert Notification.objects.filter(user=login, kind="review").count() == 1
    with pytest.raises(AlreadyAnswered):
        reviewing.reply(review=review, actor=review.consultant.user, text="And another thing")
    review.refresh_from_db()
    assert review.reply == "Thank you."
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "\u202e"])
def test_a_reply_that_says_nothing_or_too_much_is_refused(text):
    review = make_review()
    with pytest.raises(WordsWrong):
        reviewing.reply(review=review, actor=review.consultant.user, text=text)
    assert Review.objects.get().reply == ""


def test_a_hidden_review_is_not_answered(admin_user):
    review = make_review()
    reviewing.hide(review=review, actor=admin_user, reason="Names a third person")
    with pytest.raises(InvalidState):
        reviewing.reply(review=review, actor=review.consultant.user, text="But")
    assert Review.objects.get().reply == ""


# --- hidden -----------------------------------------------------------------------------------


def test_hiding_takes_it_out_of_the_rating_and_showing_puts_it_back(consultant, admin_user):
    kept, bad = make_review(consultant, rating=5), make_review(consultant, rating=1)
    assert figures(consultant) == (2, 6)
    reviewing.hide(review=bad, actor=admin_user, reason="Insults")
    assert figures(consultant) == (1, 5)
    assert list(Review.objects.published()) == [kept]
    assert Notification.objects.filter(title="A review was hidden", body="Insults").count() == 1
    reviewing.unhide(review=bad, actor=admin_user, reason="Read again: it stands")
    assert figures(consultant) == (2, 6)
    bad.refresh_from_db()
    assert (bad.hidden_at, bad.hidden_by, bad.hidden_reason) == (None, None, "")
    trail = AuditEntry.objects.filter(subject_id=bad.pk, actor=admin_user).order_by("created_at")
    assert [(line.action, line.reason) for line in trail] == [
        ("review.hidden", "Insults"),
        ("review.shown_again", "Read again: it stands"),
    ]


def test_a_guest_reads_in_a_mail_that_it_was_hidden_or_shown_again_and_why(client, admin_user):
    review = make_review(comment="He was late.")
    assert review.client.user is None
    reviewing.hide(review=review, actor=admin_user, reason="It names a third person")
    reviewing.unhide(review=review, actor=admin_user, reason="Read again: it stands")
    reviewing.hide(review=review, actor=admin_user, reason="It insults")
    told = list(mails_to(review.client.email))
    assert [(mail.template, mail.kind, facts(mail)["reason"]) for mail in told] == [
        ("review_hidden", "review", "It names a third person"),
        ("review_shown", "review", "Read again: it stands"),
        ("review_hidden", "review", "It insults"),
    ]
    for mail in told:
        text = render_mail(mail.template, facts(mail)).text
        assert facts(mail)["reason"] in text
        assert "He was late." in text
    way = facts(told[-1])["review_url"].removeprefix(settings.SITE_URL)
    assert "It insults" in client.get(way, follow=True).content.decode()


def test_who_has_switched_mails_about_reviews_off_gets_none_of_it(admin_user):
    review = make_review()
    MailOff.objects.create(address=review.client.email, kind="review")
    reviewing.hide(review=review, actor=admin_user, reason="Insults")
    assert mails_to(review.client.email).get().status == "skipped"


def test_nobody_is_written_to_whose_account_was_erased(admin_user):
    review = make_review()
    type(review.client).objects.update(erased_at=timezone.now())
    reviewing.reply(review=review, actor=review.consultant.user, text="Thank you")
    reviewing.hide(review=review, actor=admin_user, reason="Insults")
    assert not mails_to(review.client.email).exists()


def mails_to(address):
    return OutgoingMail.objects.filter(to=address).order_by("created_at")


def facts(mail):
    return json.loads(mail.sealed_context)


@pytest.mark.parametrize("move", [reviewing.hide, reviewing.unhide])
def test_hiding_and_showing_need_a_reason(move, admin_user):
    review = make_review()
    with pytest.raises(ReasonNeeded):
        move(review=review, actor=admin_user, reason="  ")
    assert Review.objects.get().status == "published"


def test_what_is_hidden_is_not_hidden_twice_and_what_is_shown_not_shown_twice(admin_user):
    review = make_review()
    with pytest.raises(InvalidState):
        reviewing.unhide(review=review, actor=admin_user, reason="Why not")
    reviewing.hide(review=review, actor=admin_user, reason="Insults")
    with pytest.raises(InvalidState):
        reviewing.hide(review=review, actor=admin_user, reason="Insults again")
    assert Review.objects.get().hidden_reason == "Insults"


def test_the_breakdown_is_of_the_published_ones(consultant, admin_user):
    for rating in (5, 5, 4, 1):
        last = make_review(consultant, rating=rating)
    make_review(make_consultant(), rating=2)
    reviewing.hide(review=last, actor=admin_user, reason="Insults")
    assert [(bar.stars, bar.count, bar.percent) for bar in breakdown(consultant).bars] == [
        (5, 2, 67),
        (4, 1, 33),
        (3, 0, 0),
        (2, 0, 0),
        (1, 0, 0),
    ]
    consultant.refresh_from_db()
    assert str(consultant.rating) == "4.7"


# --- at once ----------------------------------------------------------------------------------


def race(test):
    """Runs on PostgreSQL alone: SQLite has one writer at a time."""
    for mark in (
        pytest.mark.postgres,
        pytest.mark.slow,
        pytest.mark.django_db(transaction=True),
        pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
    ):
        test = mark(test)
    return test


def at_once(acts):
    ready, ended = threading.Barrier(len(acts)), []

    def run(act):
        ready.wait(30)
        try:
            ended.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            ended.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


def eight_reviews(consultant):
    sessions = [make_completed(consultant) for _ in range(8)]
    return at_once([lambda s=session: rated(s, 4) for session in sessions])


@race
def test_eight_reviews_at_once_are_all_counted():
    consultant = make_consultant()
    assert all(isinstance(end, Review) for end in eight_reviews(consultant))
    assert figures(consultant) == (8, 32)


@race
def test_without_the_lock_the_same_eight_count_past_each_other(monkeypatch):
    monkeypatch.setattr(reviewing, "_locked", lambda pk: Consultant.objects.select_related("user").get(pk=pk))
    for _ in range(5):
        consultant = make_consultant()
        eight_reviews(consultant)
        if figures(consultant) != (8, 32):
            return
    pytest.fail("every count was right without the lock: the race is none")


@race
def test_the_same_client_twice_at_once_gives_one_review():
    session = make_completed()
    ended = at_once([lambda: rated(session, 5), lambda: rated(session, 1)])
    assert sorted(type(end).__name__ for end in ended) == ["AlreadyRated", "Review"]
    assert Review.objects.count() == 1
    assert figures(session.consultant)[0] == 1
    assert OutgoingMail.objects.filter(template="review_received").count() == 1


def test_nobody_is_asked_about_a_session_of_the_future_that_is_marked_completed_early():
    session = make_completed(days_ago=-1)
    assert reviewing.closes_at(session) == session.ended_at + timedelta(days=60)
