"""What can be booked: services in their order, with their questions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TypedDict, Unpack, cast
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultants.models import Consultant, Service, ServiceQuestion
from consultants.services.profile import clean_text, locked
from naksha.errors import InvalidState
from naksha.money import rupees

LEAST_PAISE = 100  # Razorpay takes no order below a rupee
MOST_PAISE = 1_000_000_00
LEAST_SEATS, MOST_SEATS = 2, 1000
MOST_SERVICES = 30
MOST_QUESTIONS = 10
MOST_CHOICES = 12
Kind, Platform, Asked = Service.Kind, Service.Platform, ServiceQuestion.Kind


class ServiceFacts(TypedDict):
    """``price_paise`` and ``deposit_paise`` are before GST; 0 is free, and payment in full."""

    kind: str
    title: str
    description: str
    minutes: int
    price_paise: int
    deposit_paise: int
    platform: str
    place: str
    confirmation: str
    capacity: int
    is_active: bool


class ServiceChanges(TypedDict, total=False):
    """Some of :class:`ServiceFacts`, and the questions where they are others."""

    kind: str
    title: str
    description: str
    minutes: int
    price_paise: int
    deposit_paise: int
    platform: str
    place: str
    confirmation: str
    capacity: int
    is_active: bool
    questions: Sequence[Question]


class Question(TypedDict):
    label: str
    kind: str
    choices: list[str]
    required: bool


def wrong_place(platform: str, place: str) -> str:
    """What is wrong with a place to meet, in a sentence; empty where nothing is."""
    if platform == Platform.LINK and not _is_https(place):
        return _("Write the meeting's address, beginning with https://.")
    if platform == Platform.IN_PERSON and not place:
        return _("Write the address where you meet.")
    if platform == Platform.JITSI and place:
        return _("Naksha makes the room of this meeting: leave the place empty, or choose a link of your own.")
    return ""


def check_service(facts: ServiceFacts) -> ServiceFacts:
    """The facts as they are stored. Raises ValidationError by field, every wrong field at once."""
    wrong: dict[str, str] = {}
    webinar = facts["kind"] == Kind.WEBINAR
    price, deposit = facts["price_paise"], facts["deposit_paise"]
    place = clean_text(facts["place"]) if facts["platform"] != Platform.JITSI else ""
    if not clean_text(facts["title"]):
        wrong["title"] = _("Give it a title that a client understands.")
    if not 5 <= facts["minutes"] <= 720:
        wrong["minutes"] = _("Between 5 minutes and 12 hours.")
    if price and not LEAST_PAISE <= price <= MOST_PAISE:
        wrong["price_paise"] = _("Between %(least)s and %(most)s, or 0 for free.") % {
            "least": rupees(LEAST_PAISE),
            "most": rupees(MOST_PAISE),
        }
    if deposit and not LEAST_PAISE <= deposit < price:
        wrong["deposit_paise"] = _("A deposit is at least %(least)s and less than the price.") % {
            "least": rupees(LEAST_PAISE)
        }
    if webinar and not LEAST_SEATS <= facts["capacity"] <= MOST_SEATS:
        wrong["capacity"] = _("A webinar has 2 to 1,000 seats.")
    if webinar and facts["platform"] == Platform.PHONE:
        wrong["platform"] = _("A webinar can't be held by phone.")
    if words := wrong_place(facts["platform"], place):
        wrong["place"] = words
    if wrong:
        raise ValidationError({name: [words] for name, words in wrong.items()})
    return {
        **facts,
        "title": clean_text(facts["title"]),
        "description": clean_text(facts["description"]),
        "place": place,
        "capacity": facts["capacity"] if webinar else 1,
        "confirmation": Service.Confirmation.INSTANT if webinar else facts["confirmation"],
    }


@transaction.atomic
def create_service(*, consultant: Consultant, facts: ServiceFacts, questions: Sequence[Question] = ()) -> Service:
    """Add a service at the end of the list. Raises ValidationError."""
    checked = check_service(facts)
    consultant = locked(consultant)
    kept = consultant.services.filter(archived_at__isnull=True)
    if kept.count() >= MOST_SERVICES:
        raise ValidationError(_("Thirty services are the most. Archive one that you don't offer any more."))
    service = consultant.services.create(**checked, order=_after_the_last(consultant))
    _set_questions(service, questions)
    return service


class ServiceChanged(InvalidState):
    """It was written in another window since the writer read it (409). Nothing was changed."""

    sentence = gettext_lazy(
        "Not saved: this was changed in another window since you opened it. What you typed is still here. Save again "
        "to put it in the place of what is saved."
    )


def edition_of(service: Service) -> str:
    """What is kept of it, in a word: another one wherever it is offered otherwise."""
    told = {name: getattr(service, name) for name in ServiceFacts.__annotations__}
    questions = [_said(row) for row in service.questions.all()]
    return hashlib.sha256(json.dumps([told, questions], sort_keys=True).encode()).hexdigest()[:20]


@transaction.atomic
def update_service(
    *, service: Service, facts: ServiceFacts, questions: Sequence[Question] = (), seen: str | None = None
) -> Service:
    """Change a service for bookings to come; those that are made keep their terms. Raises ValidationError, and
    ServiceChanged where it is of another edition than the writer has ``seen`` and would become yet another."""
    checked = check_service(facts)
    locked(service.consultant)
    service = Service.objects.get(pk=service.pk)
    before = edition_of(service)
    if checked["kind"] != service.kind and service.bookings.exists():
        raise ValidationError({"kind": [_("It has been booked as it is. Make a new service for the other kind.")]})
    for name, value in checked.items():
        setattr(service, name, value)
    service.save(update_fields=[*checked, "updated_at"])
    _set_questions(service, questions)
    if seen is not None and edition_of(service) != before != seen:
        raise ServiceChanged
    return service


@transaction.atomic
def change_service(*, service: Service, **changes: Unpack[ServiceChanges]) -> Service:
    """As :func:`update_service`, of what is named; the rest stays as it is now, whatever the caller has read."""
    locked(service.consultant)
    service = Service.objects.get(pk=service.pk)
    whole = {name: changes.get(name, getattr(service, name)) for name in ServiceFacts.__annotations__}
    if whole["platform"] != service.platform:
        whole["place"] = changes.get("place", "")  # a link is no number, and no address
    questions = changes.get("questions", [_said(row) for row in service.questions.all()])
    return update_service(service=service, facts=cast(ServiceFacts, whole), questions=questions)


def _set_questions(service: Service, questions: Sequence[Question]) -> None:
    """Replace the questions, if they are others. Bookings hold the words that were asked then."""
    if len(questions) > MOST_QUESTIONS:
        raise ValidationError(_("Ten questions are the most."))
    rows = []
    for order, question in enumerate(questions):
        choices = [clean_text(choice) for choice in question["choices"] if choice.strip()]
        if question["kind"] == Asked.CHOICE and not 2 <= len(choices) <= MOST_CHOICES:
            raise ValidationError(_("A question with a list needs 2 to 12 choices."))
        rows.append(
            ServiceQuestion(
                service=service,
                label=clean_text(question["label"]),
                kind=Asked(question["kind"]),
                choices=choices if question["kind"] == Asked.CHOICE else [],
                required=question["required"],
                order=order,
            )
        )
    if [_said(row) for row in rows] == [_said(row) for row in service.questions.all()]:
        return
    service.questions.all().delete()
    ServiceQuestion.objects.bulk_create(rows)


def _said(question: ServiceQuestion) -> Question:
    return {
        "label": question.label,
        "kind": str(question.kind),
        "choices": list(question.choices),
        "required": question.required,
    }


def move_up(*, service: Service) -> None:
    _move(service, -1)


def move_down(*, service: Service) -> None:
    _move(service, 1)


@transaction.atomic
def _move(service: Service, by: int) -> None:
    """Change places with the neighbour; at the end of the list nothing happens."""
    consultant = locked(service.consultant)
    rows = list(consultant.services.filter(archived_at__isnull=True))
    place = next((n for n, row in enumerate(rows) if row.pk == service.pk), None)
    if place is None or not 0 <= place + by < len(rows):
        return
    rows[place], rows[place + by] = rows[place + by], rows[place]
    for order, row in enumerate(rows):
        row.order = order
    Service.objects.bulk_update(rows, ["order"])


@transaction.atomic
def open_service(*, service: Service) -> None:
    """Let clients book it. Raises InvalidState for an archived one."""
    locked(service.consultant)
    if not Service.objects.filter(pk=service.pk, archived_at__isnull=True).update(is_active=True):
        raise InvalidState(_("An archived service can't be booked. Bring it back first."))


@transaction.atomic
def close_service(*, service: Service) -> None:
    """Take it off the page for now. What is booked stays booked."""
    locked(service.consultant)
    Service.objects.filter(pk=service.pk).update(is_active=False)


@transaction.atomic
def archive_service(*, service: Service) -> None:
    """Put it away for good: kept for what was booked, removed if nothing ever was."""
    locked(service.consultant)
    service = Service.objects.get(pk=service.pk)
    if service.bookings.exists() or service.sessions.exists() or service.waitlist.exists():
        service.archived_at = service.archived_at or timezone.now()
        service.is_active = False
        service.save(update_fields=["archived_at", "is_active", "updated_at"])
    else:
        service.delete()


@transaction.atomic
def restore_service(*, service: Service) -> None:
    """Bring an archived service back to the end of the list, closed until it is opened."""
    consultant = locked(service.consultant)
    last = (
        consultant.services.filter(archived_at__isnull=True).order_by("-order").values_list("order", flat=True).first()
    )
    Service.objects.filter(pk=service.pk, archived_at__isnull=False).update(
        archived_at=None, order=0 if last is None else last + 1
    )


def _after_the_last(consultant: Consultant) -> int:
    last = consultant.services.filter(archived_at__isnull=True).aggregate(last=Max("order"))["last"]
    return 0 if last is None else int(last) + 1


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme == "https" and bool(host) and "." in str(host) and not any(sign.isspace() for sign in text)
