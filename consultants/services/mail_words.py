"""A consultant's own words in the mails to clients, and the signature under them.

Words are plain text: they stand beside what the platform says of the when, the where and the money, never in its place,
and an address in them is read as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from consultants.models import Consultant, MailWords
from consultants.services.profile import clean_text, locked

Kind = MailWords.Kind
# Which of the mails to clients carry which words; the signature stands under these and under others of one's own.
SAID_IN: dict[str, str] = {
    "booking_confirmed_client": Kind.CONFIRMATION,
    "session_recorded_client": Kind.CONFIRMATION,
    "reminder_client": Kind.REMINDER,
    "session_completed": Kind.FOLLOW_UP,
}
SIGNED = frozenset(SAID_IN) | {
    "booking_requested_client",
    "booking_moved_client",
    "session_moved_client",
    "session_changed_client",
    "quotation_sent",
    "quotation_reminder",
    "quotation_answered",
}


def words_of(consultant_id: UUID) -> dict[str, str]:
    """What is kept, by kind; nothing for a kind without words. One query."""
    return dict(MailWords.objects.filter(consultant_id=consultant_id).values_list("kind", "words"))


def said_in(template: str, words: Mapping[str, str]) -> dict[str, str]:
    """What a mail to a client says of ``words``: ``own_words`` and ``signature``, as its template knows them."""
    if template not in SIGNED:
        return {}
    return {
        "own_words": words.get(SAID_IN.get(template, ""), ""),
        "signature": words.get(Kind.SIGNATURE, ""),
    }


def for_mail(template: str, consultant_id: UUID) -> dict[str, str]:
    """:func:`said_in` of what is kept. One query, none for a mail that carries nothing of the consultant's."""
    return said_in(template, words_of(consultant_id)) if template in SIGNED else {}


def check_words(words: Mapping[str, str]) -> dict[str, str]:
    """``words`` by kind as they are kept. Raises ValidationError by kind, every wrong one at once."""
    checked = {kind: clean_text(text) for kind, text in words.items()}
    wrong = {
        kind: [_("%(most)d signs are the most, and these are %(count)d.") % {"most": most, "count": len(text)}]
        for kind, text in checked.items()
        if len(text) > (most := MailWords.longest(kind))
    }
    if wrong:
        raise ValidationError(wrong)
    return checked


def as_kept(kind: str, text: str) -> str:
    """``text`` as it would be kept, cut where it is too long: for looking at while it is typed."""
    return clean_text(text)[: MailWords.longest(kind)]


@transaction.atomic
def save_mail_words(*, consultant: Consultant, words: Mapping[str, str]) -> None:
    """Keep ``words`` by kind, from the next mail on; an empty text takes the kind's away, a kind that isn't named
    keeps what it was. Raises ValidationError."""
    checked = check_words(words)
    consultant = locked(consultant)
    kept = words_of(consultant.pk)
    changed = sorted(kind for kind, text in checked.items() if text != kept.get(kind, ""))
    for kind in changed:
        rows = MailWords.objects.filter(consultant=consultant, kind=kind)
        if checked[kind]:
            rows.update_or_create(consultant=consultant, kind=kind, defaults={"words": checked[kind]})
        else:
            rows.delete()
    if changed:
        audit.record(
            actor=consultant.user, action="consultant.mail_words_changed", subject=consultant, data={"changed": changed}
        )
