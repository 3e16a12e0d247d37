"""What the pages say of fees and tax is what is charged."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consultants import pricing


@pytest.mark.django_db
def test_the_rates_on_the_plain_pages_are_those_that_are_charged(
    client: Client, settings: Any, monkeypatch: Any
) -> None:
    settings.PLATFORM_FEE_BASIS_POINTS, settings.PLATFORM_GST_BASIS_POINTS = 750, 1_200
    monkeypatch.setattr(pricing, "GST_BASIS_POINTS", 500)
    page = client.get(reverse("public:pricing")).content.decode()
    assert "Our fee, 7.5%" in page
    assert "GST on our fee, 12%</dt><dd>−₹13.50" in page  # 7.5 % of 1,500.00 is 112.50
    assert "₹1,374.00" in page
    assert "we add 5% to your price" in client.get(reverse("public:help")).content.decode()
