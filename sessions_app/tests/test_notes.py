"""The consultant's notes: kept, shared, and never overwritten unseen."""

import pytest
from django.urls import reverse

from sessions_app.errors import NotesChanged
from sessions_app.models import SessionNotes
from sessions_app.services.noting import save_notes
from sessions_app.testing import make_session
from sessions_app.tests.rooms import let_in, logged_in, room

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def desk(session):
    return logged_in(session.consultant.user)


def writes(browser, session, version, private="", shared="", **headers):
    return browser.post(
        reverse("sessions:notes", args=[session.pk]),
        {"private": private, "shared": shared, "version": version},
        headers=headers,
    )


def by_script(browser, session, version, **notes):
    return writes(browser, session, version, Accept="application/json", **notes)


def test_notes_are_kept_by_a_plain_form(desk, session):
    response = writes(desk, session, 0, "asks about INC-22", "Bring the lease")
    assert response.status_code == 302
    assert response["Location"] == room(session) + "#notes"
    page = desk.get(room(session)).content.decode()
    assert "asks about INC-22" in page
    assert "Bring the lease" in page


def test_the_client_reads_what_is_shared_and_nothing_else(desk, session):
    writes(desk, session, 0, "he is late with everything", "Bring the lease")
    page = let_in(session).get(room(session)).content.decode()
    assert "Bring the lease" in page
    assert "late with everything" not in page
    assert "For you alone" not in page


def test_what_is_written_is_text_and_no_markup(desk, session):
    writes(desk, session, 0, shared="<script>alert(1)</script>")
    assert "<script>alert" not in let_in(session).get(room(session)).content.decode()


def test_each_saving_has_a_version(desk, session):
    assert by_script(desk, session, 0, private="one").json() == {"version": 1}
    assert by_script(desk, session, 1, private="two").json() == {"version": 2}


def test_of_two_windows_the_second_is_told_and_nothing_is_lost(desk, session):
    by_script(desk, session, 0, private="first window")
    response = by_script(desk, session, 0, private="second window", shared="mine")
    assert response.status_code == 409
    assert response.json()["theirs"] == {"private": "first window", "shared": "", "version": 1}
    assert SessionNotes.objects.get().private == "first window"
    assert by_script(desk, session, 1, private="second window").status_code == 200  # what "keep mine" sends


def test_the_same_without_script_shows_both(desk, session):
    writes(desk, session, 0, "first window")
    response = writes(desk, session, 0, "second window")
    page = response.content.decode()
    assert response.status_code == 409
    assert "changed in another window" in page
    assert "first window" in page
    assert "second window" in page
    assert 'name="version" value="1"' in page
    assert SessionNotes.objects.get().private == "first window"


def test_notes_that_are_too_long_come_back_with_what_was_typed(desk, session):
    response = writes(desk, session, 0, "x" * 20_001)
    assert response.status_code == 400
    assert "x" * 20_001 in response.content.decode()
    assert not SessionNotes.objects.exists()
    assert "20,000" in by_script(desk, session, 0, private="x" * 20_001).json()["problem"].replace("20000", "20,000")


def test_the_client_writes_no_notes(session):
    assert writes(let_in(session), session, 0, "mine now").status_code == 404
    assert not SessionNotes.objects.exists()


def test_saving_over_notes_that_are_gone_is_a_change_too(session):
    with pytest.raises(NotesChanged):
        save_notes(session=session, private="", shared="", version=3)


def test_open_pages_are_told_of_shared_notes_and_not_of_private_ones(session, monkeypatch):
    told = []
    monkeypatch.setattr("sessions_app.services.noting.say_changed", told.append)
    save_notes(session=session, private="a", shared="", version=0)
    assert told == []
    save_notes(session=session, private="a", shared="b", version=1)
    assert told == [session.pk]
