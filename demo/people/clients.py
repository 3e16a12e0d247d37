"""What the clients of the demo market are called, and what they write when they book."""

from __future__ import annotations

FIRST_NAMES = (
    "Farhan", "Leela", "Arjun", "Kavya", "Joseph", "Nisha", "Sameer", "Pooja", "Dev", "Ananya", "Rahul", "Sneha", "Irfan", "Meera",
    "Karthik", "Divya", "Aman", "Ritu", "Yusuf", "Gauri", "Naveen", "Asha", "Tarun", "Swati", "Manav", "Lata", "Om", "Priya",
)  # fmt: skip
LAST_NAMES = (
    "Qureshi", "Menon", "Mehta", "Nair", "Thomas", "Agarwal", "Joshi", "Bose", "Reddy", "Kapoor", "Das", "Patil", "Khan", "Shetty",
    "Pillai", "Mishra", "Chauhan", "Fernandes", "Saxena", "Ghosh",
)  # fmt: skip
ANSWERS = (
    "We changed our registered office in June and told nobody. What is late, and what will it cost?",
    "I have two offers and a notice period that fits neither.",
    "My father signed something in 1998. I have a photograph of it.",
    "We are three people and everything is in one spreadsheet.",
    "I would like a second opinion before I pay for the first.",
    "Please look at page four; the rest is fine, I think.",
)
# What fits a question of its own kind; any other is answered from the list above.
ANSWERS_TO = {
    "In which State will you register?": ("Maharashtra", "Karnataka", "Gujarat", "Maharashtra, and Goa next year"),
    "What do you sell?": (
        "Hand-loomed towels, mostly to hotels.",
        "Software for small clinics, by the month.",
        "Pickles and papad from our kitchen, online.",
    ),
    "What would you like to be able to do in five years?": (
        "Stop renting, and take one long holiday a year.",
        "Work three days a week and still pay the school.",
    ),
}
