"""The colour of a session's state: one for every page that shows it, of the session or of what it came from."""

from __future__ import annotations

from sessions_app.models import Session

S = Session.Status
OVER = "calm"  # its time has passed, and nobody has said how it went
_TONES = {
    S.PENDING: "wait",
    S.CONFIRMED: "good",
    S.IN_PROGRESS: "good",
    S.COMPLETED: "good",
    S.CANCELLED: "bad",
    S.NO_SHOW: "bad",
}


def tone_of(status: str) -> str:
    """The badge's tone for one of Session.Status."""
    return _TONES.get(S(status), "")
