from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from consultants.models import Consultant


class Consultants(Sitemap):
    changefreq = "daily"
    limit = 5000

    def items(self) -> QuerySet[Consultant]:
        return Consultant.objects.filter(
            status=Consultant.Status.APPROVED, is_listed=True, profile_completed_at__isnull=False
        ).order_by("slug")

    def lastmod(self, consultant: Consultant) -> datetime:
        return consultant.updated_at


class Pages(Sitemap):
    changefreq = "weekly"

    def items(self) -> list[str]:
        return ["home", "directory", "webinars", "pricing", "help", "terms", "privacy"]

    def location(self, name: str) -> str:
        return reverse(f"public:{name}")


SITEMAPS = {"consultants": Consultants, "pages": Pages}
