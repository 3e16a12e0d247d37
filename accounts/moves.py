"""What an admin can do with one row: each a button with a reason, a URL of its own, and one service call."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import may_administer
from accounts.adminsite import AdminsOnly
from accounts.models import User
from naksha.errors import DomainError

REASON = _("Reason")


@dataclass(frozen=True)
class Move:
    """``act(row, actor, answer)`` is the service call; ``offered(row, actor)`` says whether the button is there.

    The answer is the reason, unless ``form`` names a form that asks for more and says what its answer is.
    """

    name: str
    label: str | Promise
    says: str | Promise  # what will happen
    done: str | Promise
    act: Callable[[Any, User, Any], object]
    offered: Callable[[Any, User], bool]
    asks: str | Promise = REASON
    needs_reason: bool = True
    tone: str = "line"  # primary, line or danger
    form: type[ReasonForm] | None = None

    def ask(self, row: Any, data: Any = None) -> ReasonForm:
        return (self.form or ReasonForm)(data, move=self, row=row)


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=2000, strip=True, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, move: Move, row: Any) -> None:
        self.row = row
        super().__init__(data, prefix=move.name, auto_id=f"id_{move.name}_%s")
        self.fields["reason"].label = str(move.asks)
        self.fields["reason"].required = move.needs_reason

    @property
    def told(self) -> str:
        """What the act would do to this very row, in figures; empty where its words say it all."""
        return ""

    def answer(self) -> Any:
        return self.cleaned_data["reason"]


class MovesAdmin(AdminsOnly):
    """Rows that are only changed by ``moves``."""

    moves: tuple[Move, ...] = ()
    change_form_outer_before_template = "admin/moves.html"

    def get_urls(self) -> list[URLPattern]:
        opts = self.model._meta
        own = [
            path(
                f"<uuid:row_id>/{move.name}/",
                self.admin_site.admin_view(partial(self.move_view, move=move)),
                name=f"{opts.app_label}_{opts.model_name}_{move.name}",
            )
            for move in self.moves
        ]
        return [*own, *super().get_urls()]

    def move_view(self, request: HttpRequest, row_id: uuid.UUID, *, move: Move) -> HttpResponse:
        opts = self.model._meta
        row = self.get_object(request, str(row_id))
        if row is None or not isinstance(request.user, User) or not may_administer(request.user):
            raise Http404
        page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row_id])
        if request.method != "POST":
            return redirect(page)
        form = move.ask(row, request.POST)
        if not form.is_valid():
            return self.change_view(request, str(row_id), extra_context={"bound": {move.name: form}, "answered": True})
        try:
            move.act(row, request.user, form.answer())
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, str(move.done))
        return redirect(page)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = dict(extra_context or {})
        row = self.get_object(request, object_id)
        if row is not None:
            extra["moves"] = self.offered_moves(request, row, extra.get("bound", {}))
        if extra.pop("answered", False):
            request.method = "GET"  # the page itself has nothing to save
        return super().change_view(request, object_id, form_url, extra)

    def offered_moves(self, request: HttpRequest, row: Any, bound: dict[str, ReasonForm]) -> list[dict[str, Any]]:
        opts = self.model._meta
        return [
            {
                "move": move,
                "form": bound.get(move.name) or move.ask(row),
                "url": reverse(f"admin:{opts.app_label}_{opts.model_name}_{move.name}", args=[row.pk]),
                "open": move.name in bound,
            }
            for move in self.moves
            if move.offered(row, request.user)  # type: ignore[arg-type]
        ]
