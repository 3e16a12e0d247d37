"""All that was said of a consultant, a page at a time."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultants.models import Consultant
from public.cache import public_page
from public.reviews import PAGE_SIZE, published
from public.views.consultant import with_consultant
from sessions_app.ratings import breakdown


@require_safe
@public_page(seconds=10)
@with_consultant
def reviews(request: HttpRequest, consultant: Consultant) -> HttpResponse:
    """The reviews of a consultant who has a page; anybody else's are 404."""
    page = Paginator(published(consultant), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"consultant": consultant, "breakdown": breakdown(consultant), "page": page}
    return render(request, "public/reviews.html", context)
