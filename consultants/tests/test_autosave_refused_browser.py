"""What a section that saves by itself does when the site won't take it: another login, another account, too much."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consultants.models import Consultant, MailWords
from consultants.tests.saving import Desk
from naksha.testing import make_consultant
from tests.window import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MAILS = reverse("consultants:mails")


def test_who_was_logged_out_logs_in_in_another_tab_and_saves(desk: Desk) -> None:
    desk.open(MAILS)
    desk.page.context.clear_cookies(name="sessionid")
    desk.type("reminder", "After the login had ended")
    desk.leave()
    expect(desk.said).to_contain_text("you are logged out")
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(desk.said).to_contain_text("you are logged out")
    desk.log_in_elsewhere(desk.consultant.user.email)
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back in this tab
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "After the login had ended"}
    so_far = len(desk.sent)
    desk.type("reminder", "And on")
    desk.leave()
    desk.waits_for(so_far + 1)
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "And on"}
    assert len(desk.sent) == so_far + 1, "the page has the new token"


def test_coming_back_to_the_window_is_enough_where_both_are_in_view(desk: Desk) -> None:
    desk.open(MAILS)
    desk.page.context.clear_cookies(name="sessionid")
    desk.type("reminder", "Beside the other window")
    desk.leave()
    expect(desk.said).to_contain_text("you are logged out")
    desk.log_in_elsewhere(desk.consultant.user.email)
    desk.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Beside the other window"}


def test_who_logged_in_anew_in_another_tab_before_saving_notices_nothing(desk: Desk) -> None:
    desk.open(MAILS)
    desk.log_in_elsewhere(desk.consultant.user.email)
    desk.type("reminder", "Typed in the old tab")
    desk.leave()
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Typed in the old tab"}


def test_nothing_is_saved_for_another_account_that_logged_in_meanwhile(desk: Desk) -> None:
    others: list[Consultant] = []
    meanwhile(lambda: others.append(make_consultant()))
    desk.open(MAILS)
    desk.log_in_elsewhere(others[0].user.email)
    desk.type("reminder", "Mine alone")
    desk.leave()
    expect(desk.said).to_contain_text("logged in with another account")
    expect(desk.said).to_contain_text(desk.consultant.user.email)
    assert len(desk.sent) == 1, "what was refused is not sent again"
    kept: list[int] = []
    meanwhile(lambda: kept.append(MailWords.objects.count()))
    assert kept == [0]
    desk.log_in_elsewhere(desk.consultant.user.email)
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Mine alone"}


def test_who_may_not_be_here_any_more_is_not_called_logged_out(desk: Desk) -> None:
    desk.open(MAILS)
    meanwhile(lambda: Consultant.objects.update(status="suspended"))
    desk.type("reminder", "Kept here")
    desk.leave()
    expect(desk.said).to_contain_text("this page is not open to you now")
    meanwhile(lambda: Consultant.objects.update(status="approved"))
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Kept here"}


@pytest.mark.parametrize(("status", "words"), [(400, "error 400"), (404, "error 404"), (413, "more than can be sent")])
def test_what_the_site_refuses_is_told_and_not_sent_again_as_it_is(desk: Desk, status: int, words: str) -> None:
    desk.open(MAILS)
    desk.answers = [{"status": status, "body": "no"}]
    desk.type("reminder", "Once")
    desk.leave()
    expect(desk.said).to_contain_text(words)
    desk.page.focus("#id_reminder")
    desk.leave()
    desk.page.wait_for_timeout(2600)  # longer than until the first try after a failure
    assert len(desk.sent) == 1
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Once"}


def test_after_too_much_it_waits_as_long_as_it_is_told_and_sends_once_more(desk: Desk) -> None:
    desk.open(MAILS)
    too_many = {"status": 429, "headers": {"Retry-After": "2"}, "body": "no"}
    desk.answers = [too_many, too_many]
    desk.page.evaluate(
        """() => {
          const own = fetch;
          window.tried = [];
          window.fetch = (url, options) => {
            if (options?.headers?.["X-Requested-With"] === "autosave") tried.push(Date.now());
            return own(url, options);
          };
        }"""
    )
    desk.type("reminder", "Patient")
    desk.leave()
    expect(desk.said).to_contain_text("sent once more by itself")
    desk.type("reminder", "Patient, and more")
    desk.leave()
    desk.waits_for(2)
    expect(desk.said).to_contain_text("Wait some minutes")
    first, second = desk.page.evaluate("tried")
    assert second - first >= 2000
    desk.page.wait_for_timeout(2600)
    assert len(desk.sent) == 2
    desk.page.get_by_role("button", name="Try again").click()
    expect(desk.said).to_contain_text("Saved at")
    assert desk.stored() == {"reminder": "Patient, and more"}
