"""The client's page: by its link alone, for whoever has it, and for nobody's machine."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from naksha.testing import make_client
from quotations import services
from quotations.models import Quotation, QuotationLink, QuotationQuestion, QuotationView
from quotations.testing import make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db


def page(token, part=""):
    return f"/q/{token}/{part}"


@pytest.fixture
def sent(consultant):
    return make_sent(consultant, deposit_points=5_000)


def test_the_link_opens_it_without_a_login_and_is_nobody_elses(client, sent):
    quotation, token = sent
    answer = client.get(page(token))
    assert "Incorporation of a company" in answer.content.decode()
    assert "Accept for ₹25,000.00" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    assert "noindex" in answer["X-Robots-Tag"]
    quotation.refresh_from_db()
    assert quotation.status == "viewed"


@pytest.mark.parametrize("token", ["x" * 32, "x" * 20, "A" * 64])
def test_a_link_that_is_none_is_not_there(client, sent, token):
    assert client.get(page(token)).status_code == 404
    assert client.post(page(token, "accept/"), {"name": "Farhan Qureshi"}).status_code == 404


def test_a_link_that_was_revoked_or_is_of_a_draft_opens_nothing(client, consultant, sent):
    QuotationLink.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert client.get(page(sent[1])).status_code == 404
    draft = make_draft(consultant)
    assert client.get(page(services.links.mint(draft))).status_code == 404


def test_looks_of_the_consultant_of_admins_and_of_machines_do_not_count(sent, consultant, admin_user):
    quotation, token = sent
    for user in (consultant.user, admin_user):
        browser = Browser()
        browser.force_login(user)
        assert browser.get(page(token)).status_code == 200
    for machine in ("WhatsApp/2.23", "facebookexternalhit/1.1", "TelegramBot (like TwitterBot)", "Slackbot 1.0"):
        assert Browser().get(page(token), headers={"User-Agent": machine}).status_code == 200
    Browser().head(page(token))
    assert not QuotationView.objects.exists()
    quotation.refresh_from_db()
    assert quotation.status == "sent"


def test_accepting_leads_to_the_payment_and_is_done_once(client, sent, fake_gateway):
    quotation, token = sent
    typed = {"name": "Farhan Qureshi", "version": "1"}
    answer = client.post(page(token, "accept/"), typed, REMOTE_ADDR="203.0.113.9")
    assert answer.url == page(token, "pay/")
    client.post(page(token, "accept/"), {**typed, "name": "Somebody Else"})
    quotation.refresh_from_db()
    assert (quotation.status, quotation.accepted_name, quotation.accepted_from) == (
        "accepted",
        "Farhan Qureshi",
        "203.0.113.9",
    )
    assert "Accepted. Thank you." in client.get(page(token)).content.decode()


@pytest.mark.parametrize("name", ["", "x", "x" * 10_000, "\x00\x00", "<script>", "12345"])
def test_a_name_that_is_none_is_told_beside_the_field(client, sent, name):
    answer = client.post(page(sent[1], "accept/"), {"name": name, "version": "1"})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Quotation.objects.filter(status="accepted").exists()


def test_who_read_an_older_version_sees_the_new_one_and_why_nothing_was_done(client, consultant, sent):
    quotation, token = sent
    second = services.revise(quotation=quotation, actor=consultant.user)
    services.send(quotation=second, actor=consultant.user)
    for act, typed in (("accept/", {"name": "Farhan Qureshi"}), ("decline/", {"reason": "Too dear for us."})):
        answer = client.post(page(token, act), {**typed, "version": "1"})
        shown = answer.content.decode()
        assert answer.status_code == 409
        assert "was revised meanwhile" in shown
        assert f"{quotation.number}-R2" in shown
        assert next(iter(typed.values())) in shown, "what was typed stays"
        assert client.post(page(token, act), typed).status_code == 400, "which version was read has to be said"
    assert not Quotation.objects.filter(status__in=["accepted", "declined"]).exists()


def test_declining_asks_why(client, sent):
    quotation, token = sent
    assert client.post(page(token, "decline/"), {"reason": "", "version": "1"}).status_code == 400
    assert client.post(page(token, "decline/"), {"reason": "x" * 10_000, "version": "1"}).status_code == 400
    client.post(page(token, "decline/"), {"reason": "Too dear.", "version": "1"})
    quotation.refresh_from_db()
    assert (quotation.status, quotation.close_reason) == ("declined", "Too dear.")
    assert client.post(page(token, "accept/"), {"name": "Farhan Qureshi", "version": "1"}).status_code == 409


def test_a_question_and_its_answer_stand_on_the_page(client, consultant, sent):
    _quotation, token = sent
    client.post(page(token, "ask/"), {"body": "Is the <b>fee</b> in it?"})
    question = QuotationQuestion.objects.get()
    services.answer_question(question=question, actor=consultant.user, answer="It is.")
    shown = client.get(page(token)).content.decode()
    assert "Is the &lt;b&gt;fee&lt;/b&gt; in it?" in shown
    assert "It is." in shown


def paid_at(gateway, paise, status="captured"):
    """What the gateway posts when somebody has paid the order of ``paise``."""
    order = next(order for order in gateway.orders.values() if order.amount_paise == paise)
    told = gateway.signed_answer(gateway.pay(order.id, status))
    return {
        "razorpay_order_id": told["order_id"],
        "razorpay_payment_id": told["gateway_payment_id"],
        "razorpay_signature": told["signature"],
    }


def test_the_deposit_or_all_is_paid(client, consultant, fake_gateway):
    quotation, token = make_accepted(consultant, deposit_points=5_000)
    part, whole = client.get(page(token, "pay/")).content.decode(), client.get(page(token, "pay/all/")).content.decode()
    assert "Pay ₹12,500.00" in part
    assert "Pay ₹25,000.00" in whole
    posted = paid_at(fake_gateway, 1_250_000)
    spoilt = client.post(page(token, "pay/done/"), {**posted, "razorpay_signature": "0" * 64})
    assert spoilt.status_code == 400
    assert client.post(page(token, "pay/done/"), posted).url == page(token)
    quotation.refresh_from_db()
    assert quotation.paid_paise == 1_250_000
    assert "Left to pay" in client.get(page(token)).content.decode()


@pytest.fixture
def stopped(client, consultant, fake_gateway):
    """Its client pays ₹25,000 while the consultant stops the link."""
    quotation, token = make_accepted(consultant)
    client.get(page(token, "pay/"))
    services.new_link(quotation=quotation, actor=consultant.user)
    return quotation, token


def test_money_on_its_way_by_a_link_that_was_stopped_is_taken_and_shown(client, stopped, fake_gateway):
    quotation, token = stopped
    posted = paid_at(fake_gateway, 2_500_000)
    for _again in range(2):
        answer = client.post(page(token, "pay/done/"), posted)
        assert answer.status_code == 200
        assert '<span class="fig">₹25,000.00</span> paid' in answer.content.decode()
        assert "noindex" in answer["X-Robots-Tag"]
    quotation.refresh_from_db()
    assert (quotation.status, quotation.paid_paise) == ("paid", 2_500_000)
    assert client.get(page(token)).status_code == client.get(page(token, "pay/")).status_code == 404


def test_it_says_too_that_it_goes_back_or_is_not_sure_yet(client, stopped, fake_gateway):
    quotation, token = stopped
    waiting = client.post(page(token, "pay/done/"), paid_at(fake_gateway, 2_500_000, "created"))
    assert "Your payment is on its way" in waiting.content.decode()
    services.call_off(quotation=quotation, actor=quotation.consultant.user, reason="Ill.")
    late = client.post(page(token, "pay/done/"), paid_at(fake_gateway, 2_500_000))
    assert '<span class="fig">₹25,000.00</span> goes back to you' in late.content.decode()


def test_a_link_that_was_stopped_opens_nothing_else(client, stopped, fake_gateway):
    quotation, token = stopped
    posted = paid_at(fake_gateway, 2_500_000)
    assert client.get(page(token, "pay/done/")).status_code == 404
    for wrong in ({}, {"error[reason]": "payment_cancelled"}, {**posted, "razorpay_signature": "0" * 64}):
        assert client.post(page(token, "pay/done/"), wrong).status_code == 404
    assert client.post(page("x" * 32, "pay/done/"), posted).status_code == 404
    quotation.refresh_from_db()
    assert quotation.paid_paise == 0


def test_there_is_nothing_to_pay_before_the_yes(client, sent, fake_gateway):
    assert client.get(page(sent[1], "pay/")).url == page(sent[1])
    assert not fake_gateway.orders


def test_the_paper_and_the_picture_are_drawn_for_the_link(client, sent):
    _quotation, token = sent
    assert client.get(page(token, "pdf/")).content.startswith(b"%PDF")
    picture = client.get(page(token, "picture.png"))
    assert picture.content.startswith(b"\x89PNG")
    shown = client.get(page(token)).content.decode()
    assert re.search(r'og:image" content="http[^"]+/picture.png"', shown)


def test_a_client_who_is_logged_in_comes_by_way_of_it_and_nobody_else(consultant, client_user, stranger):
    quotation, _token = make_sent(consultant, client=make_client(consultant, user=client_user))
    url = reverse("quotations:by_login", args=[quotation.pk])
    theirs, others = Browser(), Browser()
    theirs.force_login(client_user)
    others.force_login(stranger)
    assert theirs.get(url).url.startswith("/q/")
    assert others.get(url).status_code == 404


def test_the_number_of_queries_is_fixed(client, sent, django_assert_max_num_queries):
    _quotation, token = sent
    client.get(page(token))
    with django_assert_max_num_queries(12):
        client.get(page(token))
