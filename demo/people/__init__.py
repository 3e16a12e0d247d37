"""The people of the demo market. All of them are invented."""

from __future__ import annotations

from demo.people import care, law_and_money, making, trade
from demo.people.clients import ANSWERS, ANSWERS_TO, FIRST_NAMES, LAST_NAMES
from demo.people.person import Offer, Person
from demo.people.portraits import PORTRAITS

__all__ = ["ANSWERS", "ANSWERS_TO", "FIRST_NAMES", "LAST_NAMES", "PEOPLE", "PORTRAITS", "Offer", "Person"]
# In the order in which they came.
PEOPLE: tuple[Person, ...] = (
    law_and_money.IRA,
    law_and_money.KABIR,
    making.MEENAKSHI,
    care.HARPREET,
    care.SUNANDA,
    making.JOSEPH,
    making.NANDINI,
    law_and_money.ARVIND,
    trade.FARIDA,
    trade.TENZIN,
    care.RUKMINI,
    trade.VIKRAM,
    care.ANJALI,
    making.IMRAN,
    law_and_money.LAKSHMI,
    making.ROHAN,
    care.DEEPA,
    law_and_money.GURMEET,
    trade.BHAVNA,
    trade.PRANAB,
    care.SHALINI,
    making.ADITYA,
    making.ZOYA,
    law_and_money.RAGHAV,
)
