"""What is told when somebody changes where payouts go, or under whose PAN they are reported: by a mail that can't be
switched off, and on screen. Whoever changed it, the owner hears of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultants.models import BankAccount, Consultant
from naksha import taxids
from naksha.times import iso
from notifications.models import Notification
from notifications.services import notify, send_mail


def account_changed(consultant: Consultant, account: BankAccount) -> None:
    """The account, and perhaps the PAN with it."""
    _tell(
        consultant,
        "bank_account_changed",
        _("The bank account for your payouts was changed"),
        _("To %(what)s. If this was not you, choose a new password at once.") % {"what": account.masked_number},
        account=account.masked_number,
        ifsc=account.ifsc,
        holder_name=account.holder_name,
    )


def pan_changed(consultant: Consultant, before: str) -> None:
    """The PAN alone. Of the first one nothing is told while there is no account: no payout goes anywhere."""
    account = BankAccount.objects.filter(consultant=consultant).first()
    if not before and account is None:
        return
    pan = taxids.masked_pan(consultant.pan)
    if pan:
        said = _("To %(what)s. If this was not you, choose a new password at once.") % {"what": pan}
    else:
        said = _("It was removed. If this was not you, choose a new password at once.")
    _tell(
        consultant,
        "pan_changed",
        _("The PAN for your payouts was changed"),
        said,
        pan=pan,
        account=account.masked_number if account else "",
    )


def _tell(consultant: Consultant, template: str, title: str, said: str, **facts: Any) -> None:
    page = reverse("consultants:invoice_details")
    common = {"at": iso(timezone.now()), "timezone": consultant.timezone, "bank_url": settings.SITE_URL + page}
    send_mail(template=template, to=consultant.user.email, to_name=consultant.display_name, context={**facts, **common})
    notify(user=consultant.user, kind=Notification.Kind.SYSTEM, title=title, body=said, url=page)
