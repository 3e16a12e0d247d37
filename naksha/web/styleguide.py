"""The living style guide, for staff: every token, component and state, built from the real parts."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

COLOURS = [
    ("paper", _("the page")),
    ("sheet", _("a card, an input, a menu")),
    ("water", _("hover, selected, my message")),
    ("buff", _("a note, a sum")),
    ("ink", _("text")),
    ("ink-2", _("secondary text")),
    ("ink-3", _("captions, hints")),
    ("line-control", _("edge of a control")),
    ("contour", _("ornament only")),
    ("accent", _("what to do, where you are")),
    ("good", _("done, paid")),
    ("wait", _("waits for somebody")),
    ("bad", _("wrong, lost")),
    ("calm", _("told, neutral")),
]
SIZES = ["4xl", "3xl", "2xl", "xl", "lg", "md", "sm", "xs"]
FRAMES = {"dashboard": "layouts/dashboard.html", "entrance": "layouts/entrance.html", "booking": "layouts/booking.html"}


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Your name"), help_text=_("As it should stand on the invoice."))
    email = forms.EmailField(label=_("Mail address"))
    phone = forms.CharField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    price = forms.CharField(label=_("Price"), help_text=_("Before GST. 0 is free."))
    minutes = forms.IntegerField(label=_("Length"))
    field = forms.ChoiceField(label=_("Field"), choices=[("tax", _("Tax")), ("law", _("Law"))])
    place = forms.ChoiceField(
        label=_("Where you meet"),
        choices=[("online", _("Online, in the browser")), ("phone", _("Phone")), ("office", _("In person"))],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        choices=[("en", "English"), ("hi", "हिन्दी"), ("mr", "मराठी")],
        widget=forms.CheckboxSelectMultiple,
    )
    about = forms.CharField(
        label=_("What do you want to settle?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    paper = forms.FileField(label=_("Proof of identity"), required=False, help_text=_("PDF, JPEG or PNG, up to 10 MB."))
    agree = forms.BooleanField(label=_("I agree to the terms"))


def _staff_only(request: HttpRequest) -> None:
    if not getattr(request.user, "is_staff", False):
        raise Http404


def _icon_names() -> list[str]:
    """The icons that our templates name, so that the page shows what is in use and nothing else."""
    used: set[str] = set()
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text()
        used.update(re.findall(r'{% icon "([a-z0-9-]+)"', text))
        used.update(re.findall(r'{% navlink "[^"]+" "([a-z0-9-]+)"', text))
    return sorted(used)


def styleguide(request: HttpRequest) -> HttpResponse:
    _staff_only(request)
    now = timezone.now()
    typed = {"name": "", "email": "farhan@", "price": "1,50", "about": "We moved in June."}
    wrong = SampleForm({f"wrong-{name}": value for name, value in typed.items()}, prefix="wrong")
    context: dict[str, Any] = {
        "colours": COLOURS,
        "sizes": SIZES,
        "icons": _icon_names(),
        "form": SampleForm(),
        "wrong": wrong,
        "now": now,
        "soon": now + timedelta(days=1, hours=3),
        "soon_end": now + timedelta(days=1, hours=3, minutes=30),
        "held_from": now - timedelta(minutes=3, seconds=18),
        "held_until": now + timedelta(minutes=6, seconds=42),
        "page_of_many": Paginator(range(90), 10).page(4),
        "levels": [SimpleNamespace(level_tag=tag, text=text) for tag, text in (
            ("success", _("Booked. Tuesday 24 November, 4:30 pm IST. The link and invoice are in your mail.")),
            ("info", _("Your page is live. Share the link to be booked.")),
            ("warning", _("Your hours are empty, so nobody can book you yet.")),
            ("error", _("Your bank declined the payment and nothing was charged. Try again, or use a card.")),
        )],
        "seeds": ["ira-deshmukh", "arjun-mehta", "nandini-rao"],
    }  # fmt: skip
    return render(request, "styleguide/index.html", context)


def frame(request: HttpRequest, page: str) -> HttpResponse:
    """One of the layouts with sample content, whole, as its pages have it."""
    _staff_only(request)
    if page not in FRAMES:
        raise Http404
    messages.success(request, _("Saved. Your page shows the new price at once."))
    here = SimpleNamespace(display_name="Ira Deshmukh", get_absolute_url="/ira/", slug="ira-deshmukh", photo="")
    context = {"layout": FRAMES[page], "nav": "today", "step": "time", "consultant": here, "waiting_requests": 2}
    return render(request, "styleguide/frame.html", {**context, "form": SampleForm()})
