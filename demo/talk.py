"""What is written in the chats of the demo market, before and after a session, and in its notes. All of it is invented.

A line is (side, words): ``k`` for the consultant, ``c`` for the client.
"""

from __future__ import annotations

Talk = tuple[tuple[str, str], ...]

BEFORE: dict[str, tuple[Talk, ...]] = {
    "tax": (
        (("c", "Good morning. Shall I send the returns before, or do we open them on the call?"), ("k", "Before, please. The last two years are enough."), ("c", "Sent you the list as a PDF. The 2023 one has a correction."), ("k", "Got it. The correction is what we should begin with."), ("c", "Sounds good. See you then.")),
        (("k", "Please keep your GST portal login ready, you will have to read me an OTP."), ("c", "It is on my partner’s phone. I will ask him to sit beside me."), ("k", "Perfect.")),
        (("c", "One doubt: does the advance from August count for this quarter?"), ("k", "It does if the invoice is from this quarter. Bring both and we will see."), ("c", "Bringing both.")),
    ),
    "law": (
        (("c", "The other side has sent a new draft last night. Should I still sign nothing?"), ("k", "Still nothing. Send it here and I will read it before we meet."), ("c", "Okay. It is only two pages longer."), ("k", "It is usually in the two pages.")),
        (("k", "Do you have the original, or only the photocopy?"), ("c", "Photocopy. The original is with my uncle."), ("k", "A photocopy will do for the first reading.")),
    ),
    "technology": (
        (("c", "I have added you to the repository with read access."), ("k", "Thank you, I can see it. Is the diagram in docs still true?"), ("c", "Mostly. The queue on the right was dropped in June."), ("k", "Good to know, I was about to worry about it.")),
        (("c", "Can my colleague join? She wrote that part."), ("k", "Of course. Give her the same link, it lets you both in from your account."), ("c", "Super.")),
    ),
    "careers": (
        (("k", "Send me the advert along with the CV, please. I read them side by side."), ("c", "Will do tonight. The advert is a bit vague."), ("k", "They all are. That is where we start.")),
        (("c", "They have moved my interview to Friday! Is our slot still useful?"), ("k", "More than before. We will do only the hard questions."), ("c", "Now I am nervous, but okay.")),
    ),
    "mind": (
        (("c", "Is it fine if I keep the camera off?"), ("k", "Completely fine. Sit where nobody will come in, that is all."), ("c", "Thank you.")),
        (("c", "I may be five minutes late, my shift ends at the hour."), ("k", "No hurry. I will be there.")),
    ),
    "homes": (
        (("c", "The builder gave only this plan. Will it do?"), ("k", "It will. Mark which side the road is on, please."), ("c", "Road is on the west. I have marked it with a pen."), ("k", "Then we must talk about the afternoon sun.")),
        (("k", "Please measure the door as well as the wall. People forget the door."), ("c", "82 cm. I did forget it.")),
    ),
    "design": (
        (("c", "Should I send screenshots or the file?"), ("k", "The file. And tell me which screen people write to you about most."), ("c", "The second one. Always the second one."), ("k", "Then that is our hour.")),
    ),
    "money": (
        (("k", "Bring the loan statements, not the passbook. The statement has the rate."), ("c", "For the car loan I have only the app."), ("k", "A screenshot of the app is fine.")),
        (("c", "My wife would also like to listen. Same fee?"), ("k", "Same fee, and better advice.")),
    ),
    "business": (
        (("c", "My brother says he will come only if there is an agenda."), ("k", "Tell him there are three points and his is the first."), ("c", "That worked. He is coming.")),
        (("k", "Which of your costs do you know to the rupee?"), ("c", "Yarn and dyeing. Labour is by the month."), ("k", "Good. We will break the month down together.")),
    ),
    "farming": (
        (("c", "Network is weak here after six. If I drop, please call me."), ("k", "I know that network. I will call.")),
        (("k", "How much water do you have in the dry months, roughly?"), ("c", "One tank in three days."), ("k", "Then we plan for one tank in four.")),
    ),
    "nutrition": (
        (("k", "Please write down what you eat for two days. As it is, no improvements."), ("c", "Even the wedding?"), ("k", "Especially the wedding."), ("c", "Ha ha. Okay.")),
        (("c", "New HbA1c report came, 7.4. It was 8.1."), ("k", "That is a good fall for ten weeks. Keep the paper, we will look at it together.")),
    ),
    "marketing": (
        (("c", "Order book is half in my head. Is that a problem?"), ("k", "Say it into your phone for ten minutes and bring the other half."), ("c", "Done, it came to fourteen minutes.")),
    ),
    "education": (
        (("c", "Draft is at 640 words, the limit is 500."), ("k", "Send all 640. Cutting is the easy part."), ("c", "Sending by tonight.")),
        (("k", "Which two deadlines come first?"), ("c", "15th and 1st. Both need two letters."), ("k", "Ask for the letters today, teachers are slower than portals.")),
    ),
}  # fmt: skip

BEFORE_ANY: tuple[Talk, ...] = (
    (("c", "Hello, just checking that this is where we write to each other."), ("k", "It is. See you at the time above.")),
    (("k", "Is there anything that I should read before we meet?"), ("c", "Only what I wrote in the form. The rest is better told."), ("k", "All right.")),
    (("c", "Can we speak in Hindi for part of it?"), ("k", "Haan, bilkul.")),
    (("c", "I am travelling that day but will be back by then."), ("k", "If it gets tight you can move it from your page. No need to call."), ("c", "Good to know, thanks.")),
)  # fmt: skip

AFTER: tuple[Talk, ...] = (
    (("c", "Thank you for today. Where do I find the summary?"), ("k", "On this page, under the notes. It stays there."), ("c", "Found it.")),
    (("k", "As promised, the next step is in the notes. Write here if anything is unclear."), ("c", "Very clear, thank you.")),
    (("c", "One question that I forgot: does the date count from today?"), ("k", "From the day you got the paper. So you have till the end of next week."), ("c", "Relieved. Thanks!")),
    (("c", "Did it. Took eleven minutes, as you said."), ("k", "Wonderful. Keep the acknowledgement.")),
    (("c", "Thank you. I will talk to the family and book again."), ("k", "Take your time.")),
)  # fmt: skip
AFTER_MISSED: tuple[Talk, ...] = (
    (("k", "I waited in the room for a quarter of an hour. I hope that all is well."), ("c", "So sorry, my phone died in the train. I will book again."), ("k", "It happens.")),
    (("k", "We seem to have missed each other today. Write here if you would like another time."), ("c", "My mistake, I had noted it for tomorrow. Will book again.")),
)  # fmt: skip
WEBINAR: tuple[Talk, ...] = (
    (("k", "Welcome, everybody. Write your questions here before the evening, and I will begin with them."), ("c", "Please cover what changes when the second founder joins."), ("k", "Noted, that is the third part.")),
    (("c", "Will there be a recording?"), ("k", "No recording, so that people ask freely. What I show comes here afterwards."), ("c", "Fair enough.")),
)  # fmt: skip
# What is sent along with a line.
FILES = {"Sent you the list as a PDF. The 2023 one has a correction.": "List of returns.pdf"}

# With the client of the demo login: (minutes before now, side, words, file).
LIVELY: tuple[tuple[int, str, str, str], ...] = (
    (2950, "c", "Hello Ira, Farhan here. The shoebox has had a child: we opened a second shop in Baner last month.", ""),
    (2941, "k", "Congratulations! A second place of business has to be added to your registration within fifteen days. When did it open?", ""),
    (2936, "c", "On the 3rd. Is it late already?", ""),
    (2930, "k", "Not if we do it on our call. Do you have the rent agreement and one electricity bill?", ""),
    (1490, "c", "Agreement is here. Bill is still in the old owner’s name.", "Rent agreement, Baner shop.pdf"),
    (1482, "k", "Read it. Clause 4 says that he gives a no-objection letter. Ask for it on plain paper, signed; that covers the bill.", ""),
    (1475, "c", "He wants to know if a WhatsApp message is enough 🙂", ""),
    (1471, "k", "Tell him no, with a smile. Paper and signature.", ""),
    (212, "c", "Got it. This is the shop front, the board has the GSTIN as you said.", "Shop front.png"),
    (205, "k", "Very good, that is one thing less. The number must also be inside, near the counter.", ""),
    (198, "c", "Will do today.", ""),
    (47, "k", "One more: bring last month’s sales of the new shop as a separate sheet, please. It saves us ten minutes.", ""),
)  # fmt: skip

# (shared with the client, the consultant's own)
NOTES: dict[str, tuple[tuple[str, str], ...]] = {
    "tax": (
        ("To do:\n1. Answer the notice of March under section 61, draft attached to the mail.\n2. Pay the late fee of the June return.\n3. Reconcile 2B with the purchase register before the 20th.", "Careful with the August advance; ask again about the branch."),
        ("Papers still needed: rent agreement, one electricity bill, board resolution.", "Partner does the accounts in person. Slow but honest."),
    ),
    "law": (("Do not sign page 4 as it stands. Ask for: notice of two months, deposit back within 30 days, no lock-in.", "Uncle holds the original. Limitation runs out next spring."),),
    "technology": (("1. Put a limit on the import job.\n2. One index on (shop, day).\n3. Leave the queue as it is until the year ends.", "Team of three, one on leave. Do not suggest anything that needs a fourth."),),
    "careers": (("First half page: the plant in Pune, the team of forty, the two numbers. Leave out the school.", "Wants Bengaluru, family wants Mohali. Ask about it next time."),),
    "mind": (("Until next time: the walk after dinner, and one line a day, no more.", "Sleeps better. Sister’s wedding in the winter may be hard."),),
    "homes": (("Move the kitchen door by 60 cm, keep the wall. Eave on the west of at least 90 cm.", "Budget is less than they say."),),
    "design": (("Screen 2: one question only. Ask for the phone number after they have seen the price.", "Developer is good, let him decide the order."),),
    "money": (("Pay the card first, then the personal loan. Stop the endowment policy after the third premium.", "Income comes in lumps, plan in quarters."),),
    "business": (("Agreed: accounts are shown to all three every month. Next talk after Diwali.", "The younger one has decided already."),),
    "farming": (("Sow in the second week. Shade net of 50 %, not 75.", "Ask the cooperative about the rate before he sells."),),
    "nutrition": (("Breakfast before nine. Rice at lunch only, one cup cooked. Walk of twenty minutes after dinner.", "Reads labels well. Husband cooks on Sundays."),),
    "marketing": (("This month: two photographs a week, one letter to the forty old customers, no paid posts.", "Good maker, hates selling. Keep it small."),),
    "education": (("Start with the second paragraph. Ask for both letters this week. Three colleges in the first round.", "Strong in maths, plays it down."),),
}  # fmt: skip
SUMMARIES = (
    "We went through your papers and settled what comes first. The list is in the notes, with a date for each step. Nothing else is urgent.",
    "Your question is answered: you need do nothing this month. If another letter comes, send it here before you reply to it.",
    "We agreed on three steps and who does which. You write to me once the first is done.",
    "A good first talk. You will think it over with the family; what I would do in your place is in the notes.",
)  # fmt: skip

# What the consultant of the demo login has written down by hand: (days from today, hour, minutes, title, name, rupees, paid).
RECORDED: tuple[tuple[int, int, int, str, str, int, bool], ...] = (
    (-33, 19, 30, "Call about the June notice", "Gauri Fernandes", 2000, True),
    (-19, 19, 60, "Evening at the Joshis’ shop, books of the year", "Naveen Joshi", 6000, True),
    (-6, 19, 45, "Call about the sale of the van", "Asha Pillai", 2500, False),
    (-2, 19, 20, "Second look at a rent agreement", "Gauri Fernandes", 0, True),
    (4, 19, 45, "Partnership deed, last reading", "Naveen Joshi", 3500, False),
)
