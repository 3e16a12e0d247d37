"""The terms: notice, pauses, cancelling, moving, and what they mean in plain sentences."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts.access import ConsultantRequest, approved_consultant_required
from availability.forms import TermsForm
from availability.views.frame import beside
from consultants.models import BookingPolicy, Consultant, Service
from consultants.pricing import earning
from consultants.services.policy import check_terms, locked, save_policy
from consultants.terms import Example, booking_words, cancelling_words, changing_words, reminding_words
from naksha.web.sections import Saved, SectionView


@method_decorator(approved_consultant_required, name="dispatch")
class Terms(SectionView):
    """POST saves; with ``arrange`` it only tells what the typed terms would mean."""

    request: ConsultantRequest
    template_name = "availability/terms.html"
    policy: BookingPolicy

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.policy, _made = BookingPolicy.objects.get_or_create(consultant=self.request.consultant)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "arrange" not in request.POST:
            return super().post(request)
        form = self.form(request.POST)
        told = _typed(form, self.policy)
        return self.page(form, told or self.policy, unsaved=True, told=told is not None)

    def form(self, *data: Any) -> TermsForm:
        return TermsForm(*data[:1], policy=self.policy)

    def hold(self) -> None:
        self.policy = locked(self.request.consultant)

    def is_right(self, form: TermsForm) -> bool:
        return _typed(form, self.policy) is not None

    def save(self, form: TermsForm) -> Saved:
        save_policy(consultant=self.request.consultant, terms=form.terms())
        return Saved(
            _("Your terms are saved. Bookings that are made keep theirs; reminders follow at once."),
            _("Bookings that are made keep their terms."),
        )

    def context(self, form: TermsForm) -> dict[str, Any]:
        frame = beside(self.request, self.request.consultant, "terms")
        return {**frame, **_meaning(self.request.consultant, self.policy, frame["service"]), "told": not form.errors}

    def parts(self, form: TermsForm) -> dict[str, str]:
        if form.errors:
            return {}
        consultant = self.request.consultant
        service = consultant.services.bookable().filter(kind=Service.Kind.PERSONAL).first()  # type: ignore[attr-defined]
        context = {**_meaning(consultant, self.policy, service), "told": True}
        return {"meaning": render_to_string("availability/_meaning.html", context, self.request)}

    def page(self, form: TermsForm, policy: BookingPolicy, *, unsaved: bool, told: bool) -> HttpResponse:
        frame = beside(self.request, self.request.consultant, "terms")
        meaning = _meaning(self.request.consultant, policy, frame["service"])
        seen = self.request.POST.get("version", "")
        context = {**frame, **meaning, "form": form, "unsaved": unsaved, "told": told, "version": seen}
        return render(self.request, self.template_name, context)


def _typed(form: TermsForm, policy: BookingPolicy) -> BookingPolicy | None:
    """The terms as typed, unsaved; None where they can't be."""
    if not form.is_valid():
        return None
    try:
        check_terms(form.terms())
    except ValidationError as error:
        form.add_error(None, error)
        return None
    return BookingPolicy(consultant_id=policy.pk, **form.terms())


def _meaning(consultant: Consultant, policy: BookingPolicy, service: Service | None) -> dict[str, Any]:
    return {
        "words": {
            "booking": booking_words(policy),
            "cancelling": cancelling_words(policy, _example(consultant, service)),
            "changing": changing_words(policy),
            "reminding": reminding_words(policy),
        }
    }


def _example(consultant: Consultant, service: Service | None) -> Example | None:
    if service is None or service.is_free:
        return None
    paid = earning(service.price_paise, charges_gst=consultant.charges_gst).client_pays
    return Example(service.title, paid)
