"""A consultant begins: a draft with an address of its own and the usual terms."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import User
from consultants.models import BookingPolicy, Consultant
from consultants.slugs import free_slug

ATTEMPTS = 50  # as many rivals of one name as can be met in the same instant


def create_consultant(user: User) -> Consultant:
    """Give ``user`` a draft page, its address made from the name, and terms. Done already: returns what is there."""
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                consultant, made = Consultant.objects.get_or_create(
                    user=user,
                    defaults={"slug": free_slug(user.name), "display_name": user.name, "legal_name": user.name},
                )
                if made:
                    BookingPolicy.objects.create(consultant=consultant)
                return consultant
        except IntegrityError:
            continue  # somebody of the same name was faster: their address is in the table now, take the next one
    raise RuntimeError(f"no free address for {user.pk} after {ATTEMPTS} attempts")
