"""A consultant's clients. Each belongs to one consultant; the same person with two consultants is two rows."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from naksha.db import Row

MOST_WORDS = 8
LEAST_DIGITS = 4  # what has fewer is a part of a name or an address


class ClientQuerySet(models.QuerySet["Client"]):
    def known(self) -> ClientQuerySet:
        """Those who are still somebody: of an erased client only the books are left."""
        return self.filter(erased_at__isnull=True)

    def current(self) -> ClientQuerySet:
        """Known, and not put away."""
        return self.known().filter(archived_at__isnull=True)

    def called(self, pk: UUID) -> Client | None:
        """The one whose id this is, or was before a merge: links and lists that know the earlier one lead to whom it
        became. One query, and another where there is nobody of that id."""
        return self.filter(pk=pk).first() or self.filter(addresses__former_id=pk).first()

    def with_mail(self, *mails: str) -> ClientQuerySet:
        """Those who are written to at one of ``mails`` (in small letters), not those who were before a merge."""
        return self.alias(lower_email=Lower("email")).filter(lower_email__in=mails)

    def about(self, words: str) -> ClientQuerySet:
        """Those whose name, address or number has every one of ``words``; the first eight are looked for."""
        rows = self
        words = words.replace("\0", "")
        digits = "".join(sign for sign in words if sign.isascii() and sign.isdigit())
        if len(digits) >= LEAST_DIGITS and not any(sign.isalpha() or sign == "@" for sign in words):
            return rows.filter(phone__contains=digits)
        for word in words.split()[:MOST_WORDS]:
            earlier = ClientAddress.objects.filter(email__icontains=word).values("client")
            rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(pk__in=earlier))
        return rows


ClientManager = models.Manager.from_queryset(ClientQuerySet)


class Client(Row):
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="clients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="client_records"
    )
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("mail address"), max_length=254)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Kolkata")
    # Rule 46 wants these of every recipient of a taxable service sold through a platform.
    address = models.CharField(_("address"), max_length=300, blank=True)
    state_code = models.CharField(_("state"), max_length=2, blank=True)
    pin_code = models.CharField(_("PIN code"), max_length=6, blank=True)
    gstin = models.CharField(_("GSTIN"), max_length=15, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)  # out of the consultant's sight until they book again
    erased_at = models.DateTimeField(null=True, blank=True)  # the person is gone from this row, for good
    tags = models.ManyToManyField("clients.Tag", related_name="clients", blank=True)

    objects: ClassVar[ClientManager] = ClientManager()

    class Meta:
        constraints = [
            models.UniqueConstraint("consultant", Lower("email"), name="client_email_unique_for_consultant"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(user__isnull=True), name="client_erased_has_no_login"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="client_by_user"),
            models.Index("consultant", Lower("name"), "id", name="client_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientAddress(Row):
    """A mail address by which a client is found beside their own: that of a row which was merged into theirs."""

    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="addresses")
    email = models.EmailField(max_length=254)
    former_id = models.UUIDField(null=True, blank=True)  # what the merged row was called; its links lead here

    class Meta:
        verbose_name_plural = "client addresses"
        constraints = [
            models.UniqueConstraint("consultant", Lower("email"), name="client_address_unique_for_consultant"),
        ]
        indexes = [models.Index(fields=["former_id"], name="client_address_by_former")]

    def __str__(self) -> str:
        return self.email


class ClientProfile(models.Model):
    """What somebody with a login tells every consultant alike. It is copied onto their client rows as it changes, and
    fills what is empty in those that come later."""

    COPIED = ("phone", "timezone", "address", "state_code", "pin_code", "gstin")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="client_profile"
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)  # IANA; empty: as the device says
    address = models.CharField(_("address"), max_length=300, blank=True)
    state_code = models.CharField(_("state"), max_length=2, blank=True)
    pin_code = models.CharField(_("PIN code"), max_length=6, blank=True)
    gstin = models.CharField(_("GSTIN"), max_length=15, blank=True)

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"
