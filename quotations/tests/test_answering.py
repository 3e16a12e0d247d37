"""The client's side: looks, yes, no and questions; each once, whatever comes twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from naksha.errors import InvalidState, ReasonNeeded, WrongInput
from notifications.models import Notification, OutgoingMail
from quotations import services
from quotations.errors import AnotherVersion, Lapsed, TooManyQuestions
from quotations.models import Quotation, QuotationQuestion, QuotationView
from quotations.services.machine import MOVES, move
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db


def accept(quotation, **fields):
    read = {"version": quotation.version, "name": "Farhan Qureshi", "address": "203.0.113.9"}
    return services.accept(**{"quotation": quotation, **read, **fields})


@pytest.mark.parametrize("now", MOVES)
@pytest.mark.parametrize("then", MOVES)
def test_a_move_that_is_not_in_the_table_is_refused(now, then):
    quotation = Quotation(status=now)
    if then in MOVES[now]:
        move(quotation, then)
        assert quotation.status == then
    else:
        with pytest.raises(InvalidState):
            move(quotation, then)
        assert quotation.status == now


def test_the_first_look_tells_the_consultant_and_the_next_ones_only_count(consultant):
    quotation, _token = make_sent(consultant)
    services.seen(quotation=quotation)
    services.seen(quotation=quotation)  # the same look: the page was loaded again
    quotation.refresh_from_db()
    assert quotation.status == "viewed"
    assert quotation.viewed_at == QuotationView.objects.get().at
    QuotationView.objects.update(at=timezone.now() - timedelta(hours=1))
    services.seen(quotation=quotation)
    assert QuotationView.objects.count() == 2
    assert Notification.objects.filter(user=consultant.user, title="Your quotation was opened").count() == 1


def test_a_look_an_answer_and_a_yes_reach_open_pages(consultant, monkeypatch, django_capture_on_commit_callbacks):
    pushed = []
    monkeypatch.setattr("naksha.live._send", lambda group, message: pushed.append((group, message.get("topic"))))
    quotation, _token = make_sent(consultant)
    question = services.ask(quotation=quotation, body="Is the filing fee in it?")
    for act in (
        lambda: services.seen(quotation=quotation),
        lambda: services.answer_question(question=question, actor=consultant.user, answer="It is."),
        lambda: accept(quotation),
    ):
        pushed.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert (f"bell.{consultant.user_id}", "quotations") in pushed


def test_a_yes_is_kept_with_its_evidence_and_told_once(consultant):
    quotation, _token = make_sent(consultant)
    accept(quotation)
    accept(quotation, name="Somebody Else", address="198.51.100.1")
    quotation.refresh_from_db()
    assert (quotation.status, quotation.accepted_name, quotation.accepted_from) == (
        "accepted",
        "Farhan Qureshi",
        "203.0.113.9",
    )
    assert abs(quotation.accepted_at - timezone.now()) < timedelta(minutes=1)
    assert OutgoingMail.objects.filter(template="quotation_accepted_client").count() == 1
    assert OutgoingMail.objects.filter(template="quotation_accepted_consultant").count() == 1


def test_what_costs_nothing_is_paid_with_the_yes(consultant):
    quotation, _token = make_accepted(consultant, discount_points=10_000)
    assert (quotation.status, quotation.owed_paise) == ("paid", 0)


@pytest.mark.parametrize("name", ["", "x", " \n ", "x" * 10_000])
def test_a_name_that_is_none_accepts_nothing(consultant, name):
    quotation, _token = make_sent(consultant)
    with pytest.raises(WrongInput):
        accept(quotation, name=name)
    quotation.refresh_from_db()
    assert quotation.status == "sent"


def test_after_the_last_day_the_answer_is_no_even_before_the_schedule_came(consultant):
    quotation, _token = make_sent(consultant)
    Quotation.objects.update(lapses_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Lapsed):
        accept(quotation)
    with pytest.raises(Lapsed):
        services.decline(quotation=quotation, version=quotation.version, reason="No.")
    with pytest.raises(Lapsed):
        services.ask(quotation=quotation, body="May I still?")


def test_who_read_the_version_before_is_asked_to_read_again(consultant):
    quotation, _token = make_sent(consultant)
    second = services.revise(quotation=quotation, actor=consultant.user)
    services.send(quotation=second, actor=consultant.user)
    for answer in (
        lambda: accept(second, version=1),
        lambda: services.decline(quotation=second, reason="No.", version=1),
    ):
        with pytest.raises(AnotherVersion):
            answer()
    second.refresh_from_db()
    assert second.status == "sent"
    accept(second, version=2)


def test_a_no_needs_a_reason_and_is_final(consultant):
    quotation, _token = make_sent(consultant)
    with pytest.raises(ReasonNeeded):
        services.decline(quotation=quotation, version=quotation.version, reason="  ")
    services.decline(quotation=quotation, version=quotation.version, reason="Too dear for us.")
    services.decline(quotation=quotation, version=quotation.version, reason="Again.")
    quotation.refresh_from_db()
    assert (quotation.status, quotation.close_reason) == ("declined", "Too dear for us.")
    assert OutgoingMail.objects.filter(template="quotation_declined").count() == 1
    with pytest.raises(InvalidState):
        accept(quotation)


def test_what_was_accepted_can_not_be_declined(consultant):
    quotation, _token = make_accepted(consultant)
    with pytest.raises(InvalidState):
        services.decline(quotation=quotation, version=quotation.version, reason="Changed my mind.")


def test_a_draft_can_be_neither_seen_nor_accepted(consultant):
    quotation = make_draft(consultant)
    services.seen(quotation=quotation)
    with pytest.raises(InvalidState):
        accept(quotation)
    assert not QuotationView.objects.exists()


def test_a_question_reaches_the_consultant_and_its_answer_the_client(consultant):
    quotation, _token = make_sent(consultant)
    question = services.ask(quotation=quotation, body="Is the filing fee in it?")
    assert services.ask(quotation=quotation, body=" Is the filing fee in it? ") == question
    mail = OutgoingMail.objects.get(template="quotation_question")
    assert mail.to == consultant.user.email
    assert Notification.objects.filter(user=consultant.user).count() == 1
    services.answer_question(question=question, actor=consultant.user, answer="It is.")
    services.answer_question(question=question, actor=consultant.user, answer="It is.")
    with pytest.raises(InvalidState):
        services.answer_question(question=question, actor=consultant.user, answer="It isn't.")
    question.refresh_from_db()
    assert question.answer == "It is."
    assert OutgoingMail.objects.get(template="quotation_answered").to == quotation.client.email


def test_nobody_floods_a_consultant_with_questions(consultant):
    quotation, _token = make_sent(consultant)
    for n in range(5):
        services.ask(quotation=quotation, body=f"Question {n}?")
    with pytest.raises(TooManyQuestions):
        services.ask(quotation=quotation, body="One more?")
    with pytest.raises(WrongInput):
        services.ask(quotation=quotation, body="x" * 10_000)
    assert QuotationQuestion.objects.count() == 5


def test_nothing_is_agreed_with_a_consultant_who_is_suspended(consultant):
    quotation, _token = make_sent(consultant)
    consultant.status = consultant.Status.SUSPENDED
    consultant.save()
    with pytest.raises(InvalidState):
        accept(quotation)
