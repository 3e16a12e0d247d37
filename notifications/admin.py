"""The mail log and what people were told, to look at; sending a mail again; telling many people something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from accounts.access import may_administer
from accounts.adminsite import AdminsOnly
from accounts.models import User
from accounts.moves import Move, MovesAdmin
from naksha.errors import DomainError
from notifications import services
from notifications.broadcasts import audience_of
from notifications.errors import BroadcastLeadsAway
from notifications.models import Broadcast, Notification, OutgoingMail
from notifications.services.screen import is_path

S = OutgoingMail.Status
TONES = {S.QUEUED: "info", S.SENDING: "info", S.SENT: "success", S.FAILED: "danger", S.SKIPPED: "warning"}

RESEND = Move(
    "resend",
    _("Send again"),
    _("The same mail goes to the same address once more, as soon as a worker is free."),
    _("It is queued again."),
    act=lambda mail, actor, reason: services.resend_mail(mail=mail, actor=actor, reason=reason),
    asks=_("Note for the audit log"),
    offered=lambda mail, _actor: mail.status in (S.SENT, S.FAILED) and bool(mail.sealed_context),
    needs_reason=False,
    tone="primary",
)


@admin.register(OutgoingMail)
class MailAdmin(MovesAdmin):
    """What a mail said is sealed and never shown here: it may hold links that open something."""

    list_display = ("created_at", "told_status", "template", "to", "subject", "attempts", "next_try", "last_error")
    list_filter = ("status", "kind", "template", "created_at")
    search_fields = ("to", "to_name", "subject", "template")
    ordering = ("-created_at",)
    actions = ("resend",)
    moves = (RESEND,)
    fields = (
        "state",
        "template",
        "kind",
        "to_name",
        "to",
        "reply_to",
        "on_behalf_of",
        "subject",
        "calendar_method",
        "attempts",
        "edition",
        "created_at",
        "next_try",
        "sent_at",
        "last_error",
    )
    readonly_fields = fields

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, mail: OutgoingMail) -> tuple[str, str]:
        return mail.status, mail.get_status_display()

    @admin.display(description=_("state"))
    def state(self, mail: OutgoingMail) -> str:
        """In words: Unfold draws the pair of :meth:`told_status` as a label in lists alone."""
        return mail.get_status_display()

    @admin.display(description=_("next try"), ordering="due_at")
    def next_try(self, mail: OutgoingMail) -> Any:
        return mail.due_at if mail.status == S.QUEUED else None

    @action(description=_("Send again"), permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        again = 0
        for mail in queryset:
            try:
                services.resend_mail(mail=mail, actor=request.user)  # type: ignore[arg-type]
            except DomainError as refusal:
                messages.warning(request, f"{mail}: {refusal}")
            else:
                again += 1
        if again:
            told = ngettext("%(n)d mail is queued again.", "%(n)d mails are queued again.", again)
            messages.success(request, told % {"n": again})

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)


@admin.register(Notification)
class NotificationAdmin(AdminsOnly):
    list_display = ("created_at", "user", "kind", "title", "read_at")
    list_filter = ("kind", "created_at")
    search_fields = ("user__email", "title")
    list_select_related = ("user",)
    fields = ("user", "kind", "title", "body", "moment", "url", "broadcast", "created_at", "read_at", "removed_at")
    readonly_fields = fields


class BroadcastForm(forms.ModelForm):
    class Meta:
        model = Broadcast
        fields = ("audience", "title", "body", "url")
        widgets = {"body": forms.Textarea(attrs={"rows": 3, "maxlength": 500})}
        help_texts = {
            "title": _("What the line says, in a few words."),
            "url": _("A path on this site, like /help/. It may stay empty."),
        }

    def clean_title(self) -> str:
        return str(self.cleaned_data["title"]).strip()

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url and not is_path(url):
            raise ValidationError(str(BroadcastLeadsAway.sentence))
        return url


@admin.register(Broadcast)
class BroadcastAdmin(AdminsOnly):
    list_display = ("created_at", "title", "audience", "state", "told", "by")
    list_filter = ("audience", "status")
    search_fields = ("title",)
    list_select_related = ("by",)
    fields = ("title", "body", "url", "audience", "by", "created_at", "state", "told")
    readonly_fields = fields

    @admin.display(description=_("state"), ordering="status")
    def state(self, row: Broadcast) -> str:
        return row.get_status_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write, see how many it is for and how it will look, confirm. It can't be called back."""
        if not self.has_add_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        form = BroadcastForm(request.POST if request.method == "POST" else None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Tell people something"),
            "subtitle": None,
            "opts": self.opts,
            "form": form,
        }
        if request.method == "POST" and form.is_valid() and "change" not in request.POST:
            count = audience_of(form.cleaned_data["audience"]).count()
            # What was counted is part of what is confirmed: another audience is shown with its own number first.
            if request.POST.get("confirmed") == f"{form.cleaned_data['audience']}:{count}":
                services.broadcast(**form.cleaned_data, actor=request.user)
                messages.success(request, _now("It is being sent. How far it has come stands in the list."))
                return redirect("admin:notifications_broadcast_changelist")
            context |= {"preview": form.cleaned_data, "count": count, "audience": form.instance.get_audience_display()}
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/notifications/broadcast.html", context, status=status)
