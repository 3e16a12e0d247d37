"""The bank account that earnings are paid out to, and the PAN that such payments are reported under."""

from __future__ import annotations

from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from consultants.models import BankAccount, Consultant
from consultants.services import telling
from consultants.services.profile import clean_text, locked
from naksha import taxids


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
    consultant = locked(consultant)
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
    before = consultant.pan
    if pan != before:
        consultant.pan = pan
        consultant.save(update_fields=["pan", "updated_at"])
        changed.append("pan")
    if changed:
        audit.record(
            actor=consultant.user,
            action="consultant.bank_account_changed",
            subject=consultant,
            data={"changed": changed},
        )
    if changed == ["pan"]:
        telling.pan_changed(consultant, before)
    elif changed:
        telling.account_changed(consultant, account)
    return account


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
