"""A document as the answer to somebody who may have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponse

from payments.documents.paper import TEMPLATE, draw


def attached(facts: dict[str, Any], name: str, template: Path = TEMPLATE) -> HttpResponse:
    """The PDF of ``facts`` as a file to keep, called ``name``; it is kept by nobody on the way."""
    response = HttpResponse(draw(facts, template), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
