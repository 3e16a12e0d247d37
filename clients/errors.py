"""What is refused about clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, WrongInput

if TYPE_CHECKING:
    from clients.models import Client


class AddressTaken(WrongInput):
    """Another client of the consultant has this mail address; ``client`` is who."""

    def __init__(self, client: Client) -> None:
        self.client = client
        words = _("%(name)s has this address already.")
        if client.archived_at is not None:
            words = _("%(name)s has this address already, and is in the archive.")
        super().__init__("email", words % {"name": client.name})


class CantMerge(DomainError):
    """Two rows that can't become one."""

    sentence = _("These two can’t be merged.")
