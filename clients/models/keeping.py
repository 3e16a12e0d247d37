"""What a consultant keeps of clients: tags, dated notes, and fields of their own."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from naksha.db import Row

MOST_TAGS = 20  # of one client


class Tag(Row):
    """A word that the consultant puts on clients."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="client_tags")
    name = models.CharField(_("tag"), max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint("consultant", Lower("name"), name="client_tag_unique_for_consultant"),
            models.CheckConstraint(condition=~Q(name=""), name="client_tag_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientNote(Row):
    """What was written down of a client on a day. For the consultant alone."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notes")
    body = models.TextField(_("note"), max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="client_note_has_words")]

    def __str__(self) -> str:
        return self.body[:60]


class CustomField(Row):
    """Something that a consultant wants to know of every client, beside what everybody has."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Words")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of several")

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="client_fields")
    label = models.CharField(_("what it is called"), max_length=60)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True)  # of a choice: ["Gold", "Silver"]
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.UniqueConstraint("consultant", Lower("label"), name="client_field_unique_for_consultant"),
            models.CheckConstraint(condition=~Q(label=""), name="client_field_has_label"),
        ]

    def __str__(self) -> str:
        return self.label


class CustomValue(Row):
    """What one client has in a field. A number as ``12.5``, a date as ``2026-11-24``; what is empty has no row."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="values")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "field"], name="client_value_once"),
            models.CheckConstraint(condition=~Q(value=""), name="client_value_has_words"),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def date(self) -> date:
        """Of a date's field."""
        return date.fromisoformat(self.value)
