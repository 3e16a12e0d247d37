"""What a price means: what the client pays, what the platform takes, what is left for the consultant. All in paise."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from naksha.money import share

GST_BASIS_POINTS = 1_800


def gst(paise: int, basis_points: int = GST_BASIS_POINTS) -> int:
    """GST on an amount before it: two equal halves, each rounded half up to the paisa, as CGST and SGST are told.

    IGST takes the same sum, so that the price never depends on the State that the client names later.
    """
    return 2 * share(paise, basis_points // 2)


def gst_rate(price_paise: int, *, charges_gst: bool) -> int:
    """The basis points that come on top of a price: none where nothing is charged, or by whom is not registered."""
    return GST_BASIS_POINTS if charges_gst and price_paise else 0


def percent(basis_points: int) -> str:
    """A share as people write it before the sign: 10 or 7.5."""
    return f"{basis_points / 100:g}"


def gst_percent() -> str:
    """What comes on top of a registered consultant's price."""
    return percent(GST_BASIS_POINTS)


@dataclass(frozen=True)
class Earning:
    price: int
    gst: int
    fee: int
    fee_gst: int

    @property
    def client_pays(self) -> int:
        return self.price + self.gst

    @property
    def yours(self) -> int:
        """What is paid out, before the taxes that law may ask to be held back."""
        return self.client_pays - self.fee - self.fee_gst

    @property
    def fee_percent(self) -> str:
        return percent(settings.PLATFORM_FEE_BASIS_POINTS)

    @property
    def fee_gst_percent(self) -> str:
        return percent(settings.PLATFORM_GST_BASIS_POINTS)

    @property
    def gst_percent(self) -> str:
        return gst_percent()


def earning(price_paise: int, *, charges_gst: bool) -> Earning:
    """One booking at ``price_paise`` (before GST) under today's fee. The fee is a share of the price before GST."""
    fee = share(price_paise, settings.PLATFORM_FEE_BASIS_POINTS)
    return Earning(
        price=price_paise,
        gst=gst(price_paise) if charges_gst else 0,
        fee=fee,
        fee_gst=share(fee, settings.PLATFORM_GST_BASIS_POINTS),
    )
