"""A second factor that is typed: an authenticator app's code or a recovery code, each once."""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.http import HttpRequest


@transaction.atomic
def spend(factor: Authenticator, code: str) -> bool:
    """Whether ``code``, which ``factor`` has found right, is used for the first time; of two at once one is told so.

    An app's code counts for three steps of 30 seconds (one either way, for clocks that are off) and allauth remembers
    it for one. The last used step is kept with the factor, and no code of that step or an earlier one opens anything
    any more (RFC 6238 §5.2). Recovery codes are crossed out as they are used.
    """
    if factor.type != Authenticator.Type.TOTP:
        return True
    kept = Authenticator.objects.select_for_update().get(pk=factor.pk)
    secret, last = decrypt(kept.data["secret"]), kept.data.get("last_step", -1)
    for step in yield_hotp_counters_from_time():
        right = format_hotp_value(hotp_value(secret, step))
        if step > last and compare_user_code(actual=code, expected=right):
            kept.data["last_step"] = step
            kept.save(update_fields=["data"])
            return True
    return False


def spend_first(*, request: HttpRequest, authenticator: Authenticator, **_others: object) -> None:
    """The code that an app was set up with opens nothing either. For allauth's ``authenticator_added``."""
    spend(authenticator, request.POST.get("code", ""))
