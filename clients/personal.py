"""What this app knows of somebody: as they may take it along, and how it is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from clients.live import say_changed
from clients.models import Client, ClientAddress, ClientImport, ClientNote, ClientProfile, CustomValue, ImportRow
from naksha.personal import ERASED_NAME, Identity, erased_mail, redact_rows

_KNOWN = ("name", "email", "phone", "timezone", "address", "state_code", "pin_code", "gstin")


def export(user: User) -> dict[str, Any]:
    """Their rows, and what consultants keep in fields of their own. Notes and tags are the consultant's words."""
    theirs = Client.objects.filter(user=user)
    return {
        "profile": ClientProfile.objects.filter(user=user).values(*ClientProfile.COPIED).first(),
        "with_each_consultant": list(theirs.values("consultant__display_name", "created_at", *_KNOWN)),
        "earlier_addresses": list(
            ClientAddress.objects.filter(client__in=theirs).values("consultant__display_name", "email")
        ),
        "kept_by_consultants": list(
            CustomValue.objects.filter(client__in=theirs)
            .order_by("client", "field__position")
            .values("client__consultant__display_name", "field__label", "value")
        ),
    }


def known_words(clients: Collection[UUID]) -> set[str]:
    """Addresses by which ``clients`` were known before they were merged."""
    return set(ClientAddress.objects.filter(client__in=clients).values_list("email", flat=True))


def taken_by_others(user: User, emails: Iterable[str]) -> set[str]:
    """Those of ``emails``, in small letters, by which a consultant knows somebody else."""
    rows = Client.objects.annotate(low=Lower("email")).filter(low__in=[email.lower() for email in emails])
    return set(rows.exclude(user=user).values_list("low", flat=True))


def erase(*, clients: Iterable[Client], identity: Identity) -> None:
    """Leave of each row what the consultant's books need: that there was a client. The consultant's own notes stay
    without the person."""
    for client in clients:
        _erase_from_lists(client)
        say_changed(client)
        ClientAddress.objects.filter(client=client).delete()
        CustomValue.objects.filter(client=client).delete()
        client.tags.clear()
        redact_rows(ClientNote.objects.filter(client=client), identity, "body")
        Client.objects.filter(pk=client.pk).update(
            user=None,
            erased_at=timezone.now(),
            updated_at=timezone.now(),
            name=ERASED_NAME,
            email=erased_mail(client.pk),
            phone="",
            timezone="Asia/Kolkata",
            address="",
            state_code="",
            pin_code="",
            gstin="",
        )


def _erase_from_lists(client: Client) -> None:
    """A list that was taken in and names them no longer does; one that still waits is thrown away."""
    mails = [client.email.lower(), *known_words([client.pk])]
    ImportRow.objects.filter(job__consultant=client.consultant_id, email__in=mails).delete()
    waiting = ClientImport.objects.filter(consultant=client.consultant_id).exclude(source="")
    named = Q()
    for mail in mails:
        named |= Q(source__icontains=mail)
    waiting.filter(named).update(source="", samples=[], status=ClientImport.Status.DROPPED)
