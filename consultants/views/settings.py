"""The settings beside the profile: the page's address, the bank account, the mails' own words."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ConsultantRequest, approved_consultant_required, consultant_required, has_just_proved
from consultants import slugs
from consultants.completion import completion
from consultants.forms.settings import AddressForm, BankForm, MailWordsForm
from consultants.mail_preview import preview
from consultants.models import BankAccount, MailWords
from consultants.services import mail_words
from consultants.services import profile as profiles
from consultants.services.banking import save_bank_account
from naksha.taxids import masked_pan
from naksha.web.policy import never_cache
from naksha.web.sections import Saved, SectionView


@require_safe
@consultant_required
def overview(request: ConsultantRequest) -> HttpResponse:
    consultant = request.consultant
    steps = [step for step in completion(consultant) if step.needed]
    context = {
        "nav": "settings",
        "place": "settings",
        "consultant": consultant,
        "left": sum(not step.done for step in steps),
        "pan": masked_pan(consultant.pan),
    }
    return render(request, "consultants/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@consultant_required
def address(request: ConsultantRequest) -> HttpResponse:
    """Another address for the public page: typed, then looked at with what it changes, then done."""
    consultant = request.consultant
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        slug = form.cleaned_data["slug"]
        try:
            if slug == consultant.slug:
                raise ValidationError({"slug": [_("This is your address already.")]})
            if "sure" in request.POST:
                profiles.change_slug(consultant=consultant, slug=slug)
                told = _("Your page is at /%(slug)s now. The old address leads there.")
                messages.success(request, told % {"slug": slug})
                return redirect("consultants:address")
            slugs.check_slug(slug, consultant)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _address_page(request, form, new_slug=slug)
    return _address_page(request, form)


def _address_page(request: ConsultantRequest, form: AddressForm, *, new_slug: str = "") -> HttpResponse:
    context = {
        "nav": "profile",
        "place": "address",
        "consultant": request.consultant,
        "form": form,
        "new_slug": new_slug,
        "site": f"{request.scheme}://{request.get_host()}/",
        "former": list(request.consultant.old_slugs.all()),
    }
    return render(request, "consultants/address.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
def bank_account(request: ConsultantRequest) -> HttpResponse:
    """Where money goes is only changed by somebody who has just proved again who they are."""
    if request.method == "POST":
        return _save_bank_account(request)
    proved: HttpResponse = reauthentication_required(_bank_page)(request)
    return proved


def _save_bank_account(request: ConsultantRequest) -> HttpResponse:
    form = _bank_form(request, request.POST)
    if not has_just_proved(request):
        # Nothing of what was typed is put aside: it stays on the page, and nowhere else.
        return _bank_page(request, form, proves=True, status=403)
    if form.is_valid():
        try:
            save_bank_account(consultant=request.consultant, facts=form.facts())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved. Your next payout goes to this account. We have told you by mail, too."))
            return redirect("consultants:invoice_details")
    return _bank_page(request, form, status=422)


def _bank_form(request: ConsultantRequest, *data: Any) -> BankForm:
    return BankForm(*data, account=BankAccount.objects.filter(consultant=request.consultant).first())


def _bank_page(
    request: ConsultantRequest, form: BankForm | None = None, *, proves: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "nav": "settings",
        "place": "bank",
        "consultant": request.consultant,
        "form": form or _bank_form(request),
        "proves": proves,
    }
    return render(request, "consultants/bank_account.html", context, status=status)


@method_decorator([approved_consultant_required, csp_update({"frame-src": ["'self'"]})], name="dispatch")
class Mails(SectionView):
    """The consultant's own words in the mails to clients."""

    request: ConsultantRequest
    template_name = "consultants/mails.html"

    def form(self, *data: Any) -> MailWordsForm:
        return MailWordsForm.of(mail_words.words_of(self.request.consultant.pk), *data[:1])

    def hold(self) -> None:
        self.request.consultant = profiles.locked(self.request.consultant)

    def save(self, form: MailWordsForm) -> Saved:
        mail_words.save_mail_words(consultant=self.request.consultant, words=form.words())
        return Saved(_("Saved. The next mails carry these words."))

    def context(self, form: MailWordsForm) -> dict[str, Any]:
        shown = [(kind, label) for kind, label in MailWords.Kind.choices if kind != MailWords.Kind.SIGNATURE]
        return {"nav": "settings", "place": "mails", "consultant": self.request.consultant, "shown": shown}


@require_http_methods(["GET", "HEAD", "POST"])
@approved_consultant_required
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": ["'none'"],
        "script-src": None,
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-same-origin"],  # so that the page can put what is being typed in its place
    }
)
def mail_preview(request: ConsultantRequest) -> HttpResponse:
    """A mail as it would go out: with the words that are kept, or with those that were typed."""
    asked = request.POST if request.method == "POST" else request.GET
    kind = asked.get("kind", MailWords.Kind.CONFIRMATION)
    if kind not in MailWords.Kind.values:
        raise Http404
    words = mail_words.words_of(request.consultant.pk)
    if request.method == "POST":
        words = {name: mail_words.as_kept(name, request.POST.get(name, "")) for name in MailWords.Kind.values}
    response = HttpResponse(preview(request.consultant, kind, words))
    response["Cache-Control"] = "private, no-store"
    return response
