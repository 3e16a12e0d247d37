"""What a consultant says about themselves, and what stands on their invoices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from accounts import audit
from accounts.models import User
from consultants import live, slugs
from consultants.completion import note_completion
from consultants.links import Link
from consultants.models import City, Consultant, Field, Language
from consultants.photos import portrait
from consultants.services import telling
from naksha import taxids
from naksha.india import STATES, is_pin_code

Registration = Consultant.Registration
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class ProfileChanges(TypedDict, total=False):
    display_name: str
    headline: str
    bio: str
    fields: Iterable[Field]
    languages: Iterable[Language]
    city: City | None
    experience_years: int | None
    credentials: str
    links: list[Link]
    is_listed: bool
    timezone: str


class InvoiceDetails(TypedDict):
    legal_name: str
    registration: str
    gstin: str
    pan: str | None  # None keeps what is stored
    address: str
    state_code: str
    pin_code: str


@transaction.atomic
def update_profile(
    *, consultant: Consultant, actor: User | None = None, reason: str = "", **changes: Unpack[ProfileChanges]
) -> Consultant:
    """Change what is named and keep the rest. The page appears or disappears as the profile becomes complete or not.

    ``actor`` is an admin who does it for the consultant, which the trail then tells with the reason.
    """
    consultant = locked(consultant)
    before = consultant.display_name
    if actor is not None:
        changed = sorted(name for name, value in changes.items() if getattr(consultant, name) != value)
        data = {"changed": changed}
        audit.record(actor=actor, action="consultant.edited", subject=consultant, reason=reason, data=data)
    plain = {name: value for name, value in changes.items() if name not in ("fields", "languages")}
    for name, value in plain.items():
        setattr(consultant, name, clean_text(value) if isinstance(value, str) else value)
    consultant.save(update_fields=[*plain, "updated_at"])
    if "fields" in changes:
        consultant.fields.set(changes["fields"])
    if "languages" in changes:
        consultant.languages.set(changes["languages"])
    if consultant.display_name != before:
        audit.record(
            actor=actor or consultant.user,
            action="consultant.renamed",
            subject=consultant,
            data={"before": before, "after": consultant.display_name},
        )
    note_completion(consultant)
    return consultant


@transaction.atomic
def change_slug(*, consultant: Consultant, slug: str) -> Consultant:
    """Give the public page another address; the one before leads there for ever. Raises ValidationError for
    ``slug``. Two that want the same address at once: one gets it, the other is told that it is taken."""
    consultant = locked(consultant)
    before = consultant.slug
    if slug == before:
        return consultant
    slugs.check_slug(slug, consultant)
    consultant.old_slugs.filter(slug=slug).delete()  # back to one that was theirs
    consultant.slug = slug
    try:
        with transaction.atomic():
            consultant.save(update_fields=["slug", "updated_at"])
            consultant.old_slugs.create(slug=before)
    except IntegrityError:
        raise slugs.taken() from None
    audit.record(
        actor=consultant.user,
        action="consultant.slug_changed",
        subject=consultant,
        data={"before": before, "after": slug},
    )
    return consultant


def set_photo(*, consultant: Consultant, upload: UploadedFile) -> Consultant:
    """Make a portrait of ``upload`` and forget the one before. Raises ValidationError for what is no usable picture."""
    with stored_photo(upload) as path:
        return change_photo(consultant=consultant, path=path)


def remove_photo(*, consultant: Consultant) -> Consultant:
    return change_photo(consultant=consultant, path="")


@contextmanager
def stored_photo(upload: UploadedFile) -> Iterator[str]:
    """Where a portrait of ``upload`` lies, for :func:`change_photo`; it is deleted in the end if it is nobody's photo.
    Raises ValidationError for what is no usable picture."""
    picture = portrait(upload)
    path = default_storage.save(f"photos/{uuid7()}.jpg", picture)
    try:
        yield path
    finally:
        if not Consultant.objects.filter(photo=path).exists():
            default_storage.delete(path)


@transaction.atomic
def change_photo(*, consultant: Consultant, path: str) -> Consultant:
    """``path`` is that of a stored photo, or "" for none. The photo before is deleted once this is kept."""
    consultant = locked(consultant)
    storage, old = consultant.photo.storage, consultant.photo.name
    consultant.photo = path
    consultant.save(update_fields=["photo", "updated_at"])
    note_completion(consultant)
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    return consultant


@transaction.atomic
def update_invoice_details(*, consultant: Consultant, **details: Unpack[InvoiceDetails]) -> Consultant:
    """Replace what stands on the next invoices; issued ones keep theirs. Raises ValidationError by field."""
    consultant = locked(consultant)
    before = consultant.pan
    checked = check_invoice_details(stored_pan=consultant.pan, **details)
    changed = [name for name, value in checked.items() if getattr(consultant, name) != value]
    for name, value in checked.items():
        setattr(consultant, name, value)
    consultant.save(update_fields=[*checked, "updated_at"])
    if changed:
        audit.record(
            actor=consultant.user,
            action="consultant.invoice_details_changed",
            subject=consultant,
            data={"changed": changed},  # names only: what they are is nobody's business here
        )
    if consultant.pan != before:
        telling.pan_changed(consultant, before)
    note_completion(consultant)
    return consultant


def check_invoice_details(*, stored_pan: str = "", **details: Unpack[InvoiceDetails]) -> dict[str, str]:
    """The details as they are stored. Raises ValidationError by field, every wrong field at once."""
    wrong: dict[str, str] = {}
    registered = details["registration"] != Registration.UNREGISTERED
    gstin = taxids.tidy(details["gstin"]) if registered else ""
    given_pan = details["pan"]
    pan = stored_pan if given_pan is None else taxids.tidy(given_pan)
    state, pin_code = details["state_code"], details["pin_code"].replace(" ", "")
    legal_name, address = clean_text(details["legal_name"]), clean_text(details["address"])
    if registered:
        for name, value in (("legal_name", legal_name), ("address", address), ("state_code", state)):
            if not value:
                wrong[name] = _("A tax invoice needs this.")
        if not pin_code:
            wrong["pin_code"] = _("A tax invoice needs this.")
        if not gstin:
            wrong["gstin"] = _("Write your GSTIN, or choose “not registered”.")
        elif not taxids.is_gstin(gstin):
            wrong["gstin"] = _("This is not a valid GSTIN. Check its 15 characters against your certificate.")
        elif state and taxids.gstin_state(gstin) != state:
            wrong["state_code"] = _("Your GSTIN begins with the code of another State: %(state)s.") % {
                "state": STATES.get(taxids.gstin_state(gstin), taxids.gstin_state(gstin))
            }
        elif given_pan and pan != taxids.gstin_pan(gstin):
            wrong["pan"] = _("This is not the PAN inside your GSTIN.")
        else:
            pan = taxids.gstin_pan(gstin)
    if pan and "gstin" not in wrong and not taxids.is_pan(pan):
        wrong["pan"] = _("A PAN has five letters, four digits and a letter, like AAPPV1234K.")
    if state and state not in STATES:
        wrong["state_code"] = _("Choose a State.")
    if pin_code and not is_pin_code(pin_code):
        wrong["pin_code"] = _("A PIN code has six digits and does not begin with 0.")
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})
    return {
        "legal_name": legal_name,
        "registration": details["registration"],
        "gstin": gstin,
        "pan": pan,
        "address": address,
        "state_code": state,
        "pin_code": pin_code,
    }


@transaction.atomic
def mail_confirmed(*, user: User) -> None:
    """A step of the checklist is done by another app's hand: the page may be public by it."""
    consultant = Consultant.objects.filter(user=user).first()
    if consultant is not None:
        note_completion(locked(consultant))


def clean_text(text: str) -> str:
    """Text as it is kept: one kind of line end, at most one empty line, no control or direction-override signs."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def locked(consultant: Consultant) -> Consultant:
    """``consultant`` as it is now, held until the transaction ends. Every change of what is here begins with it, and
    open pages hear of it on commit."""
    live.say_changed(consultant.pk)
    return Consultant.objects.select_for_update(of=("self",)).select_related("user").get(pk=consultant.pk)
