"""Which of a person’s drawn faces is theirs: (kind, number)."""

from __future__ import annotations

from typing import Literal

PORTRAITS: dict[str, tuple[Literal["woman", "man"], int]] = {
    "Ira Deshmukh": ("woman", 4),
    "Kabir Anand": ("man", 1),
    "Meenakshi Sundaram": ("woman", 5),
    "Harpreet Gill": ("man", 1),
    "Sunanda Chatterjee": ("woman", 5),
    "Joseph Kurian": ("man", 0),
    "Nandini Rao": ("woman", 3),
    "Arvind Swaminathan": ("man", 4),
    "Farida Contractor": ("woman", 0),
    "Tenzin Dolma": ("woman", 1),
    "Rukmini Iyer": ("woman", 1),
    "Vikram Rathore": ("man", 0),
    "Anjali Mahapatra": ("woman", 7),
    "Imran Sheikh": ("man", 4),
    "Lakshmi Venkatesan": ("woman", 2),
    "Rohan Borkar": ("man", 4),
    "Deepa Nair": ("woman", 4),
    "Gurmeet Sandhu": ("man", 2),
    "Bhavna Trivedi": ("woman", 4),
    "Pranab Saikia": ("man", 0),
    "Shalini Verma": ("woman", 0),
    "Aditya Kulkarni": ("man", 2),
    "Zoya Merchant": ("woman", 4),
    "Raghav Bhardwaj": ("man", 7),
}
