"""What a consultant of the demo market tells of themselves, sends in and offers."""

from __future__ import annotations

import random

from django.core.files.uploadedfile import SimpleUploadedFile

from consultants.models import ApprovalDocument, City, Consultant, Field, Language, Service, ServiceQuestion
from consultants.services import banking, documents, mail_words, profile
from demo import papers
from demo.people import PORTRAITS, Offer, Person
from naksha.web.portraits import portrait_png


def fill(consultant: Consultant, person: Person, dice: random.Random) -> None:
    profile.update_profile(
        consultant=consultant,
        headline=person.headline,
        bio=person.bio,
        fields=Field.objects.filter(pk__in=person.fields),
        languages=Language.objects.filter(pk__in=person.languages),
        city=City.objects.get(pk=person.city),
        experience_years=person.years,
        credentials=person.credentials,
    )
    consultant.refresh_from_db()
    state = consultant.city.state_code if consultant.city else "27"
    profile.update_invoice_details(
        consultant=consultant,
        legal_name=person.name,
        registration="regular" if person.gstin else "unregistered",
        gstin=person.gstin,
        pan=person.gstin[2:12] if person.gstin else "",
        address=f"{dice.randint(2, 90)} Station Road, {consultant.city}",
        state_code=person.gstin[:2] or state,
        pin_code=papers.pin_of(person.gstin[:2] or state),
    )
    Consultant.objects.filter(pk=consultant.pk).update(sac=person.sac)
    kind, number = PORTRAITS[person.name]
    drawn = portrait_png(f"{consultant.slug}-{number}", kind)
    profile.set_photo(consultant=consultant, upload=SimpleUploadedFile("portrait.png", drawn, content_type="image/png"))


def send_papers(consultant: Consultant) -> None:
    for kind, title in (
        ("identity", "Specimen of an identity card"),
        ("qualification", "Specimen of a certificate"),
    ):
        paper = SimpleUploadedFile(f"{kind}.pdf", papers.specimen(title, consultant.display_name), "application/pdf")
        documents.add_document(consultant=consultant, kind=ApprovalDocument.Kind(kind), upload=paper)


def offer_service(consultant: Consultant, offer: Offer, order: int) -> None:
    service = Service.objects.create(
        consultant=consultant,
        kind=Service.Kind.WEBINAR if offer.seats > 1 else Service.Kind.PERSONAL,
        title=offer.title,
        description=offer.text,
        minutes=offer.minutes,
        price_paise=offer.rupees * 100,
        deposit_paise=offer.deposit * 100,
        platform=offer.platform,
        place=offer.place,
        confirmation=Service.Confirmation.MANUAL if offer.manual else Service.Confirmation.INSTANT,
        capacity=offer.seats,
        order=order,
    )
    for number, (label, kind) in enumerate(offer.questions):
        ServiceQuestion.objects.create(service=service, label=label, kind=kind, order=number, required=number == 0)


def settle(consultant: Consultant, person: Person) -> None:
    """What the consultant of the demo login has set up besides: the words of the mails, and where the money goes."""
    mail_words.save_mail_words(
        consultant=consultant,
        words={
            "confirmation": "Please send me the papers that you have by the evening before, even if they are few.\n\n"
            "If somebody else decides with you, bring them along: it costs nothing more.",
            "reminder": "Have your last two notices at hand, and a pen.",
            "follow_up": "If a question comes up within a week, answer this mail. It is part of what you paid for.",
            "signature": f"{person.name}\n{person.credentials}".strip(),
        },
    )
    banking.save_bank_account(
        consultant=consultant,
        facts={
            "holder_name": person.name,
            "number": "50100123456784",
            "ifsc": "HDFC0001234",
            "kind": "current",
            "pan": None,
        },
    )
