"""Reading the mails that the embedded mode has sent. Every page is 404 where mail really goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from pathlib import Path
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from notifications import backends

_NAME = re.compile(r"\d{20}-[0-9a-f]{12}")
_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class KeptMail:
    name: str
    message: EmailMessage

    @classmethod
    def read(cls, path: Path) -> KeptMail:
        parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
        return cls(path.stem, parsed)

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.split("-")[0]) / 1e9, tz=UTC)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def calendar(self) -> str:
        for part in self.message.iter_attachments():
            if part.get_filename() == "invite.ics":
                return bytes(part.get_payload(decode=True)).decode()  # type: ignore[arg-type]
        return ""

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


def emulator_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.PRODUCTION or not settings.MAIL_EMULATOR:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _find(name: str) -> KeptMail:
    path = backends.folder() / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.exists():
        raise Http404
    return KeptMail.read(path)


@require_safe
@emulator_only
def mails(request: HttpRequest) -> HttpResponse:
    """The newest first; ``?q=`` looks in subject and address."""
    wanted = request.GET.get("q", "").strip().lower()
    found = (KeptMail.read(path) for path in sorted(backends.folder().glob("[0-9]*.eml"), reverse=True))
    shown = [mail for mail in found if wanted in f"{mail.subject} {mail.to}".lower()][:_PER_PAGE]
    return render(
        request,
        "notifications/dev_mails.html",
        {"mails": shown, "q": request.GET.get("q", ""), "fault": backends.fault()},
    )


@require_safe
@emulator_only
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "notifications/dev_mail.html", {"mail": _find(name)})


@require_safe
@emulator_only
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": ["'none'"],
        "script-src": None,
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, in a sandbox without script; links open beside it."""
    return HttpResponse(_find(name).html.replace("<head>", '<head><base target="_blank">', 1))


@require_safe
@emulator_only
def mail_calendar(request: HttpRequest, name: str) -> HttpResponse:
    calendar = _find(name).calendar
    if not calendar:
        raise Http404
    return HttpResponse(
        calendar.encode(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invite.ics"'},
    )


@require_POST
@emulator_only
def set_fault(request: HttpRequest) -> HttpResponse:
    """Make the mail server misbehave, or behave again."""
    kind = request.POST.get("fault", "")
    if kind not in ("", *backends.FAULTS):
        raise Http404
    backends.set_fault(kind)
    return redirect("notifications:dev_mails")
