"""A consultant's named way to look at the table of sessions: what is looked for, as the address says it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from naksha.db import Row

MOST_VIEWS = 20
LONGEST_NAME = 40
LONGEST_QUERY = 2000


class SavedView(Row):
    consultant = models.ForeignKey("consultants.Consultant", on_delete=models.CASCADE, related_name="session_views")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)  # of sessions_app.find_form.FindForm, without a page
    # Its place among the consultant's, from 1: there are no more places than MOST_VIEWS.
    place = models.PositiveSmallIntegerField()
    is_default = models.BooleanField(_("shown first"), default=False)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint("consultant", Lower("name"), name="saved_view_name_unique_for_consultant"),
            models.UniqueConstraint(fields=["consultant", "place"], name="saved_view_one_in_a_place"),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=MOST_VIEWS), name="saved_view_at_most_twenty"),
            models.UniqueConstraint(
                fields=["consultant"], condition=Q(is_default=True), name="saved_view_one_default_for_consultant"
            ),
        ]

    def __str__(self) -> str:
        return self.name
