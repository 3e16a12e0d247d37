"""Deciding applications in the admin."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from consultants.models import ApprovalDocument, Consultant
from naksha.testing import make_consultant
from notifications.models import Notification, OutgoingMail

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:consultants_consultant_changelist")


@pytest.fixture
def applicant(client, admin_user):
    client.force_login(admin_user)
    consultant = make_consultant(status=Consultant.Status.SUBMITTED, headline="Notices, answered")
    ApprovalDocument.objects.create(
        consultant=consultant, kind="identity", file="x.pdf", original_name="PAN.pdf", content_type="a/b", size=1
    )
    return consultant


def page_of(consultant) -> str:
    return reverse("admin:consultants_consultant_change", args=[consultant.pk])


def move(client, consultant, name, reason):
    address = reverse(f"admin:consultants_consultant_{name}", args=[consultant.pk])
    return client.post(address, {f"{name}-reason": reason})


def test_the_queue_shows_who_waits_and_nobody_else(client, applicant):
    make_consultant(status=Consultant.Status.DRAFT, display_name="Not yet")
    page = client.get(QUEUE, {"status__exact": "submitted"})
    assert list(page.context["cl"].queryset) == [applicant]


def test_one_page_shows_profile_documents_and_history(client, applicant, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page = client.get(page_of(applicant)).content.decode()
    for words in ("Notices, answered", "PAN.pdf", "Pune", "What happened", "Approve", "Ask for more", "Reject"):
        assert words in page
    assert "Suspend" not in page


@pytest.mark.parametrize(
    ("name", "status", "template"),
    [
        ("approve", "approved", "application_approved"),
        ("ask", "needs_info", "application_needs_info"),
        ("reject", "rejected", "application_rejected"),
    ],
)
def test_each_decision_is_one_post_told_by_mail_and_on_screen(client, applicant, name, status, template):
    assert move(client, applicant, name, "Because.").url == page_of(applicant)
    applicant.refresh_from_db()
    assert applicant.status == status
    assert OutgoingMail.objects.get().template == template
    assert Notification.objects.get().user == applicant.user
    assert AuditEntry.objects.get().reason == "Because."


def test_approving_needs_no_words(client, applicant):
    move(client, applicant, "approve", "")
    applicant.refresh_from_db()
    assert applicant.status == "approved"


def test_a_no_without_a_reason_is_said_beside_the_field(client, applicant):
    answer = move(client, applicant, "reject", "")
    assert answer.status_code == 422
    assert "This is needed." in answer.content.decode()
    applicant.refresh_from_db()
    assert applicant.status == "submitted"


def test_a_decision_that_came_too_late_changes_nothing_and_says_so(client, applicant):
    move(client, applicant, "approve", "")
    answer = client.post(
        reverse("admin:consultants_consultant_reject", args=[applicant.pk]), {"reject-reason": "No."}, follow=True
    )
    assert "This can&#x27;t be done" in answer.content.decode()
    applicant.refresh_from_db()
    assert applicant.status == "approved"
    assert OutgoingMail.objects.count() == 1


def test_a_get_decides_nothing(client, applicant):
    address = reverse("admin:consultants_consultant_approve", args=[applicant.pk])
    assert client.get(address).url == page_of(applicant)
    applicant.refresh_from_db()
    assert applicant.status == "submitted"


def test_an_approved_consultant_can_be_suspended_and_opened_again(client, applicant):
    move(client, applicant, "approve", "")
    move(client, applicant, "suspend", "Three complaints.")
    applicant.refresh_from_db()
    assert applicant.status == "suspended"
    move(client, applicant, "reinstate", "Cleared.")
    applicant.refresh_from_db()
    assert applicant.status == "approved"


def test_nobody_else_decides(client, applicant):
    client.force_login(applicant.user)
    assert move(client, applicant, "approve", "").status_code in (302, 403)
    applicant.refresh_from_db()
    assert applicant.status == "submitted"
    assert not AuditEntry.objects.exists()
