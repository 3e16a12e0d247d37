"""Clients over the API, for their consultant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import ApprovedConsultant
from accounts.models import User
from clients import services
from clients.importing.reading import MOST_BYTES
from clients.models import Client, ClientImport
from clients.services import importing
from consultants.models import Consultant
from dashboard.clients import counting
from dashboard.clients.api import examples, words
from dashboard.clients.exporting import export
from dashboard.clients.figures import Activity
from dashboard.clients.listing import Asked, Line, Order, lines_of, ordered, rows_of
from naksha.api import filters, paging
from naksha.api.parsers import Json, check_form
from naksha.api.schema import ROLE, operation
from naksha.api.views import ApiView, FileView

TAG = "Clients"
ORDERS = {  # as the page has them; with the other sign, turned round
    "name": Order.NAME,
    "-lastSessionAt": Order.LAST,
    "nextSessionAt": Order.NEXT,
    "-valuePaise": Order.VALUE,
    "-createdAt": Order.NEW,
}
FILTERS = [
    OpenApiParameter("search", description="Parts of the name or the mail address, or digits of the number."),
    OpenApiParameter("tag", description="Those who have this tag."),
    OpenApiParameter(
        "activity",
        enum=Activity.names,
        description="ACTIVE: a session is to come, or one was held in the last 90 days. NEW: none ever, and a client "
        "for 30 days at most. LOST: nothing for a year. QUIET: everybody else.",
    ),
    OpenApiParameter("archived", bool, description="true: those who were put away, and nobody else."),
    filters.ordering(*(name.removeprefix("-") for name in ORDERS)),
]
MAY = [*ROLE, "NOT_FOUND"]


def asked_of(request: Request) -> Asked:
    tag = filters.words(request, "tag")
    turned = {name.removeprefix("-") if name.startswith("-") else f"-{name}": name for name in ORDERS}
    ordering = filters.choice(request, "ordering", [*ORDERS, *turned]) or "name"
    return Asked(
        words=filters.words(request),
        tag=tag,
        activity=(filters.choice(request, "activity", Activity.names) or "").lower(),
        archived=bool(filters.flag(request, "archived")),
        order=ORDERS[turned.get(ordering, ordering)],
        turned=ordering in turned,
    )


class _Practice(ApiView):
    permission_classes = [ApprovedConsultant]

    @property
    def actor(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def consultant(self) -> Consultant:
        return self.actor.consultant  # type: ignore[attr-defined, no-any-return]

    def client(self, pk: UUID) -> Client:
        """A client of this consultant; another's is 404, and so is one of whom only the books are left."""
        return get_object_or_404(Client.objects.known(), consultant=self.consultant, pk=pk)

    def detail(self, client: Client) -> dict[str, Any]:
        now = timezone.now()
        line: Line = lines_of(self.consultant, [client], now)[0]
        return words.detail_of(line, now)


class Clients(_Practice):
    @operation(
        "clients_list",
        "One's clients",
        tag=TAG,
        answer=words.ClientRow,
        listed="clients",
        parameters=FILTERS,
        errors=ROLE,
        example=examples.ROW,
    )
    def get(self, request: Request) -> Response:
        asked, now = asked_of(request), timezone.now()
        found = ordered(self.consultant, rows_of(self.consultant, asked, now), asked.order, now, turned=asked.turned)
        page, pagination = paging.page_of(request, found)
        lines = lines_of(self.consultant, page, now)
        return self.ok({"clients": [words.row_of(line) for line in lines], "pagination": pagination})

    @operation(
        "clients_create",
        "Write down a client",
        tag=TAG,
        request=words.NewClient,
        answer=words.ClientDetail,
        status=201,
        errors=ROLE,
        request_example=examples.NEW,
        example=examples.DETAIL,
        description="Nothing is sent to them. An address that one of your clients has, archived or merged too, is "
        "refused.",
    )
    def post(self, request: Request) -> Response:
        data = self.checked(words.NewClient)
        values = words.values_by_label(self.consultant, data.pop("custom_fields", None))
        tags, note = data.pop("tags", []), data.pop("note", "")
        made = services.add_client(
            consultant=self.consultant, actor=self.actor, details=data, tags=tags, values=values, note=note
        )
        return self.ok(self.detail(made), _("%(name)s is your client now.") % {"name": made.name}, status=201)


class OneClient(_Practice):
    @operation(
        "clients_read",
        "One client, with the history",
        tag=TAG,
        answer=words.ClientDetail,
        errors=MAY,
        example=examples.DETAIL,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.ok(self.detail(self.client(pk)))

    @operation(
        "clients_replace",
        "Write a client down anew",
        tag=TAG,
        request=words.WrittenClient,
        answer=words.ClientDetail,
        errors=[*MAY, "INVALID_STATE"],
        request_example=examples.WHOLE,
        example=examples.DETAIL,
        description="What is left out is emptied, but for `tags` and `customFields`, which stay where they are left "
        "out. The address of somebody with a login stays: they log in with it. With another address, "
        "links that went to the one before stop working, and new ones are mailed for what is to come.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        client = self.client(pk)
        data = self.checked(words.WrittenClient)
        empty = dict.fromkeys(("phone", "address", "state_code", "pin_code", "gstin"), "")
        return self._written(client, {**empty, **data})

    @operation(
        "clients_change",
        "Change a part of what is known of a client",
        tag=TAG,
        request=words.WrittenClient(partial=True),
        answer=words.ClientDetail,
        errors=[*MAY, "INVALID_STATE"],
        request_example={"tags": ["Regular", "Founder"]},
        example=examples.DETAIL,
        description="With another `email`, links that went to the one before stop working, and new ones are mailed for "
        "what is to come.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        return self._written(self.client(pk), self.checked(words.WrittenClient, partial=True))

    def _written(self, client: Client, data: dict[str, Any]) -> Response:
        given = data.pop("custom_fields", None)
        values = None if given is None else words.values_by_label(self.consultant, given)
        tags = data.pop("tags", None)
        changed = services.change_client(client=client, actor=self.actor, details=data, tags=tags, values=values)
        return self.ok(self.detail(changed), _("Saved."))

    @operation(
        "clients_archive",
        "Archive a client",
        tag=TAG,
        answer=words.ClientDetail,
        errors=[*MAY, "INVALID_STATE"],
        example=examples.DETAIL,
        description="Nothing is deleted: they are out of the list (`archived=true` shows them), and a booking brings "
        "them back.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        return self.ok(self.detail(services.archive(client=self.client(pk), actor=self.actor)), _("Archived."))


class Summary(_Practice):
    @operation(
        "clients_summary",
        "How many clients there are, by activity, and what they brought",
        tag=TAG,
        answer=words.ClientsSummary,
        errors=ROLE,
        example=examples.SUMMARY,
    )
    def get(self, request: Request) -> Response:
        found = counting.summary_of(self.consultant, timezone.now())
        value_paise = found.pop("value_paise")
        return self.ok({**found, "valuePaise": value_paise, "currency": words.CURRENCY})


class Export(FileView, _Practice):
    @operation(
        "clients_export",
        "Clients as a CSV file",
        tag=TAG,
        produces="text/csv",
        parameters=FILTERS,
        errors=ROLE,
        description="All that the list would show, with its filters and in its order, streamed. It can be imported.",
    )
    def get(self, request: Request) -> HttpResponseBase:
        return export(self.consultant, asked_of(request))


class Import(_Practice):
    parser_classes = [MultiPartParser, Json]  # of JSON it says what is missing

    @operation(
        "clients_import",
        "Take in a list of clients",
        tag=TAG,
        request={"multipart/form-data": words.NewClientImport},
        answer=words.ClientImportData,
        status=201,
        also={202: "The list is long: it goes on by itself."},
        errors=[*ROLE, "INVALID_STATE"],
        request_example={"file": "clients.csv", "dryRun": True},
        example=examples.IMPORT,
        description="A CSV file whose head names the columns: name (or first and last name) and mail address, and as "
        "it has them phone, address, State, PIN code, GSTIN, tags, note and the labels of your fields; a column of "
        "another name is left out. Each row is taken or refused by itself, and the answer says which and why. Whoever "
        "is known by the address is changed by what the row has. Up to 2,000 rows are answered with 201 when all is "
        "done; more with 202, and GET /clients/import/{id} tells how far it is. The same file again changes nothing.",
    )
    def post(self, request: Request) -> Response:
        check_form(request, field="file", most=MOST_BYTES, sentence=_("The file is larger than 10 MB. Split it."))
        data = self.checked(words.NewClientImport)
        upload: UploadedFile = data["file"]
        job = importing.take_in(
            consultant=self.consultant,
            actor=self.actor,
            filename=upload.name or "",
            data=upload.read(),
            writes=not data.get("dry_run", False),
        )
        if job.is_going:
            return self.ok(words.import_of(job, []), _("It goes on by itself."), status=202)
        return self.ok(words.import_of(job, list(job.rows.all())), status=201)


class OneImport(_Practice):
    @operation(
        "clients_import_read",
        "How far a list is, with a page of its rows",
        tag=TAG,
        answer=words.ClientImportPage,
        errors=MAY,
        parameters=[
            OpenApiParameter("page", int, description="Of the rows, from 1."),
            OpenApiParameter("pageSize", int, description="1 to 100; 20 if left out."),
        ],
        example=examples.IMPORT_PAGE,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        jobs = ClientImport.objects.filter(consultant=self.consultant).defer("source")
        job = get_object_or_404(jobs, pk=pk)
        rows, pagination = paging.page_of(request, job.rows.all())
        return self.ok({**words.import_of(job, rows), "pagination": pagination})
