"""One section of the settings: a form that saves by itself as it is left (``static/js/pages/autosave.js``), or by its
button where there is no script. Both post the same form to the same address.

A section says how its form is made, what is locked while it is saved, and which service saves it. The rest is here: the
page or the JSON answer, errors beside their fields with what was typed kept, and the version. The version is a keyed
hash of what stood in the form when it was drawn. Who saves over something else is told, sees both, and decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BooleanField, BoundField, ChoiceField, Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from naksha.times import clock
from naksha.web import zone

BY_ITSELF = "autosave"  # what the script calls itself in X-Requested-With
LONGEST = 200  # signs of what was saved elsewhere, as it is told beside a field


@dataclass(frozen=True)
class Saved:
    """What is said when a section is saved: ``message`` on the next page, ``note`` after "Saved at 10:42 am."."""

    message: str
    note: str = ""
    warns: bool = False


class SectionView(View):
    """GET draws the page, POST saves the section. What to override comes first."""

    http_method_names = ["get", "head", "post"]
    template_name = ""
    wrong_status = 422

    def form(self, *data: Any) -> Form:
        """The form over what is stored; with ``data`` (and files) as somebody has typed it."""
        raise NotImplementedError

    def hold(self) -> None:
        """Lock what is going to be changed and read it anew, first thing in the transaction of the change."""
        raise NotImplementedError

    def save(self, form: Any) -> Saved:
        """Call the service. What it raises as ValidationError stands beside its field."""
        raise NotImplementedError

    def is_right(self, form: Any) -> bool:
        return bool(form.is_valid())

    def apart(self, form: Any) -> Callable[[], object] | None:
        """What saves a part that is kept though the rest is wrong; None where there is no such part."""
        return None

    def stored_words(self, field: BoundField) -> str:
        """What is stored of a field, as a person reads it."""
        return words_stored(field)

    def context(self, form: Any) -> dict[str, Any]:
        """What the page's template needs besides ``form`` and ``version``."""
        return {}

    def parts(self, form: Any) -> dict[str, str]:
        """What else on the page has changed by saving: the inside of elements, by their ids."""
        return {}

    # --- what follows is the same for all
    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.form()
        return self._page(form, _version(form), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        seen = request.POST.get("version", "")
        right = self.is_right(form)
        save_apart = self.apart(form)
        if not right and save_apart is None:
            return self._wrong(form, seen)
        try:
            with transaction.atomic():
                self.hold()
                stored = self.form()
                if seen and not constant_time_compare(seen, _version(stored)):
                    mine = self.form(request.POST, request.FILES)
                    if differing := [mine[name] for name in mine.changed_data]:
                        return self._changed_elsewhere(mine, differing, _version(stored))
                if save_apart is not None:
                    save_apart()
                saved = self.save(form) if right else None
                self.hold()
                version = _version(self.form())  # of what was saved here: nobody else writes before this ends
        except ValidationError as error:
            form.add_error(None, error)
            return self._wrong(form, seen)
        if saved is None:
            return self._wrong(form, version)
        if self._by_itself:
            return self._said(200, " ".join(filter(None, [self._saved_at(), saved.note])), form, version)
        messages.add_message(request, messages.WARNING if saved.warns else messages.SUCCESS, saved.message)
        return redirect(request.path)

    @property
    def _by_itself(self) -> bool:
        return self.request.headers.get("X-Requested-With") == BY_ITSELF

    def _saved_at(self) -> str:
        here = timezone.now().astimezone(zone.zone(zone.visitor_zone(self.request)))
        return _("Saved at %(time)s.") % {"time": clock(here)}

    def _wrong(self, form: Form, seen: str) -> HttpResponse:
        if not self._by_itself:
            return self._page(form, seen or _version(self.form()), self.wrong_status)
        wrong = [field for field in form if field.errors]
        if len(wrong) > 1:
            said = ngettext(
                "Not saved: %(n)d field needs another look.", "Not saved: %(n)d fields need another look.", len(wrong)
            ) % {"n": len(wrong)}
        else:
            field_says = [f"{field.label}: {field.errors[0]}" for field in wrong]
            said = _("Not saved. %(why)s") % {"why": " ".join([*map(str, form.non_field_errors()), *field_says])}
        return self._said(422, said, form, seen)

    def _changed_elsewhere(self, form: Form, differing: Iterable[BoundField], version: str) -> HttpResponse:
        form.full_clean()
        for field in differing:
            form.add_error(field.name, _("What is saved now: %(value)s") % {"value": self.stored_words(field)})
        said = _("Not saved: this was changed in another window since you opened it. What you typed is still here.")
        if self._by_itself:
            return self._said(409, said, form, version)
        form.add_error(None, f"{said} {_('Save again to put it in the place of what is saved.')}")
        return self._page(form, version, 409)

    def _page(self, form: Form, version: str, status: int) -> HttpResponse:
        context = {**self.context(form), "form": form, "version": version}
        return render(self.request, self.template_name, context, status=status)

    def _said(self, status: int, said: str, form: Form, version: str) -> HttpResponse:
        wrong = {
            field.auto_id: render_to_string("components/field_error.html", {"field": field})
            for field in form
            if field.errors
        }
        answer = {"said": said, "version": version, "errors": wrong, "parts": self.parts(form)}
        return JsonResponse(answer, status=status, headers={"Cache-Control": "private, no-store"})


def _version(form: Form) -> str:
    """What stands in the form when it is drawn, in a word. Keyed, for what it hashes may be secret and short."""
    return version_of(form.initial)


def version_of(initial: Mapping[str, Any]) -> str:
    """A form's ``initial`` in a word."""
    told = json.dumps(initial, sort_keys=True, default=str)
    return salted_hmac("naksha.web.sections", told, algorithm="sha256").hexdigest()[:20]


def words_stored(field: BoundField) -> str:
    """What stood in ``field`` when its form was made, as a person reads it."""
    value, of = field.initial, field.field
    if isinstance(of, BooleanField):
        return _("on") if value else _("off")
    if isinstance(of, ChoiceField):
        chosen = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value)}
        offered = cast(Iterable[tuple[Any, Any]], of.choices)
        words = ", ".join(str(label) for key, label in offered if str(key) in chosen)
    else:
        words = "" if value is None else str(of.prepare_value(value))
    return Truncator(words).chars(LONGEST) if words else _("nothing")
