"""What somebody with a login tells every consultant alike."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import rename
from clients.live import say_all_changed
from clients.models import Client, ClientProfile


def fill_from_profile(*, user_id: UUID) -> int:
    """Fill what is empty in the client rows of a login from its profile. Returns how many values were written."""
    profile = ClientProfile.objects.filter(user_id=user_id).first()
    if profile is None:
        return 0
    known = {field: getattr(profile, field) for field in ClientProfile.COPIED if field != "timezone"}
    rows, now = Client.objects.filter(user_id=user_id), timezone.now()
    return sum(
        rows.filter(**{field: ""}).update(**{field: value, "updated_at": now})
        for field, value in known.items()
        if value
    )


def profile_of(user: User) -> ClientProfile:
    """The login's profile; where there is none yet, one that isn't saved, with what the newest client row knows."""
    profile = ClientProfile.objects.filter(user=user).first()
    if profile is not None:
        return profile
    newest = Client.objects.filter(user=user).order_by("-created_at").first()
    known = {field: getattr(newest, field) for field in ClientProfile.COPIED if field != "timezone"} if newest else {}
    return ClientProfile(user=user, **known)


@transaction.atomic
def save_profile(*, user: User, name: str, **values: str) -> ClientProfile:
    """Keep what somebody typed of themselves, and write what has changed onto every client row of theirs.

    ``values`` are ClientProfile.COPIED; ``name`` has passed accounts.names. An invoice that was issued stays as it was.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    before, profile = profile_of(user), profile_of(user)
    for field in ClientProfile.COPIED:
        setattr(profile, field, values[field])
    profile.save()
    rows = Client.objects.filter(user=user)
    changed = {f: values[f] for f in ClientProfile.COPIED if values[f] != getattr(before, f)}
    if not changed.get("timezone", "-"):
        del changed["timezone"]  # "as the device says" is nothing that a row could keep
    if changed:
        rows.update(**changed, updated_at=timezone.now())
    fill_from_profile(user_id=user.pk)
    old_name = user.name
    if name != old_name:
        rename(user=user, name=name)
        # A name that the consultant knows them by otherwise stays.
        rows.filter(name=old_name).update(name=name, updated_at=timezone.now())
    say_all_changed(rows.values_list("consultant_id", flat=True))
    return profile
