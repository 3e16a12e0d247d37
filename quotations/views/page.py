"""The client's page: read, accept, decline, ask. Its address is its key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AccountRequest, account_required
from naksha.db import db_now
from naksha.errors import DomainError
from naksha.web.address import NOWHERE, client_address
from naksha.web.parts import Part, part_alone, part_of
from naksha.web.secret import secret
from payments.documents import papers
from quotations import services
from quotations.forms import AcceptForm, DeclineForm, QuestionForm
from quotations.looks import is_look_of_client
from quotations.models import Quotation
from quotations.services import links
from quotations.views.fetching import sums_of, with_link


@require_safe
@with_link
def page(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    if is_look_of_client(request, quotation):
        services.seen(quotation=quotation)
    return _show(request, quotation, token)


@require_safe
@with_link
def parts(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    """All that may change of the page, for one that is open; 304 while nothing has. No look of the client's."""
    return part_alone(request, _part(request, quotation, token))


def _show(request: HttpRequest, quotation: Quotation, token: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "quotation": quotation,
        "token": token,
        "page_url": links.page_url(token),
        "consultant": quotation.consultant,
        "live": _part(request, quotation, token, **more),
    }
    return render(request, "quotations/page.html", context, status=status)


def _part(request: HttpRequest, quotation: Quotation, token: str, **more: Any) -> Part:
    """``more`` is what an act that was refused has to show."""
    is_open = quotation.is_open_at(db_now()) and quotation.consultant.is_approved
    context = {
        **sums_of(quotation),
        "token": token,
        "consultant": quotation.consultant,
        "zone": quotation.client.timezone,
        "is_open": is_open,
        "has_lapsed": quotation.is_open and not is_open,
        "questions": list(quotation.questions.all()),
        "accept_form": AcceptForm(initial={"version": quotation.version}),
        "decline_form": DeclineForm(initial={"version": quotation.version}, hint=_decline_hint(quotation)),
        "ask_form": QuestionForm(),
        "documents": papers(Quotation.PAYABLE, quotation.pk) if quotation.paid_paise else [],
        "typed": bool(more),
        **more,
    }
    return part_of(request, "quotations/_page.html", context)


def _decline_hint(quotation: Quotation) -> str:
    return _("%(name)s reads it.") % {"name": quotation.consultant.display_name}


def _refused(request: HttpRequest, token: str, error: DomainError) -> HttpResponse:
    """The page as it is now, with why what was asked was not done. What was typed stays."""
    now = links.resolve(token)
    typed = {name: request.POST.get(name, "") for name in ("name", "reason", "body")}
    return _show(
        request,
        now,
        token,
        status=error.http_status,
        problem=str(error),
        accept_form=AcceptForm(initial={**typed, "version": now.version}),
        decline_form=DeclineForm(initial={**typed, "version": now.version}, hint=_decline_hint(now)),
        ask_form=QuestionForm(initial=typed),
    )


@require_POST
@with_link
def accept(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _show(request, quotation, token, status=400, accept_form=form)
    address = client_address(request)
    try:
        agreed = services.accept(
            quotation=quotation,
            name=form.cleaned_data["name"],
            version=form.cleaned_data["version"],
            address=None if address == NOWHERE else address,
        )
    except DomainError as error:
        return _refused(request, token, error)
    return redirect("quotations:pay" if agreed.payable_paise else "quotations:page", token)


@require_POST
@with_link
def decline(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    form = DeclineForm(request.POST, hint=_decline_hint(quotation))
    if not form.is_valid():
        return _show(request, quotation, token, status=400, decline_form=form)
    try:
        data = form.cleaned_data
        services.decline(quotation=quotation, reason=data["reason"], version=data["version"])
    except DomainError as error:
        return _refused(request, token, error)
    return redirect("quotations:page", token)


@require_POST
@with_link
def ask(request: HttpRequest, quotation: Quotation, token: str) -> HttpResponse:
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _show(request, quotation, token, status=400, ask_form=form)
    try:
        services.ask(quotation=quotation, body=form.cleaned_data["body"])
    except DomainError as error:
        return _refused(request, token, error)
    return redirect("quotations:page", token)


@require_safe
@account_required
def by_login(request: AccountRequest, pk: UUID) -> HttpResponse:
    """The way of a client who is logged in: to the page by a link of their own, the same each time."""
    theirs = Quotation.objects.select_related("client").filter(client__user=request.user, sent_at__isnull=False)
    found = theirs.filter(pk=pk).first()
    if found is None:
        raise Http404
    return secret(redirect("quotations:page", links.of_login(found)))
