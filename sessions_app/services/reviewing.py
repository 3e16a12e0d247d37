"""Reviews: given once by the client of a completed session, answered once, hidden and shown again by an admin.

Each change locks the consultant first and the review after, and writes the consultant's figures anew from what is
published then, so that two at once can't count past each other. The public page keeps an answer for ten seconds
(public/cache.py), and shows the change after that at the latest.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.models import User
from clients.models import Client
from consultants.models import Consultant
from consultants.services.profile import clean_text
from naksha.db import db_now
from naksha.errors import InvalidState, ReasonNeeded
from notifications.services import changed, notify, send_mail
from sessions_app.access import mint_link
from sessions_app.errors import AlreadyAnswered, AlreadyRated, NotRateable, TooLateToRate, WordsWrong
from sessions_app.facts import link_url
from sessions_app.models import Review, Seat, Session
from sessions_app.names import words_of

OPEN_FOR = timedelta(days=60)
REVIEWS = "reviews"  # what open pages hear, to fetch their lists again
LONGEST = 2000  # characters of a comment and of a reply


def closes_at(session: Session) -> datetime:
    """Until when a completed session can be rated."""
    return (session.ended_at or session.ends_at) + OPEN_FOR


def public_name(name: str) -> str:
    """A client as the public page names one: ``Farhan Q.``; a title before the name is left out."""
    words = words_of(name)
    if len(words) < 2:
        return name.strip()[:100]
    return f"{words[0][:96]} {_initial(words[-1])}."


def _initial(word: str) -> str:
    """Its first letter with the marks that belong to it."""
    end = 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[:end].upper()


@transaction.atomic
def rate(*, session: Session, client: Client, rating: int, comment: str = "", by: User | None = None) -> Review:
    """Give ``session`` a rating of 1 to 5 for ``client``, once, within 60 days of its end. ``by`` is their login.

    Raises NotRateable, TooLateToRate, AlreadyRated, or WordsWrong for a rating or a comment that can't be kept.
    """
    comment = _checked(comment)
    if type(rating) is not int or not 1 <= rating <= 5:
        raise WordsWrong(_("Choose from one to five stars."))
    consultant = _locked(session.consultant_id)
    session = Session.objects.get(pk=session.pk)
    if session.status != Session.Status.COMPLETED or not _had(session, client):
        raise NotRateable
    now = db_now()
    if now > closes_at(session):
        raise TooLateToRate
    try:
        with transaction.atomic():
            review = Review.objects.create(
                session=session,
                client=client,
                consultant=consultant,
                rating=rating,
                comment=comment,
                author_name=public_name(client.name),
                reviewed_at=now,
            )
    except IntegrityError as error:
        raise AlreadyRated from error
    _count(consultant)
    changed(consultant.user, REVIEWS)
    audit.record(actor=by, action="review.given", subject=review, data={"rating": rating})
    _tell_consultant(review, session)
    return review


@transaction.atomic
def reply(*, review: Review, actor: User, text: str) -> Review:
    """Answer a published review for its consultant, once. Raises AlreadyAnswered, InvalidState, WordsWrong."""
    text = _checked(text)
    if not text:
        raise WordsWrong(_("Write your reply first."))
    review = _locked_review(review)
    if review.reply:
        raise AlreadyAnswered
    if review.status != Review.Status.PUBLISHED:
        raise InvalidState
    review.reply, review.replied_at = text, db_now()
    review.save(update_fields=["reply", "replied_at", "updated_at"])
    changed(review.consultant.user, REVIEWS)
    audit.record(actor=actor, action="review.answered", subject=review)
    _tell_client(review)
    return review


@transaction.atomic
def hide(*, review: Review, actor: User, reason: str) -> Review:
    """Take a review off the page and out of the rating; both sides read why. Raises ReasonNeeded, InvalidState."""
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client and the consultant will read."))
    review = _locked_review(review)
    if review.status != Review.Status.PUBLISHED:
        raise InvalidState
    review.status, review.hidden_at, review.hidden_by, review.hidden_reason = (
        Review.Status.HIDDEN,
        db_now(),
        actor,
        reason,
    )
    review.save(update_fields=["status", "hidden_at", "hidden_by", "hidden_reason", "updated_at"])
    _count(review.consultant)
    audit.record(actor=actor, action="review.hidden", subject=review, reason=reason)
    changed(review.consultant.user, REVIEWS)
    _tell_both(review, _("A review was hidden"), reason, template="review_hidden")
    return review


@transaction.atomic
def unhide(*, review: Review, actor: User, reason: str) -> Review:
    """Show a hidden review again, and count it. Raises ReasonNeeded, InvalidState."""
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(_("Say why, in a sentence that the client and the consultant will read."))
    review = _locked_review(review)
    if review.status != Review.Status.HIDDEN:
        raise InvalidState
    review.status, review.hidden_at, review.hidden_by, review.hidden_reason = Review.Status.PUBLISHED, None, None, ""
    review.save(update_fields=["status", "hidden_at", "hidden_by", "hidden_reason", "updated_at"])
    _count(review.consultant)
    audit.record(actor=actor, action="review.shown_again", subject=review, reason=reason)
    changed(review.consultant.user, REVIEWS)
    _tell_both(review, _("A review is shown again"), reason, template="review_shown")
    return review


def _checked(text: str) -> str:
    text = clean_text(text)
    if len(text) > LONGEST:
        raise WordsWrong(_("Write at most %(most)d characters.") % {"most": LONGEST})
    return text


def _had(session: Session, client: Client) -> bool:
    if not session.is_webinar:
        return session.client_id == client.pk
    return Seat.objects.filter(session=session, client=client, status=Seat.Status.TAKEN).exists()


def _locked(consultant_id: UUID) -> Consultant:
    """The consultant, whose figures nobody else writes until the transaction ends."""
    return Consultant.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=consultant_id)


def _locked_review(review: Review) -> Review:
    consultant = _locked(review.consultant_id)
    locked = (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("client__user", "session")
        .get(pk=review.pk)
    )
    locked.consultant = consultant
    return locked


def _count(consultant: Consultant) -> None:
    """Write how many are published, and the sum of their ratings."""
    sums = Review.objects.published().filter(consultant=consultant).aggregate(n=Count("pk"), total=Sum("rating"))
    Consultant.objects.filter(pk=consultant.pk).update(
        review_count=sums["n"], rating_total=sums["total"] or 0, updated_at=db_now()
    )


def stars_words(rating: int) -> str:
    """``1 star``, ``4 stars``."""
    return ngettext("%(n)d star", "%(n)d stars", rating) % {"n": rating}


def line_path(review_id: UUID) -> str:
    """Where a line on screen leads its consultant."""
    return f"{reverse('sessions:reviews')}#review-{review_id}"


def _tell_consultant(review: Review, session: Session) -> None:
    consultant = review.consultant
    told = {"stars": stars_words(review.rating), "who": review.client.name}
    path = line_path(review.pk)
    notify(
        user=consultant.user,
        kind="review",
        title=_("%(stars)s from %(who)s") % told,
        body=review.comment or session.title,
        url=path,
    )
    send_mail(
        template="review_received",
        to=consultant.user.email,
        to_name=consultant.display_name,
        context={
            "client_name": review.client.name,
            "title": session.title,
            "stars": told["stars"],
            "rating": review.rating,
            "comment": review.comment,
            "reviews_url": settings.SITE_URL + path,
        },
        dedupe_key=f"review_received:{review.pk.hex}",
        kind="review",
    )


def _tell_client(review: Review) -> None:
    consultant, client = review.consultant, review.client
    if client.user is not None:
        notify(
            user=client.user,
            kind="review",
            title=_("%(who)s answered your review") % {"who": consultant.display_name},
            body=review.reply,
            url=reverse("sessions:review", args=[review.session_id]),
        )
    once = f"review_answered:{review.pk.hex}"
    _mail_client(review, "review_answered", dedupe_key=once, on_behalf_of=consultant.user, reply=review.reply)


def _mail_client(
    review: Review, template: str, *, dedupe_key: str | None = None, on_behalf_of: User | None = None, **more: str
) -> None:
    """Mail who gave it, with or without a login, by a link that lets in; nobody where the person was erased."""
    client = review.client
    if client.erased_at is not None:
        return
    token = mint_link(session=review.session, client=client)
    send_mail(
        template=template,
        to=client.email,
        to_name=client.name,
        context={
            "consultant_name": review.consultant.display_name,
            "title": review.session.title,
            "comment": review.comment,
            "review_url": f"{link_url(token)}?next=review",
            **more,
        },
        on_behalf_of=on_behalf_of,
        dedupe_key=dedupe_key,
        kind="review",
    )


def _tell_both(review: Review, title: str, reason: str, *, template: str) -> None:
    """Lines on screen for both, and a mail for the client, who may have no login. It goes out each time."""
    _mail_client(review, template, reason=reason)
    notify(
        user=review.consultant.user,
        kind="review",
        title=title,
        body=reason,
        url=line_path(review.pk),
    )
    if review.client.user is not None:
        notify(
            user=review.client.user,
            kind="review",
            title=title,
            body=reason,
            url=reverse("sessions:review", args=[review.session_id]),
        )
