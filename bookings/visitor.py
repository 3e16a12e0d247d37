"""What is known of a visitor who books: the hold in the browser, what was typed, the login, how often it was tried."""

from __future__ import annotations

import json
import re
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from bookings.models import Booking
from bookings.services import hoard, links
from clients.services import profile_of
from consultants.models import Consultant, Service
from consultants.services.offers import MOST_QUESTIONS
from naksha.crypto import InvalidToken, decrypt, encrypt
from naksha.db import db_now
from naksha.web.address import client_address, neighbourhood
from naksha.web.limits import Limit, Rule, hit_all

HOLD_COOKIE = "hold"
DRAFT = "booking_draft"
PROBLEM = "booking_problem"
DAY = 24 * 3600
_ANSWER = re.compile(r"q_[0-9a-f]{32}")
BILLING = ("billing_name", "billing_address", "gstin")
DRAFT_FIELDS = ("name", "email", "phone", "state_code", "pin_code", *BILLING)


def remember_hold(response: HttpResponse, token: str) -> None:
    """Keep the hold's token in the browser while it lasts, so that the time stays in view when stepping back."""
    response.set_cookie(
        HOLD_COOKIE,
        token,
        max_age=settings.HOLD_MINUTES * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget_hold(response: HttpResponse) -> None:
    response.delete_cookie(HOLD_COOKIE, samesite="Lax")


def held(request: HttpRequest, consultant: Consultant) -> tuple[Booking, str] | None:
    """The time with this consultant that is kept for this browser just now, with its token."""
    token = request.COOKIES.get(HOLD_COOKIE, "")
    if not 20 <= len(token) <= 64:
        return None
    try:
        booking = links.resolve(token)
    except Booking.DoesNotExist:
        return None
    if booking.consultant_id != consultant.pk or not booking.is_held_at(db_now()):
        return None
    return booking, token


def confirmed_user(request: HttpRequest) -> User | None:
    """The login, if its address is confirmed: only then is it the owner of what that address booked."""
    user = request.user
    if not isinstance(user, User):
        return None
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return user if confirmed.exists() else None


def keep_draft(request: HttpRequest, typed: dict[str, Any], problem: str = "") -> None:
    """Seal what was typed into the visitor's session until it is booked; ``problem`` is told on the next page, once."""
    kept = {name: str(typed[name])[:400] for name in DRAFT_FIELDS if name in typed}
    answers = [name for name in typed if _ANSWER.fullmatch(name)][:MOST_QUESTIONS]
    kept |= {name: str(typed[name])[:4000] for name in answers}
    request.session[DRAFT] = encrypt(json.dumps(kept))
    if problem:
        tell_problem(request, problem)


def tell_problem(request: HttpRequest, sentence: str) -> None:
    """Keep why a press came to nothing for the page that it leads to."""
    request.session[PROBLEM] = sentence


def problem(request: HttpRequest) -> str:
    """Why the press before this page came to nothing; told once."""
    return str(request.session.pop(PROBLEM, ""))


def draft(request: HttpRequest) -> dict[str, str]:
    sealed = request.session.get(DRAFT)
    if not isinstance(sealed, str):
        return {}
    try:
        kept = json.loads(decrypt(sealed))
    except (InvalidToken, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def forget_draft(request: HttpRequest) -> None:
    request.session.pop(DRAFT, None)


def known_of(user: User) -> dict[str, str]:
    """What a login has told of itself already."""
    profile = profile_of(user)
    return {
        "name": user.name,
        "email": user.email,
        "phone": profile.phone,
        "state_code": profile.state_code,
        "pin_code": profile.pin_code,
        "billing_address": profile.address,
        "gstin": profile.gstin,
    }


def typed_before(request: HttpRequest, service: Service, hold: Booking | None, user: User | None) -> dict[str, str]:
    """What the details form begins with: what was typed last, what this hold was made with, what the login knows."""
    known = known_of(user) if user is not None else {}
    if hold is not None:
        known.update(
            name=hold.contact_name,
            email=hold.client.email,
            phone=hold.contact_phone,
            state_code=hold.state_code,
            pin_code=hold.pin_code,
            **{name: getattr(hold, name) for name in BILLING},
        )
        answers = {answer["question"]: answer["answer"] for answer in hold.answers}
        for question in service.questions.all():
            if question.label in answers:
                known[f"q_{question.pk.hex}"] = answers[question.label]
    return known | draft(request)


def origin(request: HttpRequest) -> str:
    """Where this visitor's bookings are counted."""
    return hoard.origin_of(neighbourhood(client_address(request)))


def try_to_hold(request: HttpRequest, email: str) -> Limit | None:
    """Count a try to take time. The limit that is overdrawn, or None."""
    where = neighbourhood(client_address(request))
    rules = [Rule(f"hold:address:{where}", settings.HOLDS_PER_ADDRESS, 600)]
    if email:
        rules += [Rule(f"hold:mail:{email.lower()}", settings.HOLDS_PER_MAIL, 600), _mails_of_a_day(email)]
    return _overdrawn(hit_all(rules))


def try_to_wait(request: HttpRequest, email: str, consultant: Consultant) -> Limit | None:
    """Count a try to join a waitlist: what is freed is kept for whoever waits, so nobody may be the whole line."""
    where = neighbourhood(client_address(request))
    rules = [
        Rule(f"wait:{consultant.pk}:address:{where}", settings.WAITS_PER_ADDRESS_A_DAY, DAY),
        Rule(f"wait:{consultant.pk}:mail:{email.lower()}", settings.WAITS_PER_MAIL_A_DAY, DAY),
        _mails_of_a_day(email),
    ]
    return _overdrawn(hit_all(rules))


def try_to_find(request: HttpRequest, email: str) -> Limit | None:
    """Count a try to have a lost link mailed."""
    where = neighbourhood(client_address(request))
    rules = [
        Rule(f"find:address:{where}", settings.HOLDS_PER_ADDRESS, 600),
        Rule(f"find:mail:{email.lower()}", 5, 900),
        _mails_of_a_day(email),
    ]
    return _overdrawn(hit_all(rules))


def _mails_of_a_day(email: str) -> Rule:
    """Whoever types an address has mail sent to it: no stranger can have a box filled through us."""
    return Rule(f"typed:mail:{email.lower()}", settings.TYPED_PER_MAIL_A_DAY, DAY)


def _overdrawn(limits: list[Limit]) -> Limit | None:
    return next((limit for limit in limits if not limit.allowed), None)
