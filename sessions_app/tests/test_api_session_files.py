"""Sessions over the API as files: for a calendar, and as a table."""

import csv
import io

import pytest

from naksha.api.testing import api_of
from naksha.testing import make_user
from sessions_app.models import Session
from sessions_app.testing import make_session
from sessions_app.tests.api_sides import booked, client_of, mine, session, theirs

__all__ = ["booked", "client_of", "mine", "session", "theirs"]
pytestmark = pytest.mark.django_db


def test_a_calendar_file_for_each_side(theirs, mine, session, booked, consultant):
    file = theirs.get(f"/sessions/{session.pk}/calendar.ics")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    text = file.content.decode()
    assert "METHOD:PUBLISH" in text
    assert "Second opinion with Farhan Qureshi" in text.replace("\r\n ", "")
    assert f"booking-{booked.pk}" in mine.get(f"/sessions/{booked.session_id}/calendar.ics").content.decode()
    theirs.post(f"/sessions/{session.pk}/cancel", {"reason": "Ill."})
    assert "STATUS:CANCELLED" in mine.get(f"/sessions/{session.pk}/calendar.ics").content.decode()
    assert api_of(make_user()).get(f"/sessions/{session.pk}/calendar.ics").status == 404


def test_an_export_is_the_list_and_no_formula(theirs, mine, session, other_consultant):
    make_session(other_consultant)
    Session.objects.filter(pk=session.pk).update(title='=HYPERLINK("http://evil.example")')
    file = theirs.send("GET", "/sessions/export.csv", query={"status": "CONFIRMED"}, headers={"Accept": "text/csv"})
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    text = file.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["id"], row["title"]) for row in rows] == [(str(session.pk), '\'=HYPERLINK("http://evil.example")')]
    assert rows[0]["clientEmail"] == session.client.email
    own = list(csv.DictReader(io.StringIO(mine.get("/sessions/export.csv").content.decode("utf-8-sig"))))
    assert [(row["id"], row["clientEmail"]) for row in own] == [(str(session.pk), "")]
    assert theirs.get("/sessions/export.csv", status="X").status == 400
