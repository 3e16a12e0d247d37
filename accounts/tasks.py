"""Forgetting what apps' logins leave behind."""

from __future__ import annotations

from celery import shared_task

from accounts.api import tokens
from naksha.api import idempotency


@shared_task
def forget_old() -> int:
    """Drop spent tickets and tokens, and answers that were kept for a day. Returns how many rows."""
    return tokens.forget_old() + idempotency.forget_old()
