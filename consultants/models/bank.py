"""Where a consultant is paid out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultants.models.consultant import Consultant
from naksha.crypto import EncryptedTextField


class BankAccount(models.Model):
    """Where a consultant is paid out. The number is sealed in the database and shown with its last four digits."""

    class Kind(models.TextChoices):
        SAVINGS = "savings", _("Savings account")
        CURRENT = "current", _("Current account")

    consultant = models.OneToOneField(
        Consultant, primary_key=True, on_delete=models.CASCADE, related_name="bank_account"
    )
    holder_name = models.CharField(_("account holder"), max_length=200)
    number = EncryptedTextField(_("account number"))
    ifsc = models.CharField("IFSC", max_length=11)
    kind = models.CharField(_("kind of account"), max_length=7, choices=Kind, default=Kind.SAVINGS)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ifsc__regex=r"^[A-Z]{4}0[A-Z0-9]{6}$"), name="bank_account_ifsc"),
            models.CheckConstraint(condition=~Q(holder_name="") & ~Q(number=""), name="bank_account_whole"),
        ]

    def __str__(self) -> str:
        return self.masked_number

    @property
    def masked_number(self) -> str:
        """``123456784321`` as ``XXXXXXXX4321``."""
        return "X" * (len(self.number) - 4) + self.number[-4:]
