"""What keeps somebody else's things from being seen: each such check can be loosened, and the table has to notice.

``STRANGERS`` are second requests of routes whose row names only one of the things that they take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model, Q, QuerySet

import payments.api.views
import payments.payable
import sessions_app.api.access
import sessions_app.api.whole
from availability.models import WeeklyHours
from bookings.api.views import BookingView
from bookings.models import Booking, BookingQuerySet
from clients.models import Client, ClientImport
from consultants.models import Service
from naksha.kept import KeptTuples
from notifications.models import Notification
from payments.api.base import payments_of
from payments.models import Payment
from quotations.models import Quotation
from sessions_app.models import Session, Upload
from sessions_app.models.session import SessionQuerySet
from tests.api.table import IN_A_WEEK, NEW_SESSION, QUOTATION, Row
from tests.api.world import World

NAMELESS = {name: value for name, value in NEW_SESSION.items() if not name.startswith("client")}
WEBINAR = {"sessionType": "WEBINAR", "serviceId": "$webinar_service", "start": IN_A_WEEK}
UNNAMED = {name: value for name, value in QUOTATION.items() if not name.startswith("client")}

#                anon guest client other  consultant other unapproved suspended admin super
THEIR_CLIENT = " 1    1     3      3      +          ~     3          1         3     3"
AS_IF_NONE = "   1    1     3      3      +          =     3          1         3     3"
NOT_THE_HOST = " 1    1     3      3      +          4     3          1         3     3"
NOT_FOR_THEM = " 1    1     +      4      4          4     4          1         4     4"
NEITHER = "      1    1     ~      4      4          4     4          1         4     4"

STRANGERS: tuple[Row, ...] = (
    # What the other consultant has asked of this one is seen by both, and answered by one.
    Row("PUT /bookings/{pk}/accept", NOT_THE_HOST, {"pk": "own_wish"}),
    Row("PUT /bookings/{pk}/reject", NOT_THE_HOST, {"pk": "own_wish"}, {"reason": "Away."}),
    Row(
        "POST /payments/refund",
        "            1    1     3      3      ~          4     3          1         ~     ~",
        body={"paymentId": "$own_payment"},
    ),
    Row("POST /payments/initiate", NOT_FOR_THEM, body={"sessionId": "$session"}),
    Row("POST /payments/initiate", NEITHER, body={"quotationId": "$sent_quotation"}),
    Row(
        "POST /payments/initiate",
        "            4    +     +      +      +          +     +          1         +     +",
        body={"manageToken": "$manage_link"},
    ),
    Row(
        "POST /payments/fail",
        "            4    4     4      4      4          4     4          1         4     4",
        body={"paymentId": "$payment", "manageToken": "$free_link"},
    ),
    Row("POST /sessions", THEIR_CLIENT, body={**NAMELESS, "clientId": "$client"}),
    Row("POST /sessions", THEIR_CLIENT, body=WEBINAR),
    Row("POST /quotations", THEIR_CLIENT, body={**UNNAMED, "clientId": "$client"}),
    Row("POST /sessions/bulk", AS_IF_NONE, body={"ids": ["$session"], "action": "cancel", "reason": "Ill."}),
    Row(
        "GET /sessions",
        "            1    1     ~      ~      +          =     3          1         3     3",
        query={"clientId": "$client"},
    ),
    Row("GET /quotations", AS_IF_NONE, query={"clientId": "$client"}),
)


@dataclass(frozen=True)
class Owner:
    """One check of whose a thing is; ``calls`` says by its beginnings which rows have to notice that it is gone."""

    name: str
    calls: tuple[str, ...]
    loosen: Callable[[World, pytest.MonkeyPatch], None]


def _unowned(model: type[Model], *names: str) -> Callable[[World, pytest.MonkeyPatch], None]:
    """Queries of ``model`` that ask for ``names`` find everybody's."""

    def loosen(world: World, patch: pytest.MonkeyPatch) -> None:
        real: Any = QuerySet._filter_or_exclude  # type: ignore[attr-defined]

        def anybodys(self: Any, negate: bool, args: Any, kwargs: dict[str, Any]) -> Any:
            if self.model is model:
                kwargs = {name: value for name, value in kwargs.items() if name not in names}
            return real(self, negate, args, kwargs)

        patch.setattr(QuerySet, "_filter_or_exclude", anybodys)

    return loosen


def _anybody_is_the_host(world: World, patch: pytest.MonkeyPatch) -> None:
    real = sessions_app.api.access.find_visitor

    def find_visitor(*, session_id: Any, user: Any, browser: Any) -> Any:
        return real(session_id=session_id, user=world.consultant.user, browser=browser)

    patch.setattr(sessions_app.api.access, "find_visitor", find_visitor)


def _whatever_opens(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(payments.api.views, "opens", lambda token, payment: True)


def _all_payments(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(payments.api.views, "payments_of", lambda user: payments_of(world.admin))


def _whoever_asks_pays(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(payments.payable, "owned_by", lambda user: Q(pk__isnull=False))


def _all_bookings(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BookingQuerySet, "seen_by", lambda self, user: self.all())


def _either_side(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BookingView, "had", lambda self, booking: True)


def _all_sessions_of_clients(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SessionQuerySet, "of_client", lambda self, user: self)


def _all_sessions_kept(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions_app.api.whole, "whole", lambda of=None: Session.objects.order_by("-starts_at", "-pk"))
    patch.setattr(sessions_app.api.whole, "_PAGE", KeptTuples(sessions_app.api.whole.page))


OWNERS: tuple[Owner, ...] = (
    Owner("find_visitor", ("GET /sessions/{pk}", "POST /chat", "GET /jitsi"), _anybody_is_the_host),
    Owner(
        "Reader.sessions", ("GET /sessions/export", "GET /chat", "POST /sessions/bulk"), _unowned(Session, "consultant")
    ),
    Owner("of_client", ("GET /sessions",), _all_sessions_of_clients),
    Owner("the kept page of sessions", ("GET /sessions",), _all_sessions_kept),
    Owner("seen_by", ("GET /bookings",), _all_bookings),
    Owner("had", ("PUT /bookings/{pk}/accept",), _either_side),
    Owner("payments_of", ("GET /payments",), _all_payments),
    Owner("who may refund", ("POST /payments/refund",), _unowned(Payment, "consultant__user")),
    Owner("who pays", ("POST /payments/fail",), _whoever_asks_pays),
    Owner("opens", ("POST /payments/fail",), _whatever_opens),
    Owner("who owes for a booking", ("POST /payments/initiate",), _unowned(Booking, "client__user")),
    Owner("who owes for a session", ("POST /payments/initiate",), _unowned(Session, "client__user")),
    Owner("who owes for a quotation", ("POST /payments/initiate",), _unowned(Quotation, "client__user")),
    Owner(
        "a consultant's clients", ("GET /clients", "POST /sessions", "POST /quotations"), _unowned(Client, "consultant")
    ),
    Owner("a consultant's imports", ("GET /clients/import",), _unowned(ClientImport, "consultant")),
    Owner("a consultant's services", ("GET /consultant/services", "POST /sessions"), _unowned(Service, "consultant")),
    Owner("a consultant's hours", ("PUT /consultant/availability",), _unowned(WeeklyHours, "consultant")),
    Owner("a consultant's quotations", ("GET /quotations",), _unowned(Quotation, "consultant")),
    Owner("a login's lines", ("PUT /notifications/{pk}", "DELETE /notifications/{pk}"), _unowned(Notification, "user")),
    Owner("a login's uploads", ("GET /uploads", "DELETE /uploads"), _unowned(Upload, "owner")),
)
