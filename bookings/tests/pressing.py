"""What a visitor types and presses."""

from django.urls import reverse

from availability.picker import start_text
from naksha.testing import next_slot_start

TYPED = {"name": "Meera Iyer", "email": "meera@example.com", "phone": "98200 12345"}


def details_url(service):
    return reverse("bookings:details", args=[service.consultant.slug, service.pk])


def press(client, service, start=None, **typed):
    data = {**TYPED, "start": start_text(start or next_slot_start()), "nonce": "one", **typed}
    return client.post(details_url(service), data)
