"""What a consultant says in the mails to clients, beside the platform's own facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from consultants.models.consultant import Consultant
from naksha.db import Row

LONGEST, LONGEST_SIGNATURE = 600, 300  # signs


class MailWords(Row):
    """A few sentences of the consultant's own for one kind of mail, or the signature under all of them. Plain text."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Confirmation")
        REMINDER = "reminder", _("Reminder")
        FOLLOW_UP = "follow_up", _("After the session")
        SIGNATURE = "signature", _("Signature")

    consultant = models.ForeignKey(Consultant, on_delete=models.CASCADE, related_name="mail_words")
    kind = models.CharField(max_length=12, choices=Kind)
    words = models.CharField(max_length=LONGEST)

    class Meta:
        verbose_name_plural = "words of mails"
        constraints = [
            models.UniqueConstraint(fields=["consultant", "kind"], name="mail_words_once_of_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["confirmation", "reminder", "follow_up", "signature"]), name="mail_words_kind"
            ),
            models.CheckConstraint(
                condition=~Q(words="")
                & (
                    Q(LessThanOrEqual(Length("words"), LONGEST_SIGNATURE))
                    | (~Q(kind="signature") & Q(LessThanOrEqual(Length("words"), LONGEST)))
                ),
                name="mail_words_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.consultant_id}"

    @classmethod
    def longest(cls, kind: str) -> int:
        return LONGEST_SIGNATURE if kind == cls.Kind.SIGNATURE else LONGEST
