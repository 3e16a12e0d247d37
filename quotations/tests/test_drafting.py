"""Writing down: sums by the rule, bad input refused with nothing written, two windows, copies and versions."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from clients.models import Client
from naksha.errors import InvalidState, WrongInput
from naksha.testing import make_client, make_consultant
from quotations import services
from quotations.errors import ChangedElsewhere
from quotations.models import Quotation, QuotationLine
from quotations.services import LineFacts
from quotations.testing import draft_of, make_accepted, make_draft, make_sent

pytestmark = pytest.mark.django_db


def test_a_draft_comes_to_what_its_lines_say(consultant):
    quotation = make_draft(consultant, discount_points=1_000, deposit_points=5_000)
    assert [line.net_paise for line in quotation.lines.all()] == [2_000_000, 500_000]
    assert (quotation.subtotal_paise, quotation.discount_paise) == (2_500_000, 250_000)
    assert (quotation.tax_paise, quotation.total_paise, quotation.deposit_paise) == (0, 2_250_000, 1_125_000)
    assert (quotation.status, quotation.number, quotation.label) == ("draft", "", "")


def test_gst_is_by_the_place_of_supply(db):
    registered = make_consultant(registration="regular", gstin="27AAPFU0939F1ZV")
    here = make_draft(registered)
    there = make_draft(registered, state_code="29")
    business = make_draft(registered, client=make_client(registered, gstin="29AAGCB7383J1Z4", state_code="29"))
    assert (here.place_of_supply, here.split.cgst, here.split.igst) == ("27", 225_000, 0)
    assert (there.place_of_supply, there.split.cgst, there.split.igst) == ("29", 0, 450_000)
    assert business.place_of_supply == "29"
    assert business.gstin == "29AAGCB7383J1Z4"
    assert here.total_paise == there.total_paise == 2_950_000


@pytest.mark.parametrize(
    ("about", "fields"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "x" * 10_000}),
        ("lines", {"lines": ()}),
        ("lines", {"lines": (LineFacts("x", 100, 100),) * 51}),
        ("lines", {"lines": (LineFacts("", 100, 100),)}),
        ("lines", {"lines": (LineFacts("x" * 10_000, 100, 100),)}),
        ("lines", {"lines": (LineFacts("x", 0, 100),)}),
        ("lines", {"lines": (LineFacts("x", 100, -1),)}),
        ("lines", {"lines": (LineFacts("x", 100, 100, 10_001),)}),
        ("lines", {"lines": (LineFacts("x", 1_000_000, 1_000_000_000),)}),
        ("lines", {"lines": (LineFacts("x", 100, 1_000_000_000), LineFacts("y", 100, 1_000))}),
        ("lines", {"lines": (LineFacts("x", 100, 99),)}),
        ("discount", {"discount_points": 10_001}),
        ("discount", {"discount_points": -1}),
        ("deposit", {"deposit_points": 10_001}),
        ("state_code", {"state_code": "99"}),
        ("valid_until", {"valid_until": timezone.localdate() - timedelta(days=2)}),
        ("valid_until", {"valid_until": timezone.localdate() + timedelta(days=400)}),
    ],
)
def test_what_can_not_be_offered_is_refused_and_nothing_is_written(consultant, about, fields):
    with pytest.raises(WrongInput) as refused, transaction.atomic():
        make_draft(consultant, **fields)
    assert refused.value.about == about
    assert not Quotation.objects.exists()


def test_everything_off_is_an_offer_for_nothing(consultant):
    assert make_draft(consultant, discount_points=10_000).total_paise == 0


def test_the_client_of_another_is_refused(consultant, other_consultant):
    with pytest.raises(WrongInput) as refused:
        make_draft(consultant, client=make_client(other_consultant))
    assert refused.value.about == "client"


def test_the_second_window_writes_over_nothing(consultant):
    quotation = make_draft(consultant)
    change = {"quotation": quotation, "actor": consultant.user, "client": quotation.client}
    services.change_draft(**change, edition=1, draft=draft_of(title="From the first window"))
    with pytest.raises(ChangedElsewhere):
        services.change_draft(**change, edition=1, draft=draft_of(title="From the second"))
    quotation.refresh_from_db()
    assert (quotation.title, quotation.edition) == ("From the first window", 2)
    services.change_draft(**change, edition=2, draft=draft_of(title="Knowingly"))
    quotation.refresh_from_db()
    assert quotation.title == "Knowingly"


def test_what_was_sent_is_not_changed_any_more(consultant):
    quotation, _token = make_sent(consultant)
    with pytest.raises(InvalidState):
        services.change_draft(
            quotation=quotation, actor=consultant.user, edition=1, client=quotation.client, draft=draft_of(title="x")
        )
    with pytest.raises(InvalidState):
        services.throw_away(quotation=quotation, actor=consultant.user)


def test_a_copy_is_a_draft_of_its_own(consultant):
    quotation, _token = make_accepted(consultant, discount_points=500, deposit_points=2_500)
    copy = services.duplicate(quotation=quotation, actor=consultant.user)
    assert (copy.status, copy.number, copy.version, copy.total_paise) == ("draft", "", 1, quotation.total_paise)
    assert [line.description for line in copy.lines.all()] == [line.description for line in quotation.lines.all()]
    services.throw_away(quotation=copy, actor=consultant.user)
    assert list(Quotation.objects.all()) == [quotation]


def test_a_copy_of_what_has_lapsed_is_valid_again(consultant):
    quotation = make_draft(consultant)
    Quotation.objects.update(valid_until=timezone.localdate() - timedelta(days=30))
    assert services.duplicate(quotation=quotation, actor=consultant.user).valid_until > timezone.localdate()


def test_who_is_in_the_archive_comes_back_with_what_is_written_to_them(consultant):
    client, actor = make_client(consultant), consultant.user
    quotation = make_draft(consultant, client=client)
    acts = (
        lambda: make_draft(consultant, client=client),
        lambda: services.change_draft(
            quotation=quotation, actor=actor, edition=1, client=client, draft=draft_of(title="Anew")
        ),
        lambda: services.duplicate(quotation=quotation, actor=actor),
        lambda: services.send(quotation=quotation, actor=actor),
        lambda: services.revise(quotation=quotation, actor=actor),
    )
    for act in acts:
        Client.objects.filter(pk=client.pk).update(archived_at=timezone.now())
        act()
        client.refresh_from_db()
        assert client.archived_at is None


def test_nothing_is_written_to_somebody_who_is_gone(consultant):
    quotation = make_draft(consultant)
    Client.objects.update(erased_at=timezone.now())
    with pytest.raises(InvalidState):
        make_draft(consultant, client=quotation.client)
    for act in (services.send, services.duplicate):
        with pytest.raises(InvalidState):
            act(quotation=quotation, actor=consultant.user)
    assert Quotation.objects.get().status == "draft"


def test_nobody_else_changes_it(consultant, other_consultant):
    quotation = make_draft(consultant)
    stranger = other_consultant.user
    for act in (services.throw_away, services.duplicate, services.send):
        with pytest.raises(PermissionDenied):
            act(quotation=quotation, actor=stranger)
    quotation.refresh_from_db()
    assert quotation.status == "draft"
    assert Quotation.objects.count() == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        {"total_paise": 1},
        {"discount_points": 10_001},
        {"deposit_points": 10_001},
        {"status": "sent"},
        {"status": "nonsense"},
        {"status": "expired"},
        {"paid_paise": 1},
        {"accepted_at": timezone.now()},
        {"version": 2},
        {"ending": "lapsed"},
        {"closed_at": timezone.now()},
        {"refunded_paise": 1},
        {"refunding_paise": 1},
        {"ending": "called_off"},
        {"discount_paise": 3_000_000},
        {"deposit_paise": 3_000_000},
    ],
)
def test_the_database_refuses_what_can_not_be(consultant, spoilt):
    make_draft(consultant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quotation.objects.update(**spoilt)


@pytest.mark.parametrize(
    "spoilt", [{"quantity": 0}, {"net_paise": 1}, {"discount_points": 10_001}, {"discount_paise": 3_000_000}]
)
def test_the_database_refuses_a_line_that_does_not_add_up(consultant, spoilt):
    make_draft(consultant)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotationLine.objects.update(**spoilt)


def test_a_client_with_quotations_can_not_be_deleted_from_under_them(consultant):
    make_draft(consultant)
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        Client.objects.all().delete()
