"""What needs the consultant, the most pressing first. Each line says what is the matter and leads to its cure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DateTimeField, Exists, Max, OuterRef, QuerySet, Subquery, UUIDField, Window
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking
from clients.models import Client
from consultants.completion import Step
from consultants.models import Consultant
from naksha.kept import Kept, KeptTuples, Param, added_up
from naksha.money import rupees
from naksha.times import people_time, within_sentence
from naksha.together import Question
from notifications.models import OutgoingMail
from quotations.models import Quotation, QuotationQuestion
from quotations.services.answering import MOST_WAITING
from sessions_app.models import Review, Session

FAILED_MAILS_FOR = timedelta(days=7)
OWED_FOR = timedelta(days=366)  # older debts are told on Sessions alone
BALANCE_BEFORE = timedelta(days=2)  # asked for from two days before the session
MOST_BALANCES = 3
MOST_UNREACHED, MOST_ADDRESSES = 3, 100  # told each by itself, and counted at most
MOST_QUESTIONED = 3  # quotations
SHOWN_OF_QUESTION = 140  # letters
MAIL = "mail"  # the step of the checklist that is a line of its own
UNRATED_AFTER, UNRATED_FOR = timedelta(days=2), timedelta(days=30)


@dataclass(frozen=True)
class Need:
    icon: str
    tone: str
    title: str
    body: str
    url: str
    act: str


CONSULTANT = Param("consultant", UUIDField())
OF_ALL = Window(Count("pk"))  # how many there are, told with each of the few that are fetched


def _unreached() -> QuerySet[Any, Any]:
    """Each address to which mails were given up, once: with a name, and whose it is."""
    given_up = OutgoingMail.objects.filter(
        on_behalf_of=Param("user", UUIDField()),
        status=OutgoingMail.Status.FAILED,
        updated_at__gt=Param("since", DateTimeField()),
    )
    theirs = Client.objects.alias(mail=Lower("email")).filter(consultant=CONSULTANT, mail=Lower(OuterRef("to")))
    addresses = given_up.values("to").annotate(
        name=Max("to_name"), last=Max("updated_at"), client=Subquery(theirs.values("pk")[:1])
    )
    return addresses.order_by("-last", "to").values_list("to", "name", "client")[:MOST_ADDRESSES]


def _owed_bookings() -> QuerySet[Booking]:
    return (
        Booking.objects.filter(consultant=CONSULTANT, starts_at__lt=Param("before", DateTimeField()))
        .owing()
        .annotate(of_all=OF_ALL)
        .select_related("client", "session")
        .order_by("starts_at")
    )


def _owed_sessions() -> QuerySet[Session]:
    return (
        Session.objects.filter(
            consultant=CONSULTANT,
            reference__isnull=False,
            starts_at__gt=Param("since", DateTimeField()),
            starts_at__lt=Param("before", DateTimeField()),
        )
        .owing()
        .annotate(of_all=OF_ALL)
        .select_related("client")
        .order_by("-starts_at")
    )


def _questions() -> QuerySet[QuotationQuestion]:
    mine = QuotationQuestion.objects.waiting().filter(quotation__consultant=CONSULTANT)
    about = Subquery(added_up(mine, n=Count("quotation", distinct=True)))
    return mine.annotate(of_all=about).select_related("quotation__client").order_by("created_at")


def _owed_quotations() -> QuerySet[Quotation]:
    mine = Quotation.objects.filter(consultant=CONSULTANT)
    return mine.owing().annotate(of_all=OF_ALL).select_related("client").order_by("accepted_at")


_MAILS = KeptTuples(_unreached)
_OWED, _RECORDED = Kept(_owed_bookings), Kept(_owed_sessions)
_QUESTIONS, _QUOTED = Kept(_questions), Kept(_owed_quotations)
_ASKED = Kept(
    lambda: Session.objects.filter(
        consultant=CONSULTANT,
        status__in=[Session.Status.CONFIRMED, Session.Status.IN_PROGRESS],
        asked_at__isnull=False,
    )
)
_SILENT = Kept(
    lambda: Session.objects.filter(
        ~Exists(Review.objects.filter(session=OuterRef("pk"))),
        consultant=CONSULTANT,
        status=Session.Status.COMPLETED,
        client__isnull=False,
        starts_at__gt=Param("since", DateTimeField()),
        ends_at__lt=Param("until", DateTimeField()),
    )
)


def questions(consultant: Consultant, now: datetime) -> list[Question]:
    """What :func:`needs_of` asks, to be asked together with other things."""
    lately = (_mails, _balances, _recorded, _unrated)
    return [
        *(partial(each, consultant) for each in (_asked, _questioned, _quoted)),
        *(partial(each, consultant, now) for each in lately),
    ]


def needs_of(consultant: Consultant, steps: list[Step], now: datetime) -> list[Need]:
    """Seven queries beside the checklist's."""
    return [
        *_page(consultant, steps),
        *_asked(consultant),
        *_questioned(consultant),
        *_mails(consultant, now),
        *_owed(consultant, now),
        *_unrated(consultant, now),
    ]


def _page(consultant: Consultant, steps: list[Step]) -> list[Need]:
    found: list[Need] = []
    left = [step for step in steps if not step.done]
    needed = [step for step in left if step.needed and step.key != MAIL]
    for step in left:
        if step.key == MAIL:
            act = _("Send the mail again")
            found.append(Need("mail-warning", "bad", str(step.title), str(step.help), step.url, act))
    if needed:
        title = ngettext("One step until your page is public", "%(n)d steps until your page is public", len(needed))
        body = ", ".join(str(step.title) for step in needed)
        found.append(Need("circle-alert", "bad", title % {"n": len(needed)}, body, needed[0].url, _("Go on")))
    elif not consultant.is_listed and not found:
        body = _("Neither the directory nor your link shows it.")
        url = reverse("consultants:profile") + "#id_is_listed"
        found.append(Need("eye-off", "wait", _("You have switched your page off"), body, url, _("Change")))
    icons = {"service": "package", "hours": "clock", "photo": "user-round"}
    for step in left:
        if step.key in icons:
            tone = "" if step.key == "photo" else "bad"
            found.append(Need(icons[step.key], tone, str(step.title), str(step.help), step.url, _("Do it")))
    return found


def _mails(consultant: Consultant, now: datetime) -> list[Need]:
    """Whom mails don't reach: a line for each of the last few, which leads to the client; one line for the others."""
    found = _MAILS.all(user=consultant.user_id, consultant=consultant.pk, since=now - FAILED_MAILS_FOR)
    needs = [
        Need(
            "mail-x",
            "bad",
            _("%(name)s could not be reached by mail") % {"name": name or address},
            _("Nothing arrives at %(address)s. Check the address, or call.") % {"address": address},
            reverse("clients:client", args=[client])
            if client
            else reverse("clients:list") + "?" + urlencode({"q": name or address}),
            _("Open the client"),
        )
        for address, name, client in found[:MOST_UNREACHED]
    ]
    if others := found[MOST_UNREACHED:]:
        title = ngettext(
            "%(n)d more client could not be reached by mail",
            "%(n)d more clients could not be reached by mail",
            len(others),
        )
        body = ", ".join(name or address for address, name, _client in others[:MOST_UNREACHED])
        needs.append(Need("mail-x", "bad", title % {"n": len(others)}, body, reverse("clients:list"), _("See clients")))
    return needs


def _owed(consultant: Consultant, now: datetime) -> list[Need]:
    """A line for each of the first few of a kind, and one for all others."""
    parts = [_balances(consultant, now), _recorded(consultant, now), _quoted(consultant)]
    needs = [need for part, _others in parts for need in part]
    if others := sum(others for _part, others in parts):
        title = ngettext("%(n)d more sum is owed to you", "%(n)d more sums are owed to you", others)
        body = _("All that your clients owe stands in one list, and you can ask for it there.")
        needs.append(Need("indian-rupee", "wait", title % {"n": others}, body, reverse("money:due"), _("See all")))
    return needs


def _others(found: list[Any], shown: int) -> int:
    """How many there are beside those that are shown; ``found`` tells with each how many there are."""
    return max(0, found[0].of_all - shown) if found else 0


def _balances(consultant: Consultant, now: datetime) -> tuple[list[Need], int]:
    owed = _OWED.part(0, MOST_BALANCES, consultant=consultant.pk, before=now + BALANCE_BEFORE)
    needs = [
        Need(
            "indian-rupee",
            "wait",
            _("%(name)s owes %(sum)s")
            % {"name": booking.contact_name or booking.client.name, "sum": rupees(booking.owed_paise)},
            _("Balance for %(title)s, %(moment)s.")
            % {
                "title": booking.title,
                "moment": within_sentence(people_time(booking.starts_at, consultant.timezone, now)),
            },
            reverse("bookings:request", args=[booking.pk]),
            _("Open"),
        )
        for booking in owed
    ]
    return needs, _others(owed, len(needs))


def _asked(consultant: Consultant) -> list[Need]:
    """Sessions of which nobody knows how they went."""
    waiting = _ASKED.count(consultant=consultant.pk)
    if not waiting:
        return []
    title = ngettext("How did a session go?", "How did %(n)d sessions go?", waiting) % {"n": waiting}
    body = _("Say whether it was held. Two days after we asked it is settled without you.")
    return [Need("clipboard-check", "wait", title, body, reverse("sessions:list") + "?show=asked", _("Answer"))]


def _recorded(consultant: Consultant, now: datetime) -> tuple[list[Need], int]:
    """What is owed for sessions that were written down by hand."""
    span = {"since": now - OWED_FOR, "before": now + BALANCE_BEFORE}
    owed = _RECORDED.part(0, MOST_BALANCES, consultant=consultant.pk, **span)
    needs = [
        Need(
            "indian-rupee",
            "wait",
            _("%(name)s owes %(sum)s")
            % {"name": session.client.name if session.client else "", "sum": rupees(session.owed_paise)},
            _("For %(title)s, %(moment)s.")
            % {
                "title": session.title,
                "moment": within_sentence(people_time(session.starts_at, consultant.timezone, now)),
            },
            reverse("sessions:desk", args=[session.pk]),
            _("Open"),
        )
        for session in owed
    ]
    return needs, _others(owed, len(needs))


def _questioned(consultant: Consultant) -> list[Need]:
    """What clients ask about quotations: a line for each of a few, the one that waits longest first, and one for all
    others."""
    found = _QUESTIONS.part(0, MOST_QUESTIONED * MOST_WAITING, consultant=consultant.pk)
    waiting: dict[Quotation, list[QuotationQuestion]] = {}
    for question in found:
        waiting.setdefault(question.quotation, []).append(question)
    needs = [
        Need(
            "message-circle",
            "wait",
            ngettext(
                "%(name)s has a question about a quotation",
                "%(name)s has %(n)d questions about a quotation",
                len(questions),
            )
            % {"name": quotation.client.name, "n": len(questions)},
            _("%(title)s: “%(question)s”")
            % {"title": quotation.title, "question": Truncator(questions[0].body).chars(SHOWN_OF_QUESTION)},
            reverse("quotations:one", args=[quotation.pk]) + f"#q-{questions[0].pk}",
            _("Answer"),
        )
        for quotation, questions in list(waiting.items())[:MOST_QUESTIONED]
    ]
    if others := _others(found, len(needs)):
        title = ngettext(
            "There are questions about %(n)d more quotation", "There are questions about %(n)d more quotations", others
        )
        body = _("Your clients wait for an answer before they say yes.")
        url = reverse("quotations:list") + "?show=asked"
        needs.append(Need("message-circle", "wait", title % {"n": others}, body, url, _("See all")))
    return needs


def _quoted(consultant: Consultant) -> tuple[list[Need], int]:
    """What is owed for accepted work, the longest first."""
    owed = _QUOTED.part(0, MOST_BALANCES, consultant=consultant.pk)
    needs = [
        Need(
            "indian-rupee",
            "wait",
            _("%(name)s owes %(sum)s") % {"name": quotation.client.name, "sum": rupees(quotation.owed_paise)},
            _("For %(title)s, quotation %(number)s.") % {"title": quotation.title, "number": quotation.label},
            reverse("quotations:one", args=[quotation.pk]),
            _("Open"),
        )
        for quotation in owed
    ]
    return needs, _others(owed, len(needs))


def _unrated(consultant: Consultant, now: datetime) -> list[Need]:
    """Sessions of the last month that their client has not rated, two days after the end."""
    span = {"since": now - UNRATED_FOR, "until": now - UNRATED_AFTER}
    silent = _SILENT.count(consultant=consultant.pk, **span)
    if not silent:
        return []
    title = ngettext("A session is not rated yet", "%(n)d sessions are not rated yet", silent) % {"n": silent}
    body = _("Held in the last 30 days. A line in the chat often helps; clients can rate for 60 days.")
    url = reverse("sessions:list") + "?show=held"
    return [Need("star", "", title, body, url, _("See sessions"))]
