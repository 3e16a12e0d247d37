"""What people type about a session. The rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.services.reviewing import LONGEST

RATINGS = [(1, _("Poor")), (2, _("Fair")), (3, _("Good")), (4, _("Very good")), (5, _("Excellent"))]


class ReviewForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose from one to five stars."), "invalid_choice": _("Choose one to five.")},
    )
    comment = forms.CharField(
        label=_("What would you tell somebody who thinks of booking?"),
        help_text=_("Shown on the public page with your first name and the first letter of your last name."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label=_("Your reply"),
        help_text=_("Once, and public. It can’t be changed afterwards."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write your reply first.")},
    )
