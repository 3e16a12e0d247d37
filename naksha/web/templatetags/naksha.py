"""Template tags that every page may use: ``{% load naksha %}``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from naksha import money, times
from naksha.web.drawn import drawn
from naksha.web.faces import initials
from naksha.web.icons import icon_svg
from naksha.web.look import theme_of
from naksha.web.terrain import terrain_svg

register = template.Library()
register.tag("drawn", drawn)

FACE_SIZES = {"sm": 32, "md": 44, "lg": 64, "xl": 96, "hero": 184}
_MOST_CELLS = 20


@register.filter
def rupees(paise: int | None) -> str:
    """``150000`` → ``₹1,500.00``; nothing for None."""
    return "" if paise is None else money.rupees(paise)


@register.filter
def duration(minutes: int | None) -> str:
    return "" if minutes is None else times.people_duration(minutes)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon by its lucide name, hidden from screen readers; unknown names raise."""
    return mark_safe(icon_svg(name, extra))  # noqa: S308 (our own drawing)


@register.simple_tag
def terrain(seed: Any) -> SafeString:
    return mark_safe(terrain_svg(str(seed)))  # noqa: S308 (numbers only)


def _face_size(size: str | int) -> str:
    if isinstance(size, int):
        return min(FACE_SIZES, key=lambda known: abs(FACE_SIZES[known] - size))
    return size if size in FACE_SIZES else "md"


@register.simple_tag
def face(name: str, photo_url: str | None = "", size: str | int = "md", alt: str = "", extra: str = "") -> SafeString:
    """The photo in a circle, else initials. Sizes sm, md, lg, xl, hero (or pixels: the nearest).

    ``alt`` is empty where the name stands beside the face.
    """
    known = _face_size(size)
    pixels, classes = FACE_SIZES[known], f"face face-{known}{f' {extra}' if extra else ''}"
    if photo_url:
        return format_html(
            '<img class="{}" src="{}" alt="{}" width="{}" height="{}" decoding="async"{}>',
            classes,
            photo_url,
            alt,
            pixels,
            pixels,
            mark_safe("") if known == "hero" else mark_safe(' loading="lazy"'),
        )
    role = format_html('role="img" aria-label="{}"', alt) if alt else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 44 44" width="{}" height="{}" {} focusable="false">'
        '<circle cx="22" cy="22" r="22"/><text x="22" y="23" text-anchor="middle" dominant-baseline="central">{}'
        "</text></svg>",
        classes,
        pixels,
        pixels,
        role,
        initials(name or ""),
    )


@register.simple_tag
def scale(done: float, total: float, label: str = "", extra: str = "") -> SafeString:
    """A scale bar: whole parts in ink, the part under way in the accent. ``label`` is read out; write it beside it."""
    total = max(float(total), 1.0)
    done = min(max(float(done), 0.0), total)
    cells = min(int(total), _MOST_CELLS)
    filled = done / total * cells
    whole = int(filled)
    ticks = format_html_join(
        "",
        '<line class="gap" x1="{0}%" x2="{0}%" y2="100%"/><line class="tick" x1="{0}%" x2="{0}%" y2="100%"/>',
        ((f"{n * 100 / cells:.4g}",) for n in range(1, cells)),
    )
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="scale{}" {} data-cells="{}" focusable="false"><rect class="on" width="{}%" height="100%"/>'
        '<rect class="now" x="{}%" width="{}%" height="100%"/>{}</svg>',
        f" {extra}" if extra else "",
        role,
        cells,
        f"{whole * 100 / cells:.4g}",
        f"{whole * 100 / cells:.4g}",
        f"{(filled - whole) * 100 / cells:.4g}",
        ticks,
    )


def _time_tag(start: datetime, zone: str, words: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}" data-exact>{}</time>', times.iso(start), times.exact_time(start, zone), words
    )


@register.simple_tag
def when(dt: datetime | None, zone_name: str = times.INDIA) -> SafeString | str:
    """``Tomorrow, 4:30 pm IST`` with the exact time behind it."""
    return _time_tag(dt, zone_name, times.people_time(dt, zone_name)) if dt else ""


@register.simple_tag
def when_within(dt: datetime | None, zone_name: str = times.INDIA) -> SafeString | str:
    """The same inside a sentence: ``Answer by tomorrow, 4:30 pm IST``."""
    return _time_tag(dt, zone_name, times.within_sentence(times.people_time(dt, zone_name))) if dt else ""


@register.simple_tag
def when_range(start: datetime, end: datetime, zone_name: str = times.INDIA) -> SafeString:
    """``Tue 24 Nov, 4:30 to 5:00 pm IST`` with the exact time behind it."""
    return _time_tag(start, zone_name, times.people_range(start, end, zone_name))


@register.simple_tag
def exact(dt: datetime, zone_name: str = times.INDIA) -> str:
    return times.exact_time(dt, zone_name)


@register.simple_tag
def zone(zone_name: str, dt: datetime | None = None) -> str:
    """``India (IST)``."""
    return times.zone_label(zone_name, dt)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """light, dark, or nothing where the device decides."""
    return theme_of(context.get("request"))


@register.simple_tag
def maybe_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("components/navlink.html", takes_context=True)
def navlink(
    context: template.Context, url_name: str, icon_name: str, words: str, key: str = "", count: int | None = None
) -> dict[str, Any]:
    """One line of a navigation; nothing where the page does not exist. ``key`` is matched with the page's ``nav``."""
    return {
        "href": maybe_url(url_name),
        "icon_name": icon_name,
        "words": words,
        "current": bool(key) and context.get("nav") == key,
        "count": count,
    }


_KINDS: list[tuple[type[forms.Widget], str]] = [
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "check"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
]


@register.filter
def control_kind(field: BoundField) -> str:
    """How a field is drawn: hidden, choices, check, select, textarea, file or input."""
    widget = field.field.widget
    if getattr(widget, "is_hidden", False):
        return "hidden"
    return next((kind for known, kind in _KINDS if isinstance(widget, known)), "input")


@register.simple_tag(takes_context=True)
def control(context: template.Context, field: BoundField, **attrs: Any) -> SafeString:
    """The field's own control with our classes; Django wires ``…_helptext`` and ``…_error`` to it. Included with
    ``focus="yes"`` it is where the reader goes on (static/js/errors.js)."""
    kind = control_kind(field)
    extra: dict[str, Any] = {name.replace("_", "-"): value for name, value in attrs.items() if value not in (None, "")}
    if kind in ("input", "select", "textarea", "file", "check"):
        given = field.field.widget.attrs.get("class", "")
        extra["class"] = f"{kind} {given}".strip()
    if not str(extra.get("rows", "")).isdecimal():
        extra.pop("rows", None)  # the page's own rows, and not how many lines a field has
    if context.get("focus"):
        extra["data-focus"] = True
    if field.errors:
        extra["aria-invalid"] = "true"
    extra.setdefault("placeholder", False)  # the label stands above and the hint below; grey words help nobody
    return field.as_widget(attrs=extra)


@register.filter
def error_target(field: BoundField) -> str:
    """The id that a link of the error summary jumps to."""
    return field.id_for_label or f"{field.auto_id}_0"
