"""From sign-up to a paid booking, its move and its refund, in Chromium: on what ``bin/run`` starts, and on the
separate parts (PostgreSQL, Redis, two web processes, a worker, beat)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import sites
from tests.e2e.conftest import database_of_its_own
from tests.e2e.steps import PASSWORD, Walk, make_admin

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
EVERYTHING_MADE = """
SELECT table_name, column_name, ordinal_position, data_type, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass::text, conname, 0, pg_get_constraintdef(oid), 0, '', ''
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tablename, indexname, 0, indexdef, 0, '', '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgrelid::regclass::text, tgname, 0, pg_get_triggerdef(oid), 0, '', ''
    FROM pg_trigger WHERE NOT tgisinternal
"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    from PIL import Image

    path = tmp_path / "identity.png"
    Image.new("RGB", (600, 400), "white").save(path)
    return path


def test_on_what_bin_run_starts(embedded_site: sites.Site, visit: Visit, paper: Path) -> None:
    walk_the_main_job(embedded_site, visit, paper, admin=("admin@demo.naksha.test", "Naksha-demo-2026"))


@pytest.mark.postgres
@pytest.mark.redis
def test_a_database_that_is_laid_out_quickly_is_the_one_that_migrate_makes(
    separate_site: sites.Site, separate_database: str
) -> None:
    """That of a first start is, and those of the suite are (naksha.schema); the separate site's was migrated."""
    with database_of_its_own("laid_out") as url:
        environment = {**separate_site.environment, "DATABASE_URL": url}
        lay_out = [sys.executable, "manage.py", "lay_out", "-v0"]
        subprocess.run(lay_out, cwd=sites.ROOT, env=environment, check=True)
        made = schema_of(separate_database)
        assert len(made) > 2_000
        assert schema_of(url) == made


def schema_of(url: str) -> set[tuple[str, ...]]:
    import psycopg

    with psycopg.connect(url) as asked:
        return {tuple(map(str, row)) for row in asked.execute(EVERYTHING_MADE)}


@pytest.mark.postgres
@pytest.mark.redis
def test_on_separate_processes(separate_site: sites.Site, separate_database: str, visit: Visit, paper: Path) -> None:
    environment = sites.clean_environment(
        DATABASE_URL=separate_database,
        REDIS_URL=os.environ["REDIS_URL"],
        NAKSHA_DATA=str(separate_site.data),
        DJANGO_SETTINGS_MODULE="naksha.settings",
    )
    make_admin(environment, "admin@e2e.test")
    walk_the_main_job(separate_site, visit, paper, admin=("admin@e2e.test", PASSWORD))


def walk_the_main_job(site: sites.Site, visit: Visit, paper: Path, *, admin: tuple[str, str]) -> None:
    walk = Walk(site)
    stamp = str(time.time_ns())[-8:]
    letters = "".join(chr(ord("a") + int(digit)) for digit in stamp)
    name, mail = f"Meera {letters.title()}", f"meera.{stamp}@e2e.test"
    client_mail = f"farhan.{stamp}@e2e.test"

    # A consultant signs up, completes the profile and applies; nothing is public so far.
    desk = visit()
    walk.sign_up(desk, name=name, email=mail)
    walk.fill_in_profile(desk, headline="Contracts, read aloud")
    walk.apply(desk, paper)
    slug = name.lower().replace(" ", "-")
    stranger = visit(width=360)
    assert stranger.request.get(f"{site.address}/{slug}/").status == 404

    # An admin approves; the consultant is told on screen and by mail.
    office = visit()
    walk.log_in(office, *admin)
    walk.approve(office, name=name)
    site.mail_to(mail, about="approved")
    desk.goto(site.address + "/notifications/")
    expect(desk.get_by_text("You are approved").first).to_be_visible()

    # Services and hours; the page is live.
    walk.offer_service(desk, title="First call", rupees="1500")
    walk.offer_service(desk, title="Long look", rupees="4200", minutes="60", by_hand=True)
    set_hours(desk, site)

    # A client finds the page and books on a phone, without an account.
    phone = visit(width=360)
    phone.goto(f"{site.address}/consultants/?q={letters}")
    phone.get_by_role("link", name=name, exact=True).click()
    expect(phone.get_by_role("heading", name=name)).to_be_visible()
    phone.get_by_role("link", name="Book First call").click()
    walk.pick_time(phone)
    walk.guest_details(phone, name="Farhan Qureshi", email=client_mail)
    expect(phone.get_by_text("Held for you").first).to_be_visible()
    walk.pay_by_upi(phone)
    manage = phone.url
    confirmed = site.mail_to(client_mail, about="Booked")
    assert "First call" in confirmed
    site.mail_to(mail, about="booked First call")

    # The link in the mail does all that a login would: calendar file, receipt, move, cancel with the refund shown.
    by_mail = site.link_in_mail_to(client_mail, r"/b/[\w-]{20,64}/", about="Booked")
    client = visit(width=360)
    client.goto(by_mail)
    calendar = client.request.get(by_mail + "calendar.ics").text()
    assert "BEGIN:VEVENT" in calendar
    assert "SEQUENCE:0" in calendar
    invoice = client.get_by_role("link", name=re.compile("^(Invoice|Receipt)")).first.get_attribute("href")
    assert client.request.get(site.address + str(invoice)).body().startswith(b"%PDF")
    client.get_by_role("link", name="All payments").click()
    expect(client.get_by_text("₹1,500.00").first).to_be_visible()
    client.goto(by_mail)
    before = client.locator("dt:has-text('When') + dd time").first.get_attribute("datetime")
    client.get_by_role("link", name="Move to another time").click()
    walk.pick_time(client, which=-2)
    client.get_by_role("button", name=re.compile("Move", re.I)).click()
    client.wait_for_url(re.compile(r"/b/[\w-]+/$"))
    assert client.locator("dt:has-text('When') + dd time").first.get_attribute("datetime") != before
    assert "SEQUENCE:1" in client.request.get(by_mail + "calendar.ics").text()
    site.mail_to(client_mail, about="moved")

    client.get_by_role("link", name=re.compile("^Cancel")).click()
    expect(client.get_by_text("₹1,500.00").first).to_be_visible()
    client.get_by_role("button", name=re.compile("Cancel and get ₹1,500.00 back")).click()
    expect(client.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    site.mail_to(client_mail, about="cancelled")
    wait_for(lambda: refunded(client, manage), within=60, what="the refund on the booking's page")

    # A request by hand: declined with a reason, refunded by itself.
    phone.goto(f"{site.address}/{slug}/")
    phone.get_by_role("link", name="Request Long look").click()
    walk.pick_time(phone)
    walk.guest_details(phone, name="Farhan Qureshi", email=client_mail)
    walk.pay_by_upi(phone)
    desk.goto(site.address + "/dashboard/bookings/")
    desk.get_by_role("link", name=re.compile("^Decline.* Farhan")).click()
    desk.get_by_label(re.compile("reason|why", re.I)).fill("I am away that week.")
    desk.get_by_role("button", name="Decline the request").click()
    assert "I am away that week." in site.mail_to(client_mail, about="can’t take Long look")
    phone.reload()
    expect(phone.get_by_role("heading", name="Your request was declined")).to_be_visible()
    wait_for(lambda: refunded(phone, phone.url), within=60, what="the refund of the declined request")


def set_hours(page: Page, site: sites.Site) -> None:
    page.goto(site.address + "/dashboard/availability/")
    page.get_by_role("button", name="Begin with Monday to Friday").click()
    page.get_by_text("Not saved yet.").wait_for()
    page.get_by_role("button", name="Save hours").click()
    page.get_by_text("a week.").wait_for()


def refunded(page: Page, address: str) -> bool:
    page.goto(address)
    return bool(page.get_by_text("Refunded", exact=True).count())


def wait_for(ready: Callable[[], Any], *, within: float, what: str) -> None:
    deadline = time.monotonic() + within
    while not ready():
        assert time.monotonic() < deadline, f"{what} did not come within {within} s"
        time.sleep(0.5)
