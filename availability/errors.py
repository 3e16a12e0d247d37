"""Why a time is not given. Each carries a plain sentence for the person who asked, as ``str(error)``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from naksha.errors import DomainError, InvalidState


class TimeRefused(DomainError):
    """The time cannot be had, and nothing was changed."""

    sentence = _("That time can’t be had. Please choose another.")
    code = "SLOT_TAKEN"


class SlotTaken(TimeRefused):
    """Somebody else has the time, or the hold on it is gone."""

    sentence = _("That time has just been taken. Please choose another.")


class DayFull(SlotTaken):
    """The day has as many sessions as the consultant takes on one."""

    sentence = _("No more sessions are taken on that day. Please choose another day.")


class NotBookable(TimeRefused):
    """The time was never on offer: outside the hours, off the grid, too soon or too far ahead."""

    sentence = _("That time cannot be booked. Please choose one of the times shown.")


class HoursChanged(InvalidState):
    """The week was written in another window since the writer read it (409). Nothing was changed."""

    sentence = _(
        "Your hours were changed in another window since you opened this page. What you typed is still here, and what "
        "is saved stands at a glance. Save again to put this in its place."
    )
