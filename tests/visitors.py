"""A client in a browser without script: opens pages, fills in forms, presses buttons. Sockets, cookies and all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

from availability.picker import start_text
from bookings.models import Booking
from bookings.services import links
from consultants.models import Service
from payments.razorpay.emulator.testing import RunningEmulator


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(has.get("action", "")))
        elif tag == "input" and has.get("type") == "hidden" and self.found:
            self.found[-1].fields[has["name"]] = has.get("value", "")


def forms(page: httpx.Response) -> list[Form]:
    reader = _Forms()
    reader.feed(page.text)
    return reader.found


class Visitor:
    """``page`` is what is on the screen."""

    def __init__(
        self, address: str, *, name: str = "Meera Iyer", email: str = "meera@example.com", verify: Any = True
    ) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True, timeout=90, verify=verify)
        self.email = email
        self.page = httpx.Response(204)
        self.token = ""

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def see(self, path: str) -> httpx.Response:
        self.page = self.http.get(path)
        return self._seen()

    def send(self, form: Form, **typed: Any) -> httpx.Response:
        """Send a form of this page, what it holds itself and what is typed. An empty action is the page itself."""
        here = str(self.page.url)
        self.page = self.http.post(form.action or here, data={**form.fields, **typed}, headers={"Referer": here})
        return self._seen()

    def _seen(self) -> httpx.Response:
        parts = self.page.url.path.strip("/").split("/")
        if parts[0] == "b" and len(parts) > 1:
            self.token = parts[1]
        return self.page

    # --- booking ----------------------------------------------------------------------------

    def choose(self, service: Service, start: datetime) -> Form:
        """Open the details of a time. The form that books it."""
        path = f"/{service.consultant.slug}/book/{service.pk}/details/"
        self.see(f"{path}?{urlencode({'start': start_text(start)})}")
        assert self.page.status_code == 200, self.page.text[:2000]
        return next(form for form in forms(self.page) if form.action == path and "nonce" in form.fields)

    def press(self, form: Form) -> httpx.Response:
        return self.send(form, name="Meera Iyer", email=self.email, phone="", state_code="27", pin_code="411001")

    def book(self, service: Service, start: datetime) -> httpx.Response:
        return self.press(self.choose(service, start))

    @property
    def booking(self) -> Booking:
        return links.resolve(self.token)

    # --- paying -----------------------------------------------------------------------------

    def checkout(self) -> dict[str, str]:
        """What the pay page sends to the gateway; empty where it has no such form."""
        return next((form.fields for form in forms(self.page) if "order_id" in form.fields), {})

    def pay_at(self, gateway: RunningEmulator, outcome: str = "captured") -> dict[str, str]:
        """Pay on the gateway's own page. What the browser then brings home."""
        brought: dict[str, str] = gateway.pay(self.checkout()["order_id"], outcome)["checkout"]
        return brought

    def come_home(self, brought: dict[str, str]) -> httpx.Response:
        self.page = self.http.post(f"/b/{self.token}/pay/done/", data=brought)
        return self._seen()

    def cancel(self) -> httpx.Response:
        path = f"/b/{self.token}/cancel/"
        self.see(path)
        form = next(form for form in forms(self.page) if "refund" in form.fields)
        return self.send(form, reason="")
