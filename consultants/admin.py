"""Consultants in the admin's hands: the approval queue, the page that decides, the lists to choose from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from accounts.access import may_administer
from accounts.admin import CLOSING, OPENING
from accounts.adminsite import AdminsOnly
from accounts.models import User
from accounts.moves import Move, MovesAdmin, ReasonForm
from consultants import application, commitments
from consultants.models import City, Consultant, Field, Language
from consultants.services import approval, curating, suspending
from naksha.money import rupees

TONES = {
    Consultant.Status.DRAFT: "info",
    Consultant.Status.SUBMITTED: "warning",
    Consultant.Status.NEEDS_INFO: "warning",
    Consultant.Status.APPROVED: "success",
    Consultant.Status.REJECTED: "danger",
    Consultant.Status.SUSPENDED: "danger",
}


def _may(move: str) -> Any:
    return lambda consultant, _actor: approval.may(move, consultant)


class SuspendForm(ReasonForm):
    """The reason, beside what it costs."""

    @property
    def told(self) -> str:
        stakes = commitments.stakes(self.row.pk)
        if not stakes.meetings:
            return str(_("Nothing is booked that would be called off."))
        return ngettext(
            "%(count)d booking or session is called off, and %(sum)s goes back to clients.",
            "%(count)d bookings and sessions are called off, and %(sum)s goes back to clients.",
            stakes.meetings,
        ) % {"count": stakes.meetings, "sum": rupees(stakes.refund_paise)}


MOVES = (
    Move(
        "approve",
        _("Approve"),
        _("The dashboard opens, and the page is public once the profile is complete. The note goes into the mail."),
        _("Approved. The consultant is told on screen and by mail."),
        act=lambda consultant, actor, reason: approval.approve(consultant=consultant, actor=actor, note=reason),
        offered=_may("approve"),
        asks=_("Note to the consultant"),
        needs_reason=False,
        tone="primary",
    ),
    Move(
        "ask",
        _("Ask for more"),
        _("The application goes back with your question, and comes into the queue again with the answer."),
        _("Asked. The consultant is told on screen and by mail."),
        act=lambda consultant, actor, reason: approval.ask_for_more(
            consultant=consultant, actor=actor, question=reason
        ),
        offered=_may("ask_for_more"),
        asks=_("Question to the consultant"),
    ),
    Move(
        "reject",
        _("Reject"),
        _("The consultant reads the reason, and may mend the application and send it in again."),
        _("Rejected. The consultant is told on screen and by mail."),
        act=lambda consultant, actor, reason: approval.reject(consultant=consultant, actor=actor, reason=reason),
        offered=_may("reject"),
        asks=_("Reason, as the consultant reads it"),
        tone="danger",
    ),
    Move(
        "suspend",
        _("Suspend"),
        _(
            "The page goes down and every login ends. All that is still to come is called off: clients get back "
            "everything they paid, whatever the terms, and are told. A session that has begun is let to end. Opening "
            "the account again brings nothing back."
        ),
        _("Suspended. The consultant is told by mail; this page says how far the bookings are."),
        act=lambda consultant, actor, reason: approval.suspend(consultant=consultant, actor=actor, reason=reason),
        offered=_may("suspend"),
        asks=_("Reason, as the consultant reads it. Clients are not told it"),
        tone="danger",
        form=SuspendForm,
    ),
    Move(
        "reinstate",
        _("Open again"),
        _("The consultant may log in, and the page is public again. What was called off stays called off."),
        _("Open again. The consultant is told by mail."),
        act=lambda consultant, actor, reason: approval.reinstate(consultant=consultant, actor=actor, reason=reason),
        offered=_may("reinstate"),
        asks=_("Reason, as the consultant reads it"),
        tone="primary",
    ),
    replace(
        CLOSING,
        says=_("Nobody can log in to it any more, and every login ends. The application stays as it is."),
        act=lambda consultant, actor, reason: curating.change_applicants_account(
            consultant=consultant, actor=actor, reason=reason, is_active=False
        ),
        offered=lambda consultant, _actor: consultant.user.is_active and not consultant.was_approved,
    ),
    replace(
        OPENING,
        act=lambda consultant, actor, reason: curating.change_applicants_account(
            consultant=consultant, actor=actor, reason=reason, is_active=True
        ),
        offered=lambda consultant, _actor: not consultant.user.is_active and not consultant.was_approved,
    ),
)


@admin.register(Consultant)
class ConsultantAdmin(MovesAdmin):
    list_display = (
        "display_name",
        "told_status",
        "email",
        "city",
        "papers",
        "submitted_at",
        "decided_at",
    )
    list_filter = ("status", "is_listed", "city", "fields", "registration")
    search_fields = ("display_name", "slug", "user__email", "headline")
    ordering = ("submitted_at", "-created_at")  # who has waited longest comes first
    list_select_related = ("user", "city")
    moves = MOVES

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consultant]:
        return super().get_queryset(request).annotate(paper_count=Count("documents"))

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, consultant: Consultant) -> tuple[str, str]:
        return consultant.status, consultant.get_status_display()

    @display(description=_("mail address"), ordering="user__email")
    def email(self, consultant: Consultant) -> str:
        return consultant.user.email

    @display(description=_("documents"))
    def papers(self, consultant: Any) -> int:
        return int(consultant.paper_count)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Profile and documents side by side with what happened so far and what can be done now."""
        consultant = self.get_object(request, object_id)
        if not isinstance(consultant, Consultant) or not isinstance(request.user, User):
            raise Http404
        bound = (extra_context or {}).get("bound", {})
        context = {
            **self.admin_site.each_context(request),
            "title": consultant.display_name,
            "subtitle": None,
            "opts": self.opts,
            "consultant": consultant,
            "steps": application.steps(consultant),
            "documents": consultant.documents.order_by("created_at"),
            "history": application.history(consultant),
            "moves": self.offered_moves(request, consultant, bound),
            "undone": suspending.last_of(consultant),
        }
        return TemplateResponse(request, "admin/consultants/review.html", context, status=422 if bound else 200)


class ChoiceAdmin(AdminsOnly):
    """Lists that consultants choose from. Their keys stand in addresses, so they are made once and never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_administer(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (str(self.model._meta.pk.name),) if obj else ()


@admin.register(Field)
class FieldAdmin(ChoiceAdmin):
    list_display = ("name", "slug", "order")
    search_fields = ("name", "slug")


@admin.register(Language)
class LanguageAdmin(ChoiceAdmin):
    list_display = ("name", "own_name", "code")
    search_fields = ("name", "own_name", "code")


@admin.register(City)
class CityAdmin(ChoiceAdmin):
    list_display = ("name", "slug", "state_code")
    search_fields = ("name", "slug")
