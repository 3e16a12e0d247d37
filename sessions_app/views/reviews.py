"""Reviews: the client's page that gives one, and the consultant's list that answers them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ConsultantRequest, approved_consultant_required
from naksha.errors import DomainError
from naksha.web.parts import Part, part_alone, part_of
from naksha.web.policy import never_cache
from sessions_app.access import visitor_or_404
from sessions_app.models import Review
from sessions_app.ratings import STARS, breakdown
from sessions_app.review_forms import ReplyForm, ReviewForm
from sessions_app.reviews import review_panel
from sessions_app.services import reviewing

PAGE_SIZE = 20


@require_http_methods(["GET", "POST"])
@never_cache
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rate the session ``pk``, by login or by the link that let a guest in; afterwards, what was given."""
    visitor = visitor_or_404(request, pk)
    if visitor.client is None:
        return redirect("sessions:reviews")
    form, status = None, 200
    if request.method == "POST":
        form = ReviewForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                reviewing.rate(
                    session=visitor.session,
                    client=visitor.client,
                    rating=form.cleaned_data["rating"],
                    comment=form.cleaned_data["comment"],
                    by=visitor.user,
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("Thank you. Your review is on the page within a minute."))
                return redirect("sessions:review", pk)
    panel = review_panel(visitor, form)
    context = {
        "panel": panel,
        "session": visitor.session,
        "zone": visitor.timezone,
        "refused": form.non_field_errors() if form else [],
    }
    response = render(request, "sessions/review.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_GET
@approved_consultant_required
def reviews(request: ConsultantRequest) -> HttpResponse:
    """What clients said, newest first; ``?show=unanswered`` or ``?stars=4`` narrows it."""
    return _list(request)


@require_GET
@approved_consultant_required
def reviews_list(request: ConsultantRequest) -> HttpResponse:
    """The list alone, for a page that is open; 304 while nothing has changed."""
    return part_alone(request, _drawn(request))


@require_POST
@approved_consultant_required
def answer(request: ConsultantRequest, pk: UUID) -> HttpResponse:
    """Reply to one's own review, once."""
    mine = get_object_or_404(request.consultant.reviews, pk=pk)
    form = ReplyForm(request.POST, prefix=str(mine.pk))
    if not form.is_valid():
        return _list(request, typed=(mine, form), status=422)
    try:
        reviewing.reply(review=mine, actor=request.user, text=form.cleaned_data["reply"])
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _list(request, typed=(mine, form), status=409)
    messages.success(request, _("Your reply is under the review. The client is told by mail."))
    return redirect(f"{reverse('sessions:reviews')}#review-{mine.pk}")


def _list(
    request: ConsultantRequest, *, typed: tuple[Review, ReplyForm] | None = None, status: int = 200
) -> HttpResponse:
    live = _drawn(request, typed=typed)
    return render(request, "sessions/reviews.html", {"nav": "reviews", "live": live}, status=status)


def _drawn(request: ConsultantRequest, *, typed: tuple[Review, ReplyForm] | None = None) -> Part:
    """The list; with ``typed``, the one review whose reply came back. Five queries, however many there are."""
    mine = request.consultant.reviews.select_related("session__service", "client").order_by("-reviewed_at", "-pk")
    counts = breakdown(request.consultant)
    waiting = mine.published().filter(reply="").count()
    asked = request.GET.get("stars", "")
    stars = int(asked) if asked in map(str, STARS) else None
    unanswered = request.GET.get("show") == "unanswered"
    found = mine.published().filter(reply="") if unanswered else mine
    if stars:
        found = found.filter(rating=stars)
    if typed:
        found = mine.filter(pk=typed[0].pk)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "consultant": request.consultant,
        "zone": request.consultant.timezone,
        "breakdown": counts,
        "waiting": waiting,
        "page": page,
        "entries": [(one, _form(one, typed)) for one in page],
        "stars": stars,
        "stars_offered": STARS,
        "unanswered": unanswered,
        "narrowed": bool(stars or unanswered),
        "typed": typed is not None,
    }
    return part_of(request, "sessions/_reviews.html", context)


def _form(one: Review, typed: tuple[Review, ReplyForm] | None) -> ReplyForm | None:
    """The form under a review that waits for its reply."""
    if typed and typed[0].pk == one.pk:
        return typed[1]
    if one.reply or one.status != Review.Status.PUBLISHED:
        return None
    return ReplyForm(prefix=str(one.pk))
