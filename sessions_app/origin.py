"""Where a session came from, as this app sees it: it never knows what a booking is.

A higher app registers a finder from ``AppConfig.ready``; it answers with an :class:`Origin` for the sessions that are
its own and None for all others. A session of no registered origin was recorded by its consultant (or made by a test),
and :class:`sessions_app.recorded.Recorded` answers for it.

The order of locks is what the session came from first, its payments, the session, the consultant's time
(bookings/services/machine.py). So nothing here may be called while a session's row is locked, but ``room_facts``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from payments.documents import Paper

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from clients.models import Client
    from consultants.models import Consultant
    from sessions_app.models import Session
    from sessions_app.money import Money


@dataclass(frozen=True)
class RoomFacts:
    """What the room shows of the deal behind the session, for one side. Amounts are paise; addresses are paths.

    Empty addresses and False mean: there is nothing to do there for this reader at this moment. For the consultant of
    a webinar, where many deals stand behind one session, only the addresses are filled.
    """

    reference: str = ""  # NK-7F3K2Q9B
    contact_name: str = ""
    contact_email: str = ""  # for the consultant alone
    contact_phone: str = ""  # for the consultant alone, E.164
    answers: list[dict[str, str]] = field(default_factory=list)  # the brief: [{"question": …, "answer": …}]
    currency: str = "INR"
    total_paise: int = 0  # with GST
    paid_paise: int = 0  # less what went back
    elsewhere_paise: int = 0  # paid without us
    owed_paise: int = 0  # what is still asked for; 0 once nothing is
    manage_url: str = ""
    pay_url: str = ""  # the client's, where something is owed and may be paid now
    cancel_url: str = ""
    move_url: str = ""
    new_link_url: str = ""  # the consultant's page that ends all links of the client and mails a new one
    can_cancel: bool = False
    can_move: bool = False
    invoices: list[Paper] = field(default_factory=list)  # each with a label and a url


@dataclass(frozen=True)
class Leaving:
    """What its client may do now about a session to come, and what cancelling would give back."""

    can_cancel: bool
    can_move: bool
    refund_percent: int
    refund_paise: int
    sentence: str  # the same for people
    free_until: datetime | None  # the last moment at which all comes back


class Origin(Protocol):
    """What a session came from."""

    def room_facts(self, *, client: Client | None) -> RoomFacts:
        """For ``client``, or for the consultant when that is None."""
        ...

    def cancel_url(self) -> str:
        """The consultant's page that cancels it, with what goes back. Empty: there is none but the session's own."""
        ...

    def move_url(self) -> str:
        """The consultant's page that moves it, as :meth:`cancel_url`."""
        ...

    def calendar_uid(self, *, client: Client | None) -> str:
        """The name of its event in calendars, the same as in the mails to ``client`` or to the consultant."""
        ...

    def leaving(self, *, client: Client) -> Leaving | None:
        """What ``client`` may do, and what cancelling costs; None where nothing is ``client``'s to change."""
        ...

    def cancel(self, *, actor: User, client: Client | None, reason: str) -> None:
        """Cancel for ``client`` (a seat of a webinar is theirs alone), or for the consultant when that is None.

        Cancelled already: nothing changes. Raises ReasonNeeded, InvalidState and what the terms refuse with.
        """
        ...

    def call_off(self, *, actor: User | None, reason: str) -> None:
        """It did not take place, though its time came: give everything back, whatever the terms say, and tell both
        sides with ``reason``. Called off already: nothing changes. Raises InvalidState or TooLate once both could have
        met."""
        ...

    def move(self, *, actor: User, client: Client | None, starts_at: datetime) -> None:
        """Move to another start, for whom as in :meth:`cancel`. At that time already: nothing changes.

        Raises InvalidState, availability.errors.TimeRefused and what the terms refuse with.
        """
        ...

    def ask(self, *, actor: User) -> None:
        """Mail the client what is still owed, with the link to pay, for the consultant. Of a webinar, whose clients
        owe each their own, nothing is asked here.

        Raises NothingOwed, PermissionDenied, and payments.errors.AskedAlready within a day of the last time.
        """
        ...

    def follow_up(self) -> int:
        """The session is over: tell each client what became of it, and ask for what is owed.

        Each client in a transaction of its own, and each once: what a crash leaves undone, the next call does.
        Returns how many were told.
        """
        ...


class Books(Protocol):
    """The money behind many sessions at once. ``user`` is the client's login; None asks for the consultant."""

    def money_of(self, sessions: Sequence[Session], *, user: User | None) -> dict[UUID, Money]:
        """For those of ``sessions`` that are its own. One query, and one more where something is not paid."""
        ...

    def with_status(self, wanted: Collection[str], *, consultant: Consultant | None, user: User | None) -> Any:
        """A query of the ids of those sessions of its own whose payment status (sessions_app.money) is one of
        ``wanted``: as :meth:`money_of`; ``consultant`` says whose need be read."""
        ...

    def is_theirs(self, *, user: User | None) -> Any:
        """For a query of sessions: whether each is its own."""
        ...

    def total(self) -> Any:
        """For a query of a consultant's sessions: what each comes to in paise, NULL for one that isn't its own."""
        ...

    def called(self, reference: str) -> QuerySet[Any, Any]:
        """The ids of the sessions whose deal has this name (NK-7F3K2Q9B)."""
        ...

    def named(self, word: str, *, consultant: Consultant) -> QuerySet[Any, Any]:
        """The ids of those of ``consultant``'s sessions where ``word`` is in the name that was typed with the deal:
        it can be another than the client's."""
        ...

    def refundable(self, sessions: Sequence[Session]) -> dict[UUID, int]:
        """What goes back to clients, in paise, if the consultant cancels: of each of ``sessions`` that is its own and
        where that is anything. Two queries."""
        ...


Finder = Callable[["Session"], Origin | None]
_finders: dict[str, Finder] = {}
_books: dict[str, Books] = {}


def register(name: str, finder: Finder, books: Books | None = None) -> None:
    """Say who answers for a session. ``finder`` returns None for those that are not its own."""
    _finders[name] = finder
    if books is not None:
        _books[name] = books


def unregister(name: str) -> None:
    _finders.pop(name, None)
    _books.pop(name, None)


def books() -> list[Books]:
    return list(_books.values())


def of(session: Session) -> Origin:
    """What ``session`` came from."""
    if session.reference is None:  # it has none of its own: the money is somebody else's
        for finder in _finders.values():
            found = finder(session)
            if found is not None:
                return found
    from sessions_app.recorded import Recorded

    return Recorded(session)


def room_facts(session: Session, client: Client | None) -> RoomFacts:
    """What the room shows to ``client``, or to the consultant when that is None. Reads only."""
    return of(session).room_facts(client=client)


__all__ = ["Books", "Leaving", "Origin", "RoomFacts", "books", "of", "register", "room_facts", "unregister"]
