"""A list of clients on the pages that take it in: every step, what is told beside it, and whose it is."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, ClientImport, ImportRow
from clients.services import importing
from clients.services.importing import batches, work
from clients.services.importing.job import MOST_FAILURES
from dashboard.clients.tests.scene import checked, many, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(client, consultant):
    client.force_login(consultant.user)
    return client


def upload(inside, text, name="mine.csv"):
    return inside.post(reverse("clients:import_new"), {"file": SimpleUploadedFile(name, text.encode())})


def test_the_whole_way_on_pages(inside, consultant):
    answer = upload(inside, "Who,Mail,Since\nMeera Nair,m@x.example,2020\nGita,gita,2021\n")
    job = ClientImport.objects.get()
    url = reverse("clients:import", args=[job.pk])
    assert answer.url == url
    page = inside.get(url).content.decode()
    assert "What is in the columns?" in page
    assert "Meera Nair" in page
    columns = reverse("clients:import_columns", args=[job.pk])
    refused = inside.post(columns, {"column": ["name", "", ""]})
    assert refused.status_code == 400
    assert "No column is the mail address" in refused.content.decode()
    inside.post(columns, {"column": ["name", "email", ""]})
    assert "0 of 2 rows looked through" in inside.get(url).content.decode()
    progress = reverse("clients:import_progress", args=[job.pk])
    assert inside.get(progress)["X-Stage"] == "checking"
    work(job.pk)
    assert inside.get(progress)["X-Stage"] == "checked"
    page = inside.get(url).content.decode()
    assert "1 would be new, 0 changed; 0 are known already, and 1 is refused." in page
    assert "Mail address: Write a mail address like" in page
    assert "gita" not in inside.get(url, {"show": "create"}).content.decode()
    report = inside.get(reverse("clients:import_report", args=[job.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(report.streaming_content).decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["Outcome", "New", "Refused"]
    for _ in range(2):
        inside.post(reverse("clients:import_confirm", args=[job.pk]))
    assert "0 of 1 written" in inside.get(url).content.decode()
    work(job.pk)
    assert "1 client is new, 0 were changed, 1 row was refused." in inside.get(url).content.decode()
    assert Client.objects.count() == 1


@pytest.mark.parametrize(("text", "words"), [("", "The file is empty."), ("Name,Email\n", "a head and no rows")])
def test_a_wrong_file_is_told_beside_the_field(inside, text, words):
    answer = upload(inside, text)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert inside.post(reverse("clients:import_new")).status_code == 400


def test_thrown_away_it_leaves_nothing(inside, consultant):
    upload(inside, many(2))
    job = ClientImport.objects.get()
    work(job.pk)
    inside.post(reverse("clients:import_drop", args=[job.pk]))
    assert not ImportRow.objects.exists()
    assert "None of this list" in inside.get(reverse("clients:import", args=[job.pk])).content.decode()
    assert not Client.objects.exists()


def test_another_consultants_list_is_not_there(inside, other_consultant):
    job = taken(other_consultant, many(2))
    for name in ("import", "import_progress", "import_report"):
        assert inside.get(reverse(f"clients:{name}", args=[job.pk])).status_code == 404
    for name in ("import_columns", "import_confirm", "import_drop", "import_go_on", "import_stop"):
        assert inside.post(reverse(f"clients:{name}", args=[job.pk])).status_code == 404


def test_a_long_list_costs_its_page_no_more(inside, consultant):
    def cost(n):
        job = checked(consultant, many(n))
        with CaptureQueriesContext(connection) as queries:
            assert inside.get(reverse("clients:import", args=[job.pk])).status_code == 200
        return len(queries)

    assert cost(1) == cost(300)


def test_the_page_of_a_list_that_was_stopped_says_what_is_written_and_what_is_left(inside, consultant, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    job = checked(consultant, many(5))
    url = reverse("clients:import", args=[job.pk])
    inside.post(reverse("clients:import_confirm", args=[job.pk]))
    importing.run_batch(job.pk)
    page = inside.get(url).content.decode()
    assert "Stop here" in page
    assert "Throw the list away" not in page
    assert inside.get(reverse("clients:import_progress", args=[job.pk]))["X-Stage"] == "running"
    inside.post(reverse("clients:import_stop", args=[job.pk]))
    page = inside.get(url).content.decode()
    for words in ("You have stopped it.", "2 clients are new", "3 rows are left", "Not taken in yet", "Go on"):
        assert words in page
    report = b"".join(inside.get(reverse("clients:import_report", args=[job.pk])).streaming_content).decode()
    assert report.count("Not taken in yet") == 3
    ImportRow.objects.all().delete()
    page = inside.get(url).content.decode()
    assert "choose the file again" in page
    assert "import_go_on" not in page
    assert reverse("clients:import_go_on", args=[job.pk]) not in page


def test_a_list_that_is_looked_through_can_be_thrown_away(inside, consultant):
    job = taken(consultant, many(2))
    page = inside.get(reverse("clients:import", args=[job.pk])).content.decode()
    assert "Nothing is written yet." in page
    assert reverse("clients:import_drop", args=[job.pk]) in page
    inside.post(reverse("clients:import_drop", args=[job.pk]))
    job.refresh_from_db()
    assert job.status == "dropped"


def test_a_list_that_failed_while_it_was_looked_through_offers_nothing_that_it_can_not_do(
    inside, consultant, monkeypatch
):
    monkeypatch.setattr(batches, "BATCH", 2)
    job = taken(consultant, many(5))
    real, calls = batches.check_batch, iter(range(100))

    def fails(*args):
        if next(calls):
            raise ValueError("broken")
        return real(*args)

    monkeypatch.setattr(batches, "check_batch", fails)
    for _ in range(MOST_FAILURES):
        with pytest.raises(ValueError, match="broken"):
            work(job.pk)
    page = inside.get(reverse("clients:import", args=[job.pk])).content.decode()
    assert "Nothing of it was written." in page
    assert "can still be taken in" not in page
    assert reverse("clients:import_go_on", args=[job.pk]) not in page
    importing.go_on(job=job)
    job.refresh_from_db()
    assert (job.status, job.checked) == ("failed", 2)
