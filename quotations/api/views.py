"""Quotations over the API: the consultant's, and the client's side by a link."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import Anybody
from accounts.models import User
from clients.choosing import known_clients
from clients.models import Client
from clients.services import find_or_create
from consultants.api.base import APPROVED, PracticeView
from naksha.api import filters, paging
from naksha.api.errors import refuse
from naksha.api.schema import operation
from naksha.api.views import ApiView, FileView
from naksha.db import db_now
from naksha.web.address import NOWHERE, client_address
from payments import documents
from quotations import papers, services
from quotations.api import examples
from quotations.api import serializers as shown
from quotations.looks import is_look_of_client
from quotations.models import Quotation
from quotations.services import links
from quotations.services.drafting import as_sent_now

TAG = "Quotations"
ORDERS = {"createdAt": "created_at", "validUntil": "valid_until", "totalPaise": "total_now"}
S = Quotation.Status


class QuotationView(PracticeView):
    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def one(self, pk: UUID) -> Quotation:
        mine = Quotation.objects.select_related("consultant__user", "client__user")
        found: Quotation = get_object_or_404(mine, pk=pk, consultant=self.consultant)
        return as_sent_now(found)

    def detail(self, pk: UUID) -> dict[str, Any]:
        return dict(shown.QuotationShown(self.one(pk)).data)

    def client_of(self, given: dict[str, Any]) -> Client | None:
        """Whom it is for: one of the consultant's, or whoever has the address. None where neither is given."""
        if "client_id" in given:
            found = known_clients(self.consultant).called(given["client_id"])
            if found is None:
                raise refuse("clientId", _("You have no such client."))
            return found
        if "client_email" not in given:
            return None
        if not given.get("client_name"):
            raise refuse("clientName", _("Write the name."))
        return find_or_create(
            consultant=self.consultant,
            name=given["client_name"],
            email=given["client_email"],
            timezone=self.consultant.timezone,
        )


class Quotations(QuotationView):
    idempotent = frozenset({"post"})

    @operation(
        "quotations_list",
        "Your quotations",
        tag=TAG,
        answer=shown.QuotationRow,
        listed="quotations",
        errors=APPROVED,
        parameters=[
            OpenApiParameter("status", str, enum=S.names),
            OpenApiParameter("clientId", str, description="Those for one client."),
            filters.SEARCH,
            filters.ordering(*ORDERS),
        ],
        example=examples.ROW,
    )
    def get(self, request: Request) -> Response:
        rows = Quotation.objects.filter(consultant=self.consultant).select_related("consultant", "client")
        if status := filters.choice(request, "status", S.names):
            rows = rows.filter(status=status.lower())
        if client := filters.uuid(request, "clientId"):
            found = Client.objects.filter(consultant=self.consultant).called(client)
            rows = rows.filter(client_id=found.pk if found else client)
        rows = rows.about(filters.words(request))  # type: ignore[attr-defined]
        rows = rows.with_total_now(charges_gst=self.consultant.charges_gst)
        return self.page("quotations", paging.ordered(request, rows, ORDERS, "-createdAt"), shown.QuotationRow)

    @operation(
        "quotations_create",
        "Write a quotation down",
        tag=TAG,
        request=shown.QuotationInput,
        answer=shown.QuotationShown,
        status=201,
        errors=APPROVED,
        idempotent=True,
        request_example=examples.INPUT,
        example=examples.DETAIL,
        description="A draft: nobody is told of it until it is sent. Sums and GST are reckoned here.",
    )
    def post(self, request: Request) -> Response:
        given = self.checked(shown.QuotationInput)
        with shown.by_our_names(), transaction.atomic():
            client = self.client_of(given)
            if client is None:
                raise refuse("clientId", _("Choose a client, or write a name and a mail address."))
            made = services.write_draft(
                consultant=self.consultant, actor=self.user, client=client, draft=shown.draft_of(given)
            )
        return self.ok(self.detail(made.pk), _("Saved. It goes to nobody until you send it."), status=201)


class OneQuotation(QuotationView):
    @operation(
        "quotations_retrieve",
        "One of your quotations",
        tag=TAG,
        answer=shown.QuotationShown,
        errors=[*APPROVED, "NOT_FOUND"],
        example=examples.DETAIL,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.ok(self.detail(pk))

    @operation(
        "quotations_replace",
        "Write a draft anew",
        tag=TAG,
        request=shown.QuotationChange,
        answer=shown.QuotationShown,
        errors=[*APPROVED, "NOT_FOUND", "INVALID_STATE"],
        request_example={**examples.INPUT, "edition": 1},
        example=examples.DETAIL,
        description="What was sent doesn’t change any more. `edition` keeps two writers from each other’s changes.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        quotation = self.one(pk)
        return self._changed(quotation, self.checked(shown.QuotationChange))

    @operation(
        "quotations_change",
        "Change a part of a draft",
        tag=TAG,
        request=shown.QuotationChange(partial=True),
        answer=shown.QuotationShown,
        errors=[*APPROVED, "NOT_FOUND", "INVALID_STATE"],
        request_example={"discountPercent": 5},
        example=examples.DETAIL,
        description="`lines` are always given whole.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        quotation = self.one(pk)
        given = self.checked(shown.QuotationChange, partial=True)
        return self._changed(quotation, {"edition": quotation.edition, **shown.as_sent(quotation), **given})

    def _changed(self, quotation: Quotation, given: dict[str, Any]) -> Response:
        with shown.by_our_names(), transaction.atomic():
            services.change_draft(
                quotation=quotation,
                actor=self.user,
                edition=given.get("edition", quotation.edition),
                client=self.client_of(given) or quotation.client,
                draft=shown.draft_of(given),
            )
        return self.ok(self.detail(quotation.pk), _("Saved. It goes to nobody until you send it."))

    @operation(
        "quotations_destroy",
        "Throw a draft away, or withdraw what was sent",
        tag=TAG,
        errors=[*APPROVED, "NOT_FOUND", "INVALID_STATE"],
        description="What its client has answered stays.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        quotation = self.one(pk)
        if quotation.status == S.DRAFT:
            services.throw_away(quotation=quotation, actor=self.user)
            return self.ok(None, _("The draft is gone."))
        services.withdraw(quotation=quotation, actor=self.user)
        return self.ok(None, _("Withdrawn."))


class Send(QuotationView):
    idempotent = frozenset({"post"})

    @operation(
        "quotations_send",
        "Send a draft to its client",
        tag=TAG,
        request=shown.SendInput,
        answer=shown.QuotationSent,
        errors=[*APPROVED, "NOT_FOUND", "INVALID_STATE"],
        idempotent=True,
        request_example={"byMail": True},
        example=examples.SENT,
        description="It takes its number. The link is in the answer this once. What comes to another sum, or is taxed "
        "elsewhere, than when it was written down or read is not sent (409), but kept as it is now.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        quotation = self.one(pk)
        given = self.checked(shown.SendInput)
        with shown.by_our_names():
            read = services.Read(edition=given.get("edition"), total_paise=given.get("total_paise"))
            token = services.send(quotation=quotation, actor=self.user, by_mail=given["by_mail"], read=read)
        told = shown.QuotationSent(self.one(pk), context={"url": links.page_url(token)}).data
        return self.ok(told, _("Sent."))


class Link(QuotationView):
    idempotent = frozenset({"post"})

    @operation(
        "quotations_link",
        "A new link in the place of all there were",
        tag=TAG,
        answer=shown.QuotationSent,
        errors=[*APPROVED, "NOT_FOUND", "INVALID_STATE"],
        idempotent=True,
        example=examples.SENT,
        description="Those that are out, in mails too, stop at once. The new one is in the answer this once.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        token = services.new_link(quotation=self.one(pk), actor=self.user)
        told = shown.QuotationSent(self.one(pk), context={"url": links.page_url(token)}).data
        return self.ok(told, _("The links before it have stopped."))


class CallOff(QuotationView):
    idempotent = frozenset({"post"})

    @operation(
        "quotations_call_off",
        "Call accepted work off",
        tag=TAG,
        request=shown.CallOffInput,
        answer=shown.QuotationShown,
        errors=[*APPROVED, "NOT_FOUND", "INVALID_STATE"],
        idempotent=True,
        request_example={"reason": "We could not agree on the dates.", "refundPaise": 1_327_500},
        example={**examples.DETAIL, "status": "EXPIRED", "ending": "CALLED_OFF"},
        description="Nothing more is asked for, and the client is told. Called off already: nothing changes.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        quotation = self.one(pk)
        given = self.checked(shown.CallOffInput)
        with shown.by_our_names():
            services.call_off(
                quotation=quotation, actor=self.user, reason=given["reason"], refund_paise=given.get("refund_paise")
            )
        return self.ok(self.detail(pk), _("Called off."))


class Pdf(QuotationView, FileView):
    @operation(
        "quotations_pdf",
        "A quotation on paper",
        tag=TAG,
        produces="application/pdf",
        errors=[*APPROVED, "NOT_FOUND"],
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        quotation = self.one(pk)
        response = HttpResponse(documents.draw(papers.facts(quotation)), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{quotation.filename}"'
        return response


# --- the client's side ------------------------------------------------------------------------------


class PublicView(ApiView):
    permission_classes = [Anybody]
    public_cache = True
    copies = "private, no-cache"  # the app's own alone, and asked for each time

    def opened(self, token: str) -> Quotation:
        try:
            return links.resolve(token)
        except Quotation.DoesNotExist:
            raise Http404 from None

    def told(self, token: str, message: str = "") -> Response:
        """As things stand now."""
        data = shown.QuotationPublic(self.opened(token), context={"now": db_now()}).data
        return self.ok(data, message)


class Public(PublicView):
    @operation(
        "quotations_public",
        "A quotation as its client reads it",
        tag=TAG,
        answer=shown.QuotationPublic,
        errors=["NOT_FOUND"],
        login=False,
        example=examples.PUBLIC,
        description="By the secret of its link, in the version that counts. It is noted as seen.",
    )
    def get(self, request: Request, token: str) -> Response:
        quotation = self.opened(token)
        if is_look_of_client(request, quotation):
            services.seen(quotation=quotation)
        return self.told(token)


class Accept(PublicView):
    @operation(
        "quotations_accept",
        "Accept a quotation",
        tag=TAG,
        request=shown.AcceptInput,
        answer=shown.QuotationPublic,
        errors=["NOT_FOUND", "INVALID_STATE"],
        login=False,
        request_example={"name": "Farhan Qureshi", "version": 1},
        example={**examples.PUBLIC, "status": "ACCEPTED", "acceptedBy": "Farhan Qureshi"},
        description="The name, the time and the address of the request are kept. Accepted already: nothing changes.",
    )
    def post(self, request: Request, token: str) -> Response:
        quotation = self.opened(token)
        given = self.checked(shown.AcceptInput)
        address = client_address(request._request)
        with shown.by_our_names():
            services.accept(
                quotation=quotation,
                name=given["name"],
                version=given["version"],
                address=None if address == NOWHERE else address,
            )
        return self.told(token, _("Accepted. Thank you."))


class Decline(PublicView):
    @operation(
        "quotations_decline",
        "Decline a quotation",
        tag=TAG,
        request=shown.DeclineInput,
        answer=shown.QuotationPublic,
        errors=["NOT_FOUND", "INVALID_STATE"],
        login=False,
        request_example={"reason": "The price is beyond us this year.", "version": 1},
        example={**examples.PUBLIC, "status": "DECLINED", "canBeAnswered": False},
    )
    def post(self, request: Request, token: str) -> Response:
        quotation = self.opened(token)
        given = self.checked(shown.DeclineInput)
        services.decline(quotation=quotation, reason=given["reason"], version=given["version"])
        return self.told(token)
