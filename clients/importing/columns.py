"""What the columns of a list are: guessed by their names, in any order, or said by its consultant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import CustomField
from naksha.errors import WrongInput

OWN = "own:"  # before the key of one of the consultant's own fields
TARGETS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("Mail address"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
    "state_code": gettext_lazy("State"),
    "pin_code": gettext_lazy("PIN code"),
    "gstin": gettext_lazy("GSTIN"),
    "tags": gettext_lazy("Tags"),
    "note": gettext_lazy("Note"),
}
_NAMES = {
    "name": "name fullname client clientname customer customername contact contactname",
    "first_name": "firstname givenname forename",
    "last_name": "lastname surname familyname",
    "email": "mail email mailaddress emailaddress emailid mailid",
    "phone": "phone phonenumber mobile mobilenumber mobileno phoneno tel telephone cell whatsapp",
    "address": "address postaladdress billingaddress street",
    "state_code": "state statecode province",
    "pin_code": "pin pincode postcode postalcode zip zipcode",
    "gstin": "gstin gst gstno gstnumber",
    "tags": "tag tags label labels group groups",
    "note": "note notes remark remarks comment comments",
}
_BY_NAME = {name: target for target, names in _NAMES.items() for name in names.split()}
# What our own export has beside: figures, which can't be taken in.
_FIGURES = frozenset(
    ["activity", "sessionsheld", "lastsession", "nextsession", "valueinrupees", "clientsince", "archived"]
)
# What it has of each client, whatever there is; then come the consultant's own fields.
_EXPORTED = frozenset(["name", "mailaddress", "phone", "address", "state", "pincode", "gstin", "tags"])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def is_built_in(name: str) -> bool:
    """Whether a column of that name is known already, so that a field which is called so could not be told from it."""
    return (plain := _plain(name)) in _BY_NAME or plain in _FIGURES


def same_name(one: str, other: str) -> bool:
    """Whether a column's name can't tell them apart."""
    return _plain(one) == _plain(other)


def own_target(field: CustomField) -> str:
    return f"{OWN}{field.pk.hex}"


def guess(header: Sequence[str], own: Sequence[CustomField]) -> tuple[list[str], bool]:
    """What each column is by its name, and whether all are known by it. The first of several alike counts.

    No field can be called like a column that is known, but some are from before: the column wins, and the field is the
    next of that name. In our own export that is so for the columns which it always has; all others are fields.
    """
    fields = {_plain(field.label): own_target(field) for field in own}
    names = [_plain(name) for name in header]
    is_ours = _EXPORTED.issubset(names)
    found: list[str] = []
    all_known = True
    for plain in names:
        meant = [_BY_NAME.get(plain, ""), fields.get(plain, "")]
        if is_ours and plain not in _EXPORTED:
            meant.reverse()
        target = next((each for each in meant if each and each not in found), "")
        all_known = all_known and (bool(target) or plain in _FIGURES)
        found.append(target)
    return found, all_known and not missing(found)


def missing(columns: Sequence[str]) -> str:
    """What a list can't do without and does not have, in words; empty where it has all."""
    if "email" not in columns:
        return _("No column is the mail address, by which clients are told apart.")
    if "name" not in columns and "first_name" not in columns:
        return _("No column is the name.")
    return ""


def check(columns: Sequence[str], header: Sequence[str], own: Sequence[CustomField]) -> None:
    """Raises WrongInput for what can't be: something unknown, something twice, or a list without name or address."""
    known = {"", *TARGETS, *(own_target(field) for field in own)}
    if len(columns) != len(header) or not set(columns) <= known:
        raise WrongInput("columns", _("Choose for each column one of what is offered."))
    used = [each for each in columns if each]
    twice = next((each for each in used if used.count(each) > 1), "")
    if twice:
        labels = {**TARGETS, **{own_target(field): field.label for field in own}}
        raise WrongInput("columns", _("Two columns are “%(label)s”. Leave one out.") % {"label": labels[twice]})
    if words := missing(columns):
        raise WrongInput("columns", words)
