"""The consultant's notes of a session: private ones, and those that the client reads."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from consultants import live
from sessions_app.errors import NotesChanged
from sessions_app.live import say_changed
from sessions_app.models import Session, SessionNotes
from sessions_app.services.moved_on import SESSIONS


@transaction.atomic
def save_notes(*, session: Session, private: str, shared: str, version: int) -> int:
    """Write both notes over version ``version`` (0: there are none yet) and return the new version.

    Raises NotesChanged when another window has written meanwhile; then nothing is changed.
    """
    values = {"private": private, "shared": shared, "version": version + 1}
    notes = SessionNotes.objects.select_for_update().filter(session=session).first()
    if notes is None and version == 0:
        try:
            with transaction.atomic():
                SessionNotes.objects.create(session=session, **values)
        except IntegrityError as error:
            raise NotesChanged from error
        told = bool(shared)
    elif notes is None or notes.version != version:
        raise NotesChanged
    else:
        told = notes.shared != shared
        SessionNotes.objects.filter(pk=session.pk).update(**values)
    if told:
        say_changed(session.pk)
    live.say_changed(session.consultant_id, SESSIONS)
    return version + 1
