"""Requests, quotations and reviews: what the consultant answers, sends and takes back, and what the client says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from bookings.models import Booking
from bookings.testing import details, make_paid
from consultants.models import Consultant
from naksha.testing import make_client, next_slot_start
from notifications.models import OutgoingMail
from payments.models import Refund
from quotations.models import Quotation
from quotations.testing import make_sent
from sessions_app.models import Review
from sessions_app.testing import make_review
from tests.acts.walk import SCREENS, Screen, walking
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("screen", SCREENS)]


def mails(template: str) -> int:
    return meanwhile(lambda: OutgoingMail.objects.filter(template=template).count())


def test_a_request_is_accepted_and_another_declined_with_a_reason(
    live_server: Any, consultant: Consultant, fake_gateway: Any, screen: Screen
) -> None:
    asked = {}
    for day, name in ((2, "Meera Iyer"), (3, "Kabir Shah")):
        typed = details(name=name, email=f"{name.split()[0].lower()}@example.com")
        start = next_slot_start(day)
        asked[name] = make_paid(fake_gateway, consultant, starts_at=start, details=typed, confirmation="manual")[0]
    with walking(live_server, consultant.user, screen, "requests") as walk:
        walk.open("/dashboard/bookings/")
        walk.fits("two requests")
        walk.press(walk.button("Accept Meera Iyer"))
        walk.sees("Accepted. Meera Iyer has been told.")
        walk.fits("accepted")
        walk.open("/dashboard/bookings/")
        walk.press(walk.link("Decline… Kabir Shah"))
        walk.heading("Decline Kabir Shah’s request?")
        walk.sees("Kabir Shah gets ₹1,500.00 back")
        walk.press(walk.button("Decline the request"))
        walk.error_beside("Reason", "Say why, in a sentence.")
        walk.fits("no reason")
        walk.type(walk.page.get_by_label("Reason"), "I am away that week.")
        walk.press(walk.button("Decline the request"))
        walk.sees("Declined. Kabir Shah has been told.")
        walk.sees("I am away that week.")
        walk.fits("declined")
    states = dict(Booking.objects.values_list("contact_name", "status"))
    assert states == {"Meera Iyer": "accepted", "Kabir Shah": "rejected"}
    refund = Refund.objects.get()
    assert (refund.amount_paise, refund.payment.payable_id) == (150_000, asked["Kabir Shah"].pk)
    assert Booking.objects.get(status="accepted").session is not None


def test_a_quotation_is_written_sent_revised_copied_and_withdrawn(
    live_server: Any, consultant: Consultant, screen: Screen
) -> None:
    make_client(consultant, name="Meera Iyer", email="meera@example.com")
    with walking(live_server, consultant.user, screen, "quotation") as walk:
        page = walk.page
        walk.open("/dashboard/quotations/")
        walk.press(walk.link("New quotation").first)
        walk.type(page.get_by_label("Client", exact=True), "meera@example.com")
        walk.type(page.get_by_label("What it is for"), "A company of your own")
        walk.type(page.get_by_label("What it is", exact=True), "Registration")
        walk.type(page.get_by_label("Price of one"), "25,000")
        with page.expect_response("**/totals/"):
            walk.type(page.get_by_label("Discount").last, "150")
        walk.press(walk.button("Save the draft"))
        walk.told()
        walk.sees("It can be at most 100 %.")
        walk.fits("too much off")
        walk.type(page.get_by_label("Discount").last, "20")
        expect(page.locator("#totals")).to_contain_text("₹20,000.00")
        walk.press(walk.button("Add a line"))
        expect(page.get_by_label("What it is", exact=True).last).to_be_focused()
        page.keyboard.insert_text("The first return")
        walk.type(page.get_by_label("Price of one").last, "6,250")
        expect(page.locator("#totals")).to_contain_text("₹25,000.00")
        walk.press(walk.button("Save the draft"))
        walk.sees("Saved. It goes to nobody until you send it.")
        walk.fits("a draft")
        draft = meanwhile(Quotation.objects.get)
        walk.press(walk.button("Send by mail"))
        walk.sees("Sent to Meera Iyer.")
        walk.fits("sent")
        assert mails("quotation_sent") == 1
        walk.press(walk.button("Revise"))
        walk.heading("Revise the quotation")
        walk.press(walk.button("Remove 2"))
        expect(walk.button("Remove 2")).to_have_count(0)
        walk.type(walk.page.get_by_label("Price of one"), "32,500")
        expect(walk.page.locator("#totals")).to_contain_text("₹26,000.00")
        walk.press(walk.button("Save the draft"))
        walk.press(walk.button("Send by mail"))
        walk.sees("Sent to Meera Iyer.")
        walk.press(walk.button("Duplicate"))
        walk.heading("Change the quotation")
        walk.type(walk.page.get_by_label("What it is for"), "The same for the second company")
        walk.press(walk.button("Save the draft"))
        walk.heading("The same for the second company")
        walk.press(walk.link("Quotations"))
        expect(walk.page.get_by_role("row", name="Sent")).to_be_visible()
        walk.fits("the list")
        walk.press(walk.page.get_by_role("row", name="Sent").get_by_role("link"))
        walk.press(walk.link("Withdraw…"))
        walk.heading("Withdraw ")
        walk.fits("to be withdrawn")
        walk.type(walk.page.get_by_label("Reason"), "The law has changed.")
        walk.press(walk.button("Withdraw it"))
        walk.sees("Withdrawn.")
        walk.fits("withdrawn")
    by_version = Quotation.objects.filter(number=Quotation.objects.get(pk=draft.pk).number).order_by("version")
    assert [(one.version, one.total_paise, one.ending) for one in by_version] == [
        (1, 2_500_000, "revised"),
        (2, 2_600_000, "withdrawn"),
    ]
    copy = Quotation.objects.get(status="draft")
    assert (copy.title, copy.total_paise) == ("The same for the second company", 2_600_000)


def test_the_client_asks_accepts_or_declines_by_the_link(
    live_server: Any, consultant: Consultant, fake_gateway: Any, screen: Screen
) -> None:
    (agreed, first), (refused, second) = (make_sent(consultant, deposit_points=5_000) for _ in range(2))
    with walking(live_server, None, screen, "offer") as walk:
        walk.open(f"/q/{first}/")
        walk.press(walk.page.locator("summary", has_text="Ask something first"))
        walk.press(walk.button("Ask"))
        walk.error_beside("Your question", "Write your question.")
        walk.fits("nothing asked")
        walk.type(walk.page.get_by_label("Your question"), "Is the fee of the registry in it?")
        walk.press(walk.button("Ask"))
        walk.sees("Not answered yet. You get a mail.")
        walk.fits("asked")
        walk.press(walk.button("Accept for ₹25,000.00"))
        walk.told()
        walk.fits("no name")
        walk.type(walk.page.locator("#answer").get_by_role("textbox"), "Farhan Qureshi")
        walk.press(walk.button("Accept for ₹25,000.00"))
        walk.heading("Pay to begin")
        walk.fits("to be paid")
        walk.open(f"/q/{second}/")
        walk.press(walk.page.locator("summary", has_text="Decline it"))
        walk.press(walk.button("Decline"))
        walk.told()
        walk.fits("no reason")
        walk.type(walk.page.locator("#questions details[open]").get_by_role("textbox"), "Too much for us this year.")
        walk.press(walk.button("Decline"))
        walk.heading("You have declined this quotation")
        walk.fits("declined")
    agreed.refresh_from_db()
    refused.refresh_from_db()
    assert (agreed.status, agreed.accepted_name) == ("accepted", "Farhan Qureshi")
    assert (refused.status, refused.close_reason) == ("declined", "Too much for us this year.")
    assert agreed.questions.get().body == "Is the fee of the registry in it?"


def test_a_review_has_its_one_reply(live_server: Any, consultant: Consultant, screen: Screen) -> None:
    review = make_review(consultant)
    Review.objects.filter(pk=review.pk).update(reviewed_at=review.reviewed_at - timedelta(days=1))
    with walking(live_server, consultant.user, screen, "review") as walk:
        walk.open("/dashboard/reviews/")
        walk.fits("to answer")
        walk.press(walk.page.locator("summary", has_text="Reply"))
        walk.press(walk.button("Publish the reply"))
        walk.told()
        walk.fits("no reply")
        walk.type(walk.page.locator("textarea"), "Thank you. The return is filed.")
        walk.press(walk.button("Publish the reply"))
        walk.sees("Your reply is under the review.")
        walk.sees("Thank you. The return is filed.")
        expect(walk.page.locator("summary", has_text="Reply")).to_have_count(0)
        walk.fits("answered")
    review.refresh_from_db()
    assert review.reply == "Thank you. The return is filed."
