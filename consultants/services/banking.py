"""The bank account that earnings are paid out to, and the PAN that such payments are reported under."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from consultants import live
from consultants.models import BankAccount, Consultant
from consultants.services.profile import clean_text
from naksha import taxids
from naksha.times import iso
from notifications.models import Notification
from notifications.services import notify, send_mail


class BankFacts(TypedDict):
    """What is None stays as it is stored."""

    holder_name: str | None
    number: str | None
    ifsc: str | None
    kind: str | None
    pan: str | None


@transaction.atomic
def save_bank_account(*, consultant: Consultant, facts: BankFacts) -> BankAccount:
    """Set the account in place of what was. Raises ValidationError by field, every wrong field at once.

    The audit trail names what has changed, never what it is.
    """
    consultant = Consultant.objects.select_for_update(of=("self",)).select_related("user").get(pk=consultant.pk)
    account = BankAccount.objects.filter(consultant=consultant).first()
    checked, pan = _checked(consultant, account, facts)
    if account is None:
        account, changed = BankAccount(consultant=consultant), list(checked)
    else:
        changed = [name for name, value in checked.items() if getattr(account, name) != value]
    for name, value in checked.items():
        setattr(account, name, value)
    if changed:
        account.save()
    if pan != consultant.pan:
        consultant.pan = pan
        consultant.save(update_fields=["pan", "updated_at"])
        changed.append("pan")
    if changed:
        live.say_changed(consultant.pk)
        audit.record(
            actor=consultant.user,
            action="consultant.bank_account_changed",
            subject=consultant,
            data={"changed": changed},
        )
    if changed:
        _tell(consultant, account, only_pan=changed == ["pan"])
    return account


def _tell(consultant: Consultant, account: BankAccount, *, only_pan: bool) -> None:
    """Whoever changed it, its owner hears of it: by a mail that can't be switched off, and on screen."""
    page = reverse("consultants:invoice_details")
    facts = {
        "account": account.masked_number,
        "at": iso(timezone.now()),
        "timezone": consultant.timezone,
        "bank_url": settings.SITE_URL + page,
    }
    if only_pan:
        template, title, to = (
            "pan_changed",
            _("The PAN for your payouts was changed"),
            taxids.masked_pan(consultant.pan),
        )
        facts["pan"] = to
    else:
        template, title = "bank_account_changed", _("The bank account for your payouts was changed")
        to = account.masked_number
        facts |= {"ifsc": account.ifsc, "holder_name": account.holder_name}
    send_mail(template=template, to=consultant.user.email, to_name=consultant.display_name, context=facts)
    notify(
        user=consultant.user,
        kind=Notification.Kind.SYSTEM,
        title=title,
        body=_("To %(what)s. If this was not you, choose a new password at once.") % {"what": to},
        url=page,
    )


def _checked(consultant: Consultant, account: BankAccount | None, facts: BankFacts) -> tuple[dict[str, str], str]:
    wrong: dict[str, str] = {}
    stored, given_pan = account or BankAccount(), facts["pan"]
    holder = stored.holder_name if facts["holder_name"] is None else clean_text(facts["holder_name"])
    number = stored.number if facts["number"] is None else taxids.tidy(facts["number"])
    ifsc = stored.ifsc if facts["ifsc"] is None else taxids.tidy(facts["ifsc"])
    kind = stored.kind if facts["kind"] is None else facts["kind"]
    pan = consultant.pan if given_pan is None else taxids.tidy(given_pan)
    if not holder:
        wrong["holder_name"] = _("Write the name that the bank has for this account.")
    if not taxids.is_account_number(number):
        wrong["number"] = _("An account number has 9 to 18 digits.")
    if not taxids.is_ifsc(ifsc):
        wrong["ifsc"] = _("An IFSC has four letters, a zero, and six letters or digits, like HDFC0001234.")
    if given_pan is not None:
        if not taxids.is_pan(pan):
            wrong["pan"] = _("A PAN has five letters, four digits and a letter, like AAPPV1234K.")
        elif consultant.gstin and taxids.gstin_pan(consultant.gstin) != pan:
            wrong["pan"] = _("This is not the PAN inside your GSTIN.")
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})
    return {"holder_name": holder, "number": number, "ifsc": ifsc, "kind": kind}, pan
