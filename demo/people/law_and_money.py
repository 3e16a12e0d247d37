"""Law, tax and money."""

from __future__ import annotations

from demo.people.person import Offer, Person

IRA = Person(
    "Ira Deshmukh",
    "pune",
    ("tax", "law"),
    ("en", "hi", "mr"),
    14,
    "Tax and company law for founders, in plain words",
    "I have spent fourteen years on the other side of the notices founders dread. Most of them are answered by one form, sent on "
    "time. The rest need a plan, and a plan fits on a page.\n\nI take eight new companies a year and keep the rest of my week for "
    "single calls, so that a small question can be asked while it is still small.",
    (
        Offer(
            "First call",
            30,
            1500,
            "Bring one question. You leave with an answer and the next step in writing.",
            questions=(("What is the question?", "long"),),
        ),
        Offer(
            "Company filing review",
            60,
            4200,
            "Your last two years of filings, read before we meet, with a list of what is late and what it costs to mend.",
            deposit=1200,
        ),
        Offer(
            "GST registration, start to finish",
            45,
            9000,
            "Papers, application and the first return. I confirm each request by hand, usually the same day.",
            manual=True,
            questions=(("In which State will you register?", "short"), ("What do you sell?", "long")),
        ),
        Offer(
            "Webinar: the founder’s first tax year",
            90,
            499,
            "Ninety minutes, then questions until they run out.",
            seats=40,
        ),
    ),
    "Member, ICAI, since 2012",
    "27AABCN1234F1ZW",
    "998221",
)
KABIR = Person(
    "Kabir Anand",
    "delhi",
    ("law",),
    ("en", "hi", "ur"),
    19,
    "Tenancy, property papers and the letters that settle things",
    "Nineteen years of property papers have taught me that most quarrels begin with a sentence nobody read. I read it with you, say "
    "what it means in court and what it means at the kitchen table, and draft the letter that usually ends it.",
    (
        Offer(
            "A paper, read aloud",
            30,
            1800,
            "Send one deed, lease or notice. I tell you what it says and what to do.",
        ),
        Offer(
            "Before you buy",
            60,
            5500,
            "Title, encumbrance and society papers checked against a list of thirty points.",
        ),
    ),
    "Enrolled, Bar Council of Delhi, 2007",
)
ARVIND = Person(
    "Arvind Swaminathan",
    "mumbai",
    ("money",),
    ("en", "hi", "ta"),
    18,
    "Fee-only plans for families; I sell no funds",
    "I am paid by the hour and by nobody else. Bring your salary slips, loans and the policy your cousin sold you. We draw one page that "
    "says what to do this year, and what to stop paying for.",
    (
        Offer(
            "One-hour plan",
            60,
            4000,
            "A page you can act on the same evening.",
            questions=(("What would you like to be able to do in five years?", "long"),),
        ),
        Offer("Half-hour check", 30, 2000, "For people who already have a plan."),
    ),
    "SEBI registered investment adviser",
    "27AAPFU0939F1ZV",
    "997153",
)
LAKSHMI = Person(
    "Lakshmi Venkatesan",
    "visakhapatnam",
    ("law", "business"),
    ("en", "te", "hi"),
    17,
    "Contracts for exporters and the people who ship for them",
    "Letters of credit, demurrage and the clause on page eleven. I learned them on the docks and then at law school, in that order.",
    (
        Offer("Contract check", 60, 4800, "Up to twelve pages, marked."),
        Offer("Quick clause", 20, 1500, "One clause, one answer."),
    ),
    "",
    "37AABCN1234F1ZV",
    "998212",
)
GURMEET = Person(
    "Gurmeet Sandhu",
    "delhi",
    ("tax",),
    ("en", "hi", "pa"),
    21,
    "Returns for people with two incomes and three countries",
    "Salaries abroad, a flat in Gurugram, shares from a former employer: I put the pieces into one return that both countries accept.",
    (
        Offer("Residency and treaty check", 45, 3200, "Where you owe what, and by when."),
        Offer("Return, prepared with you", 90, 8500, "We fill it in together, on screen.", deposit=2500),
    ),
    "Member, ICAI, since 2005",
    "07AAKPS9876Q1ZA",
    "998232",
    (0, 1, 2, 3, 4, 5),
)
RAGHAV = Person(
    "Raghav Bhardwaj",
    "indore",
    ("money", "tax"),
    ("en", "hi"),
    9,
    "Loans, EMIs and getting out from under them",
    "I worked in a bank’s recovery department and left. Now I sit on your side: which loan first, what to ask for, what to get in writing.",
    (
        Offer("All loans on one page", 45, 800, "You leave with an order to pay them in."),
        Offer(
            "Call to the bank, together",
            30,
            1200,
            "I stay on the line.",
            platform="phone",
            place="A three-way call to the number that you leave",
        ),
    ),
)
