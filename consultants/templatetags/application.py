"""The state of an application in words."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from consultants.application import TOLD
from consultants.models import Consultant

register = template.Library()

TONES = {
    Consultant.Status.DRAFT: "calm",
    Consultant.Status.SUBMITTED: "wait",
    Consultant.Status.NEEDS_INFO: "wait",
    Consultant.Status.APPROVED: "good",
    Consultant.Status.REJECTED: "bad",
    Consultant.Status.SUSPENDED: "bad",
}


@register.simple_tag
def application_badge(consultant: Consultant) -> SafeString:
    """The state, as a badge in its tone."""
    words = {"tone": TONES[Consultant.Status(consultant.status)], "text": consultant.get_status_display()}
    return render_to_string("components/badge.html", words)


@register.filter
def told(action: str) -> str | Promise:
    """What a line of the trail means to a reader."""
    return TOLD.get(action, action)
