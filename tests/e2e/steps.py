"""The main job in a browser, step by step, as a person does it: by labels and names, never by markup."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.sites import ROOT, Site

PASSWORD = "Monsoon-2026!"


@dataclass(frozen=True)
class Walk:
    site: Site

    def sign_up(self, page: Page, *, name: str, email: str) -> None:
        page.goto(self.site.address + "/accounts/signup/")
        page.get_by_label("Name", exact=False).first.fill(name)
        page.get_by_label("Mail address").fill(email)
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        link = self.site.link_in_mail_to(email, r"/accounts/confirm-email/[^\s]+")
        page.goto(link)
        page.get_by_role("button", name="Yes, it is mine").click()
        self.log_in(page, email)

    def log_in(self, page: Page, email: str, password: str = PASSWORD) -> None:
        page.goto(self.site.address + "/accounts/login/")
        if page.get_by_label("Mail address").count():
            page.get_by_label("Mail address").fill(email)
            page.get_by_role("textbox", name="Password").fill(password)
            page.get_by_role("button", name="Log in", exact=True).click()
            page.wait_for_url(re.compile(r"^(?!.*/accounts/login/)"))

    def fill_in_profile(self, page: Page, *, headline: str) -> None:
        page.goto(self.site.address + "/dashboard/profile/")
        page.get_by_label("Headline").fill(headline)
        page.get_by_label("About you").fill("Ten years of practice.\n\nI answer in plain words.")
        page.get_by_label("Law", exact=True).check()
        page.get_by_label("English", exact=True).check()
        page.get_by_label("City").select_option(label="Pune")
        page.get_by_label("Years of practice").fill("10")
        page.get_by_label("Years of practice").press("Enter")
        expect(page.get_by_text("Saved at")).to_be_visible()

    def apply(self, page: Page, paper: Path) -> None:
        page.goto(self.site.address + "/dashboard/application/")
        page.get_by_label("What it is").select_option(label="Proof of identity")
        page.get_by_label("File").set_input_files(paper)
        page.get_by_role("button", name="Add the document").click()
        page.get_by_role("button", name="Send the application").click()
        expect(page.get_by_text("We are reading it.")).to_be_visible()

    def approve(self, page: Page, *, name: str) -> None:
        page.goto(self.site.address + "/admin/consultants/consultant/")
        page.get_by_role("link", name=name).first.click()
        page.locator("summary", has_text="Approve").click()
        move = page.locator("details[open]", has_text="Approve")
        move.locator("textarea").fill("Papers seen and checked.")
        move.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("Approved").first).to_be_visible()

    def offer_service(self, page: Page, *, title: str, rupees: str, minutes: str = "30", by_hand: bool = False) -> None:
        page.goto(self.site.address + "/dashboard/services/")
        page.get_by_role("link", name=re.compile("New service|Set up a service")).first.click()
        page.get_by_role("textbox", name="Title").fill(title)
        page.get_by_role("spinbutton", name="Length").fill(minutes)
        page.get_by_role("textbox", name="Price").fill(rupees)
        if by_hand:
            page.get_by_label("By hand", exact=False).check()
        page.get_by_role("button", name="Put it on my page").click()
        expect(page.get_by_text(title).first).to_be_visible()

    def pick_time(self, page: Page, *, which: int = -1) -> None:
        """Choose a day well ahead and a time of it."""
        day = page.locator("a.cal-day:not(.off)").nth(which)
        name = day.get_attribute("id")
        day.click()
        page.locator(f"#{name}[aria-current]").wait_for()
        page.locator("#times .slots a.chip").first.click()

    def guest_details(self, page: Page, *, name: str, email: str) -> None:
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Mail address").fill(email)
        page.get_by_label("Phone").fill("98000 00001")
        for label, value in (("State", "Maharashtra"), ("PIN code", "411001")):
            control = page.get_by_label(label)
            if control.count():
                control.select_option(label=value) if label == "State" else control.fill(value)
        page.locator("form#details .btn-go").click()

    def pay_by_upi(self, page: Page) -> None:
        page.get_by_role("button", name=re.compile(r"^Pay ₹")).click()
        page.get_by_label("UPI id").fill("success@razorpay")
        page.get_by_role("button", name=re.compile("by UPI")).click()
        page.wait_for_url(re.compile(r"/b/[\w-]+/$"))
        expect(page.get_by_role("heading", name=re.compile("Booked|request"))).to_be_visible()


def make_admin(environment: dict[str, str], email: str) -> None:
    """An admin, as the production guide makes one: by a command, with the address confirmed."""
    code = (
        "import django; django.setup()\n"
        "from accounts.services import create_account\n"
        f"create_account(name='Admin Person', email={email!r}, password={PASSWORD!r}, role='admin', verified=True)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
