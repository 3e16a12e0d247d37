"""Two rows of a consultant's clients become one: what is one person's comes together, and nothing is lost.

One is kept. All that points at the other moves to it in one transaction, and the other's row goes: were anything left
that points at it, the database would refuse. Its address stays as one by which the kept one is found, so that a later
booking with it comes to them; where only the other has a login, its address becomes the kept one's own. Its pages lead
to them. What the other knew differently is written into a note. Links that went to the address that is not the row's
own any more end, and what is to come is mailed to the one that is (clients.keys).

Locks: logins, the two clients by their keys, then what the movers lock, in the order in which they are registered.
Whoever writes to a client by an address has locked the row (clients.services.becoming.find) and is waited for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.models import User
from clients import keys
from clients.details import LONGEST_NOTE
from clients.errors import CantMerge
from clients.live import say_changed
from clients.models import MOST_TAGS, Client, ClientAddress, ClientNote, CustomValue
from clients.moving import Moving, movers, relations
from clients.services.becoming import take_address, wake
from naksha.errors import InvalidState

log = structlog.get_logger(__name__)
FILLED = ("phone", "address", "state_code", "pin_code", "gstin")
# What hangs from a client in this app.
OWN = frozenset(
    {
        "clients.Client_tags.client",
        "clients.ClientAddress.client",
        "clients.ClientNote.client",
        "clients.CustomValue.client",
    }
)


@dataclass(frozen=True)
class Plan:
    """What merging ``gone`` into ``kept`` would do. ``against`` says why it can't be done; empty: it can."""

    kept: Client
    gone: Client
    moving: list[Moving]
    fills: list[str]  # labels of what the kept one does not know and is told
    differs: list[str]  # what the other has differently, and a note will say
    against: list[str]

    @property
    def takes_others_address(self) -> bool:
        """Whether the other's address becomes the kept one's own: its login's is."""
        return self.kept.user_id is None and self.gone.user_id is not None

    @property
    def mails_to(self) -> str:
        """The address at which the kept one is written to from then on."""
        return (self.gone if self.takes_others_address else self.kept).email

    @property
    def mails_not_to(self) -> str:
        return (self.kept if self.takes_others_address else self.gone).email


def plan(*, kept: Client, gone: Client) -> Plan:
    """Reads only."""
    moving = [each for mover in movers() for each in mover.told(gone) if each.count]
    notes = gone.notes.count()
    if notes:
        moving.append(Moving(ngettext("%(n)d note", "%(n)d notes", notes) % {"n": notes}, notes))
    return Plan(
        kept=kept,
        gone=gone,
        moving=moving,
        fills=[str(Client._meta.get_field(name).verbose_name) for name in FILLED if _fills(kept, gone, name)],  # type: ignore[union-attr]
        differs=_differing(kept, gone),
        against=list(_against(kept, gone)),
    )


def _fills(kept: Client, gone: Client, name: str) -> bool:
    return bool(getattr(gone, name)) and not getattr(kept, name)


def _against(kept: Client, gone: Client) -> Iterable[str]:
    if kept.pk == gone.pk or kept.consultant_id != gone.consultant_id:
        yield _("Choose another of your clients.")
        return
    if kept.erased_at is not None or gone.erased_at is not None:
        yield _("One of them had their account deleted. What is left of them stays apart.")
    if kept.user_id is not None and gone.user_id is not None and kept.user_id != gone.user_id:
        yield _("Each of them has a login of their own, and one would lose what they can see there.")
    for mover in movers():
        yield from mover.against(kept=kept, gone=gone)


def _differing(kept: Client, gone: Client) -> list[str]:
    """What ``gone`` has otherwise than ``kept``, as "label: value"."""
    found = [f"{_('Name')}: {gone.name}"] if gone.name != kept.name else []
    for name in FILLED:
        theirs, ours = getattr(gone, name), getattr(kept, name)
        if theirs and ours and theirs != ours:
            found.append(f"{str(Client._meta.get_field(name).verbose_name).capitalize()}: {theirs}")  # type: ignore[union-attr]
    known = dict(CustomValue.objects.filter(client=kept).values_list("field", "value"))
    for value in CustomValue.objects.filter(client=gone).select_related("field"):
        if known.get(value.field_id, value.value) != value.value:
            found.append(f"{value.field.label}: {value.value}")
    return found


def merge(*, kept: Client, gone: Client, actor: User) -> Client:
    """Make one of the two. Returns the kept one as it is then.

    Merged already (``gone`` is an earlier name of ``kept``): nothing changes. Raises CantMerge with the reason, or
    InvalidState where something was written to one of them at the same moment; nothing has changed then.
    """
    try:
        return _merge(kept.pk, gone.pk, actor)
    except IntegrityError as error:
        log.warning("merge_overtaken", kept=str(kept.pk), gone=str(gone.pk), error=str(error)[:200])
        raise InvalidState(_("Something was written to one of them just now. Look again, then merge.")) from error


@transaction.atomic
def _merge(kept_id: UUID, gone_id: UUID, actor: User) -> Client:
    if ClientAddress.objects.filter(client=kept_id, former_id=gone_id).exists():
        return Client.objects.get(pk=kept_id)
    both = Client.objects.filter(pk__in=[kept_id, gone_id])
    list(User.objects.select_for_update(no_key=True).filter(client_records__in=both).order_by("pk"))
    rows = {row.pk: row for row in both.select_for_update(no_key=True).order_by("pk")}
    if len(rows) < 2:
        raise CantMerge(_("One of them is not there any more. Load the page again."))
    kept, gone = rows[kept_id], rows[gone_id]
    for reason in _against(kept, gone):
        raise CantMerge(reason)
    unknown = set(relations()) - OWN - {name for mover in movers() for name in mover.relations}
    if unknown:
        raise RuntimeError(f"nobody moves {', '.join(sorted(unknown))}")
    moving = plan(kept=kept, gone=gone)
    takes_address = moving.takes_others_address
    to_send = keys.end_all(kept if takes_address else gone)
    for mover in movers():
        mover.move(kept=kept, gone=gone)
    _move_own(kept, gone, moving.differs, actor)
    for name, field in relations().items():
        if field.model._base_manager.filter(**{field.name: gone_id}).exists():
            raise RuntimeError(f"{name} was left behind")
    # Not by Django's collector, which would take what still points here along: the database has to refuse it.
    Client.objects.filter(pk=gone_id)._raw_delete(using=both.db)  # type: ignore[attr-defined]
    ClientAddress.objects.create(
        consultant_id=kept.consultant_id, client=kept, email=gone.email.lower(), former_id=gone_id
    )
    if takes_address:
        # The login's own address is the row's own from now on: who confirms the other one is somebody else.
        take_address(kept, gone.email.lower())
    _fill(kept, gone)
    keys.send_all(kept, to_send)
    data = {"merged": str(gone_id), "email": gone.email, "moved": [each.words for each in moving.moving]}
    audit.record(actor=actor, action="client.merged", subject=kept, data=data)
    say_changed(kept)
    return kept


def _move_own(kept: Client, gone: Client, differs: list[str], actor: User) -> None:
    ClientNote.objects.filter(client=gone).update(client=kept)
    ClientAddress.objects.filter(client=gone).update(client=kept)
    theirs, ours = list(gone.tags.all()), set(kept.tags.values_list("pk", flat=True))
    new = [tag for tag in theirs if tag.pk not in ours]
    room = max(0, MOST_TAGS - len(ours))
    kept.tags.add(*new[:room])
    if new[room:]:
        differs = [*differs, f"{_('Tags')}: {', '.join(tag.name for tag in new[room:])}"]
    gone.tags.clear()
    known = CustomValue.objects.filter(client=kept).values("field")
    CustomValue.objects.filter(client=gone).exclude(field__in=list(known.values_list("field", flat=True))).update(
        client=kept
    )
    CustomValue.objects.filter(client=gone).delete()  # those that differ; the note says them
    words = [_("Merged with %(name)s, %(email)s.") % {"name": gone.name, "email": gone.email}, *differs]
    ClientNote.objects.create(client=kept, body="\n".join(words)[:LONGEST_NOTE], by=actor)


def _fill(kept: Client, gone: Client) -> None:
    changed = [name for name in FILLED if _fills(kept, gone, name)]
    for name in changed:
        setattr(kept, name, getattr(gone, name))
    if kept.user_id is None and gone.user_id is not None:
        kept.user_id = gone.user_id
        changed.append("user")
    kept.save(update_fields=[*changed, "updated_at"])
    if gone.archived_at is None:
        wake(kept)
    if gone.created_at < kept.created_at:
        Client.objects.filter(pk=kept.pk).update(created_at=gone.created_at)
        kept.created_at = gone.created_at
