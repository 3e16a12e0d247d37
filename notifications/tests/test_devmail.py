"""Sent mails can be read in the embedded mode, and nowhere else."""

from __future__ import annotations

import smtplib
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from notifications import backends

LIST = "/dev/mail/"


@pytest.fixture(autouse=True)
def _kept(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MAIL_EMULATOR = True


def send(subject: str = "Booked", to: str = "farhan@example.com", calendar: str = "") -> str:
    message = EmailMultiAlternatives(subject, "Text <b> https://naksha.test/b/x/", "a@example.com", [to])
    message.attach_alternative(
        "<!doctype html><html><head></head><body><script>x</script>HTML</body></html>", "text/html"
    )
    if calendar:
        message.attach("invite.ics", calendar.encode(), "application/ics")
    assert backends.FolderBackend().send_messages([message]) == 1
    return max(path.stem for path in backends.folder().glob("*.eml"))


def test_nothing_sent_says_what_to_do(client: Client) -> None:
    assert "No mail has been sent yet." in client.get(LIST).content.decode()


def test_a_mail_cut_off_while_it_was_written_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_bytes", lambda path, data: path.touch())
    monkeypatch.setattr(Path, "rename", lambda path, target: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(OSError, match="killed"):
        send()
    assert list(backends.folder().glob("*.eml")) == []


def test_sent_mails_are_listed_and_found(client: Client) -> None:
    send("Booked", "farhan@example.com")
    send("Declined", "kavya@example.com")
    assert client.get(LIST).content.decode().index("Declined") < client.get(LIST).content.decode().index("Booked")
    found = client.get(LIST + "?q=KAVYA").content.decode()
    assert "Declined" in found
    assert "Booked" not in found


def test_a_mail_is_shown_in_both_parts(client: Client) -> None:
    name = send(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    page = client.get(f"{LIST}{name}/").content.decode()
    assert "Text &lt;b&gt;" in page
    assert "BEGIN:VCALENDAR" in page
    assert "frame-src 'self'" in client.get(f"{LIST}{name}/")["Content-Security-Policy"]


def test_the_html_part_runs_no_script(client: Client) -> None:
    response = client.get(f"{LIST}{send()}/html/")
    policy = response["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_the_calendar_file_is_a_download(client: Client) -> None:
    response = client.get(f"{LIST}{send(calendar='BEGIN:VCALENDAR')}/invite.ics")
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content == b"BEGIN:VCALENDAR"
    assert client.get(f"{LIST}{send()}/invite.ics").status_code == 404


@pytest.mark.parametrize("name", ["nothing", "..%2Fsecret.key", "0" * 20 + "-" + "f" * 12])
def test_only_kept_mails_can_be_asked_for(client: Client, name: str) -> None:
    assert client.get(f"{LIST}{name}/").status_code == 404


@pytest.mark.parametrize("change", [{"MAIL_EMULATOR": False}, {"PRODUCTION": True}])
def test_it_is_not_there_where_mail_goes_out(client: Client, settings: Any, change: dict[str, Any]) -> None:
    name = send(calendar="BEGIN:VCALENDAR")
    for key, value in change.items():
        setattr(settings, key, value)
    for path in ("", f"{name}/", f"{name}/html/", f"{name}/invite.ics"):
        assert client.get(LIST + path).status_code == 404
    assert client.post(LIST + "fault/", {"fault": "refuse"}).status_code == 404
    assert backends.fault() == ""


@pytest.mark.parametrize(
    ("kind", "error"),
    [("refuse", ConnectionRefusedError), ("reject", smtplib.SMTPRecipientsRefused), ("hang", TimeoutError)],
)
def test_the_server_can_be_made_to_fail(client: Client, settings: Any, kind: str, error: type[Exception]) -> None:
    settings.EMAIL_TIMEOUT = 0
    assert client.post(LIST + "fault/", {"fault": kind}).status_code == 302
    with pytest.raises(error):
        send()
    assert list(backends.folder().glob("*.eml")) == []
    client.post(LIST + "fault/", {"fault": ""})
    assert send()


def test_an_unknown_fault_is_refused(client: Client) -> None:
    assert client.post(LIST + "fault/", {"fault": "explode"}).status_code == 404
    with pytest.raises(ValueError, match="explode"):
        backends.set_fault("explode")


def test_old_mails_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "KEPT", 2)
    names = [send(f"Mail {n}") for n in range(3)]
    assert sorted(path.stem for path in backends.folder().glob("*.eml")) == names[1:]
