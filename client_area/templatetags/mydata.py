"""Reading a JSON value in a template: ``{% load mydata %}``."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def kind_of(value: Any) -> str:
    """rows, pairs, nothing or text."""
    if value is None or value == "" or value == [] or value == {}:
        return "nothing"
    if isinstance(value, list):
        return "rows"
    return "pairs" if isinstance(value, dict) else "text"


@register.filter
def plain_key(key: str) -> str:
    """``consultant__display_name`` as ``Consultant: display name``."""
    return str(key).replace("__", ": ").replace("_", " ").capitalize()
