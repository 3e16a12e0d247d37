"""How many clients a consultant has, by activity, and what they brought."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from clients.models import Client
from consultants.models import Consultant
from dashboard.clients.figures import activities, values_of


def summary_of(consultant: Consultant, now: datetime) -> dict[str, int]:
    """Two queries: the counts in one, and the paise of all clients."""
    here = Q(archived_at__isnull=True)
    counts = {str(name): Count("pk", filter=here & fits) for name, fits in activities(consultant, now).items()}
    found = (
        Client.objects.known()
        .filter(consultant=consultant)
        .aggregate(total=Count("pk", filter=here), archived=Count("pk", filter=~here), **counts)
    )
    return {**found, "value_paise": sum(values_of(consultant, None).values())}
