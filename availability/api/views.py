from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from availability import slots
from availability.api import serializers as shown
from availability.models import DateOverride, WeeklyHours
from availability.services import rows
from availability.words import outside_words
from consultants.api.base import APPROVED, PracticeView
from naksha.api import filters
from naksha.api.schema import operation
from naksha.db import lock_consultant

INPUT = {"type": "WEEKLY", "weekday": "MONDAY", "start": "09:00", "end": "17:00"}
EXAMPLE: dict[str, Any] = {
    "id": "01934c2e-6b1a-7c3e-9d0f-2a5b8c7e4f10",
    **INPUT,
    "date": None,
    "isDayOff": False,
    "note": "",
}


class HoursView(PracticeView):
    def changed(self, act: Callable[[], rows.Hours | None], status: int = 200) -> Response:
        """Change the hours, and tell of meetings that lie outside them since: they stay booked."""
        before = slots.meetings_outside_hours(self.consultant)
        row = act()
        more = slots.meetings_outside_hours(self.consultant) - before
        message = outside_words(more) if more > 0 else _("Saved.")
        return self.ok(shown.HoursShown(row).data if row else None, message, status=status)

    def put_row(self, given: dict[str, Any], row_id: UUID | None = None) -> rows.Hours:
        stretch = shown.stretch_of(given)
        if given["type"] == shown.Kind.WEEKLY and stretch is not None:
            weekday = shown.Weekday.values.index(given["weekday"])
            return rows.put_weekly(consultant=self.consultant, weekday=weekday, stretch=stretch, row_id=row_id)
        return rows.put_date(
            consultant=self.consultant, day=given["date"], stretch=stretch, note=given["note"], row_id=row_id
        )


class Hours(HoursView):
    @operation(
        "consultant_availability_list",
        "Weekly hours, then the dates to come that differ",
        tag="Consultant",
        answer=shown.HoursShown,
        listed="availability",
        errors=APPROVED,
        parameters=[shown.HoursFilters, filters.ordering("day")],  # type: ignore[list-item]
        example=EXAMPLE,
    )
    def get(self, request: Request) -> Response:
        given = self.filters(shown.HoursFilters)
        kind, words = given.get("type"), given.get("search", "")
        order = filters.choice(request, "ordering", ["day", "-day"])
        today = timezone.now().astimezone(ZoneInfo(self.consultant.timezone)).date()
        found: list[rows.Hours] = []
        if kind != shown.Kind.DATE:
            found += self.consultant.weekly_hours.order_by("weekday", "start_minute")
        if kind != shown.Kind.WEEKLY:
            found += self.consultant.date_overrides.filter(date__gte=today).order_by("date", "start_minute")
        found = [row for row in found if shown.has_words(row, words)]
        return self.page("availability", found[::-1] if order == "-day" else found, shown.HoursShown)

    @operation(
        "consultant_availability_create",
        "Add a stretch to a weekday or a date, or take a date off",
        tag="Consultant",
        request=shown.HoursInput,
        answer=shown.HoursShown,
        status=201,
        errors=APPROVED,
        request_example=INPUT,
        example=EXAMPLE,
        description="Stretches that touch become one. What is booked stays; the message says if it lies outside now.",
    )
    def post(self, request: Request) -> Response:
        given = self.checked(shown.HoursInput)
        return self.changed(lambda: self.put_row(given), 201)


class OneStretch(HoursView):
    def _row(self, pk: UUID) -> rows.Hours:
        found = rows.find(consultant=self.consultant, row_id=pk)
        if found is None:
            raise Http404
        return found

    @operation(
        "consultant_availability_update",
        "Put another stretch in its place",
        tag="Consultant",
        request=shown.HoursInput,
        answer=shown.HoursShown,
        errors=[*APPROVED, "NOT_FOUND"],
        request_example=INPUT,
        example=EXAMPLE,
        description="The type stays: a weekly stretch does not become one of a date.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        row = self._row(pk)
        return self._replaced(row, self.checked(shown.HoursInput, instance=row))

    @operation(
        "consultant_availability_change",
        "Change a part of a stretch",
        tag="Consultant",
        request=shown.HoursInput(partial=True),
        answer=shown.HoursShown,
        errors=[*APPROVED, "NOT_FOUND"],
        request_example={"end": "18:00"},
        example=EXAMPLE,
        description="As PUT, with what is left out as it is. A date that is taken off loses its times.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        with transaction.atomic():
            lock_consultant(self.consultant.pk)  # what is left out is of now
            row = self._row(pk)
            return self._replaced(row, self.checked(shown.HoursInput, instance=row, partial=True))

    def _replaced(self, row: rows.Hours, given: dict[str, Any]) -> Response:
        try:
            return self.changed(lambda: self.put_row(given, row.pk))
        except (WeeklyHours.DoesNotExist, DateOverride.DoesNotExist):
            raise Http404 from None  # somebody has just deleted it

    @operation(
        "consultant_availability_destroy",
        "Take a stretch, or a day off, away",
        tag="Consultant",
        errors=[*APPROVED, "NOT_FOUND"],
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        row = self._row(pk)

        def act() -> None:
            rows.remove(consultant=self.consultant, row=row)

        return self.changed(act)
