"""Choosing one of a consultant's clients by what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from clients.fields import plain
from clients.models import Client
from clients.models.client import ClientQuerySet
from consultants.models import Consultant

MOST_OFFERED = 200
MOST_NAMED = 5


def label_of(client: Client) -> str:
    """Names are not enough: two clients may share one."""
    return f"{client.name}, {client.email}"


class ClientField(forms.CharField):
    """One of the consultant's clients, by name, by mail address or by what :func:`label_of` says; empty: somebody new.

    The browser offers the newest ones while one types; all others are found by what was typed.
    """

    consultant: Consultant

    def clean(self, value: Any) -> Client | None:
        words = plain(super().clean(value)).strip()
        if not words:
            return None
        mail = words.rsplit(",", 1)[-1].strip()
        # The whole name before any that only contain it.
        alike = Case(When(name__iexact=words, then=0), default=1)
        known = known_clients(self.consultant)
        rows = known.filter(email__iexact=mail) if "@" in mail else named_clients(self.consultant, words)
        rows = rows.annotate(alike=alike).order_by("alike", "name", "email")
        found = list(rows[: MOST_NAMED + 1])
        exact = [client for client in found if client.alike == 0]  # type: ignore[attr-defined]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(_("You have no such client. Leave this empty for somebody new."))
        names = "; ".join(label_of(client) for client in found[:MOST_NAMED])
        raise forms.ValidationError(
            _("Several clients are called that. Write the mail address: %(names)s"), params={"names": names}
        )


def known_clients(consultant: Consultant) -> ClientQuerySet:
    """Those who are still somebody. One from the archive is found by name, and comes back with what is written."""
    return Client.objects.known().filter(consultant=consultant)


def named_clients(consultant: Consultant, words: str) -> ClientQuerySet:
    """Those with each of ``words`` in the name or the mail address."""
    rows = known_clients(consultant)
    for word in words.replace(",", " ").split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return rows


def newest_clients(consultant: Consultant) -> list[str]:
    """What the browser offers while one types. One query."""
    newest = known_clients(consultant).current().order_by("-created_at").only("name", "email")
    return [label_of(client) for client in newest[:MOST_OFFERED]]
