"""Software, drawings and houses."""

from __future__ import annotations

from demo.people.person import Offer, Person

MEENAKSHI = Person(
    "Meenakshi Sundaram",
    "chennai",
    ("technology",),
    ("en", "ta"),
    16,
    "Calm architecture reviews for systems that outgrew their plan",
    "I have carried pagers for payments, trains and one very large temple trust. I look at what you run, find the two or three places "
    "that will hurt next, and write them down with what each costs to mend. No slides.",
    (
        Offer("Second opinion", 45, 3000, "One design, one decision, one honest answer."),
        Offer(
            "Architecture review",
            90,
            12000,
            "I read your diagrams and code before we meet. You get four pages after.",
            deposit=4000,
            manual=True,
        ),
        Offer("Office hour for students", 20, 0, "Free, on Saturdays. Bring anything."),
    ),
    "M.Tech, Anna University",
    "33AABCN1234F1Z3",
    "998313",
    (0, 2, 4, 5),
)
JOSEPH = Person(
    "Joseph Kurian",
    "kochi",
    ("homes",),
    ("en", "ml", "hi"),
    25,
    "Small houses for heavy rain",
    "I build with laterite, lime and long eaves. Before you buy a plot or break a wall, show it to me: an hour of looking saves a "
    "monsoon of regret.",
    (
        Offer("Look at a plan", 45, 2000, "Send the drawing. I mark what will leak, glare or cost too much."),
        Offer(
            "Site visit in and around Kochi",
            120,
            7500,
            "Two hours on your plot, with a sketch by evening.",
            platform="in_person",
            place="Your site; I come to you within 30 km of Fort Kochi",
            manual=True,
            deposit=2500,
        ),
    ),
    "Member, Indian Institute of Architects",
    "32AABCN1234F1Z5",
    "998321",
)
NANDINI = Person(
    "Nandini Rao",
    "bengaluru",
    ("design", "technology"),
    ("en", "kn", "te"),
    9,
    "Product design for teams without a designer",
    "I sit with founders and their developers for an hour at a time and leave behind a screen that works. I care about forms, empty "
    "states and the third time somebody uses a thing.",
    (
        Offer("Screen clinic", 45, 2200, "Share one flow. We redraw it together while you watch."),
        Offer(
            "Design day, remote",
            360,
            28000,
            "Six hours on one problem, with breaks. Files are yours.",
            deposit=8000,
            manual=True,
        ),
        Offer("Webinar: forms that people finish", 60, 299, "With forty small examples.", seats=60),
    ),
    "",
    "29AABCN1234F1ZS",
    "998391",
)
IMRAN = Person(
    "Imran Sheikh",
    "hyderabad",
    ("technology",),
    ("en", "hi", "te", "ur"),
    15,
    "Data work that answers a question",
    "Before you hire a data team, borrow me for an hour. We take the question that keeps you up, find whether your tables can answer it, "
    "and if they can, we answer it then and there.",
    (
        Offer("One question", 60, 3500, "Bring access to your data, or a sample."),
        Offer("Hire the right person", 45, 2800, "A job advert, a test and three interview questions."),
    ),
    "",
    "36AABCN1234F1ZX",
    "998313",
)
ROHAN = Person(
    "Rohan Borkar",
    "panaji",
    ("homes", "design"),
    ("en", "mr", "hi"),
    7,
    "Rooms that work: light, storage, and where the sofa goes",
    "You need not move a wall. Show me the room on video and I will move everything else.",
    (
        Offer("Room by video", 45, 1700, "Walk me round with your phone."),
        Offer("Whole flat", 90, 4900, "A plan to scale and a shopping list.", deposit=1500),
    ),
)
ADITYA = Person(
    "Aditya Kulkarni",
    "nagpur",
    ("technology", "careers"),
    ("en", "mr", "hi"),
    10,
    "From a small-town degree to a first software job",
    "I took the long way round. I read your code, tell you what a reviewer in Bengaluru would say, and we mend it line by line.",
    (
        Offer("Code, read with you", 45, 1000, "Send a repository the evening before."),
        Offer("Free quarter hour", 15, 0, "To see whether I can help."),
    ),
    "",
    "",
    "998313",
    (1, 3, 5, 6),
    ((1080, 1320),),
)
ZOYA = Person(
    "Zoya Merchant",
    "mumbai",
    ("design", "marketing"),
    ("en", "gu", "hi"),
    8,
    "Names, marks and menus for small restaurants",
    "I draw for kitchens: the name over the door, the menu that people can read in bad light, the bag they carry home.",
    (
        Offer("Menu surgery", 45, 2500, "Send a photograph of your menu."),
        Offer(
            "A name",
            60,
            6500,
            "Twelve names, three you will like, one that is free to register.",
            deposit=2000,
            manual=True,
        ),
    ),
)
