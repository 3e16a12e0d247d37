"""The terms of cancelling and moving, as they were when something was agreed."""

from __future__ import annotations

from django.db import models


class FrozenTerms(models.Model):
    """What its client gets back who cancels, and may move: copied from the consultant's
    :class:`~consultants.models.consultant.BookingPolicy`, so that a later change of that touches nothing (hours,
    percent). The rules that read it are in :mod:`consultants.frozen`."""

    free_cancel_hours = models.PositiveSmallIntegerField()
    partial_cancel_hours = models.PositiveSmallIntegerField()
    partial_refund_percent = models.PositiveSmallIntegerField()
    reschedule_hours = models.PositiveSmallIntegerField()
    max_reschedules = models.PositiveSmallIntegerField()
    # A client who moves an hour before can't gain the refund of a day before; one who was moved can always leave.
    least_refund_percent = models.PositiveSmallIntegerField(default=0)
    most_refund_percent = models.PositiveSmallIntegerField(default=100)
    reschedules = models.PositiveSmallIntegerField(default=0)  # by the client

    class Meta:
        abstract = True
