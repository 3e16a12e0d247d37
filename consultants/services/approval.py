"""The way of an application: sent in, looked at, decided; and what becomes of an approval later.

Each move locks the consultant, checks the state, and writes the audit line, the line on screen and the mail in the
same transaction. A move that the state does not allow raises InvalidState and changes nothing.

    DRAFT, NEEDS_INFO, REJECTED → SUBMITTED → APPROVED ⇄ SUSPENDED
                                     │  ↘ REJECTED
                                     ↘ NEEDS_INFO

An admin may also approve before the application is sent in (somebody known), and decide while an answer is awaited.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from accounts.services import end_logins
from consultants import application
from consultants.models import Consultant
from consultants.services import suspending
from naksha.errors import DomainError, InvalidState, ReasonNeeded
from notifications.models import Notification
from notifications.services import notify, send_mail

Status = Consultant.Status

ALLOWED: dict[str, frozenset[str]] = {
    "submit": frozenset({Status.DRAFT, Status.NEEDS_INFO, Status.REJECTED}),
    "approve": frozenset({Status.DRAFT, Status.SUBMITTED, Status.NEEDS_INFO}),
    "reject": frozenset({Status.SUBMITTED, Status.NEEDS_INFO}),
    "ask_for_more": frozenset({Status.SUBMITTED}),
    "suspend": frozenset({Status.APPROVED}),
    "reinstate": frozenset({Status.SUSPENDED}),
}


class ApplicationIncomplete(DomainError):
    """Something that an application needs is missing."""

    sentence: str | Promise = gettext_lazy("Your application isn't complete yet. See what is left above.")


def may(move: str, consultant: Consultant) -> bool:
    """Whether ``consultant``'s state allows ``move``, one of the names in ALLOWED."""
    return consultant.status in ALLOWED[move]


@transaction.atomic
def submit_application(*, consultant: Consultant, answer: str = "") -> Consultant:
    """Put the application, with an answer to what was asked, into the queue. Raises ApplicationIncomplete."""
    consultant = _locked(consultant, "submit")
    if consultant.status == Status.NEEDS_INFO and not answer.strip():
        raise ReasonNeeded(_("Answer what we asked, in a sentence or two."))
    if not application.is_ready(consultant):
        raise ApplicationIncomplete
    _move(consultant, Status.SUBMITTED, actor=consultant.user, action="submitted", reason=answer)
    for admin in User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk"):
        send_mail(
            template="application_submitted",
            to=admin.email,
            to_name=admin.name,
            context={
                "consultant_name": consultant.display_name,
                "headline": consultant.headline,
                "answer": answer,
                "review_url": _absolute("admin:consultants_consultant_change", consultant.pk),
            },
            kind=Notification.Kind.SYSTEM,
        )
    return consultant


@transaction.atomic
def approve(*, consultant: Consultant, actor: User, note: str = "") -> Consultant:
    """Open the dashboard and, once the profile is complete, the public page."""
    consultant = _locked(consultant, "approve")
    if not User.objects.filter(pk=consultant.user_id, is_active=True).exists():  # as it is now: the lock was waited for
        raise InvalidState(_("This account is closed. Open it first."))
    _move(consultant, Status.APPROVED, actor=actor, action="approved", reason=note)
    _tell(
        consultant,
        template="application_approved",
        title=_("You are approved"),
        body=note or _("Set your services and hours, and your page can be booked."),
        url=resolve_url(settings.LOGIN_REDIRECT_URL),
        reason=note,
    )
    return consultant


@transaction.atomic
def reject(*, consultant: Consultant, actor: User, reason: str) -> Consultant:
    """Say no, with the reason. The consultant may mend it and send the application in again."""
    _need(reason)
    consultant = _locked(consultant, "reject")
    _move(consultant, Status.REJECTED, actor=actor, action="rejected", reason=reason)
    _tell(
        consultant,
        template="application_rejected",
        title=_("Your application was not approved"),
        body=reason,
        url=reverse("consultants:application"),
        reason=reason,
    )
    return consultant


@transaction.atomic
def ask_for_more(*, consultant: Consultant, actor: User, question: str) -> Consultant:
    """Hand the application back with a question."""
    _need(question)
    consultant = _locked(consultant, "ask_for_more")
    _move(consultant, Status.NEEDS_INFO, actor=actor, action="asked_for_more", reason=question)
    _tell(
        consultant,
        template="application_needs_info",
        title=_("We need one more thing for your application"),
        body=question,
        url=reverse("consultants:application"),
        reason=question,
    )
    return consultant


@transaction.atomic
def suspend(*, consultant: Consultant, actor: User, reason: str) -> Consultant:
    """Take the page down, end every login and refuse new ones. All that was still to come is called off by a job, with
    everything paid given back; what has begun is let to end."""
    _need(reason)
    consultant = _locked(consultant, "suspend")
    _move(consultant, Status.SUSPENDED, actor=actor, action="suspended", reason=reason)
    User.objects.filter(pk=consultant.user_id).update(is_active=False)
    end_logins(user=consultant.user)
    suspending.begin(consultant=consultant, actor=actor)
    _tell(
        consultant,
        template="application_suspended",
        title=_("Your account is suspended"),
        body=reason,
        url="",
        reason=reason,
    )
    return consultant


@transaction.atomic
def reinstate(*, consultant: Consultant, actor: User, reason: str) -> Consultant:
    """Lift a suspension: the consultant may log in, and the page is back. What was called off stays called off."""
    _need(reason)
    consultant = _locked(consultant, "reinstate")
    _move(consultant, Status.APPROVED, actor=actor, action="reinstated", reason=reason)
    User.objects.filter(pk=consultant.user_id).update(is_active=True)
    suspending.lift(consultant=consultant)
    _tell(
        consultant,
        template="application_reinstated",
        title=_("Your account is open again"),
        body=reason,
        url=resolve_url(settings.LOGIN_REDIRECT_URL),
        reason=reason,
    )
    return consultant


def why_suspended(user: User) -> str:
    """The reason of a suspension, for the consultant's own eyes; empty for anybody else."""
    suspended = Consultant.objects.filter(user=user, status=Status.SUSPENDED)
    return suspended.values_list("decision_note", flat=True).first() or ""


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded


def _locked(consultant: Consultant, move: str) -> Consultant:
    consultant = Consultant.objects.select_for_update(of=("self",)).select_related("user").get(pk=consultant.pk)
    if not may(move, consultant):
        raise InvalidState(
            _("This can't be done: the application is now “%(state)s”.") % {"state": consultant.get_status_display()}
        )
    return consultant


def _move(consultant: Consultant, status: str, *, actor: User, action: str, reason: str) -> None:
    before, now = consultant.status, timezone.now()
    consultant.status = status
    changed: dict[str, Any] = {"status": status}
    if status == Status.SUBMITTED:
        changed["submitted_at"] = now
    else:
        changed.update(decided_at=now, decided_by=actor, decision_note=reason.strip())
    for name, value in changed.items():
        setattr(consultant, name, value)
    consultant.save(update_fields=[*changed, "updated_at"])
    audit.record(
        actor=actor,
        action=f"consultant.{action}",
        subject=consultant,
        reason=reason.strip(),
        data={"before": before, "after": status},
    )


def _tell(consultant: Consultant, *, template: str, title: str, body: str, url: str, reason: str) -> None:
    notify(user=consultant.user, kind=Notification.Kind.SYSTEM, title=title, body=body, url=url)
    send_mail(
        template=template,
        to=consultant.user.email,
        to_name=consultant.display_name,
        context={
            "consultant_name": consultant.display_name,
            "reason": reason.strip(),
            "url": settings.SITE_URL + url if url else "",
            "application_url": _absolute("consultants:application"),
            "dashboard_url": settings.SITE_URL + resolve_url(settings.LOGIN_REDIRECT_URL),
        },
    )


def _absolute(name: str, *args: object) -> str:
    return settings.SITE_URL + reverse(name, args=args)
