"""The part of a page that is taken anew while it is open: static/js/pages/live.js asks for it, with what it has."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from naksha.web import etags

_FORM_TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*')


@dataclass(frozen=True)
class Part:
    """What was drawn, and an ETag of it."""

    text: SafeString
    version: str


def part_of(request: HttpRequest, template: str, context: dict[str, Any]) -> Part:
    text = render_to_string(template, context, request)
    return Part(text, version_of(text))


def version_of(text: str) -> str:
    """An ETag of what was drawn, so that whatever would be drawn otherwise is new. The tokens of its forms, which are
    others each time, do not count."""
    return f'W/"{hashlib.sha256(_FORM_TOKEN.sub("", text).encode()).hexdigest()[:24]}"'


def part_alone(request: HttpRequest, part: Part) -> HttpResponse:
    """The answer to who asks for the part by itself: 304 where it is what they have."""
    response = HttpResponseNotModified() if etags.has(request, part.version) else HttpResponse(part.text)
    response["ETag"], response["Cache-Control"] = part.version, "private, no-cache"
    return response
