"""Two browsers side by side, a consultant's desk and a guest's phone: from Join to the review, with a cut connection on
the way. On what ``bin/run`` starts, and on the separate parts (two web processes, a live one, a worker, beat)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.broken_line import Line, line_to
from tests.e2e import sites
from tests.e2e.steps import PASSWORD, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
INDIA = ZoneInfo("Asia/Kolkata")
CUT = r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_NETWORK|WebSocket connection to"
MEETINGS = "https://meet.jit.si/**"


def test_on_what_bin_run_starts(embedded_site: sites.Site, visit: Visit, tmp_path: Path) -> None:
    hold_a_session(embedded_site, visit, tmp_path)


@pytest.mark.postgres
@pytest.mark.redis
def test_on_separate_processes(separate_site: sites.Site, visit: Visit, tmp_path: Path) -> None:
    hold_a_session(separate_site, visit, tmp_path)


@dataclass
class Side:
    """One of the two, with the room on the screen."""

    page: Page
    other: str

    @property
    def words(self) -> list[str]:
        return self.page.locator("[data-list] [data-message] .msg-words").all_inner_texts()

    def is_told(self, text: str | re.Pattern[str], where: str) -> None:
        expect(self.page.locator(where)).to_have_text(text, timeout=60_000)

    def sees_the_other(self) -> None:
        self.is_told(f"{self.other} is here", "[data-here]")

    def write(self, words: str) -> None:
        box = self.page.get_by_label("Your message")
        box.fill(words)
        box.press("Enter")

    def has(self, *words: str) -> None:
        """These messages and no others, in this order."""
        wait_for(lambda: self.words == list(words), within=90, what=lambda: f"{list(words)}; there is {self.words}")

    def notes_reloads(self) -> None:
        self.page.evaluate("window.notReloaded = true")

    def was_not_reloaded(self) -> None:
        assert self.page.evaluate("window.notReloaded") is True


def hold_a_session(site: sites.Site, visit: Visit, tmp_path: Path) -> None:
    stamp = "".join(chr(ord("a") + int(digit)) for digit in str(time.time_ns())[-8:])
    slug, mail, client_mail = f"asha-{stamp}", f"asha.{stamp}@e2e.test", f"farhan.{stamp}@e2e.test"
    site.run(
        "from accounts.models import User; from naksha.testing import make_consultant, make_user\n"
        f"user = make_user(email={mail!r}, password={PASSWORD!r}, role='consultant', first_name='Asha',"
        " last_name='Rao')\n"
        f"make_consultant(user=user, slug={slug!r})"
    )
    desk = Side(visit(), "Farhan Qureshi")
    Walk(site).log_in(desk.page, mail)
    session = record(desk.page, site, client_mail)
    desk.page.get_by_role("link", name="Open the session’s room").click()

    link = site.link_in_mail_to(client_mail, r"/s/[\w-]{20,64}/", about="First call")
    with line_to("127.0.0.1", int(site.address.rpartition(":")[2])) as line:  # the phone's, which can be cut
        guest = Side(visit(width=360, forgive=CUT), "Asha Rao")
        guest.page.goto(f"http://127.0.0.1:{line.port}{urlsplit(link).path}")
        for side in (desk, guest):
            side.notes_reloads()
            side.sees_the_other()
        talk(desk, guest, tmp_path)
        meet(desk, guest, site, session)
        lose_the_line(desk, guest, line)
        for side in (desk, guest):
            side.was_not_reloaded()
        end(desk, guest)
        review(desk, guest, visit(), f"{site.address}/{slug}/")


def record(page: Page, site: sites.Site, client_mail: str) -> str:
    """A session that begins in three minutes, written down by the consultant, who has the client told. Its path."""
    starts = datetime.now(UTC).astimezone(INDIA) + timedelta(minutes=3)
    page.goto(f"{site.address}/dashboard/sessions/new/")
    page.get_by_label("Name").fill("Farhan Qureshi")
    page.get_by_label("Mail address").fill(client_mail)
    page.get_by_label("What it is").fill("First call")
    page.get_by_label("Day").fill(f"{starts:%Y-%m-%d}")
    page.get_by_label("Start", exact=True).fill(f"{starts:%H:%M}")
    page.get_by_role("button", name="Record the session").click()
    expect(page.get_by_text("Farhan Qureshi has been told.")).to_be_visible()
    return urlsplit(page.url).path.removeprefix("/dashboard")


def talk(desk: Side, guest: Side, tmp_path: Path) -> None:
    """Typing, messages both ways, how far they were read, and a file."""
    guest.page.get_by_label("Your message").press_sequentially("Good")
    expect(desk.page.get_by_text("Farhan Qureshi is typing")).to_be_visible()
    guest.write("Good evening. I have the notice here.")
    desk.has("Good evening. I have the notice here.")
    expect(desk.page.get_by_text("Farhan Qureshi is typing")).to_be_hidden()
    guest.is_told(re.compile(r"^Read"), ".msg-read")
    desk.write("Please send it to me.")
    guest.has("Good evening. I have the notice here.", "Please send it to me.")
    desk.is_told(re.compile(r"^Read"), ".msg-read")

    paper = tmp_path / "notice.txt"
    paper.write_text("Notice 143(1), answered by Friday.")
    guest.page.locator("#chat-files").set_input_files(paper)
    guest.page.get_by_role("button", name="Send", exact=True).click()
    came = desk.page.get_by_role("link", name=re.compile("notice.txt"))
    expect(came).to_be_visible()
    with desk.page.expect_download() as loading:
        came.click()
    assert Path(loading.value.path()).read_text() == paper.read_text()


def lose_the_line(desk: Side, guest: Side, line: Line) -> None:
    """The phone is in a tunnel: nothing is lost, and nothing comes twice."""
    before = desk.words
    guest.page.context.set_offline(True)
    line.refuse()
    guest.is_told("You are offline. Messages will be sent when you’re back.", "[data-bar]")
    meanwhile = ["One: breathe.", "Two: it is a letter like any other.", "Three: we answer on Friday."]
    for words in meanwhile:
        desk.write(words)
    desk.has(*before, *meanwhile)
    guest.write("Are you still there?")
    waiting = guest.page.locator("[data-pending]")
    expect(waiting).to_contain_text("Are you still there?")
    expect(waiting).to_contain_text("You are offline")
    assert guest.words == before
    desk.has(*before, *meanwhile)
    line.mend()
    guest.page.context.set_offline(False)
    for side in (guest, desk):
        side.has(*before, *meanwhile, "Are you still there?")
    expect(waiting).to_have_count(0)
    expect(guest.page.locator("[data-bar]")).to_be_hidden(timeout=60_000)
    sequences = guest.page.eval_on_selector_all("[data-list] [data-message]", "all => all.map(l => l.dataset.sequence)")
    assert sequences == [str(n) for n in range(1, len(sequences) + 1)]
    desk.sees_the_other()
    # It is the live connection again that carries, not a look every few seconds: typing goes by nothing else.
    typing = desk.page.get_by_text("Farhan Qureshi is typing")

    def types() -> bool:
        guest.page.get_by_label("Your message").press_sequentially(".")
        desk.page.wait_for_timeout(700)
        return typing.is_visible()

    wait_for(types, within=90, what=lambda: "the live connection of the phone is back")
    guest.page.get_by_label("Your message").fill("")


def meet(desk: Side, guest: Side, site: sites.Site, session: str) -> None:
    """The consultant starts it on the desk; both join the meeting in a tab of its own, and the log says so."""
    looking = desk.page.context.new_page()
    looking.goto(f"{site.address}/dashboard{session}")
    looking.get_by_role("button", name="Start the session").click()
    for side in (desk, guest):
        expect(side.page.locator(".now-top")).to_contain_text("In session", timeout=60_000)
    addresses = set()
    for side in (desk, guest):
        side.page.context.route(MEETINGS, lambda route: route.fulfill(body="in the meeting"))
        with side.page.context.expect_page() as coming:
            side.page.get_by_role("button", name="Join the meeting").click()
        coming.value.wait_for_url(MEETINGS)
        addresses.add(urlsplit(coming.value.url)._replace(query="", fragment="").geturl())
        coming.value.close()
    assert len(addresses) == 1, addresses
    looking.goto(f"{site.address}/dashboard{session}")
    for who in ("You", "Farhan Qureshi"):
        expect(looking.get_by_text(f"{who}: Joined the meeting")).to_be_visible()
    looking.close()


def end(desk: Side, guest: Side) -> None:
    desk.page.locator("summary", has_text="End the session").click()
    desk.page.get_by_label(re.compile("What came of it")).fill("We answer the notice by Friday. Bring the lease.")
    desk.page.get_by_role("button", name="End it now").click()
    expect(desk.page.locator(".now-top")).to_contain_text("Completed")
    expect(guest.page.locator(".now-top")).to_contain_text("Completed", timeout=60_000)
    expect(guest.page.get_by_text("We answer the notice by Friday. Bring the lease.")).to_be_visible()
    expect(guest.page.get_by_role("button", name="Join the meeting")).to_have_count(0)
    guest.was_not_reloaded()


def review(desk: Side, guest: Side, stranger: Page, public: str) -> None:
    """Four stars; the consultant's bell counts at once, and everybody reads it on the public page."""
    desk.notes_reloads()
    count = desk.page.locator("[data-bell-count]")
    before = int(count.inner_text() or 0) if count.is_visible() else 0
    guest.page.locator("label.rate-star", has_text="4 stars:").click()
    guest.page.get_by_label(re.compile("What would you tell somebody")).fill("Calm, and clear to the last letter.")
    guest.page.get_by_role("button", name="Give the review").click()
    expect(guest.page.get_by_role("heading", name="Your review")).to_be_visible()
    wait_for(
        lambda: count.is_visible() and int(count.inner_text()) > before,
        within=30,
        what=lambda: f"more than {before} on the bell",
    )
    desk.was_not_reloaded()

    def is_public() -> bool:
        stranger.goto(public)
        return bool(stranger.get_by_text("Calm, and clear to the last letter.").count())

    wait_for(is_public, within=90, what=lambda: "the review on the public page")


def wait_for(ready: Callable[[], Any], *, within: float, what: Callable[[], str]) -> None:
    deadline = time.monotonic() + within
    while not ready():
        assert time.monotonic() < deadline, f"not within {within} s: {what()}"
        time.sleep(0.3)
