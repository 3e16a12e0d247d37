"""In which frame a page of this app stands: inside the dashboard for a consultant, else in the client area."""

from __future__ import annotations

from accounts.models import User


def frame_of(user: User) -> str:
    return "layouts/dashboard.html" if user.is_consultant else "layouts/me.html"
