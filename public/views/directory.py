from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultants.models import Field
from consultants.services.saving import saved_ids
from naksha.web.zone import visitor_zone
from public.cache import public_page
from public.directory import Criteria, find
from public.forms import DirectoryForm
from public.webinars import coming

PAGE_SIZE = 12
FEATURED = 6


@require_safe
@public_page(seconds=30)
def home(request: HttpRequest) -> HttpResponse:
    result = find(Criteria(), size=FEATURED)
    fields = Field.objects.filter(
        consultants__status="approved", consultants__is_listed=True, consultants__profile_completed_at__isnull=False
    ).distinct()
    return render(
        request,
        "public/home.html",
        {
            "featured": result.found,
            "saved_ids": saved_ids(request.user),
            "fields": list(fields),
            "total": result.page.paginator.count,
            "form": DirectoryForm(),
            "visitor_zone": visitor_zone(request),
        },
    )


@require_safe
@public_page(seconds=15)
def directory(request: HttpRequest) -> HttpResponse:
    form = DirectoryForm(request.GET if request.GET else None)
    form.is_valid()
    result = find(form.criteria(), number=request.GET.get("page"), size=PAGE_SIZE)
    return render(
        request,
        "public/directory.html",
        {
            "form": form,
            "page": result.page,
            "found": result.found,
            "saved_ids": saved_ids(request.user),
            "visitor_zone": visitor_zone(request),
            "filtered": any(value for key, value in request.GET.items() if key not in ("page", "order")),
        },
    )


@require_safe
@public_page(seconds=15)
def webinars(request: HttpRequest) -> HttpResponse:
    page = Paginator(coming(timezone.now()), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "public/webinars.html", {"page": page, "visitor_zone": visitor_zone(request)})
