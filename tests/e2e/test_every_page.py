"""Every page that a person can reach by links: axe finds nothing in either theme at either width, nothing is wider
than the screen, and the keyboard reaches all that can be pressed. The pages are found by walking, not by a list."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from tests.e2e import sites
from tests.e2e.steps import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = sites.ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "Naksha-demo-2026"
# Not pages of ours to judge: files, the mail reader's raw parts, the gateway's own pages, the framework's admin.
NOT_PAGES = re.compile(
    r"\.(ics|svg|png|jpg|pdf|xml|txt|csv|webmanifest)$"
    r"|^/(admin|static|media|emulator)/|/html/$|/logout/$|/document"
)
# Some walk through a part of the house alone: a guest with a link what it opens, an admin the lists and a row of each.
WITHIN = {
    "guest": re.compile(r"^/(b|q|sessions)/"),
    # The form of a scheduled task is the scheduler's own.
    "admin": re.compile(r"^/(styleguide/|admin/(?!django_celery_beat/.*/change/)(\w+/\w+/([^/]+/change/)?)?)$"),
}
NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/[bqw]/)[\w-]{20,64}|(?<=/mail/)[\w-]{20,}|(?<=key/)[\w-]+")
MOST_OF_A_KIND = 2
MOST_PAGES = 200  # nobody's part of the house has as many: a walk that comes to them goes in circles
STEERS = {"page", "size", "from", "tz", "next"}  # what only turns the leaves of a page, in its address
# Enough of these: the admin's pages are of few templates, and slow; a question in the address changes a page little.
ONE_OF_A_KIND = re.compile(r"^/admin/|\?.")
STARTS = {
    "visitor": [
        "/",
        "/consultants/",
        "/consultants/?q=zebra&max_price=abc",
        "/webinars/",
        "/help/",
        "/pricing/",
        "/no-such-page/",
        "/dev/mail/",
    ],
    "consultant": [
        "/dashboard/",
        "/dashboard/settings/",
        "/notifications/",
        "/accounts/email/",
        "/accounts/2fa/",
        "/accounts/sessions/",
    ],
    "client": [
        "/",
        "/me/",
        *(f"/me/{name}/" for name in ("sessions", "payments", "reviews", "saved", "profile", "data", "delete")),
        "/notifications/",
        "/notifications/preferences/",
        "/accounts/password/change/",
    ],
    "guest": [],  # links, which are made when they are needed
    "admin": ["/styleguide/", "/admin/"],
}
LEAST = {"visitor": 20, "consultant": 20, "client": 15, "guest": 6, "admin": 30}
# The private links of two bookings of one without a login: of a session to come, and of one that is over.
GUEST_LINKS = """
from django.utils import timezone
from bookings.models import Booking
from bookings.services import links
theirs = Booking.objects.filter(client__user__isnull=True, session__isnull=False).order_by("pk")
for found in (
    theirs.filter(status="accepted", starts_at__gt=timezone.now()), theirs.filter(session__status="completed")
):
    print(links.manage_url(links.mint(found.first())))
from quotations.models import Quotation
from quotations.services import links
for status in ("viewed", "accepted"):
    print(links.page_url(links.mint(Quotation.objects.filter(status=status).first())))
"""
LOGINS = {role: f"{role}@demo.naksha.test" for role in ("consultant", "client", "admin")}

NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"
# What a theme can break; all else is the same in the dark, and each rule costs.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
RUN_AXE = """async rules => {
  const only = rules.length ? { runOnly: rules } : {};
  const found = await axe.run(document, { resultTypes: ['violations'], preload: false, ...only });
  const say = n => n.target.join(' ') + ' ' + (n.any[0]?.message || n.failureSummary);
  return found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(say).join(' | '));
}"""
PRESSABLE = """() => {
  const seen = [];
  const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const away = '[inert], [aria-hidden=true]';
  for (const one of document.querySelectorAll(pressed)) {
    delete one.dataset.walk;
    const hidden = one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true }) || one.closest(away);
    if (one.disabled || hidden || (one.type === 'radio' && !one.checked)) continue;
    one.dataset.walk = seen.length;
    seen.push(one.outerHTML.slice(0, 120));
  }
  const note = event => window.walked.add(Number(event.target.dataset.walk ?? -1));
  if (!window.walked) document.addEventListener('focusin', note);
  window.walked = new Set();
  return seen;
}"""


def kind_of(address: str) -> str:
    """Addresses that differ in names alone are the same page."""
    parts = urlsplit(address)
    path = NAMES.sub("…", parts.path)
    path = re.sub(r"[^/]+(?=/change/$)", "…", path)
    path = re.sub(r"^/[a-z0-9]+-[a-z0-9-]+/(book/|$)", r"/slug/\1", path)  # every name of the market has a hyphen
    keys = {pair.split("=")[0] for pair in parts.query.split("&") if pair} - STEERS
    return path + "?" + ",".join(sorted(keys))


def is_to_be_walked(link: str, within: re.Pattern[str] | None) -> bool:
    parts = urlsplit(link)
    if within is not None:
        return bool(within.search(parts.path)) and not (parts.query and parts.path.startswith("/admin/"))
    return not NOT_PAGES.search(parts.path)


def walk_pages(page: Page, base: str, starts: list[str], *, within: re.Pattern[str] | None = None) -> Iterator[str]:
    """Open every page that links lead to from ``starts``, each kind MOST_OF_A_KIND times."""
    opened: Counter[str] = Counter()

    def enough_of(address: str) -> bool:
        kind = kind_of(address)
        return opened[kind] >= (1 if ONE_OF_A_KIND.search(kind) else MOST_OF_A_KIND)

    waiting = deque(urljoin(base, start) for start in starts)
    asked = set(waiting)
    while waiting:
        address = waiting.popleft()
        if enough_of(address):
            continue
        head = page.request.get(address)
        assert head.status < 500, f"{address}: {head.status}"
        if "text/html" not in head.headers.get("content-type", "") or enough_of(head.url):
            continue  # a paper or a file; or it leads to what was seen
        page.goto(address)
        opened.update({kind_of(address), kind_of(page.url)})
        assert opened.total() < 2 * MOST_PAGES, f"{address} and {len(waiting)} more"
        yield address
        for href in page.eval_on_selector_all("a[href]", "links => links.map(l => l.href)"):
            link = href.split("#")[0]
            if link.startswith(base) and link not in asked and is_to_be_walked(link, within):
                asked.add(link)
                waiting.append(link)


def judge(page: Page, axe: str) -> list[str]:
    """What is wrong with the page that is open, in each width and theme."""
    wrong = []
    for scheme, rules in (("light", []), ("dark", OF_COLOUR)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if "/admin/" in page.url:
            page.reload()  # the admin settles its theme when it is opened
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(NEXT_FRAME)  # what scripts draw follows the width a frame later
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"{width}px: {wide} px wide")
            wrong += [f"{width}px {scheme}: {line}" for line in page.evaluate(RUN_AXE, rules)]
    return wrong


def unreached(page: Page, *, rounds: int = 4) -> list[str]:
    """What can be pressed but the Tab key does not come to, from the top of the page to its end. Where the page draws
    a part of itself anew meanwhile, because something has happened in the house, the round begins again."""
    wanted = page.evaluate(PRESSABLE)
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    parts = 4 * sum(' type="date"' in one or ' type="time"' in one for one in wanted)  # each is several stops
    for _ in range(len(wanted) + parts + 6):
        page.keyboard.press("Tab")
    reached = set(page.evaluate("[...window.walked]"))
    missed = [wanted[n] for n in range(len(wanted)) if n not in reached]
    drawn_anew = page.locator("[data-walk]").count() < len(wanted)
    return unreached(page, rounds=rounds - 1) if missed and drawn_anew and rounds > 1 else missed


@pytest.fixture(scope="module")
def axe() -> str:
    return Path(AXE).read_text()


def starts_of(role: str, site: sites.Site) -> list[str]:
    return site.run(GUEST_LINKS).split() if role == "guest" else STARTS[role]


def cookies_that_are_not_told(page: Page, base: str) -> set[str]:
    """Which of the cookies that this browser was given the privacy page does not name."""
    told = set(re.findall(r"<code>(\w+)</code>", page.request.get(f"{base}/privacy/").text()))
    return {cookie["name"] for cookie in page.context.cookies()} - told


@pytest.mark.parametrize("role", STARTS)
def test_every_page_is_fit_for_everybody(embedded_site: sites.Site, browser: Any, role: str, axe: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Kolkata")
    page = context.new_page()
    if role in LOGINS:
        Walk(embedded_site).log_in(page, LOGINS[role], PASSWORD)
    wrong: list[str] = []
    came_to: list[str] = []
    starts = starts_of(role, embedded_site)
    for address in walk_pages(page, embedded_site.address, starts, within=WITHIN.get(role)):
        came_to.append(kind_of(page.url))
        short = address.removeprefix(embedded_site.address)
        wrong += [f"{short} {line}" for line in judge(page, axe)]
        wrong += [f"{short} keyboard never reaches {line}" for line in unreached(page)]
    not_told = cookies_that_are_not_told(page, embedded_site.address)
    context.close()
    assert len(came_to) >= LEAST[role], f"only {came_to} were found"
    if role == "guest":
        assert {"/b/…/?", "/sessions/…/?"} <= set(came_to), "the manage link did not lead into the room"
    assert not wrong, "\n".join(wrong)
    assert not not_told


def test_the_judges_see_what_is_wrong(visit: Callable[..., Page], axe: str) -> None:
    """The twin: a page that is wrong in each way fails each judge."""
    page = visit()
    page.set_content(
        "<title>x</title><style>@media (prefers-color-scheme: dark) { b { color: #222; background: #000 } }</style>"
        "<main><b>dim</b><p style='color:#eee;background:#fff'>pale</p><img src='data:,'>"
        "<div style='width:3000px'>wide</div><button style='position:fixed' onfocus='this.blur()'>flees</button></main>"
    )
    wrong = judge(page, axe)
    assert any("light: color-contrast" in line for line in wrong)
    assert any("dark: color-contrast" in line and "b" in line.split(": ")[2].split() for line in wrong)
    assert any("image-alt" in line for line in wrong)
    assert any("px wide" in line for line in wrong)
    assert unreached(page)


def test_a_part_that_is_drawn_anew_under_the_judges_hands_is_no_fault(visit: Callable[..., Page]) -> None:
    page = visit()
    page.set_content(
        "<button onfocus='this.onfocus = null; part.innerHTML = part.innerHTML'>first</button>"
        "<div id='part'><a href='#'>one</a> <a href='#'>two</a></div>"
    )
    assert unreached(page) == []
