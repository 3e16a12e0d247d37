"""An emulator of Razorpay: the same HTTP, the same rules, its own test checkout, and nothing that costs money.

``create_app`` makes it an ASGI application, ``from_settings`` the one of the embedded mode; ``python -m
payments.razorpay.emulator`` runs it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.razorpay.emulator.app import Emulator, create_app

if TYPE_CHECKING:
    from starlette.applications import Starlette

MOUNTED_AT = "/emulator/razorpay"


def from_settings(*, webhook_path: str) -> Starlette:
    """The emulator of the embedded mode, to be mounted at ``MOUNTED_AT``: it tells its events to ``webhook_path`` of
    this very site, and shows its pages under the base address that the client asks."""
    from django.conf import settings

    return create_app(
        db_path=settings.DATA_DIR / "razorpay.sqlite3",
        key_id=settings.RAZORPAY_KEY_ID,
        key_secret=settings.RAZORPAY_KEY_SECRET,
        webhook_secret=settings.RAZORPAY_WEBHOOK_SECRETS[0],
        webhook_url=settings.SITE_URL + webhook_path,
        public_base=settings.RAZORPAY_BASE_URL,
    )


__all__ = ["MOUNTED_AT", "Emulator", "create_app", "from_settings"]
