"""How a person becomes a consultant's client, and how a login takes over what its mail address booked as a guest."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import TextField, UUIDField
from django.db.models.functions import Cast, Lower
from django.utils.translation import gettext as _

from accounts.models import User
from clients.live import say_all_changed, say_changed
from clients.models import Client, ClientAddress
from clients.services.profiles import fill_from_profile
from consultants.models import Consultant
from naksha.errors import WrongInput
from naksha.kept import Kept, Param

# In the words of the index that keeps them apart: PostgreSQL would read all of the consultant's clients for another.
# The row is locked, so that whoever merges it into another waits for what is written to it, or is waited for.
_KNOWN = Kept(
    lambda: (
        Client.objects.select_for_update(no_key=True)
        .alias(lower_email=Lower("email"))
        .filter(
            consultant=Param("consultant", UUIDField()),
            lower_email=Lower(Cast(Param("email", TextField()), TextField())),
        )
    )
)


def find(*, consultant_id: UUID, email: str) -> Client | None:
    """The client with this address (in small letters), or the one that a row with it was merged into; locked.

    Call it inside a transaction.
    """
    found = _KNOWN.first(consultant=consultant_id, email=email)
    if found is not None:
        return found
    rows = Client.objects.select_for_update(no_key=True, of=("self",))
    earlier = ClientAddress.objects.alias(lower_email=Lower("email")).filter(
        consultant=consultant_id, lower_email=email
    )
    return rows.filter(pk__in=earlier.values("client")).first()


def find_or_create(
    *,
    consultant: Consultant,
    name: str,
    email: str,
    phone: str = "",
    timezone: str = "Asia/Kolkata",
    state_code: str = "",
    pin_code: str = "",
    address: str = "",
    gstin: str = "",
    user: User | None = None,
) -> Client:
    """The consultant's client with this mail address, made if there is none.

    ``user`` is a login whose ``email`` is confirmed: the row becomes theirs, and they never get another login's. What a
    guest types never changes a row that exists, for anybody can type anybody's address; a login fills what is still
    empty. Two that come at once get the same row. One that was archived comes back; of two that were merged it is the
    one that was kept; a login that has changed its address finds its row. Call it inside a transaction; the
    consultant's time, where that is locked too, comes first. Raises WrongInput for the address that stands in an
    erased client's row, or in another login's that has no other address.
    """
    email = (user.email if user else email).strip().lower()
    found = _found(consultant.pk, email, user) or (_of_login(consultant.pk, user) if user else None)
    if found is None:
        try:
            with transaction.atomic():
                made = Client.objects.create(
                    consultant=consultant,
                    user=user,
                    name=name,
                    email=email,
                    phone=phone,
                    timezone=timezone,
                    state_code=state_code,
                    pin_code=pin_code,
                    address=address,
                    gstin=gstin,
                )
                say_changed(made)
                return _filled(made) if user else made
        except IntegrityError:
            found = _found(consultant.pk, email, user)
            if found is None:
                raise
    if user is not None:
        take_address(found, email)
        _complete(found, user=user, phone=phone, state_code=state_code, pin_code=pin_code, address=address, gstin=gstin)
    return found


def _found(consultant_id: UUID, email: str, user: User | None) -> Client | None:
    found = find(consultant_id=consultant_id, email=email)
    if found is None:
        return None
    if found.erased_at is not None:
        raise WrongInput("email", _("Write a mail address that can be written to."))
    if user is not None and found.user_id not in (None, user.pk):
        # Another login's row. Two were merged as one person, or the address has changed hands: they are two after all.
        if found.email.lower() == email:
            _let_go(found)
        ClientAddress.objects.alias(lower_email=Lower("email")).filter(client=found, lower_email=email).delete()
        return None
    wake(found)
    return found


def _of_login(consultant_id: UUID, user: User) -> Client | None:
    """The row of a login whose address the consultant doesn't know yet: it was another one so far."""
    rows = Client.objects.select_for_update(no_key=True).filter(consultant=consultant_id, user=user)
    found = rows.order_by("created_at", "pk").first()
    if found is not None:
        wake(found)
    return found


def take_address(client: Client, email: str) -> None:
    """Let ``email``, which finds ``client`` or nobody, be the row's own; by the one it had it is still found, for as
    long as no other login confirms that. Its row is locked."""
    former = client.email.lower()
    if former == email:
        return
    client.email = email
    client.save(update_fields=["email", "updated_at"])
    say_changed(client)
    earlier = ClientAddress.objects.alias(lower_email=Lower("email")).filter(client=client, lower_email=email)
    if not earlier.update(email=former):
        ClientAddress.objects.create(consultant_id=client.consultant_id, client=client, email=former)


def _let_go(client: Client) -> None:
    """Give the row of a login another address of that login's, for its own is somebody else's by now."""
    assert client.user is not None
    confirmed = EmailAddress.objects.filter(user=client.user, verified=True).order_by("-primary", "pk")
    for email in [client.user.email.lower(), *(one.lower() for one in confirmed.values_list("email", flat=True))]:
        if email == client.email.lower():
            continue
        other = find(consultant_id=client.consultant_id, email=email)
        if other is None or other.pk == client.pk:
            take_address(client, email)
            return
    raise WrongInput("email", _("This address stands with another account here. Ask the consultant to change that."))


def wake(client: Client) -> None:
    """Bring ``client`` back from the archive, if that is where they are."""
    if client.archived_at is not None:
        client.archived_at = None
        client.save(update_fields=["archived_at", "updated_at"])
        say_changed(client)


def _complete(client: Client, *, user: User, **typed: str) -> None:
    changed = [field for field, value in typed.items() if value and not getattr(client, field)]
    for field in changed:
        setattr(client, field, typed[field])
    if client.user_id is None:
        client.user = user
        changed.append("user")
    if changed:
        client.save(update_fields=[*changed, "updated_at"])
        say_changed(client)
    if "user" in changed:
        _filled(client)


def _filled(client: Client) -> Client:
    """Write what the login's profile says where the row says nothing."""
    if client.user_id is not None and fill_from_profile(user_id=client.user_id):
        client.refresh_from_db()
    return client


@transaction.atomic
def claim(*, user: User, email: str) -> int:
    """Give ``user`` the client rows of a mail address that the login has confirmed. Returns how many were taken over.

    Bookings, seats and sessions hang from the client, so they come along. A row that another with this address was
    merged into comes too, unless somebody else's login has it; the login's address becomes that row's own.
    """
    email = email.strip().lower()
    free = Client.objects.filter(user__isnull=True, erased_at__isnull=True)
    taken = free.filter(email__iexact=email).update(user=user)
    earlier = list(ClientAddress.objects.filter(email__iexact=email).values_list("client", flat=True))
    for client in free.select_for_update(no_key=True).filter(pk__in=earlier).order_by("pk") if earlier else ():
        client.user = user
        client.save(update_fields=["user", "updated_at"])
        take_address(client, email)
        taken += 1
    if taken:
        fill_from_profile(user_id=user.pk)
        say_all_changed(Client.objects.filter(user=user).values_list("consultant_id", flat=True))
    return taken


def claim_confirmed(*, user: User) -> int:
    """Claim for every address that the login has confirmed. Returns how many rows were taken over."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return sum(claim(user=user, email=email) for email in confirmed)
