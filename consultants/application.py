"""What an application needs before an admin is asked to look at it, and what became of it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from consultants.completion import Step, completion
from consultants.models import ApprovalDocument, Consultant

TOLD = {
    "consultant.submitted": _("Sent in"),
    "consultant.approved": _("Approved"),
    "consultant.rejected": _("Not approved"),
    "consultant.asked_for_more": _("More asked for"),
    "consultant.suspended": _("Suspended"),
    "consultant.reinstated": _("Opened again"),
}


def steps(consultant: Consultant) -> list[Step]:
    """What makes a page public, and a proof of identity. Two queries."""
    return [
        *(step for step in completion(consultant) if step.needed),
        Step(
            "identity",
            _("Add a proof of identity"),
            _("PAN card, passport, driving licence or voter card. Only you and our reviewers can open it."),
            consultant.documents.filter(kind=ApprovalDocument.Kind.IDENTITY).exists(),
            needed=True,
            page="consultants:application",
            anchor="documents",
        ),
    ]


def is_ready(consultant: Consultant) -> bool:
    return all(step.done for step in steps(consultant))


def history(consultant: Consultant) -> QuerySet[AuditEntry]:
    """The moves of the application, newest first, for the consultant's own eyes and the reviewers'."""
    return AuditEntry.objects.filter(
        subject_kind=Consultant._meta.label_lower, subject_id=consultant.pk, action__in=TOLD
    ).order_by("-created_at")
