from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from consultants.api import examples
from consultants.api import serializers as shown
from consultants.api.base import APPROVED, PracticeView
from consultants.models import Service
from consultants.services.offers import (
    Question,
    ServiceFacts,
    archive_service,
    change_service,
    create_service,
    update_service,
)
from naksha.api import paging
from naksha.api.schema import operation

FACTS = tuple(ServiceFacts.__annotations__)
ORDERS = {"order": "order", "createdAt": "created_at", "title": "title", "price": "price_paise"}


def _taken(given: dict[str, Any]) -> tuple[ServiceFacts, list[Question]]:
    facts = cast(ServiceFacts, {name: given[name] for name in FACTS})
    return facts, [cast(Question, dict(question)) for question in given["questions"]]


class Services(PracticeView):
    idempotent = frozenset({"post"})

    @operation(
        "consultant_services_list",
        "Your services",
        tag="Consultant",
        answer=shown.ServiceShown,
        listed="services",
        errors=APPROVED,
        parameters=[
            shown.ServiceFilters,  # type: ignore[list-item]
            OpenApiParameter("ordering", str, enum=sorted(ORDERS), description="With a minus: the other way round."),
        ],
        example=examples.SERVICE,
    )
    def get(self, request: Request) -> Response:
        given = self.filters(shown.ServiceFilters)
        rows: QuerySet[Service] = self.consultant.services.prefetch_related("questions")
        rows = rows.filter(archived_at__isnull=not given.get("archived", False))
        rows = rows.filter(**{name: given[name] for name in ("kind", "is_active") if name in given})
        if words := given.get("search"):
            rows = rows.filter(Q(title__icontains=words) | Q(description__icontains=words))
        return self.page("services", paging.ordered(request, rows, ORDERS, "order"), shown.ServiceShown)

    @operation(
        "consultant_services_create",
        "Add a service at the end of the list",
        tag="Consultant",
        request=shown.ServiceInput,
        answer=shown.ServiceShown,
        status=201,
        errors=APPROVED,
        idempotent=True,
        request_example=examples.SERVICE_INPUT,
        example=examples.SERVICE,
    )
    def post(self, request: Request) -> Response:
        facts, questions = _taken(self.checked(shown.ServiceInput))
        service = create_service(consultant=self.consultant, facts=facts, questions=questions)
        return self.ok(shown.ServiceShown(service).data, _("Saved."), status=201)


class OneService(PracticeView):
    def _service(self, pk: UUID) -> Service:
        return get_object_or_404(self.consultant.services.prefetch_related("questions"), pk=pk)

    @operation(
        "consultant_services_retrieve",
        "One of your services",
        tag="Consultant",
        answer=shown.ServiceShown,
        errors=[*APPROVED, "NOT_FOUND"],
        example=examples.SERVICE,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.ok(shown.ServiceShown(self._service(pk)).data)

    @operation(
        "consultant_services_update",
        "Replace a service, for bookings to come",
        tag="Consultant",
        request=shown.ServiceInput,
        answer=shown.ServiceShown,
        errors=[*APPROVED, "NOT_FOUND"],
        request_example=examples.SERVICE_INPUT,
        example=examples.SERVICE,
    )
    def put(self, request: Request, pk: UUID) -> Response:
        service = self._service(pk)
        facts, questions = _taken(self.checked(shown.ServiceInput))
        return self._saved(partial(update_service, service=service, facts=facts, questions=questions))

    @operation(
        "consultant_services_change",
        "Change some of a service, for bookings to come",
        tag="Consultant",
        request=shown.ServiceInput(partial=True),
        answer=shown.ServiceShown,
        errors=[*APPROVED, "NOT_FOUND"],
        request_example={"pricePaise": 180000},
        example=examples.SERVICE,
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        service = self._service(pk)
        given = self.checked(shown.ServiceInput, partial=True)
        changes = {name: given[name] for name in (*FACTS, "questions") if name in given}
        return self._saved(partial(change_service, service=service, **changes))

    def _saved(self, save: Callable[[], Service]) -> Response:
        try:
            saved = save()
        except Service.DoesNotExist:
            raise Http404 from None  # somebody has just deleted it
        return self.ok(shown.ServiceShown(self._service(saved.pk)).data, _("Saved."))

    @operation(
        "consultant_services_destroy",
        "Put a service away",
        tag="Consultant",
        errors=[*APPROVED, "NOT_FOUND"],
        description="One that was ever booked is kept in the archive; what is booked stays booked.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        archive_service(service=self._service(pk))
        return self.ok(None, _("The service is put away."))
