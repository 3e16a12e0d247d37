"""Reviews in the admin's hands: read, hidden and shown again with a reason, and the trail of both."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.moves import Move, MovesAdmin
from sessions_app.models import Review
from sessions_app.services import reviewing

TONES = {Review.Status.PUBLISHED: "success", Review.Status.HIDDEN: "danger"}
ASKS = _("Reason, as the client and the consultant read it")
MOVES = (
    Move(
        "hide",
        _("Hide"),
        _("It leaves the public page, and the rating is counted without it. Both sides are told the reason on screen."),
        _("Hidden. The rating is counted without it."),
        act=lambda review, actor, reason: reviewing.hide(review=review, actor=actor, reason=reason),
        offered=lambda review, _actor: review.status == Review.Status.PUBLISHED,
        asks=ASKS,
        tone="danger",
    ),
    Move(
        "show",
        _("Show again"),
        _("It is back on the public page and counts. Both sides are told the reason on screen."),
        _("Shown again, and counted."),
        act=lambda review, actor, reason: reviewing.unhide(review=review, actor=actor, reason=reason),
        offered=lambda review, _actor: review.status == Review.Status.HIDDEN,
        asks=ASKS,
        tone="primary",
    ),
)


@admin.register(Review)
class ReviewAdmin(MovesAdmin):
    moves = MOVES
    list_display = ("reviewed_at", "told_status", "rating", "consultant", "author_name", "words", "answered")
    list_filter = ("status", "rating", "reviewed_at")
    list_select_related = ("consultant",)
    search_fields = ("comment", "reply", "author_name", "client__name", "client__email", "consultant__display_name")
    ordering = ("-reviewed_at",)
    fields = (
        "status",
        "rating",
        "comment",
        "author_name",
        "client",
        "consultant",
        "session",
        "reviewed_at",
        "reply",
        "replied_at",
        "hidden_at",
        "hidden_by",
        "hidden_reason",
        "trail",
    )
    readonly_fields = fields

    @display(description=_("state"), label=TONES, ordering="status")
    def told_status(self, review: Review) -> tuple[str, str]:
        return review.status, review.get_status_display()

    @display(description=_("comment"))
    def words(self, review: Review) -> str:
        return review.comment if len(review.comment) <= 80 else f"{review.comment[:79]}…"

    @display(description=_("answered"), boolean=True)
    def answered(self, review: Review) -> bool:
        return bool(review.reply)
