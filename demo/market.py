"""Makes the demo market: always the same people and, counted from today, the same three months behind them.

Everything goes through the project's own services with the clock told, so figures add up because they are real.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.services import create_account
from availability import slots
from availability.errors import NotBookable, SlotTaken
from availability.models import DateOverride, WeeklyHours
from bookings import services as bookings
from bookings.models import Booking
from consultants.models import (
    BookingPolicy,
    City,
    Consultant,
    Field,
    Language,
    Service,
)
from consultants.services import approval, profile, saving
from demo import blocks, byhand, figures, keeping, papers, profiles, quotations
from demo.clock import at
from demo.life import Life
from demo.papers import INDIA
from demo.people import ANSWERS, ANSWERS_TO, FIRST_NAMES, LAST_NAMES, PEOPLE, Person
from demo.reviews import Reviews
from demo.till import Till
from naksha.errors import DomainError
from notifications.models import Notification, OutgoingMail
from payments.models import Payment, Refund
from payments.services import sending
from sessions_app.models import Session
from sessions_app.services import schedule_webinar

# The three logins that the README names.
CONSULTANT_MAIL, CLIENT_MAIL, ADMIN_MAIL = settings.DEMO_LOGINS
PASSWORD = settings.DEMO_LOGINS[CONSULTANT_MAIL][1]
DAYS_BACK = 90
DAYS_AHEAD = 12
Say = Callable[[str], Any]
Act = Callable[[], object]
Steps = list[tuple[datetime, Act]]


class Market:
    """One making of the market. The dice are the same every time."""

    def __init__(self, till: Till, say: Say) -> None:
        self.till, self.say = till, say
        self.dice = random.Random("naksha")  # noqa: S311 - a show, not a secret
        self.now = timezone.now().replace(second=0, microsecond=0)
        self.plan: list[tuple[datetime, int, Act]] = []  # a heap: what happens puts what comes of it into it
        self.numbers = count()
        self.life = Life(till, self.now, self._later)
        self.shown: dict[str, Session] = {}  # what the client of the demo login sees, by role
        self.clients = self._clients()
        self.password = make_password(PASSWORD)  # once: hashing is meant to be slow

    def make(self) -> None:
        with at(self.now - timedelta(days=DAYS_BACK + 40)):
            self.admin = self._user("Admin Naksha", ADMIN_MAIL, User.Role.ADMIN)
            User.objects.filter(pk=self.admin.pk).update(is_superuser=True)
            self.client_user = self._user("Farhan Qureshi", CLIENT_MAIL, User.Role.CLIENT)
        self.say("Consultants …")
        consultants = [self._consultant(person) for person in PEOPLE]
        for name in ("Mohan Lal", "Sara Dsouza", "Eklavya Rana"):
            self._applicant(name)
        self.say("Three months of sessions …")
        self._history(consultants)
        self.say("What was said of them …")
        self._reviews(consultants)
        keeping.keep(consultants[0], self.now)
        blocks.keep(consultants[0], self.now)
        self._finish()
        figures.keep(consultants, self.now, DAYS_BACK)

    # --- people ------------------------------------------------------------------------------------

    def _clients(self) -> list[tuple[str, str, str]]:
        names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
        self.dice.shuffle(names)
        people = [
            (name, f"{name.lower().replace(' ', '.')}@example.com", f"+9198{n:08d}")
            for n, name in enumerate(names[:140])
        ]
        return [("Farhan Qureshi", CLIENT_MAIL, "+919800000001"), *(p for p in people if p[0] != "Farhan Qureshi")]

    def _user(self, name: str, email: str, role: User.Role) -> User:
        user = create_account(name=name, email=email, password=None, role=role, verified=True)
        user.password = self.password
        user.save(update_fields=["password"])
        return user

    def _account(self, name: str, email: str) -> Consultant:
        user = self._user(name, email, User.Role.CONSULTANT)
        return Consultant.objects.select_related("user").get(user=user)

    def _consultant(self, person: Person) -> Consultant:
        joined = self.now - timedelta(days=DAYS_BACK + self.dice.randint(8, 30))
        email = CONSULTANT_MAIL if person is PEOPLE[0] else f"{person.name.lower().replace(' ', '.')}@example.com"
        with at(joined):
            consultant = self._account(person.name, email)
            profiles.fill(consultant, person, self.dice)
            profiles.send_papers(consultant)
            for order, offer in enumerate(person.offers):
                profiles.offer_service(consultant, offer, order)
            WeeklyHours.objects.bulk_create(
                WeeklyHours(consultant=consultant, weekday=day, start_minute=opens, end_minute=closes)
                for day in person.weekdays
                for opens, closes in person.hours
            )
            BookingPolicy.objects.filter(consultant=consultant).update(
                slot_interval_minutes=self.dice.choice([15, 30, 30]), buffer_after_minutes=self.dice.choice([0, 10, 15])
            )
            approval.submit_application(consultant=consultant)
        with at(joined + timedelta(days=1, hours=3)):
            approval.approve(consultant=consultant, actor=self.admin, note="Papers seen and checked.")
            if person is PEOPLE[0]:
                consultant.refresh_from_db()
                profiles.settle(consultant, person)
        off = (self.now + timedelta(days=self.dice.randint(5, 11))).astimezone(INDIA).date()
        DateOverride.objects.create(consultant=consultant, date=off, note="Away")
        consultant.refresh_from_db()
        return consultant

    def _applicant(self, name: str) -> None:
        with at(self.now - timedelta(hours=self.dice.randint(5, 60))):
            consultant = self._account(name, f"{name.lower().replace(' ', '.')}@example.com")
            person = self.dice.choice(PEOPLE)
            profile.update_profile(
                consultant=consultant,
                headline="New here, and glad to be asked",
                bio="I have worked in a firm for nine years and would like to work for myself.",
                fields=Field.objects.filter(pk=person.fields[0]),
                languages=Language.objects.filter(pk__in=["en", "hi"]),
                city=City.objects.get(pk=person.city),
                experience_years=9,
            )
            profiles.send_papers(consultant)
            approval.submit_application(consultant=consultant)
        if name == "Sara Dsouza":
            with at(self.now - timedelta(hours=2)):
                approval.ask_for_more(
                    consultant=consultant,
                    actor=self.admin,
                    question="The certificate ends before its second page. Please add it.",
                )

    # --- what happened -----------------------------------------------------------------------------

    def _history(self, consultants: list[Consultant]) -> None:
        plan: Steps = []
        for consultant in consultants:
            services = list(Service.objects.filter(consultant=consultant).select_related("consultant__user"))
            first = consultant.user.email == CONSULTANT_MAIL
            busy = 46 if first else self.dice.randint(5, 9)
            if first:
                plan += [*self._this_week(services), *self._of_the_client(services)]
                byhand.plan(consultant, self.now, self.till, self._later)
                quotations.plan(consultant, self.now, self.till, self._later, client_mail=CLIENT_MAIL)
            personal = [service for service in services if not service.is_webinar]
            for _ in range(busy):
                meets = self.now + timedelta(days=self.dice.uniform(-DAYS_BACK, DAYS_AHEAD))
                service = self.dice.choices(personal, weights=[3, 2, 1, 1][: len(personal)])[0]
                ahead = timedelta(days=self.dice.uniform(1.2, 9))
                booked = min(meets - ahead, self.now - timedelta(minutes=self.dice.randint(20, 4000)))
                plan.append((booked, self._booking_of(service, meets)))
            for service in services:
                if service.is_webinar:
                    plan += self._webinars_of(service, consultant)
        for moment, act in plan:
            self._later(moment, partial(self._booked, act))
        while self.plan:
            moment, _, act = heappop(self.plan)
            with at(moment):
                act()

    def _later(self, moment: datetime, act: Act) -> None:
        """Put ``act`` into the plan, unless it would come after today."""
        if moment < self.now:
            heappush(self.plan, (moment, next(self.numbers), act))

    def _booked(self, act: Act) -> None:
        act()
        bookings.expire_due()
        for refund_id in Refund.objects.filter(status=Refund.Status.PENDING).values_list("pk", flat=True):
            sending.send(refund_id)

    def _of_the_client(self, services: list[Service]) -> Steps:
        """What the demo logins have to do with each other: one held and reviewed, one to review, one with a chat."""
        days = {"written": (-33, -27), "to_write": (-9, -4), "lively": (-4, 2.2)}
        return [
            (
                self.now + timedelta(days=booked),
                self._booking_of(service, self.now + timedelta(days=meets), keen=True, role=role),
            )
            for service, (role, (booked, meets)) in zip(
                (services[0], services[1], services[0]), days.items(), strict=True
            )
        ]

    def _this_week(self, services: list[Service]) -> Steps:
        """What the consultant of the demo login meets on *Today*: sessions soon, and requests that wait."""
        plan = []
        for service in services:
            by_hand = service.confirmation == Service.Confirmation.MANUAL
            for hours in (3, 7) if by_hand else (26, 30, 52):
                ahead = 70 if by_hand else self.dice.uniform(1, 40)
                booked = self.now - timedelta(hours=hours)
                if not service.is_webinar:
                    plan.append((booked, self._booking_of(service, self.now + timedelta(hours=ahead), keen=True)))
        return plan

    def _details(self, service: Service, *, is_demo: bool = False) -> bookings.Details:
        is_demo = self.dice.random() < 0.06 or is_demo
        name, email, phone = self.clients[0] if is_demo else self.dice.choice(self.clients)
        questions = list(service.questions.all())
        answers = [
            {"question": question.label, "answer": self.dice.choice(ANSWERS_TO.get(question.label, ANSWERS))}
            for question in questions
        ]
        state = self.dice.choice(["27", "27", "29", "07", "33", "24"])
        return bookings.Details(
            name=name,
            email=email,
            phone=phone,
            timezone="Asia/Kolkata",
            answers=answers,
            state_code=state,
            pin_code=papers.pin_of(state),
        )

    def _login_of(self, details: bookings.Details) -> User | None:
        return self.client_user if details.email == CLIENT_MAIL else None

    def _booking_of(self, service: Service, wish: datetime, *, keen: bool = False, role: str = "") -> Act:
        def act() -> None:
            now = timezone.now()
            near = slots.nearest_free(
                consultant=service.consultant, minutes=service.minutes, around=wish, limit=3, now=now
            )
            if not near:
                return
            details = self._details(service, is_demo=bool(role))
            try:
                booking, _token = bookings.hold(
                    service=service,
                    starts_at=self.dice.choice(near),
                    details=details,
                    user=self._login_of(details),
                )
            except (SlotTaken, NotBookable):
                return
            if booking.status == Booking.Status.HELD:
                if not keen and self.dice.random() < 0.07:
                    return  # gave up while paying
                self._pay(booking)
            if not keen:
                self._afterwards(booking, now)
            booking.refresh_from_db()
            if booking.status == Booking.Status.ACCEPTED and booking.session is not None:
                self.life.of(booking.session.pk, role=role)
                self.shown[role] = booking.session

        return act

    def _pay(self, booking: Booking) -> None:
        payment = Payment.objects.filter(payable_id=booking.pk).latest("created_at")
        self.till.pay(payment.pk, email=booking.client.email, contact=booking.contact_phone)

    def _afterwards(self, booking: Booking, now: datetime) -> None:
        """A request is answered, a plan changes. What lies ahead of today stays as it is for a visitor to play with."""
        booking.refresh_from_db()
        consultant_user = booking.consultant.user
        left = self.now - now
        if booking.status == Booking.Status.PENDING and left > timedelta(hours=20):
            with at(now + timedelta(hours=self.dice.uniform(0.5, 8))):
                if self.dice.random() < 0.82:
                    bookings.accept(booking=booking, actor=consultant_user)
                else:
                    bookings.decline(
                        booking=booking,
                        actor=consultant_user,
                        reason="I am not the right person for this one; please ask a colleague.",
                    )
        dice = self.dice.random()
        later = now + (booking.starts_at - now) * self.dice.uniform(0.3, 0.9)
        if later >= self.now:
            return
        with at(later):
            booking.refresh_from_db()
            if booking.status != Booking.Status.ACCEPTED:
                return
            try:
                if dice < 0.07:
                    bookings.cancel_by_client(booking=booking, reason="Something came up at work.")
                elif dice < 0.09:
                    bookings.cancel_by_consultant(
                        booking=booking, actor=consultant_user, reason="I am unwell today. I am sorry."
                    )
                elif dice < 0.15:
                    near = slots.nearest_free(
                        consultant=booking.consultant,
                        minutes=int((booking.ends_at - booking.starts_at).total_seconds() // 60),
                        around=booking.starts_at + timedelta(days=1),
                        limit=3,
                        now=later,
                    )
                    bookings.reschedule_by_client(booking=booking, starts_at=self.dice.choice(near))
            except (DomainError, SlotTaken, NotBookable, IndexError):
                return  # the terms, or the calendar, said no; then it stays as it was

    def _webinars_of(self, service: Service, consultant: Consultant) -> Steps:
        plan: Steps = []
        for days in (-41, -13, 15):
            evening = (self.now + timedelta(days=days)).astimezone(INDIA).replace(hour=20, minute=0)
            holder: list[Session] = []

            def schedule(evening: datetime = evening, holder: list[Session] = holder) -> None:
                holder.append(schedule_webinar(service=service, starts_at=evening, actor=consultant.user))
                self.life.of(holder[0].pk)

            def take(holder: list[Session] = holder) -> None:
                try:
                    details = self._details(service)
                    booking, _token = bookings.hold_seat(
                        session=holder[0], details=details, user=self._login_of(details)
                    )
                except DomainError:
                    return  # the same client twice
                if booking.status == Booking.Status.HELD:
                    self._pay(booking)

            plan.append((evening - timedelta(days=25), schedule))
            for _ in range(self.dice.randint(6, 14)):
                when = min(
                    evening - timedelta(days=self.dice.uniform(0.5, 24)),
                    self.now - timedelta(hours=self.dice.uniform(1, 90)),
                )
                plan.append((max(when, evening - timedelta(days=24, hours=23)), take))
        return plan

    def _reviews(self, consultants: list[Consultant]) -> None:
        reviews = Reviews(self.now, self.admin, self.client_user, self.shown["to_write"], self.shown["written"])
        for consultant in consultants:
            reviews.of(consultant, hide_one=consultant.user.email == CONSULTANT_MAIL)
        for days, number in ((40, 0), (21, 4), (12, 10), (2, 7)):
            with at(self.now - timedelta(days=days)):
                saving.save(user=self.client_user, consultant=consultants[number])

    def _finish(self) -> None:
        """What people and the schedule would have done by now: mails are sent, notices are read."""
        # Yesterday's mails go out when the site starts, to be read at /dev/mail/; the rest were sent long ago.
        before = OutgoingMail.objects.filter(created_at__lt=self.now - timedelta(days=1))
        before.update(
            status=OutgoingMail.Status.SENT, sent_at=F("created_at"), attempts=1, sealed_context="", calendar=""
        )
        Notification.objects.filter(created_at__lt=self.now - timedelta(days=1)).update(read_at=self.now)
