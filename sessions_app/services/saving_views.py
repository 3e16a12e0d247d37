"""A consultant's saved views of the table of sessions: kept, renamed, put first, given up."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consultants.models import Consultant
from naksha.errors import InvalidState, WrongInput
from notifications.live import changed_for
from sessions_app.models import SavedView
from sessions_app.models.saved_view import LONGEST_NAME, LONGEST_QUERY, MOST_VIEWS

TOPIC = "views"  # open pages that show them


def save_view(*, consultant: Consultant, name: str, query: str, first: bool = False) -> SavedView:
    """Keep ``query`` (an address's, without the question mark) under ``name``. ``first``: it is what the page opens
    with. Raises WrongInput for a name that is empty, too long or taken, InvalidState where there are twenty."""
    name = _checked(name)
    if len(query) > LONGEST_QUERY:
        raise WrongInput("query", _("That is more than a view can keep. Take some filters away."))
    taken = set(SavedView.objects.filter(consultant=consultant).values_list("place", flat=True))
    place = next((n for n in range(1, MOST_VIEWS + 1) if n not in taken), None)
    if place is None:
        raise InvalidState(_("You have 20 views, which is the most. Delete one first."))
    try:
        with transaction.atomic():
            made = SavedView.objects.create(consultant=consultant, name=name, query=query, place=place)
            if first:
                show_first(view=made)
            _say_changed(made)
    except IntegrityError as error:
        raise _refusal(consultant, name) from error
    return made


def rename_view(*, view: SavedView, name: str) -> SavedView:
    """Raises WrongInput as :func:`save_view`."""
    name = _checked(name)
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name)
            _say_changed(view)
    except IntegrityError as error:
        raise _refusal(view.consultant, name) from error
    view.name = name
    return view


@transaction.atomic
def show_first(*, view: SavedView) -> None:
    """The page opens with ``view``, and no longer with another. First already: nothing changes."""
    list(SavedView.objects.select_for_update().filter(consultant=view.consultant_id).order_by("pk"))
    SavedView.objects.filter(consultant=view.consultant_id, is_default=True).exclude(pk=view.pk).update(
        is_default=False
    )
    SavedView.objects.filter(pk=view.pk).update(is_default=True)
    _say_changed(view)
    view.is_default = True


@transaction.atomic
def show_first_no_more(*, view: SavedView) -> None:
    """The page opens as it did before anything was saved."""
    SavedView.objects.filter(pk=view.pk).update(is_default=False)
    _say_changed(view)
    view.is_default = False


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    """Deleted already: nothing changes. No session is touched."""
    SavedView.objects.filter(pk=view.pk).delete()
    _say_changed(view)


def _say_changed(view: SavedView) -> None:
    changed_for(view.consultant.user_id, TOPIC)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise WrongInput("name", _("Write a name for it."))
    if len(name) > LONGEST_NAME:
        raise WrongInput("name", _("At most %(n)d characters.") % {"n": LONGEST_NAME})
    return name


def _refusal(consultant: Consultant, name: str) -> Exception:
    if SavedView.objects.filter(consultant=consultant, name__iexact=name).exists():
        return WrongInput("name", _("You have a view with that name. Choose another."))
    return InvalidState(_("Another view was saved at the same moment. Try again."))
