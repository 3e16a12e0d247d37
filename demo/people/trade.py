"""Firms, shops and farms."""

from __future__ import annotations

from demo.people.person import Offer, Person

FARIDA = Person(
    "Farida Contractor",
    "ahmedabad",
    ("business",),
    ("en", "gu", "hi"),
    28,
    "Family firms: succession without a court case",
    "My grandfather’s firm split in three over a sentence in a will. I have spent my working life making sure that other people’s don’t. "
    "I listen to each of you alone, then to all of you together.",
    (
        Offer("Talk alone", 60, 5000, "Confidential. I carry nothing between relatives."),
        Offer("Round table", 180, 24000, "Everybody at one table, with rules.", manual=True, deposit=6000),
    ),
    "MBA, IIM Ahmedabad",
    "24AAFFN4321L1ZD",
    "998311",
)
TENZIN = Person(
    "Tenzin Dolma",
    "leh",
    ("farming",),
    ("en", "hi"),
    8,
    "Growing food where nothing was meant to grow",
    "Greenhouses at 3,500 metres, seed banks, and which sheet to trust in a wind. I help hotels, monasteries and stubborn gardeners.",
    (
        Offer("Cold-desert garden plan", 45, 1200, "For your altitude, sun and water."),
        Offer("Question by phone", 15, 300, "I call you.", platform="phone", place="I call the number that you leave"),
    ),
)
VIKRAM = Person(
    "Vikram Rathore",
    "jaipur",
    ("marketing", "business"),
    ("en", "hi"),
    13,
    "Marketing for shops, studios and stubborn craftspeople",
    "I help people who make good things say so without blushing. We look at your last ten sales and find out why they happened.",
    (
        Offer("Ten sales", 45, 1600, "Bring your order book."),
        Offer("A month’s plan", 75, 5200, "What to post, print and stop paying for.", deposit=1500),
    ),
)
BHAVNA = Person(
    "Bhavna Trivedi",
    "surat",
    ("business", "marketing"),
    ("en", "gu", "hi"),
    16,
    "From workshop to export order",
    "I ran a textile unit for ten years and sold it. I help small makers price, sample and ship the first order that is too large for them.",
    (
        Offer("Price it", 45, 1900, "Your costs, your sample, a price you can live on."),
        Offer("First export order", 90, 6000, "Papers, terms and who to trust.", deposit=2000),
    ),
)
PRANAB = Person(
    "Pranab Saikia",
    "guwahati",
    ("farming", "business"),
    ("en", "as", "bn", "hi"),
    20,
    "Tea, bamboo and land papers in the north-east",
    "I help growers sell without the fifth middleman, and city people understand what land they can and cannot buy here.",
    (
        Offer("Land question", 30, 1100, "Bring the patta number."),
        Offer("Small grower’s plan", 60, 2200, "Three years, with prices."),
    ),
)
