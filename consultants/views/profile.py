"""The consultant's own profile, and what stands on their invoices."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts.access import ConsultantRequest, consultant_required
from consultants.completion import completion
from consultants.forms.profile import InvoiceForm, ProfileForm
from consultants.models import BankAccount, Consultant
from consultants.services import profile as profiles
from naksha.web.sections import Saved, SectionView


class _OfConsultant(SectionView):
    request: ConsultantRequest

    def hold(self) -> None:
        self.request.consultant = profiles.locked(self.request.consultant)


@method_decorator(consultant_required, name="dispatch")
class Profile(_OfConsultant):
    template_name = "consultants/profile.html"
    photo: str | None = None  # what becomes of it: where the new one lies, "" for none; None where it stays
    until_answered: ExitStack

    def form(self, *data: Any) -> ProfileForm:
        return ProfileForm.of(self.request.consultant, *data)

    def post(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as self.until_answered:
            return super().post(request)

    def is_right(self, form: ProfileForm) -> bool:
        valid = form.is_valid()
        if upload := form.cleaned_data.get("photo"):
            try:
                self.photo = self.until_answered.enter_context(profiles.stored_photo(upload))
            except ValidationError as error:
                form.add_error("photo", error)
        elif form.cleaned_data.get("remove_photo"):
            self.photo = ""
        return valid and not form.errors

    def apart(self, form: ProfileForm) -> Callable[[], object] | None:
        """A good photo is kept though another field is wrong: it can't be sent back to be seen."""
        if self.photo is None:
            return None
        return partial(profiles.change_photo, consultant=self.request.consultant, path=self.photo)

    def stored_words(self, field: BoundField) -> str:
        if field.name in ("photo", "remove_photo"):
            return _("a photo") if self.request.consultant.photo else _("no photo")
        return super().stored_words(field)

    def save(self, form: ProfileForm) -> Saved:
        was_complete = self.request.consultant.profile_completed_at is not None
        changes: Any = form.changes()
        return _saved(profiles.update_profile(consultant=self.request.consultant, **changes), was_complete)

    def context(self, form: ProfileForm) -> dict[str, Any]:
        steps = completion(self.request.consultant)
        return {
            "nav": "profile",
            "place": "profile",
            "consultant": self.request.consultant,
            "left": [step for step in steps if not step.done and (step.needed or step.key == "photo")],
            "done": sum(step.done for step in steps if step.needed),
            "needed": sum(step.needed for step in steps),
        }

    def parts(self, form: ProfileForm) -> dict[str, str]:
        context = {**self.context(form), "form": ProfileForm.of(self.request.consultant)}
        names = {"portrait": "_portrait", "remove-photo": "_remove_photo", "left-box": "_left", "standing": "_standing"}
        return {
            part: render_to_string(f"consultants/{name}.html", context, self.request) for part, name in names.items()
        }


def _saved(consultant: Consultant, was_complete: bool) -> Saved:
    if was_complete and consultant.profile_completed_at is None:
        left = ", ".join(str(step.title) for step in completion(consultant) if step.needed and not step.done)
        note = _("Your page is hidden until this is done: %(left)s.") % {"left": left}
        return Saved(f"{_('Saved.')} {note}", note, warns=True)
    if consultant.profile_completed_at and not was_complete and consultant.is_public:
        return Saved(_("Saved. Your page is public now."), _("Your page is public now."))
    return Saved(_("Saved."))


@method_decorator(consultant_required, name="dispatch")
class InvoiceDetails(_OfConsultant):
    """Bank and tax: what stands on invoices, and where payouts go."""

    template_name = "consultants/invoice_details.html"

    def form(self, *data: Any) -> InvoiceForm:
        return InvoiceForm(*data[:1], consultant=self.request.consultant)

    def save(self, form: InvoiceForm) -> Saved:
        profiles.update_invoice_details(consultant=self.request.consultant, **form.details())
        return Saved(_("Saved. The next invoice carries these details."), _("The next invoice carries these details."))

    def context(self, form: InvoiceForm) -> dict[str, Any]:
        consultant = self.request.consultant
        account = BankAccount.objects.filter(consultant=consultant).first() if consultant.is_approved else None
        return {"nav": "settings", "place": "bank", "consultant": consultant, "account": account}

    def parts(self, form: InvoiceForm) -> dict[str, str]:
        if form.errors:
            return {}
        fresh = {"form": InvoiceForm(consultant=self.request.consultant)}
        return {"pan-part": render_to_string("consultants/_pan.html", fresh, self.request)}
