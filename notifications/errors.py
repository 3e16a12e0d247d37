"""What can go wrong with a mail, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, InvalidState


class MailIsOnItsWay(InvalidState):
    sentence = _("This mail is already waiting to be sent.")


class MailIsWiped(DomainError):
    sentence = _("What this mail said was wiped after 30 days, so it can't be sent again.")


class MailNotWanted(DomainError):
    sentence = _("Whoever it is for has switched mails of this kind off, so it isn't sent.")


class NotForYou(DomainError):
    sentence = _("Only an admin may do this.")
    code, http_status = "PERMISSION_DENIED", 403


class BroadcastLeadsAway(DomainError):
    sentence = _("Write a path on this site, which starts with /, or leave it empty.")
    code, http_status, about = "VALIDATION_ERROR", 400, "url"


class QuietHoursEmpty(DomainError):
    sentence = _("Choose another time than the first: from and until can’t be the same.")
    code, http_status, about = "VALIDATION_ERROR", 400, "until"
