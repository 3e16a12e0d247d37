"""Minds, meals, schools and careers."""

from __future__ import annotations

from demo.people.person import Offer, Person

HARPREET = Person(
    "Harpreet Gill",
    "chandigarh",
    ("careers",),
    ("en", "hi", "pa"),
    11,
    "Job changes after thirty-five, planned like a journey",
    "I hired for a carmaker and two hospitals before I sat on this side of the table. I know what your letter looks like at nine in the "
    "morning on a recruiter’s screen, and how to make the second page unnecessary.",
    (
        Offer("Where you stand", 30, 900, "We read your CV together, out loud, and mend the first half page."),
        Offer("Mock interview", 60, 2400, "A real interview for a real post, then half an hour of what to change."),
    ),
)
SUNANDA = Person(
    "Sunanda Chatterjee",
    "kolkata",
    ("mind",),
    ("en", "hi", "bn"),
    22,
    "Counselling for people who look after everybody else",
    "I work with doctors, teachers, eldest daughters and other people who are good in a crisis and tired afterwards. We talk in English, "
    "Hindi or Bangla, whichever the thing happened in.",
    (
        Offer(
            "First conversation",
            30,
            600,
            "To see whether we suit each other. You owe nothing if we don’t go on.",
            manual=True,
        ),
        Offer("Session", 50, 1800, "Fifty minutes, at your pace."),
    ),
    "M.Phil, clinical psychology; RCI registered",
    "",
    "999319",
    (1, 2, 3, 4, 5),
    ((660, 840), (960, 1200)),
)
RUKMINI = Person(
    "Rukmini Iyer",
    "mysuru",
    ("nutrition",),
    ("en", "kn", "ta"),
    12,
    "Eating well with diabetes, in a South Indian kitchen",
    "Nobody has to give up rice for ever. I plan around your family’s pot, your festival and your medicine, and I look at the numbers "
    "with you every fortnight.",
    (
        Offer("First consultation", 45, 1400, "History, numbers, and a week you can cook."),
        Offer("Fortnight check", 20, 500, "What worked, what didn’t, what next."),
    ),
    "M.Sc. nutrition; registered dietitian",
)
ANJALI = Person(
    "Anjali Mahapatra",
    "bhubaneswar",
    ("education",),
    ("en", "hi", "or"),
    10,
    "Scholarships and applications, without the panic",
    "I read applications for a foundation for six years. I know which sentence makes a tired reader sit up, and it is never the first.",
    (
        Offer("Essay, line by line", 45, 1500, "Send the draft two days before."),
        Offer("Where to apply", 60, 2500, "A list of eight with reasons and dates."),
        Offer("Webinar: writing one true page", 75, 0, "Free, for school leavers.", seats=100),
    ),
)
DEEPA = Person(
    "Deepa Nair",
    "thiruvananthapuram",
    ("mind", "education"),
    ("en", "ml"),
    14,
    "For parents of teenagers who have stopped talking",
    "I see parents first, then the young person if they want to come. Most of what helps is small and has to be done on a Tuesday.",
    (
        Offer("Parents’ hour", 60, 1600, "One or both of you."),
        Offer("Young person’s hour", 50, 1600, "Alone, and what is said stays here.", manual=True),
    ),
    "RCI registered",
    "",
    "999319",
)
SHALINI = Person(
    "Shalini Verma",
    "lucknow",
    ("careers", "education"),
    ("en", "hi", "ur"),
    12,
    "Civil services interviews, and the year after if it goes wrong",
    "I have sat before that board twice and with four hundred people since. We work on what you sound like when you don’t know.",
    (
        Offer("Mock board", 60, 2000, "Three of us, a real board’s length."),
        Offer("Plan B", 45, 1200, "Nobody likes to book this. Everybody says they should have sooner."),
    ),
)
