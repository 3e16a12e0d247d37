"""The page of preferences, and the link in a mail that stops its kind."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.access import AccountRequest, account_required
from naksha.web.sections import Saved, SectionView
from naksha.web.zone import visitor_zone
from notifications import services, unsubscribe
from notifications.forms import PreferencesForm
from notifications.frame import frame_of
from notifications.wishes import MAILS_THAT_CAN_BE_OFF, wants_mail


@method_decorator(account_required, name="dispatch")
class Preferences(SectionView):
    request: AccountRequest
    template_name = "notifications/preferences.html"
    wrong_status = 400

    def form(self, *data: Any) -> PreferencesForm:
        return PreferencesForm.of(self.request.user, *data[:1], zone=visitor_zone(self.request))

    def hold(self) -> None:
        services.hold_preferences(user=self.request.user)

    def save(self, form: PreferencesForm) -> Saved:
        services.save_preferences(
            user=self.request.user, on_screen=form.by_channel("on_screen"), by_mail=form.by_channel("by_mail")
        )
        quiet = form.cleaned_data["quiet"]
        services.set_quiet_hours(
            user=self.request.user,
            begins=form.cleaned_data["begins"] if quiet else None,
            ends=form.cleaned_data["ends"] if quiet else None,
            timezone=form.cleaned_data["timezone"],
        )
        return Saved(_("Saved. It holds from now on."))

    def context(self, form: PreferencesForm) -> dict[str, Any]:
        nav = "settings" if self.request.user.is_consultant else "me-profile"
        return {"frame": frame_of(self.request.user), "nav": nav, "place": "account-told"}


@csrf_exempt  # mail programs post without a cookie (RFC 8058 §3.2); the signed link is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, for mail filters look at every link; a POST stops the kind, ``again`` allows it."""
    mail = unsubscribe.mail_of(token)
    if mail is None:
        raise Http404
    if request.method == "POST":
        if "again" in request.POST:
            services.want_mails_again(mail=mail)
        else:
            services.stop_mails(mail=mail)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(status=200)
        return redirect("notifications:mail_off", token)
    context = {
        "wanted": wants_mail(mail.to, mail.kind),
        "address": mail.to,
        "kind": mail.get_kind_display(),
        "mails": MAILS_THAT_CAN_BE_OFF[mail.kind],
    }
    response = render(request, "notifications/mail_off.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
