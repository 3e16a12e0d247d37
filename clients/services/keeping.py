"""What the consultant writes down of clients: they themselves, their tags, notes and own fields; and the archive."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clients import keys
from clients.errors import AddressTaken
from clients.importing.columns import is_built_in, same_name
from clients.live import CLIENTS, say_changed
from clients.models import Client, ClientNote, CustomField, CustomValue, Tag
from clients.services.becoming import find, wake
from consultants import live
from consultants.models import Consultant
from naksha.errors import InvalidState, WrongInput

DETAILS = ("name", "email", "phone", "address", "state_code", "pin_code", "gstin")
MOST_OF_TAGS = 200  # different ones of one consultant


def add_client(
    *,
    consultant: Consultant,
    actor: User,
    details: Mapping[str, str],
    tags: Collection[str] = (),
    values: Mapping[UUID, str] | None = None,
    note: str = "",
) -> Client:
    """Write down a client by hand. ``details`` have passed clients.details; ``values`` are by the consultant's fields.

    Raises AddressTaken where the consultant has a client with this address, archived or merged too; WrongInput for
    tags beyond MOST_OF_TAGS. Nothing is told to the client.
    """
    email = details["email"].lower()
    try:
        with transaction.atomic():
            _free_or_raise(consultant.pk, email)
            known = {name: details.get(name, "") for name in DETAILS}
            client = Client.objects.create(consultant=consultant, timezone=consultant.timezone, **known)
            _tag(client, tags)
            set_values(client, values or {})
            if note:
                ClientNote.objects.create(client=client, body=note, by=actor)
            audit.record(actor=actor, action="client.added", subject=client)
            say_changed(client)
            return client
    except IntegrityError:
        with transaction.atomic():
            _free_or_raise(consultant.pk, email)
        raise


def _free_or_raise(consultant_id: UUID, email: str, besides: UUID | None = None) -> None:
    other = find(consultant_id=consultant_id, email=email)
    if other is not None and other.pk != besides:
        raise AddressTaken(other)


@transaction.atomic
def change_client(
    *,
    client: Client,
    actor: User,
    details: Mapping[str, str] | None = None,
    tags: Collection[str] | None = None,
    values: Mapping[UUID, str] | None = None,
) -> Client:
    """Write what is given over what is known; what isn't given stays. An invoice that was issued stays as it was.

    With another address, every link that went to the one before ends, for a stranger may read mail there; what is to
    come is mailed to the new one.

    Raises AddressTaken; WrongInput for the address of somebody with a login, who logs in with it; InvalidState for an
    erased client.
    """
    client = locked(client)
    changed = {name: value for name, value in (details or {}).items() if value != getattr(client, name)}
    if "email" in changed:
        changed["email"] = changed["email"].lower()
        if client.user_id is not None:
            raise WrongInput("email", _("They log in with this address, so they alone can change it."))
        _free_or_raise(client.consultant_id, changed["email"], besides=client.pk)
    moved_away = "email" in changed and changed["email"] != client.email.lower()
    to_send = keys.end_all(client) if moved_away else {}
    for name, value in changed.items():
        setattr(client, name, value)
    if changed:
        client.save(update_fields=[*changed, "updated_at"])
        keys.send_all(client, to_send)
        audit.record(actor=actor, action="client.changed", subject=client, data={"fields": sorted(changed)})
    if tags is not None:
        _tag(client, tags)
    if values is not None:
        set_values(client, values)
    say_changed(client)
    return client


def locked(client: Client) -> Client:
    """The client as it is now, locked until the transaction ends. Raises InvalidState for one that was erased or
    merged meanwhile."""
    found = Client.objects.select_for_update(no_key=True).filter(pk=client.pk).first()
    if found is None or found.erased_at is not None:
        raise InvalidState(_("This client’s row is not there any more. Load the page again."))
    return found


def tags_named(consultant_id: UUID, names: Collection[str], most: int | None = MOST_OF_TAGS) -> dict[str, Tag]:
    """The consultant's tags by their names in small letters, made where there are none. Two that come at once get the
    same. Raises WrongInput where the consultant would have more than ``most``."""
    if not names:
        return {}
    wanted = {name.casefold(): name for name in names}

    def found() -> dict[str, Tag]:
        return {tag.name.casefold(): tag for tag in Tag.objects.filter(consultant=consultant_id)}

    known = found()
    new = [Tag(consultant_id=consultant_id, name=name) for key, name in wanted.items() if key not in known]
    if new and most is not None and len(known) + len(new) > most:
        raise WrongInput("tags", _("You have %(n)d different tags. Use one of them.") % {"n": len(known)})
    if new:
        Tag.objects.bulk_create(new, ignore_conflicts=True)
        known = found()
    return {key: known[key] for key in wanted if key in known}


def _tag(client: Client, names: Collection[str]) -> None:
    """Let ``client`` have these tags and no others; a tag that nobody has any more goes."""
    before = set(client.tags.values_list("pk", flat=True))
    client.tags.set(tags_named(client.consultant_id, names).values())
    unused = Tag.objects.filter(pk__in=before, clients__isnull=True)
    unused.delete()


def set_values(client: Client, values: Mapping[UUID, str]) -> None:
    """Write ``values`` into the client's own fields; an empty one is taken away. They have passed clients.details."""
    theirs = set(
        CustomField.objects.filter(consultant=client.consultant_id, pk__in=values).values_list("pk", flat=True)
    )
    gone = [field for field in theirs if not values[field]]
    if gone:
        CustomValue.objects.filter(client=client, field__in=gone).delete()
    kept = [CustomValue(client=client, field_id=field, value=values[field]) for field in theirs if values[field]]
    if kept:
        CustomValue.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["client", "field"], update_fields=["value", "updated_at"]
        )


def chosen(client: Client) -> Client:
    """``client`` for something new that is written to them: locked, and back from the archive. Raises InvalidState as
    :func:`locked`. Call it inside a transaction."""
    found = locked(client)
    wake(found)
    return found


# --- the archive ------------------------------------------------------------------------------------


@transaction.atomic
def archive(*, client: Client, actor: User) -> Client:
    """Take ``client`` out of sight. Nothing is deleted; a booking brings them back. Done already: nothing changes."""
    client = locked(client)
    if client.archived_at is None:
        client.archived_at = timezone.now()
        client.save(update_fields=["archived_at", "updated_at"])
        audit.record(actor=actor, action="client.archived", subject=client)
        say_changed(client)
    return client


@transaction.atomic
def restore(*, client: Client, actor: User) -> Client:
    """Bring ``client`` back. Not archived: nothing changes."""
    client = locked(client)
    if client.archived_at is not None:
        wake(client)
        audit.record(actor=actor, action="client.restored", subject=client)
    return client


# --- notes ------------------------------------------------------------------------------------------


@transaction.atomic
def add_note(*, client: Client, actor: User, body: str) -> ClientNote:
    client = locked(client)
    say_changed(client)
    return ClientNote.objects.create(client=client, body=body, by=actor)


def delete_note(*, note: ClientNote) -> None:
    """Gone already: nothing happens."""
    ClientNote.objects.filter(pk=note.pk).delete()
    say_changed(note.client)


# --- the consultant's own fields --------------------------------------------------------------------

MOST_FIELDS = 20


@transaction.atomic
def add_field(*, consultant: Consultant, label: str, kind: str, choices: Collection[str] = ()) -> CustomField:
    """Raises WrongInput for a label that there is or that lists of clients have, for one too many, and for a choice of
    fewer than two."""
    Consultant.objects.select_for_update(no_key=True).get(pk=consultant.pk)  # two at once count themselves both
    mine = CustomField.objects.filter(consultant=consultant)
    if mine.count() >= MOST_FIELDS:
        raise WrongInput("label", _("You have %(n)d fields, which is all there can be.") % {"n": MOST_FIELDS})
    _nameable(label)
    _label_free(consultant.pk, label, None)
    live.say_changed(consultant.pk, CLIENTS)
    return CustomField.objects.create(
        consultant=consultant, label=label, kind=kind, choices=_choices(kind, choices), position=mine.count()
    )


@transaction.atomic
def change_field(*, field: CustomField, label: str, choices: Collection[str] = ()) -> CustomField:
    """Call it otherwise, or offer other choices; its kind stays. Raises WrongInput as :func:`add_field`, and for a
    choice that is taken away while clients have it."""
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    if not same_name(label, field.label):  # one from before may stay
        _nameable(label)
    _label_free(field.consultant_id, label, field.pk)
    offered = _choices(field.kind, choices)
    if field.kind == CustomField.Kind.CHOICE:
        for word in set(field.choices) - set(offered):
            n = CustomValue.objects.filter(field=field, value=word).count()
            if n:
                raise WrongInput("choices", _("“%(word)s” is chosen for %(n)d clients.") % {"word": word, "n": n})
    field.label, field.choices = label, offered
    field.save(update_fields=["label", "choices", "updated_at"])
    live.say_changed(field.consultant_id, CLIENTS)
    return field


def delete_field(*, field: CustomField) -> None:
    """With what every client has in it."""
    CustomField.objects.filter(pk=field.pk).delete()
    live.say_changed(field.consultant_id, CLIENTS)


def _nameable(label: str) -> None:
    if is_built_in(label):
        words = _(
            "Lists of clients have a column “%(label)s” already. Choose another name, so that an import can tell them "
            "apart."
        )
        raise WrongInput("label", words % {"label": label})


def _label_free(consultant_id: UUID, label: str, besides: UUID | None) -> None:
    alike: Any = CustomField.objects.alias(lower_label=Lower("label")).filter(
        consultant=consultant_id, lower_label=label.lower()
    )
    if alike.exclude(pk=besides).exists():
        raise WrongInput("label", _("You have a field of that name."))


def _choices(kind: str, choices: Collection[str]) -> list[str]:
    if kind != CustomField.Kind.CHOICE:
        return []
    known = {word.casefold(): word for word in choices}
    if len(known) < 2:
        raise WrongInput("choices", _("Write at least two, each in a line of its own."))
    return list(known.values())
