"""The table of a consultant's sessions: one page of it, with what each row and each view shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet, UUIDField, Window
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from consultants.models import Consultant
from naksha.kept import Kept, KeptTuples, Param
from naksha.together import Question
from sessions_app import origin
from sessions_app.find_form import ORDERS, VIEWS, FindForm
from sessions_app.listing import matching
from sessions_app.models import SavedView, Session
from sessions_app.money import Money, PaymentStatus, money_of
from sessions_app.state import tone_of
from sessions_app.table_rows import rows_html

S = Session.Status
MONEY_TONES = {
    PaymentStatus.PENDING: "wait",
    PaymentStatus.PAID: "good",
    PaymentStatus.FAILED: "bad",
    PaymentStatus.REFUNDED: "calm",
    PaymentStatus.PARTIALLY_REFUNDED: "calm",
}
_STATES = dict(S.choices)
SHOWN = (  # what a row and its money are told from
    "consultant_id",
    "client__name",
    "kind",
    "status",
    "title",
    "starts_at",
    "seats_taken",
    "capacity",
    "reference",
    "total_paise",
    "paid_paise",
    "refunded_paise",
    "elsewhere_paise",
    "currency",
)
_NOBODY = UUID(int=0)


def _counted_by_state() -> QuerySet[Any, Any]:
    mine = Session.objects.filter(consultant=Param("consultant", UUIDField())).exclude(status=S.ABANDONED).order_by()
    return mine.values_list("status").annotate(n=Count("pk"), asked=Count("asked_at"))  # type: ignore[no-any-return]


_BY_STATE = KeptTuples(_counted_by_state)
_SAVED = Kept(lambda: SavedView.objects.filter(consultant=Param("consultant", UUIDField())))


@dataclass(frozen=True, slots=True)
class Line:
    """One row."""

    session: Session
    url: str
    money: Money

    @property
    def tone(self) -> str:
        return tone_of(self.session.status)

    @property
    def money_tone(self) -> str:
        return MONEY_TONES[self.money.status]

    @property
    def name(self) -> str:
        """What tells it from the others, read out."""
        client = self.session.client
        return f"{client.name}, {self.session.title}" if client else self.session.title

    @property
    def is_over(self) -> bool:
        return self.session.is_over

    @property
    def state(self) -> str:
        return str(_STATES[self.session.status])

    @property
    def payment(self) -> str:
        """The state of its payment in words. A deposit has one here, and what was paid elsewhere: filters and API call
        the one not paid yet, the other paid."""
        if self.money.elsewhere_paise and self.money.status is PaymentStatus.PAID:
            return _("Paid elsewhere")
        if self.money.status is PaymentStatus.PENDING and self.money.paid_paise:
            return _("Partly paid")
        return str(self.money.status.label)

    @property
    def owes_a_part(self) -> bool:
        return bool(self.money.owed_paise and self.money.paid_paise)

    @property
    def has_money_acts(self) -> bool:
        """Whether something can be done about its payment: its one client owes, or has paid elsewhere."""
        return bool(self.session.client_id and (self.money.owed_paise or self.money.elsewhere_paise))


@dataclass(frozen=True, slots=True)
class View:
    name: str
    words: str
    query: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A head. ``query`` is the address that sorts by it, or turns it around; ``sorted`` is as aria-sort says it. Both
    are empty where there is nothing to sort by."""

    name: str
    words: str
    query: str = ""
    sorted: str = ""


class _Counted(Paginator):
    """A paginator that is told how many there are, where somebody knows."""

    def __init__(self, rows: QuerySet[Session], size: int, known: int | None) -> None:
        super().__init__(rows, size)
        if known is not None:
            self.__dict__["count"] = known

    def page_with(self, found: Sequence[Session], number: int) -> Page:
        """A page whose rows are there already."""
        return Page(found, number, self)


class Table:
    """What ``form`` asks for. Nothing is asked of the database before it is looked at."""

    def __init__(self, consultant: Consultant, form: FindForm, page: str = "") -> None:
        self.consultant, self.form, self.asked_page = consultant, form, page
        self.zone = consultant.timezone

    @property
    def questions(self) -> list[Question]:
        """What is asked whatever is looked for, to be asked together."""
        of = {"consultant": self.consultant.pk}
        return [partial(_BY_STATE.all, **of), partial(_SAVED.all, **of)]

    @cached_property
    def path(self) -> str:
        return reverse("sessions:list")

    @property
    def wider(self) -> str:
        """Where to look on where nothing fits: among all, else without filters."""
        form = self.form
        return f"{self.path}?{form.query_with(show='all') if form.show != 'all' else 'show=all'}"

    @property
    def rows(self) -> QuerySet[Session]:
        """All that fit, in order."""
        mine = Session.objects.filter(consultant=self.consultant)
        return _ordered(matching(mine, self.form.criteria, consultant=self.consultant), self.form.sort)

    @cached_property
    def _by_state(self) -> list[tuple[Any, ...]]:
        return _BY_STATE.all(consultant=self.consultant.pk)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are in each view. One query, whatever is looked for."""
        found = dict.fromkeys(VIEWS, 0)
        ended = {S.COMPLETED: "held", S.NO_SHOW: "missed", S.CANCELLED: "cancelled"}
        for status, n, asked in self._by_state:
            found["all"] += n
            if status in ended:
                found[ended[S(status)]] += n
            else:
                found["coming"] += n - asked
                found["asked"] += asked
        return found

    @cached_property
    def page(self) -> Page:
        """One query: how many fit is counted beside the rows, but where it is known, or behind the last page."""
        rows, size = self.rows.select_related("client").only(*SHOWN), self.form.size
        if not self.form.narrows:
            return _Counted(rows, size, self.counts[self.form.show]).get_page(self.asked_page)
        text = self.asked_page
        number = int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 8 else 1
        first = (max(number, 1) - 1) * size
        found = list(rows.annotate(fitting=Window(Count("*")))[first : first + size])
        if not found and first:
            return Paginator(rows, size).get_page(text)
        fitting = found[0].fitting if found else 0
        return _Counted(rows, size, fitting).page_with(found, max(number, 1))

    @property
    def total(self) -> int:
        """How many fit."""
        return int(self.page.paginator.count)

    @cached_property
    def lines(self) -> list[Line]:
        """The rows of the page. Three queries beside the count, whatever its length; one where it is empty."""
        sessions: Sequence[Session] = list(self.page.object_list)
        for session in sessions:
            session.consultant = self.consultant
        money = money_of(sessions, user=None)
        base, mark = reverse("sessions:desk", args=[_NOBODY]), str(_NOBODY)
        return [Line(session, base.replace(mark, str(session.pk)), money[session.pk]) for session in sessions]

    @property
    def rows_html(self) -> str:
        return rows_html(self.lines, self.zone)

    @cached_property
    def saved(self) -> list[SavedView]:
        return _SAVED.all(consultant=self.consultant.pk)

    @property
    def views(self) -> list[View]:
        form, counts = self.form, self.counts
        return [
            View(name, str(words), form.query_with(show=name, status="", sort=""), counts[name], name == form.show)
            for name, words in VIEWS.items()
            if name != "asked" or counts[name] or form.show == name
        ]

    @property
    def columns(self) -> list[Column]:
        heads = {
            "when": _("When"),
            "client": _("Client"),
            "session": _("Session"),
            "amount": _("Amount"),
            "payment": _("Payment"),
            "status": _("State"),
        }
        return [self._column(name, words) if name in ORDERS else Column(name, words) for name, words in heads.items()]

    def _column(self, name: str, words: str) -> Column:
        form = self.form
        way = {name: "ascending", f"-{name}": "descending"}.get(form.sort, "none")
        turned = f"-{name}" if way == "ascending" else name
        return Column(name, words, form.query_with(sort="" if turned == form.usual_sort else turned), way)


def _ordered(rows: QuerySet[Session], sort: str) -> QuerySet[Session]:
    """``rows`` in the order of ``sort`` (a name of ORDERS, with a minus it descends); equal ones by their start."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    minus = "-" if down else ""
    if name == "when":
        return rows.order_by(f"{minus}starts_at", f"{minus}pk")
    if name == "client":
        by = Lower("client__name")
        return rows.order_by(by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "-starts_at", "pk")
    if name == "amount":
        amount = Coalesce(*(books.total() for books in origin.books()), F("total_paise"))
        return rows.alias(amount=amount).order_by(f"{minus}amount", "-starts_at", "pk")
    return rows.order_by(f"{minus}status", "-starts_at", "pk")
