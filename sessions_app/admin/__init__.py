from sessions_app.admin.reviews import ReviewAdmin
from sessions_app.admin.sessions import SessionAdmin

__all__ = ["ReviewAdmin", "SessionAdmin"]
