"""The file of a consultant's sessions: what the table finds, no formula, and a part at a time."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from naksha.testing import next_slot_start
from sessions_app.models import Session
from sessions_app.testing import make_session
from sessions_app.tests import practice
from sessions_app.tests.practice import many

pytestmark = pytest.mark.django_db
S = Session.Status
desk = practice.desk


def test_the_file_has_what_the_table_finds_and_no_formula(desk, consultant):
    mine = make_session(consultant)
    make_session(consultant, starts_at=next_slot_start(6), status=S.CANCELLED)
    Session.objects.filter(pk=mine.pk).update(title='=HYPERLINK("http://evil.example")')
    Client.objects.filter(pk=mine.client_id).update(name="+cmd|' /C calc'!A0")
    answer = desk.get(reverse("sessions:export"), {"show": "all", "status": "confirmed"})
    assert answer.streaming
    assert answer["Content-Disposition"].startswith('attachment; filename="sessions-')
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")))
    assert [(row["title"], row["clientName"]) for row in rows] == [
        ('\'=HYPERLINK("http://evil.example")', "'+cmd|' /C calc'!A0")
    ]


def test_the_file_begins_before_a_row_is_asked_for_and_reads_on_a_part_at_a_time(desk, consultant, monkeypatch):
    monkeypatch.setattr("sessions_app.export.AT_A_TIME", 10)
    many(consultant, 35)
    with CaptureQueriesContext(connection) as queries:
        lines = iter(desk.get(reverse("sessions:export"), {"show": "all"}).streaming_content)
        assert next(lines).startswith(b"\xef\xbb\xbfid,reference")
        assert not any("sessions_app_session" in query["sql"] for query in queries)
        assert len(list(lines)) == 35
