"""What is left before a page is public, and before it can be booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet, UUIDField
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultants.models import Consultant, Service
from naksha.kept import KeptTuples, Param


@dataclass(frozen=True)
class Step:
    """``needed`` steps make the page public; the others make it better, or bookable."""

    key: str
    title: str | Promise
    help: str | Promise
    done: bool
    needed: bool
    page: str  # the name of the page on which it is done
    anchor: str = ""

    @property
    def url(self) -> str:
        return reverse(self.page) + (f"#{self.anchor}" if self.anchor else "")


def completion(consultant: Consultant) -> list[Step]:
    """Every step in the order in which they are best done. One query."""
    has = _what_hangs_from(consultant)
    profile = "consultants:profile"
    steps = [
        Step(
            "mail",
            _("Confirm your mail address"),
            _("Press the button on the page that our mail leads to."),
            has["mail"],
            needed=True,
            page="account_email",
        ),
        Step(
            "headline",
            _("Write a headline"),
            _("One line that says what you do and for whom."),
            bool(consultant.headline.strip()),
            needed=True,
            page=profile,
            anchor="id_headline",
        ),
        Step(
            "bio",
            _("Say something about you"),
            _("A few sentences, as you would tell a client on the phone."),
            bool(consultant.bio.strip()),
            needed=True,
            page=profile,
            anchor="id_bio",
        ),
        Step(
            "field",
            _("Choose a field"),
            _("Clients look for consultants by field."),
            has["field"],
            needed=True,
            page=profile,
            anchor="id_fields_of_practice_field",
        ),
        Step(
            "language",
            _("Choose a language"),
            _("The languages in which you can hold a session."),
            has["language"],
            needed=True,
            page=profile,
            anchor="id_languages_field",
        ),
        Step(
            "city",
            _("Choose your city"),
            _("Where you work from. Sessions can be online all the same."),
            consultant.city_id is not None,
            needed=True,
            page=profile,
            anchor="id_city",
        ),
        Step(
            "experience",
            _("Say how long you have practised"),
            _("In full years."),
            consultant.experience_years is not None,
            needed=True,
            page=profile,
            anchor="id_experience_years",
        ),
    ]
    if consultant.registration != Consultant.Registration.UNREGISTERED:
        steps.append(
            Step(
                "invoice",
                _("Fill in your invoice details"),
                _("Legal name, GSTIN, address, State and PIN code stand on every tax invoice."),
                has_invoice_details(consultant),
                needed=True,
                page="consultants:invoice_details",
            )
        )
    steps += [
        Step(
            "photo",
            _("Add a photo"),
            _("Pages with a face are trusted more."),
            bool(consultant.photo),
            needed=False,
            page=profile,
            anchor="id_photo",
        ),
        Step(
            "service",
            _("Set up a service"),
            _("A title, a length, a price. Without one nobody can book."),
            has["service"],
            needed=False,
            page="consultants:services",
        ),
        Step(
            "hours",
            _("Set your hours"),
            _("The times in which clients may book you. Without any there is no free time."),
            has["hours"],
            needed=False,
            page="availability:hours",
        ),
    ]
    return steps


def has_invoice_details(consultant: Consultant) -> bool:
    return all([consultant.legal_name, consultant.address, consultant.state_code, consultant.pin_code])


def is_complete(steps: list[Step]) -> bool:
    return all(step.done for step in steps if step.needed)


def note_completion(consultant: Consultant) -> None:
    """Set or take back ``profile_completed_at`` after a change. Services call it in their own transaction."""
    complete = is_complete(completion(consultant))
    if complete == (consultant.profile_completed_at is not None):
        return
    consultant.profile_completed_at = timezone.now() if complete else None
    consultant.save(update_fields=["profile_completed_at", "updated_at"])


HANGING = ("mail", "field", "language", "service", "hours")


def with_hanging(rows: QuerySet[Consultant]) -> QuerySet[Consultant]:
    """``rows`` with what the steps ask beside the row itself: a bool for each of HANGING.

    Hours belong to an app above this one and are asked for through the consultant's own relation.
    """
    hours: Any = Consultant._meta.get_field("weekly_hours").related_model
    return rows.annotate(
        mail=Exists(EmailAddress.objects.filter(user=OuterRef("user"), verified=True)),
        field=Exists(Consultant.fields.through.objects.filter(consultant=OuterRef("pk"))),
        language=Exists(Consultant.languages.through.objects.filter(consultant=OuterRef("pk"))),
        service=Exists(Service.objects.bookable().filter(consultant=OuterRef("pk"))),  # type: ignore[attr-defined]
        hours=Exists(hours.objects.filter(consultant=OuterRef("pk"))),
    )


_HANGING = KeptTuples(
    lambda: with_hanging(Consultant.objects.filter(pk=Param("pk", UUIDField()))).values_list(*HANGING)
)


def _what_hangs_from(consultant: Consultant) -> dict[str, bool]:
    found = _HANGING.one(pk=consultant.pk)
    if found is None:
        raise Consultant.DoesNotExist
    return dict(zip(HANGING, found, strict=True))
