"""What clients of the demo market say afterwards, and what is answered. All of it is invented."""

from __future__ import annotations

# By field, then by stars. None is used twice with one consultant.
OPINIONS: dict[str, dict[int, tuple[str, ...]]] = {
    "tax": {
        5: (
            "Two notices were lying with us since March. Both were read on the call, one was nothing, and the other was answered the same week.",
            "My CA back home had said this would take a month. We filed on the Thursday.",
            "I finally know what TDS was being cut and why. Explained without once making me feel foolish.",
            "Got the late fee waived that I had already written off. Fees recovered three times over.",
            "Clear list, with dates, in the mail before dinner. My partner could follow it without me.",
            "Asked for exactly four papers and needed exactly four papers. Not used to that.",
        ),
        4: (
            "Very sound on GST. We ran ten minutes over and I had to drop off for another call, but the note afterwards covered it.",
            "Good advice on the old returns. I would have liked the fee for the next step told a little earlier.",
            "Solved what I came for. The sheet that came after took me a second reading.",
        ),
        3: ("The answer was correct, but it was the same as on the portal’s own help page. For a bigger question I would come again.",),
        2: ("I came about an appeal, and it turned out that is not taken up here. Should have been on the page.",),
    },
    "law": {
        5: (
            "Told me plainly that I had no case. It hurt, and it saved me a lakh.",
            "Marked eleven clauses out of forty and said the rest can stay. Exactly what I needed before signing.",
        ),
        4: (
            "Knows the subject inside out. The draft needed one more round for names and dates.",
            "Straight answers. The connection was poor on my side, so we finished by phone.",
        ),
        2: ("I understood the law better after the call, but still not what I should do on Monday.",),
    },
    "technology": {
        4: (
            "Good list of what will break first. A few suggestions assume a bigger team than ours.",
        ),
        2: ("We needed somebody who knows our billing vendor, and said so too late. Fair advice otherwise.",),
    },
    "careers": {
        5: (
            "Told me to take the smaller offer and why. Six weeks in, I agree.",
        ),
        4: (
            "Good questions, good feedback. A little rushed towards the end.",
        ),
        3: ("Fine for a fresher. With fifteen years behind me, I had heard most of it.",),
    },
    "mind": {
        4: (
            "Calm and patient. It took two sittings before it felt natural.",
            "I felt heard. Fifty minutes are over very fast.",
        ),
        3: ("Kind, but I was hoping for something more practical to take home.",),
    },
    "homes": {
        3: ("Nice ideas, but more than we could spend this year.",),
    },
    "design": {
        4: (
            "Sharp and fast. Keep somebody beside you who takes notes.",
        ),
    },
    "money": {
        4: (
            "Clear plan. I had to look up a few words afterwards.",
            "Good and honest. Bring your papers sorted, else half the hour goes in searching.",
        ),
        3: ("Sensible advice, but for somebody with a salary. My income comes in lumps.",),
    },
    "business": {
        3: ("Good for a first talk. For our size we need somebody for longer.",),
    },
    "farming": {
        4: ("Good advice by phone; a photo of the plot would have helped us both.",),
        3: ("Correct, I am sure, but written for more land than we have.",),
    },
    "nutrition": {
        5: (
            "Rice stayed. Sugar came down from 210 to 140 in six weeks. My husband eats the same food.",
            "She asked what my mother-in-law cooks, and planned around that. Nobody did this before.",
            "The week’s plan had our own dishes in it, not quinoa.",
        ),
        4: (
            "Good plan, easy to follow on working days. Weekends are still a problem, that is on me.",
            "Very patient. I wanted more about snacks at the office.",
        ),
        3: ("The plan is fine, but it needs somebody at home the whole morning.",),
    },
    "marketing": {
        5: (
            "Went through my last ten orders and showed that eight came from one customer’s aunt. We now send her a box.",
            "Told me to stop boosting posts. Sales are the same and the money is with me.",
            "The month’s plan fits on the shop’s wall, and we have kept to it.",
        ),
        4: (
            "Good sense throughout. I still find it hard to write about myself.",
            "Helpful, and kind about our old website.",
        ),
        3: ("Ideas suit a shop with walk-ins; ours is all by phone.",),
    },
    "education": {
        5: (
            "Struck out my first paragraph and said the essay begins at the second. She was right.",
            "Eight colleges with dates and reasons, instead of the forty I had. My daughter could breathe again.",
        ),
        4: (
            "Very good on the essay. Send the draft in time, or you pay for reading.",
            "Strict but fair. I needed a day to get over it.",
        ),
        3: ("Good guidance for abroad, less for colleges here.",),
    },
    "webinar": {
        5: (
            "Stayed till the last question at half past nine. Slides were in the mail next morning.",
            "More use than the two-day course my office paid for.",
            "Real examples with the names taken out. I took six pages of notes.",
        ),
        4: (
            "Good pace and good examples. A bit too much for one evening.",
            "Very clear. The chat went faster than I could read.",
        ),
        3: ("Fine for beginners. I had hoped for more on partnerships.",),
    },
    "any": {
        5: (
            "On time, prepared, and to the point.",
            "Worth every rupee. I have given the link to two colleagues.",
            "Half an hour, one page, no fuss.",
            "Remembered from last time what I had forgotten myself.",
        ),
        4: (
            "Would book again. Morning slots go fast.",
            "Good session. We began five minutes late and got them back at the end.",
            "Solid advice, kindly given.",
        ),
        3: ("It was all right. I expected a little more for the price.", "Good person, average sound."),
        2: ("We were cut off twice and the time was not made up.", "The advice was general. I had sent my papers before and don’t think they were read."),
    },
}  # fmt: skip

# What is said of one consultant alone.
OF_ONE: dict[str, dict[int, tuple[str, ...]]] = {
    "Kabir Anand": {
        5: (
            "Read my rent agreement line by line and found the lock-in clause nobody had mentioned. Saved me five months’ rent.",
            "The letter was drafted on Monday, the deposit came back on Friday.",
            "My father could follow every word in Hindi. That mattered more than anything else.",
        ),
        3: (
            "Helpful on the deed; less so on what the sub-registrar’s office would actually ask for.",
        ),
    },
    "Meenakshi Sundaram": {
        5: (
            "Found in twenty minutes why our checkout was timing out on month ends. We had been at it for two sprints.",
            "Told us not to move to microservices. Best money we did not spend.",
        ),
        4: (
            "Strong review, very practical. I wish we had booked the longer slot.",
        ),
    },
    "Imran Sheikh": {
        5: (
            "One question, one SQL query, one answer. The data team can wait till next year.",
            "We had twelve dashboards and no answer. Now we have an answer and two dashboards.",
        ),
    },
    "Aditya Kulkarni": {
        5: (
            "Read the code beforehand, for real. The first comment was on a file I was hoping nobody would open.",
            "He went through my project line by line and told me what to delete. I got my first call from Bengaluru this week.",
        ),
        3: (
            "Useful, though half the time went in giving access. Send the repository before, as the page says.",
        ),
    },
    "Harpreet Gill": {
        5: (
            "We cut my CV from four pages to one. Three calls in two weeks, after eight silent months.",
            "The mock interview was harder than the real one. I joined on the 1st.",
        ),
        4: (
            "Honest and quick. I would have liked a sample of a good covering letter to take along.",
        ),
    },
    "Shalini Verma": {
        5: (
            "They asked me in the real board what we had practised: something I did not know.",
            "Plan B was the hour I did not want to book. I have an admission now, and another try next year.",
        ),
    },
    "Sunanda Chatterjee": {
        5: (
            "I could speak in Bangla without translating myself. That alone was worth it.",
            "First time somebody asked me what I do when the others are asleep. I am going back next week.",
        ),
    },
    "Deepa Nair": {
        5: (
            "Nobody told us to be stricter. We were told to eat together on Tuesdays. It has begun to help.",
            "Our son speaks at the table again. Small things, as promised.",
        ),
    },
    "Joseph Kurian": {
        5: (
            "Showed us on the plan where the rain would enter. Our contractor did not like it, then agreed.",
            "He drew while we talked, and the sketch was in the mail by evening as promised.",
        ),
        4: (
            "Very useful before we bought. The visit began late because of the traffic, and he stayed longer for it.",
        ),
    },
    "Rohan Borkar": {
        5: (
            "We moved one cupboard and the sofa, and the room is a different room. No wall was harmed.",
            "The whole flat on one sheet, to scale, with prices. We bought half and it is enough.",
        ),
        4: (
            "Good eye, sensible budget. Two of the shops on the list have closed.",
        ),
    },
    "Nandini Rao": {
        5: (
            "We redrew the sign-up together and lost two screens on the way. Drop-offs have halved.",
            "Doesn’t talk about design. Opens the file and does it.",
        ),
        3: (
            "Good on the phone screens, but the desktop pages got only the last five minutes.",
        ),
    },
    "Zoya Merchant": {
        5: (
            "The menu can be read now. My waiters are grateful, my mother less so.",
        ),
        4: (
            "Lovely work on the name. We needed one more evening to agree among ourselves.",
        ),
    },
    "Arvind Swaminathan": {
        5: (
            "Told me which two policies to stop and showed the sum. Nobody earned anything from it but me.",
            "We have argued about money for nine years. After this hour we had one page to argue about, and then none.",
        ),
    },
    "Raghav Bhardwaj": {
        5: (
            "All my EMIs on one page, with the order to close them. I have slept better since.",
            "Stayed on the line with the bank and made them put it in writing.",
        ),
    },
    "Farida Contractor": {
        5: (
            "Listened to my brother first, then to me, and then said what neither of us wanted to hear. We have signed.",
            "Everybody spoke, nobody shouted. In our family this is news.",
        ),
        4: (
            "Long experience, and it shows. Stories are good, but keep an eye on the clock.",
        ),
    },
    "Bhavna Trivedi": {
        5: (
            "Priced my sample properly for the first time. I had been selling it below cost since Diwali.",
            "The order went out with every paper in place. The buyer has repeated.",
        ),
        4: (
            "Practical steps for a small unit. I would have liked the rates in writing.",
        ),
    },
    "Tenzin Dolma": {
        5: (
            "The greenhouse stood through the first wind. Spinach in November, at this height!",
        ),
        4: (
            "Useful plan for three seasons. Seeds on the list were hard to get here.",
        ),
    },
    "Pranab Saikia": {
        5: (
            "Explained the patta in ten minutes, after three offices could not.",
            "Knows who buys and at what rate. We sold forty kilos without the usual cut.",
        ),
    },
    "Lakshmi Venkatesan": {
        5: (
            "Page eleven had a demurrage clause that would have eaten the margin. Struck out, and the buyer signed anyway.",
            "Quick clause, quick answer, and a sentence I could paste.",
        ),
    },
    "Gurmeet Sandhu": {
        5: (
            "Salary in Dubai, flat in Gurugram, shares from my old firm: one return, both sides happy.",
        ),
        4: (
            "Thorough on the treaty. Keep your passport stamps ready, we lost time on dates.",
        ),
    },
}  # fmt: skip

# What the consultant answers, by stars.
REPLIES: dict[int, tuple[str, ...]] = {
    5: (
        "Thank you. You had sorted your papers before the call, which was half the work.",
        "Glad that it worked out. Do write if anything comes of it.",
        "Thank you for taking the time to write this.",
        "That is good to read on a Monday morning. All the best for the next step.",
        "The credit is yours; I only asked the questions.",
        "Thank you. Keep the list, it will serve you next year too.",
        "Happy to hear it. Greetings to your partner.",
        "Thank you, that means a lot.",
    ),
    4: (
        "Thank you, and point taken. I have put it on my list.",
        "Thank you. Write to me in the chat if the note leaves anything open.",
        "Fair. Next time let us take the longer slot.",
    ),
    3: (
        "Thank you for being frank. Write to me in the chat what was missing, and I will answer it there.",
        "Understood. I have made the description clearer since, so that the next person knows what to expect.",
    ),
    2: (
        "I am sorry that this was not what you needed. I have read your papers again and written to you in the chat.",
        "You are right, and I am sorry. Please take a half hour with me for the time that was lost; I have written to you.",
    ),
}

# The one review that an admin has taken off the page, and why.
HIDDEN = (
    "Good advice. For faster service call her assistant directly on 98200 00000 and ask for Suresh, he does it without a bill.",
    "The review gives a private person’s phone number and offers work outside of the books. What it says of the session may be "
    "written again without that.",
)
# Of the client of the demo login, and what was answered.
OF_THE_CLIENT = (
    5,
    "I came with a shoebox of receipts and left with a list of three things to do, each with its date. Two are done already.",
    "Thank you, Farhan. The third is the one with the penalty, so please don’t let it slip past the 20th.",
)
