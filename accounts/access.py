"""Who may see a page. Views are decorated with one of these; what is another's is 404 (fetch through the owner)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import UUIDField
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from naksha.kept import Kept, Param

if TYPE_CHECKING:
    from consultants.models import Consultant

    class AccountRequest(HttpRequest):
        user: User  # type: ignore[assignment]

    class ConsultantRequest(AccountRequest):
        consultant: Consultant
else:
    AccountRequest = ConsultantRequest = HttpRequest

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]


def account_required(view: Callable[Concatenate[AccountRequest, P], HttpResponseBase]) -> View:
    """Any login. Others are asked to log in and come back."""
    return login_required(view)


def consultant_required(view: Callable[Concatenate[ConsultantRequest, P], HttpResponseBase]) -> View:
    """Any consultant's login, approved or not; the view finds ``request.consultant``."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        asked = cast(ConsultantRequest, request)
        asked.consultant = _consultant_of(request.user)
        return view(asked, *args, **kwargs)

    return checked


def approved_consultant_required(view: Callable[Concatenate[ConsultantRequest, P], HttpResponseBase]) -> View:
    """An approved consultant's login; any other consultant is led to the application."""

    @wraps(view)
    def checked(request: ConsultantRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.consultant.is_approved:
            return redirect("consultants:application")
        return view(request, *args, **kwargs)

    return consultant_required(cast(Any, checked))


def admin_required(view: Callable[Concatenate[AccountRequest, P], HttpResponseBase]) -> View:
    """An admin's login, with a second factor where production asks for one; others get 403."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_admin(request.user):
            raise PermissionDenied
        if second_factor_missing(request.user):
            return redirect("mfa_index")
        return view(cast(AccountRequest, request), *args, **kwargs)

    return checked


def has_just_proved(request: HttpRequest) -> bool:
    """Whether somebody has shown again who they are, within the minutes for which that holds.

    ``reauthentication_required`` alone puts what was posted aside in the session, where nothing secret should lie.
    """
    try:
        reauthentication_required(lambda _request: None)(request)
    except ReauthenticationRequired:
        return False
    return True


def is_admin(user: User | AnonymousUser) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def may_administer(user: User | AnonymousUser) -> bool:
    """An admin who has the second factor that production asks for."""
    return is_admin(user) and not second_factor_missing(user)


def second_factor_missing(user: User | AnonymousUser) -> bool:
    """In production an admin needs an authenticator app or a passkey. With one, allauth asks for it at each login."""
    return settings.PRODUCTION and user.is_staff and not get_mfa_adapter().is_mfa_enabled(user)


_PRACTICE: Kept[Any] = Kept(lambda: _practice().related_model.objects.filter(user=Param("user", UUIDField())))


def _practice() -> Any:
    """A login's way to its consultant, whose table belongs to an app above this one."""
    return User._meta.get_field("consultant")


def _consultant_of(user: User | AnonymousUser) -> Consultant:
    if isinstance(user, User) and user.is_consultant:
        way = _practice()
        if not way.is_cached(user):
            found = _PRACTICE.first(user=user.pk)
            way.set_cached_value(user, found)
            if found is not None:
                way.field.set_cached_value(found, user)
        if consultant := way.get_cached_value(user):
            return cast("Consultant", consultant)
    raise PermissionDenied(_("This page is for consultants."))
